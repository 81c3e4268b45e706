"""What the summary of a report says: counts, groups, lists of what changes, findings."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.answers import Audit, Preview
from simulator.compare import Change
from simulator.errors import Severity
from simulator.reports.html.charts import Flow, Rectangle, bar, flow
from simulator.reports.html.expiry import Expiry, expiry
from simulator.reports.html.units import Tree, tree
from simulator.results.counts import change_counts, changed, outcome_counts, reason_counts
from simulator.results.facts import tallied
from simulator.results.groups import ordered, transitions
from simulator.results.results import Results, Row, rows
from simulator.sync.outcome import Disposition

if TYPE_CHECKING:
    import pyarrow

LISTED = 200
_SYSTEMS = 15
_HARMFUL = (Change.LEAVES, Change.ENTERS, Change.UNDECIDED)


@dataclass(frozen=True, slots=True)
class Group:
    """A value that objects share, how many have each state, and the bar that shows it."""

    name: str
    counts: tuple[tuple[str, int], ...]
    bar: tuple[Rectangle, ...]

    @property
    def total(self) -> int:
        """How many objects share it."""
        return sum(count for _, count in self.counts)


@dataclass(frozen=True, slots=True)
class Listed:
    """The objects with one change: how many, and the first of them with their positions."""

    change: Change
    count: int
    rows: tuple[tuple[int, Row], ...]


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning about single objects: what it says of the first, and how many it concerns."""

    code: str
    message: str
    count: int


@dataclass(frozen=True, slots=True)
class Summary:
    """Everything above the table of objects."""

    states: tuple[tuple[str, int], ...]
    reasons: tuple[tuple[str, str, int], ...]
    systems: tuple[Group, ...]
    more_systems: tuple[Group, ...]
    units: Tree
    expiry: Expiry
    flow: Flow | None
    matrix: Mapping[tuple[str, str], int]
    listed: tuple[Listed, ...]
    warned: tuple[Warned, ...]


def summary(result: Audit | Preview, columns: "pyarrow.Table") -> Summary:
    """The summary of *result*; *columns* are the facts of its results."""
    results = result.results
    preview = isinstance(result, Preview)
    counts = change_counts(results) if preview else outcome_counts(results)
    states = {str(state): count for state, count in counts.items()}
    pairs = transitions(results) if preview else {}
    systems = groups(tallied(columns, "system"))
    return Summary(
        tuple(ordered(states)),
        tuple((outcome, code, n) for (outcome, code), n in reason_counts(results).items()),
        systems[:_SYSTEMS],
        systems[_SYSTEMS:],
        tree(tallied(columns, "unit")),
        expiry(results, result.now),
        flow(pairs) if preview else None,
        pairs,
        tuple(_listed(results, states)) if preview else (),
        tuple(_warned(results)),
    )


def groups(tallies: Mapping[str, Mapping[str, int]]) -> tuple[Group, ...]:
    """The groups of *tallies*, the largest first, drawn to one scale."""
    largest = sorted(tallies, key=lambda name: (-sum(tallies[name].values()), name))
    scale = sum(tallies[largest[0]].values()) if largest else 1
    return tuple(
        Group(name, tuple(ordered(tallies[name])), tuple(bar(tallies[name], scale)))
        for name in largest
    )


def outcomes_of(matrix: Mapping[tuple[str, str], int], side: int) -> tuple[str, ...]:
    """The outcomes that occur on one *side* of the pairs of *matrix*, in their order."""
    found = {pair[side] for pair in matrix}
    return tuple(str(d) for d in Disposition if d in found)


def _listed(results: Results, states: Mapping[str, int]) -> Iterable[Listed]:
    for change in _HARMFUL:
        if states.get(change):
            at = changed(results, change)[:LISTED]
            first = zip(at.to_pylist(), rows(results, at), strict=True)
            yield Listed(change, states[change], tuple(first))


def _warned(results: Results) -> Iterable[Warned]:
    """The warnings of the last rule set about single objects, by their code."""
    import pyarrow.compute as pc

    found: dict[str, Warned] = {}
    for pair in pc.value_counts(results.sides[-1].verdicts).to_pylist():
        seen = {
            f.code: f.message
            for f in results.verdicts[pair["values"]].findings
            if f.severity is Severity.WARNING
        }
        for code, message in seen.items():
            told = found.get(code, Warned(code, message, 0))
            text = min(told.message, message)
            found[code] = Warned(code, text, told.count + pair["counts"])
    return (found[code] for code in sorted(found))
