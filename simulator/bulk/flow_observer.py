"""What one flow of a rule contributes for each row, as far as an outcome can depend on it.

An observer gives every row the number of a `Summary`. It is worked out once for each different
combination of the attributes it reads; where an attribute has as many values as there are objects,
by its shape if that suffices, and only else row by row.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.bulk.abstract import NO_FACTS, Facts, Finer, Unclear, abstract, delivered
from simulator.bulk.codes import Codes, at_rows, combined, constant, replaced
from simulator.bulk.columns import Columns
from simulator.bulk.loop import GUID
from simulator.bulk.looped import Looped, looped
from simulator.bulk.numbers import NOTHING, UNDECIDED, UNUSUAL, Numbers
from simulator.bulk.shape import Known, Odd, Seen, Shape
from simulator.bulk.staged import Guarded, Undecided, shape_reads
from simulator.bulk.statistics import Statistics
from simulator.bulk.summary import Part, Readings, failure, flow_part, summarise
from simulator.errors import ObjectError
from simulator.language.context import Context
from simulator.language.nodes import Attribute, Node, attributes_of, walk
from simulator.objects import ConnectorObject
from simulator.rule import AttributeFlow, FlowType, SyncRule
from simulator.schema import standard_schema
from simulator.sync.engine import Engine
from simulator.sync.situation import FILTER

if TYPE_CHECKING:
    import pyarrow


@dataclass(frozen=True, slots=True)
class _Finer:
    """What else tells the answer: the place of a delimiter in a text; and the answers so far."""

    attribute: str
    delimiter: str
    seen: Mapping[str, Seen]
    known: dict[int, int] = field(default_factory=dict)


class FlowObserver:
    """What one flow of one rule contributes for each row."""

    def __init__(
        self,
        engine: Engine,
        chosen: Readings,
        rule: SyncRule,
        flow: AttributeFlow,
        by_value: bool,
        visible: frozenset[str] | None,
        statistics: Statistics,
        keep: bool,
    ) -> None:
        self._engine, self._chosen, self._rule, self._flow = engine, chosen, rule, flow
        self._keep = id(flow) if keep and flow.target == FILTER else None
        self._by_value, self._statistics = by_value, statistics
        self._node = flow.node if flow.type is FlowType.EXPRESSION else None
        read = attributes_of(self._node) if self._node is not None else frozenset(flow.sources)
        read = frozenset() if flow.type is FlowType.CONSTANT else read
        self._names = sorted(n for n in read if visible is None or n in visible)
        self._by_shape = _only_shapes(self._node) if self._node is not None else frozenset()
        self._guarded = Guarded(self._node) if self._node is not None else None
        self._known: dict[Hashable, int] = {}  # few: what has many values is seen by its shape
        self._fitting: dict[Hashable, bool] = {}
        self._finer: dict[Hashable, _Finer] = {}
        self._loop: Looped | None = None
        self._sought = False

    def observe(self, columns: Columns, numbers: Numbers, reached: "Codes | None") -> Codes:
        """The number of a summary for each row; `NOTHING` where *reached* is 0."""
        import pyarrow as pa
        import pyarrow.compute as pc

        coded = [self._coded(columns, name) for name in self._names]
        everywhere = constant(1, columns.rows)
        parts = [everywhere if reached is None else reached, *(codes for codes, _ in coded)]
        codes, firsts = combined(parts)
        found: list[int] = []
        keys: list[tuple[object, ...]] = []
        for row, (here, *at) in zip(firsts, at_rows(parts, firsts), strict=True):
            if not here:
                found.append(NOTHING)
                keys.append(())
                continue
            values = [values[c] for c, (_, values) in zip(at, coded, strict=True)]
            key: tuple[object, ...] = tuple(
                v if isinstance(v, Known | Shape | Odd) else ("value", v) for v in values
            )
            keys.append(key)
            if key not in self._known:
                seen = dict(zip(self._names, values, strict=True))
                self._known[key] = self._decide(key, columns.subject(row), seen, numbers)
            found.append(self._known[key])
        result = pa.array(found, pa.int32()).take(codes)
        if UNDECIDED not in found:
            return result
        for code, key in enumerate(keys):
            if key in self._finer:
                result = self._refined(columns, result, pc.equal(codes, code), key, numbers)
        open_rows = pc.equal(result, UNDECIDED)
        rows = pc.indices_nonzero(open_rows)
        if not len(rows):
            return result
        found_by_row = self._by_row(columns, rows, codes.take(rows), keys, numbers)
        return replaced(result, rows, pa.array(found_by_row, pa.int32()))

    def _refined(
        self, columns: Columns, result: Codes, mask: "pyarrow.Array", key: Hashable,
        numbers: Numbers,
    ) -> Codes:  # fmt: skip
        """*result* where *mask* is true, by the place of a delimiter in a text."""
        import pyarrow as pa
        import pyarrow.compute as pc

        finer = self._finer[key]
        rows = pc.indices_nonzero(mask)
        texts = columns.array(finer.attribute).take(rows)
        places = pc.sign(pc.find_substring(texts, finer.delimiter)).cast(pa.int32())
        codes, firsts = combined([pc.add(places, 1)])
        found = []
        for first, (place,) in zip(firsts, at_rows([pc.add(places, 1)], firsts), strict=True):
            if place not in finer.known:
                facts = {(finer.attribute, finer.delimiter): place}
                part = self._abstract(columns.subject(rows[first].as_py()), finer.seen, facts)
                try:
                    finer.known[place] = numbers.of(summarise(part, self._chosen))
                except Unclear:
                    finer.known[place] = UNDECIDED
            found.append(finer.known[place])
        return replaced(result, rows, pa.array(found, pa.int32()).take(codes))

    def _coded(self, columns: Columns, name: str) -> tuple[Codes, list[object]]:
        shape = name in self._by_shape or (self._node is None and not self._by_value)
        if shape or columns.is_costly(name):
            codes, shapes = columns.by_shape(name)
            return codes, [*shapes]
        codes, values = columns.by_value(name)
        return codes, [*values]

    def _decide(
        self, key: Hashable, subject: ConnectorObject, values: Mapping[str, object],
        numbers: Numbers,
    ) -> int:  # fmt: skip
        """The summary for all objects like *subject*; `UNDECIDED` if they can differ.

        *values* are the values, or the shapes, of the attributes that the flow reads: their *key*.
        """
        costly = frozenset(n for n, v in values.items() if isinstance(v, Shape | Odd))
        part = flow_part(self._engine, self._rule, self._flow, self._by_value, subject)
        if not costly:
            return numbers.of(summarise(part, self._chosen))
        if any(isinstance(v, Odd) for v in values.values()):
            return UNDECIDED
        if self._node is None:
            return UNDECIDED if self._by_value else numbers.of(summarise(part, self._chosen))
        try:
            return numbers.of(summarise(self._staged(part, subject, costly), self._chosen))
        except Undecided:
            if self._by_value:
                return UNDECIDED
        seen = {n: v if isinstance(v, Shape) else Known(subject.attributes.get(n))  # type: ignore[arg-type]  # Known is checked
                for n, v in values.items()}  # fmt: skip
        try:
            return numbers.of(summarise(self._abstract(subject, seen, NO_FACTS), self._chosen))
        except Finer as finer:
            self._finer[key] = _Finer(finer.attribute, finer.delimiter, seen)
        except Unclear:
            pass
        return UNDECIDED

    def _staged(self, part: Part, subject: ConnectorObject, costly: frozenset[str]) -> Part:
        """*part*, if it can be told without the attributes *costly*."""

        def staged(readings: Readings) -> tuple[Hashable, Context]:
            assert self._guarded is not None
            if not self._guarded.decides(costly, self._engine.context(subject, readings)):
                raise Undecided
            return part(readings)

        return staged

    def _abstract(self, subject: ConnectorObject, seen: Mapping[str, Seen], facts: Facts) -> Part:
        target = standard_schema("metaverse").get(self._flow.target)
        node = self._node

        def part(readings: Readings) -> tuple[Hashable, Context]:
            assert node is not None
            context = self._engine.context(subject, readings)
            if self._flow.once:
                context.reading("A-29")
            try:
                given = delivered(
                    abstract(node, seen, context, facts), target, context, limit=True
                )
            except ObjectError as error:
                return failure(error), context
            return (given, None), context

        return part

    def _by_row(
        self, columns: Columns, rows: "pyarrow.Array", codes: Codes,
        keys: list[tuple[object, ...]], numbers: Numbers,
    ) -> list[int]:  # fmt: skip
        """The summaries of *rows*: through the loop over certificates, or by the reference.

        *codes* say for each row which of *keys* it has.
        """
        import pyarrow as pa
        import pyarrow.compute as pc

        found = [UNDECIDED] * len(rows)
        fit = [code for code in pc.unique(codes).to_pylist() if self._fits(columns, keys[code])]
        if fit and self._loop is not None:
            places = pc.indices_nonzero(pc.is_in(codes, pa.array(fit, pa.int32())))
            told = {code: self._looped_key(keys[code]) for code in fit}
            numbered = self._loop.numbers(
                columns,
                rows.take(places),
                [told[code] for code in codes.take(places).to_pylist()],
                lambda row: self._looped_number(columns.subject(row), numbers),
            )
            for at, number in zip(places.to_pylist(), numbered, strict=True):
                found[at] = number
            self._statistics.observed["certificates"] += len(numbered)
        if UNDECIDED not in found:
            return found
        rest = [row for row, n in zip(rows.to_pylist(), found, strict=True) if n == UNDECIDED]
        self._statistics.observed["closures"] += len(rest)
        others = iter([self._number(subject, numbers) for subject in columns.subjects(rest)])
        return [next(others) if number == UNDECIDED else number for number in found]

    def _fits(self, columns: Columns, key: tuple[object, ...]) -> bool:
        """Whether rows that are equal in *key* differ in nothing but what the loop looks at."""
        if key not in self._fitting:
            if self._node is not None and not self._sought:
                self._sought = True
                context = self._engine.context(columns.subject(0), self._chosen)
                self._loop = looped(self._node, context, self._chosen, UNUSUAL, self._keep)
            costly = {
                name: told
                for name, told in zip(self._names, key, strict=True)
                if isinstance(told, Shape | Odd) and name not in self._by_shape
            }
            self._fitting[key] = (
                self._loop is not None
                and costly.keys() <= self._loop.costly
                and all(isinstance(told, Shape) for told in costly.values())
                and (GUID not in self._loop.costly or costly.get(GUID) == Shape("bin", None, 16))
            )
        return self._fitting[key]

    def _looped_key(self, key: tuple[object, ...]) -> tuple[object, ...]:
        """*key* without the number of certificates, unless the expression asks for it."""
        assert self._loop is not None
        certificates = self._loop.attribute if not self._loop.counted else ""
        told = zip(self._names, key, strict=True)
        return tuple(value for name, value in told if name != certificates)

    def _looped_number(self, subject: ConnectorObject, numbers: Numbers) -> tuple[int, bool]:
        """The summary of *subject*, and whether the flow gives True for it."""
        number = self._number(subject, numbers)
        summary = numbers[number]
        if summary is None:
            return number, True
        assert isinstance(summary.answer, tuple)
        return number, summary.answer[0] == ("bool", True)

    def _number(self, subject: ConnectorObject, numbers: Numbers) -> int:
        part = flow_part(self._engine, self._rule, self._flow, self._by_value, subject)
        return numbers.of(summarise(part, self._chosen))


def _only_shapes(node: Node) -> frozenset[str]:
    """The attributes that *node* only asks about their shape, wherever it reads them."""
    harmless = {id(a) for a in shape_reads(node)}
    other = {a.name for a in walk(node) if isinstance(a, Attribute) and id(a) not in harmless}
    return attributes_of(node) - other - _quoted(node)


def _quoted(node: Node) -> frozenset[str]:
    """The attributes that *node* names in quotes."""
    return attributes_of(node) - {a.name for a in walk(node) if isinstance(a, Attribute)}
