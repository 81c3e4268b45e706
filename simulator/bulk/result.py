"""Results as columns: what became of each row, with few different texts written once."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from simulator.bulk.codes import Codes, replaced
from simulator.bulk.decided import Decided

if TYPE_CHECKING:
    import pyarrow

# The columns of a result, and what of a `Decided` they hold; all are dictionaries of texts.
COLUMNS = (
    "outcome", "reason", "text", "rule", "attribute", "clause", "assumptions", "findings",
)  # fmt: skip


def result_schema(certificates: bool = False) -> "pyarrow.Schema":
    """The columns of results; with *certificates* also a verdict and an expiry for each."""
    import pyarrow as pa

    text = pa.dictionary(pa.int32(), pa.string())
    fields = [pa.field(name, text, nullable=False) for name in COLUMNS]
    if certificates:
        fields += [
            pa.field("verdicts", pa.list_(pa.string()), nullable=False),
            pa.field("expiries", pa.list_(pa.string()), nullable=False),
        ]
    return pa.schema(fields)


class Dictionaries:
    """The texts of the outcomes decided so far, each once, with the place of every outcome's."""

    def __init__(self) -> None:
        self._texts: dict[str, dict[str, int]] = {name: {} for name in COLUMNS}
        self._places: dict[str, list[int]] = {name: [] for name in COLUMNS}
        self._count = 0

    def add(self, outcomes: Sequence[Decided]) -> None:
        """Takes in those of *outcomes* that are new."""
        for outcome in outcomes[self._count :]:
            for name in COLUMNS:
                texts = self._texts[name]
                place = texts.setdefault(getattr(outcome, name), len(texts))
                self._places[name].append(place)
        self._count = len(outcomes)

    def batch(
        self, codes: Codes, single: Mapping[int, Decided], said: Mapping[int, str]
    ) -> "pyarrow.RecordBatch":
        """The result of rows whose outcomes have the numbers *codes*.

        *single* are rows with an outcome of their own, whatever their number is, *said* those with
        a text of their own.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        numbers = pc.if_else(pc.less(codes, 0), pa.scalar(self._count, pa.int32()), codes)
        arrays = []
        for name in COLUMNS:
            texts = dict(self._texts[name])
            own = {row: str(getattr(outcome, name)) for row, outcome in single.items()}
            if name == "text":
                own = {**said, **own}
            # the number of a row with an outcome of its own may be none: it takes the last place
            indices = pa.array([*self._places[name], 0], pa.int32()).take(numbers)
            if own:
                rows = sorted(own)
                places = [texts.setdefault(own[row], len(texts)) for row in rows]
                indices = replaced(
                    indices, pa.array(rows, pa.int32()), pa.array(places, pa.int32())
                )
            dictionary = pa.array([*texts] or [""], pa.string())
            arrays.append(pa.DictionaryArray.from_arrays(indices, dictionary))
        return pa.record_batch(arrays, schema=result_schema())
