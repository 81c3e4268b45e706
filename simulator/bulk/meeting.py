"""Whether two objects can meet in one metaverse object, and which do.

Objects meet where one joins by a value that another flows to the attribute joined on. Where all
flows to it are direct ones, that can only be objects with an equal value in a few columns.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.bulk.columns import Columns
from simulator.bulk.others import by_other
from simulator.rule import FlowType
from simulator.sources.identity import has_equal
from simulator.sync.rulebook import RuleBook
from simulator.values import Reference, Unreadable, dn_key

if TYPE_CHECKING:
    import pyarrow


@dataclass(frozen=True, slots=True)
class Meeting:
    """How objects of some types can meet.

    *groups* are sets of columns: objects can only meet that have a value in common in the columns
    of one group, but for objects of the types *whole*, of which no columns tell. *taken* are the
    types that rules take.
    """

    groups: frozenset[tuple[str, ...]]
    whole: frozenset[str] = frozenset()
    taken: frozenset[str] = frozenset()

    @property
    def columns(self) -> frozenset[str]:
        """The columns that tell, beside `type`, `classes` and `other`."""
        return frozenset(name for group in self.groups for name in group)


def meeting(book: RuleBook, types: Iterable[str]) -> Meeting:
    """How objects of *types* can meet under the rules of *book*."""
    taken = set(types)
    rules = [r for r in book.inbound if r.source_type in taken]
    groups = set()
    whole: set[str] = set()
    for rule in rules:
        for group in rule.join:
            candidates = []
            for condition in group:
                flows = [f for r in rules for f in r.flows if f.target == condition.target]
                if all(f.type is FlowType.DIRECT for f in flows):
                    sources = {condition.source, *(f.sources[0] for f in flows)}
                    candidates.append(tuple(sorted(sources)) if flows else ())
            if not candidates:
                told = {c.target for c in group}
                flowing = (r for r in rules if any(f.target in told for f in r.flows))
                whole |= {rule.source_type, *(r.source_type for r in flowing)}
                continue
            # every condition of the group must hold: the one with the fewest columns suffices
            groups.add(min(candidates, key=len))
    return Meeting(frozenset(groups - {()}), frozenset(whole), book.inbound_types)


class Met:
    """Counts the values by which objects can meet, over all batches of a set."""

    def __init__(self, groups: Iterable[tuple[str, ...]], distinct: frozenset[str]) -> None:
        self._distinct = {(name,) for name in distinct}
        self._values: dict[tuple[str, ...], list[pyarrow.Array]] = {g: [] for g in groups}
        self._beside: dict[tuple[str, ...], list[object]] = {g: [] for g in groups}
        self._twice: dict[tuple[str, ...], frozenset[object]] | None = None

    def add(self, columns: Columns) -> None:
        """Counts the values of one batch."""
        for group, held in self._values.items():
            held.extend(columns.array(name) for name in group if columns.known(name))
            self._beside[group] += [value for _, value in _beside(columns, group)]

    def rows(self, columns: Columns) -> list[int]:
        """The rows of *columns* that have a value which another object has too."""
        if self._twice is None:
            self._twice = {
                group: _twice(held, self._beside[group], group in self._distinct)
                for group, held in self._values.items()
            }
        found: set[int] = set()
        for group, values in self._twice.items():
            if values:
                found |= {row for row, value in _beside(columns, group) if _key(value) in values}
                for name in group:
                    found |= {
                        row
                        for row, value in enumerate(columns.values(name))
                        if any(_key(v) in values for v in _each(value))
                    }
        return sorted(found)


def _beside(columns: Columns, group: tuple[str, ...]) -> list[tuple[int, object]]:
    """The values of *group* that `other` tells, each with its row; what is unreadable is none."""
    (_, *alike), rest = by_other(columns, frozenset(group))
    told = [(row, fixed) for rows, fixed in alike if rows is not None for row in rows.to_pylist()]
    told += [(row, o.attributes) for row, o in zip(rest, columns.subjects(rest), strict=True)]
    return [(row, v) for row, held in told for name in group for v in _each(held.get(name))]


def _key(value: object) -> object:
    """Equal for all values that any comparison of joins takes for equal."""
    match value:
        case str():
            return dn_key(value)
        case Reference(dn=dn):
            return dn_key(dn)
    return type(value), value


def types_of(batches: "Iterable[pyarrow.RecordBatch]") -> set[str]:
    """The types and classes of the objects in *batches*."""
    import pyarrow.compute as pc

    found: set[str] = set()
    for batch in batches:
        columns = Columns(batch, set())
        found |= set(pc.unique(columns.array("type")).to_pylist())
        classes = pc.list_flatten(columns.array("classes"))
        found |= set(pc.unique(classes).to_pylist())
    return found


def rows_that_meet(
    sets: Sequence[Columns], how: Meeting, distinct: frozenset[str] = frozenset()
) -> list[list[int]]:
    """For each of *sets*, which are all there is, the rows of objects that may meet others.

    *distinct* are columns that are known to hold no value twice.
    """
    met = Met(how.groups, distinct)
    for columns in sets:
        met.add(columns)
    return [sorted({*met.rows(columns), *_whole(columns, how)}) for columns in sets]


def _whole(columns: Columns, how: Meeting) -> list[int]:
    """The rows of objects of the types of which no columns tell, by their rules' type."""
    if not how.whole:
        return []
    types = columns.array("type").to_pylist()
    classes = columns.batch.column("classes").to_pylist()
    return [
        row
        for row, (type, general) in enumerate(zip(types, classes, strict=True))
        if type in how.whole or (type not in how.taken and how.whole & {*general})
    ]


def _each(value: object) -> tuple[object, ...]:
    if value is None or value == "" or isinstance(value, Unreadable):
        return ()
    return value if isinstance(value, tuple) else (value,)


def _twice(
    arrays: "list[pyarrow.Array]", beside: list[object], distinct: bool
) -> frozenset[object]:
    """The values, as joins compare them, that occur more than once in *arrays* and *beside*.

    *distinct* tells that none is twice in *arrays*.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    kinds = {array.type for array in arrays}
    if len(kinds) == 1 and _is_bytes(arrays[0].type):
        whole = pa.chunked_array(arrays).drop_null().combine_chunks()
        if distinct or not has_equal(whole):  # so only with those beside it
            width = whole.type.byte_width if pa.types.is_fixed_size_binary(whole.type) else None
            fitting = [v for v in beside if isinstance(v, bytes) and width in (None, len(v))]
            arrays = [whole.filter(pc.is_in(whole, pa.array(fitting, whole.type)))]
    counts = Counter(map(_key, beside))
    counts.update(
        _key(value)
        for array in arrays
        for held in array.to_pylist()
        for value in (held if isinstance(held, list) else [held])
        if value is not None
    )
    return frozenset(key for key, count in counts.items() if count > 1)


def _is_bytes(type: "pyarrow.DataType") -> bool:
    import pyarrow as pa

    return bool(pa.types.is_fixed_size_binary(type) or pa.types.is_binary(type))
