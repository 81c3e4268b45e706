"""Where objects stand: their type and classes, the forest and domain that hold them, the filter.

Only the DN above an object counts for these, so that they are found once for each unit. The full
DN counts where an object may itself be named by a connector.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from simulator.bulk.codes import Codes, combined
from simulator.bulk.columns import Columns
from simulator.bulk.summary import Readings, Summary, failure, summarise
from simulator.errors import ObjectError
from simulator.language.context import Context
from simulator.objects import ConnectorObject
from simulator.rule import Connector, SyncRule
from simulator.sync.engine import Engine
from simulator.sync.entrance import ancestors, partition_of
from simulator.values import dn_key

if TYPE_CHECKING:
    import pyarrow

_OWN_NAME = r"^[^,\\]*,"


@dataclass(frozen=True, slots=True)
class Place:
    """What all objects of one place have in common; *refused* is the answer of the import filter.

    *decided* tells that no reading lets them in, so that nothing else of them counts. *visible*
    are the attributes that are imported, and the DN; `None` where all are.
    """

    type: str
    classes: tuple[str, ...]
    home: str
    domain: str
    refused: Summary
    decided: bool = field(compare=False)
    rules: tuple[SyncRule, ...] = field(compare=False)
    visible: frozenset[str] | None = field(compare=False)


def place_of(engine: Engine, chosen: Readings, subject: ConnectorObject) -> Place:
    """The place of *subject*."""
    home = engine.book.home(subject)
    partition = partition_of(subject, home) if home is not None else None
    refused = summarise(lambda readings: _refused(engine, subject, readings), chosen)
    answers = (refused.answer, *(answer for _, _, answer in refused.others))
    visible = engine.visible(subject)
    by_type = engine.book.rules_for(subject, home, any_class=False)
    by_class = engine.book.rules_for(subject, home, any_class=True)
    return Place(
        subject.type,
        subject.classes,
        home.id or home.name if home is not None else "",
        partition.dn if partition is not None else "",
        refused,
        all(answer is not None for answer in answers),
        tuple(dict.fromkeys((*by_type, *by_class))),
        visible | {"dn"} if visible is not None else None,
    )


def _refused(
    engine: Engine, subject: ConnectorObject, readings: Readings
) -> tuple[Hashable, Context]:
    context = engine.context(subject, readings)
    try:
        return engine.refused(subject, context), context
    except ObjectError as error:
        return failure(error), context


class Above:
    """The DN above each object, or its own where that counts."""

    def __init__(self, connectors: Iterable[Connector]) -> None:
        named = {
            dn_key(dn)
            for connector in connectors
            for p in connector.partitions
            for dn in (p.dn, *p.included, *p.excluded)
        }
        self._above_named = {next(iter(list(ancestors(key))[1:]), "") for key in named}

    def of(self, names: "pyarrow.Array") -> "pyarrow.Array":
        """For each of the DNs *names* the one above: what is equal stands in one place."""
        import pyarrow as pa
        import pyarrow.compute as pc

        above = pc.replace_substring_regex(names, _OWN_NAME, "", max_replacements=1)
        encoded = above.dictionary_encode()
        own = [dn_key(dn) in self._above_named for dn in encoded.dictionary.to_pylist()]
        if not any(own):
            return encoded
        kept = pa.array(own).take(encoded.indices)
        # a blank before it tells an object's own DN from the DN above another
        return pc.if_else(
            kept, pc.binary_join_element_wise("", names, " "), above
        ).dictionary_encode()


def group_rows(
    columns: Columns, above: Above, more: Sequence[Codes]
) -> tuple[Codes, list[int], list[Hashable]]:
    """A code for each different place of the rows, the first row of each, and what names it.

    *more* are codes of what else makes a place; then nothing names it beyond the batch.
    """
    parents = above.of(columns.array("dn"))
    parts = [parents.indices, columns.encoded("type")[0], _classes(columns), *more]
    codes, firsts = combined(parts)
    if more:
        return codes, firsts, [None] * len(firsts)
    types, classes = columns.batch.column("type"), columns.batch.column("classes")
    names = [
        (parents[row].as_py(), types[row].as_py(), tuple(classes[row].as_py())) for row in firsts
    ]
    return codes, firsts, [*names]


def _classes(columns: Columns) -> Codes:
    """A code for each different list of classes."""
    import pyarrow as pa
    import pyarrow.compute as pc

    array = columns.batch.column("classes")
    counts = pc.list_value_length(array)
    span = pc.min_max(counts).as_py()
    flat = array.flatten()
    length = span["max"]
    if counts.null_count == 0 and flat.null_count == 0 and span["min"] == length and length:
        if not pa.types.is_dictionary(flat.type):
            flat = flat.dictionary_encode()
        numbers = flat.indices.cast(pa.int32())
        parts = [numbers.take(_every(length, at, len(flat))) for at in range(length)]
        return combined(parts)[0]
    different: dict[object, int] = {}
    rows = [None if row is None else tuple(row) for row in array.to_pylist()]
    return pa.array([different.setdefault(row, len(different)) for row in rows], pa.int32())


@lru_cache(maxsize=32)
def _every(step: int, first: int, count: int) -> "pyarrow.Array":
    """Each *step*-th number below *count*, from *first* on."""
    import pyarrow as pa

    return pa.array(range(first, count, step), pa.int32())
