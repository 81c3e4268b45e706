"""Results as columns: for each row the number of its verdict, and what its text ends with."""

from collections.abc import Hashable, Mapping, Sequence
from typing import TYPE_CHECKING

from simulator.bulk.codes import Codes, replaced
from simulator.bulk.decided import Decided
from simulator.results.verdict import Verdict

if TYPE_CHECKING:
    import pyarrow


class Verdicts:
    """The verdicts of a program, by number; each is there once."""

    def __init__(self) -> None:
        self.all: list[Verdict] = []
        self._numbers: dict[Hashable, int] = {}

    def number(self, verdict: Verdict) -> int:
        """The number of *verdict*."""
        found = self._numbers.setdefault(verdict, len(self.all))
        if found == len(self.all):
            self.all.append(verdict)
        return found


def result_schema() -> "pyarrow.Schema":
    """The columns of results, without those of certificates."""
    import pyarrow as pa

    return pa.schema(
        [pa.field("verdict", pa.int32(), nullable=False), pa.field("end", pa.string())]
    )


def result_batch(
    codes: Codes,
    numbers: Sequence[int],
    single: Mapping[int, Decided],
    ends: Mapping[int, str],
    verdicts: Verdicts,
) -> "pyarrow.RecordBatch":
    """The result of rows whose outcomes are *codes*; *numbers* are those of their verdicts.

    *single* are rows with an outcome of their own, whatever their code is; *ends* are what the
    texts of some rows end with.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    # the code of a row with an outcome of its own may be none: it takes the last place
    places = pa.array([*numbers, 0], pa.int32())
    known = pc.if_else(pc.less(codes, 0), pa.scalar(len(numbers), pa.int32()), codes)
    found = places.take(known)
    if single:
        rows = sorted(single)
        own = [verdicts.number(single[row].verdict) for row in rows]
        found = replaced(found, pa.array(rows, pa.int32()), pa.array(own, pa.int32()))
    said = {**ends, **{row: one.end for row, one in single.items()}}
    texts = (
        pa.array([said.get(row) or None for row in range(len(codes))], pa.string())
        if said
        else pa.nulls(len(codes), pa.string())
    )
    return pa.record_batch([found, texts], schema=result_schema())
