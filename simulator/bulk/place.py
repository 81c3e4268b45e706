"""Where objects stand: their type and classes, the forest and domain that hold them, the filter.

Only the DN above an object counts for these, so that they are found once for each unit. The full
DN counts where an object may itself be named by a connector.
"""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.bulk.columns import Codes, Columns, combined
from simulator.bulk.summary import Readings, Summary, summarise
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

    *decided* tells that no reading lets them in, so that nothing else of them counts.
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
        engine.visible(subject),
    )


def _refused(
    engine: Engine, subject: ConnectorObject, readings: Readings
) -> tuple[Hashable, Context]:
    context = engine.context(subject, readings)
    try:
        return engine.refused(subject, context), context
    except ObjectError as error:
        return ("error", error.kind, error.message), context


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
    parts = [parents.indices, _encoded(columns, "type"), _classes(columns), *more]
    codes, firsts = combined(parts)
    if more:
        return codes, firsts, [None] * len(firsts)
    names = [
        (parents[row].as_py(), columns.array("type")[row].as_py(),
         tuple(columns.array("classes")[row].as_py()))
        for row in firsts
    ]  # fmt: skip
    return codes, firsts, [*names]


def _encoded(columns: Columns, name: str) -> Codes:
    return columns.array(name).dictionary_encode("encode").indices


def _classes(columns: Columns) -> Codes:
    import pyarrow as pa
    import pyarrow.compute as pc

    array = columns.array("classes")
    flat = pc.list_flatten(array)
    flat = flat.dictionary_decode() if pa.types.is_dictionary(flat.type) else flat
    if pc.any(pc.match_substring(flat, "\n")).as_py() or flat.null_count:
        numbers: dict[tuple[str, ...], int] = {}
        codes = [numbers.setdefault(tuple(row), len(numbers)) for row in array.to_pylist()]
        return pa.array(codes, pa.int32())
    return pc.binary_join(array, "\n").dictionary_encode("encode").indices
