"""All objects of one place: their observers, and the outcome for each combination seen."""

from collections.abc import Hashable

from simulator.bulk.codes import Codes, at_rows, combined, constant
from simulator.bulk.columns import Columns
from simulator.bulk.decided import Decided, Recorder, decided, is_particular, is_shared
from simulator.bulk.flow_observer import FlowObserver
from simulator.bulk.numbers import NOTHING, UNUSUAL, Numbers
from simulator.bulk.place import Place
from simulator.bulk.scope_observer import ScopeObserver
from simulator.bulk.statistics import Statistics
from simulator.bulk.summary import SHIFTING, Readings, Summary, tested_by_value
from simulator.objects import ConnectorObject
from simulator.rule import LinkType
from simulator.sync.reason import CERTIFICATES
from simulator.sync.warnings import CRITICAL, MAXIMUM_CERTIFICATES

_MOST = 20_000  # outcomes kept: where there are more, sharing them does not pay
ALONE = -1  # in the place of an outcome: the row goes through the reference by itself


class Outcomes:
    """Every outcome that was decided once and is shared by many rows, by number."""

    def __init__(self) -> None:
        self.all: list[Decided] = []

    def add(self, outcome: Decided) -> int:
        """The number of *outcome*."""
        self.all.append(outcome)
        return len(self.all) - 1


class World:
    """The observers for objects of one place, and what is known of them."""

    def __init__(
        self,
        engine: Recorder,
        chosen: Readings,
        place: Place,
        outcomes: Outcomes,
        statistics: Statistics,
        certificates: bool,
    ) -> None:
        self._engine, self._chosen, self._place = engine, chosen, place
        self._outcomes, self._statistics = outcomes, statistics
        self._numbers = Numbers()
        self._by_value = tested_by_value(engine.book)
        self._decided: dict[Hashable, int] = {}
        seen = place.visible
        self._scopes = [(r, ScopeObserver(engine, chosen, r, seen)) for r in place.rules]
        self._flows = [
            (
                r,
                FlowObserver(
                    engine,
                    chosen,
                    r,
                    f,
                    f.target in self._by_value,
                    seen,
                    statistics,
                    certificates,
                ),
            )
            for r in place.rules
            if r.link_type is not LinkType.JOIN_NO_FLOW
            for f in r.flows
        ]
        joined = {c.source for r in place.rules for g in r.join for c in g}
        self._joined = sorted(n for n in joined if seen is None or n in seen)

    def outcomes(self, columns: Columns) -> Codes:
        """For each row the number of its outcome, or `ALONE`."""
        import pyarrow as pa

        shapes, numbers = ([], []) if self._place.decided else self._observations(columns)
        parts = [constant(NOTHING, columns.rows), *shapes, *numbers]
        codes, firsts = combined(parts)
        found = []
        for row, key in zip(firsts, at_rows(parts, firsts), strict=True):
            known = key in self._decided
            if UNUSUAL in key or (not known and len(self._decided) >= _MOST):
                found.append(ALONE)
                continue
            if not known:
                summaries = [self._numbers[number] for number in key[1 + len(shapes) :]]
                self._decided[key] = self._decide(summaries, columns.subject(row))
            found.append(self._decided[key])
        return pa.array(found, pa.int32()).take(codes)

    def _observations(self, columns: Columns) -> tuple[list[Codes], list[Codes]]:
        """Codes of shapes for what no rule evaluates, numbers of summaries for what they do."""
        shapes = [_warned(columns), *(columns.by_shape(name)[0] for name in self._joined)]
        numbers = []
        reached: dict[int, Codes | None] = {}
        for rule, observer in self._scopes:
            codes = observer.observe(columns, self._numbers)
            numbers.append(codes)
            reached[id(rule)] = self._reached(codes)
        for rule, flow in self._flows:
            numbers.append(flow.observe(columns, self._numbers, reached[id(rule)]))
        return shapes, numbers

    def _reached(self, codes: Codes) -> "Codes | None":
        """Whether the scope of a rule may take each row; `None` if all."""
        import pyarrow as pa
        import pyarrow.compute as pc

        numbers = pc.unique(codes).to_pylist()
        takes = [n for n in numbers if _may_apply(self._numbers, n)]
        if len(takes) == len(numbers):
            return None
        return pc.is_in(codes, pa.array(takes, pa.int32())).cast(pa.int32())

    def _decide(self, summaries: list[Summary | None], subject: ConnectorObject) -> int:
        """The number of the outcome of *subject*, and of every object with its observations."""
        self._statistics.keys += 1
        if any(SHIFTING in summary.used for summary in summaries if summary is not None):
            return ALONE
        outcome = self._engine.alone(subject)
        if is_particular(outcome) or not is_shared(self._engine, subject, self._by_value):
            return ALONE
        return self._outcomes.add(decided(outcome))


def _may_apply(numbers: Numbers, number: int) -> bool:
    summary = numbers[number]
    if summary is None:
        return True
    answers = (summary.answer, *(answer for _, _, answer in summary.others))
    return any(a[0] is not False for a in answers if isinstance(a, tuple))


def _warned(columns: Columns) -> Codes:
    """What warnings look at, beside the rules."""
    import pyarrow as pa
    import pyarrow.compute as pc

    found = []
    known = columns.known(CRITICAL)
    if known is not None and CRITICAL not in columns.fixed:
        found.append(pc.fill_null(columns.array(CRITICAL), False).cast(pa.int32()))
    if columns.known(CERTIFICATES) is not None and CERTIFICATES not in columns.fixed:
        counts = pc.fill_null(pc.list_value_length(columns.array(CERTIFICATES)), 0)
        # a warning tells how many there are, where they are too many
        found.insert(0, pc.max_element_wise(counts, MAXIMUM_CERTIFICATES).cast(pa.int32()))
    if len(found) == 2:
        return pc.add(pc.multiply(found[0], 2), found[1])
    return found[0] if found else constant(0, columns.rows)
