"""The tables that reports for people show; how a table is drawn is left to the form."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from simulator.compare import Change
from simulator.reports.table import Table
from simulator.results.certificates import certificate_counts
from simulator.results.counts import outcome_counts
from simulator.results.expiry import WEEKS, Endings, endings
from simulator.results.groups import groups, transitions
from simulator.results.results import Results, system_name

if TYPE_CHECKING:
    import pyarrow

LISTED = 10
_WIDEST = 120
_AT_ONCE = 10_000  # objects
_CHANGES, _STAYS = (Change.LEAVES, Change.ENTERS, Change.UNDECIDED), "STAYS"
_NAMES = {  # the groups that are shown: one of them, several
    "operating_system": ("operating system", "operating systems"),
    "organizational_unit": ("unit", "units"),
    "certificates": ("certificates", "states of certificates"),
    "reason": ("reason", "reasons"),
    "clause": ("deciding rule and clause", "clauses"),
}


def matrix(results: Results) -> Table:
    """How many objects have each outcome before (rows) and after (columns), with sums."""
    before, after = outcome_counts(results, 0), outcome_counts(results, 1)
    counts = transitions(results)
    return Table(
        ("before \\ after", *after, "all"),
        (
            *(
                (old, *(str(counts.get((old, new), 0)) for new in after), str(total))
                for old, total in before.items()
            ),
            ("all", *map(str, after.values()), str(len(results))),
        ),
    )


def change_tables(results: Results) -> Iterator[Table]:
    """For each kind of group those with an object that changes, what hurts first."""
    for by, values in groups(results).items():
        changing = sorted(
            (
                ([counts.get(c, 0) for c in _CHANGES], counts, value)
                for value, counts in values.items()
                if any(c in counts for c in _CHANGES)
            ),
            key=lambda each: ([-count for count in each[0]], each[2]),
        )
        if changing:
            told = [(v, _with_stays(counts)) for _, counts, v in changing]
            yield _group_table(by, (*_CHANGES, _STAYS), told)


def outcome_tables(results: Results) -> Iterator[Table]:
    """Outcomes by operating system and by unit, the largest groups first."""
    outcomes = tuple(outcome_counts(results))
    for by, values in groups(results, "operating_system", "organizational_unit").items():
        largest = sorted(values.items(), key=lambda each: (-sum(each[1].values()), each[0]))
        yield _group_table(by, outcomes, largest)


def certificate_tables(results: Results, now: datetime) -> Iterator[Table]:
    """How certificates are judged, and when those that let objects sync end."""
    judged = certificate_counts(results, now)
    if judged:
        yield Table(
            ("certificates", "ended", "judged as"),
            tuple((str(count), str(ended), verdict) for verdict, (count, ended) in judged.items()),
        )
    found = endings(results, now)
    if rows := tuple(_weeks(found)):
        yield Table(("certificates", "last of objects", "of objects that sync, ending"), rows)


def _weeks(found: Endings) -> Iterator[tuple[str, str, str]]:
    named = {f"in the week from {week}": ending for week, ending in found.weeks.items()}
    named = {"earlier": found.earlier, **named, f"later than in {WEEKS} weeks": found.later}
    for name, ending in named.items():
        if ending.certificates:
            yield str(ending.certificates), str(ending.objects), name


def _with_stays(counts: Mapping[str, int]) -> Mapping[str, int]:
    """*counts* of changes, those that stay in and those that stay out as one number."""
    changes: dict[str, int] = {change: counts.get(change, 0) for change in _CHANGES}
    return {**changes, _STAYS: sum(counts.values()) - sum(changes.values())}


def _group_table(
    by: str, columns: Sequence[str], told: Sequence[tuple[str, Mapping[str, int]]]
) -> Table:
    """The first groups of *told*, and how many more there are with what is in them."""
    one, several = _NAMES[by]
    left_out = [counts for _, counts in told[LISTED:]]
    sums = ((sum(counts.get(column, 0) for counts in left_out), column) for column in columns)
    parts = ", ".join(f"{count} {column}" for count, column in sums if count)
    rest = f"... and {len(left_out)} more {one if len(left_out) == 1 else several}: {parts}"
    rows = tuple(
        (*(str(counts.get(column, 0)) for column in columns), _cut(value))
        for value, counts in told[:LISTED]
    )
    return Table((*columns, one), rows, rest if left_out else "")


def _cut(text: str) -> str:
    return text if len(text) <= _WIDEST else f"{text[: _WIDEST - 1]}\u2026"


def object_table(results: Results, at: "pyarrow.Array") -> Table:
    """The objects of *results* that are *at* these places, each with its last outcome and why."""
    return Table(("outcome", "name", "operating system", "reason"), _Objects(results, at))


@dataclass(frozen=True, slots=True)
class _Objects:
    """The rows of `object_table`, made when they are gone through; none is held."""

    results: Results
    at: "pyarrow.Array"

    def __len__(self) -> int:
        return len(self.at)

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        subjects, side = self.results.subjects, self.results.sides[-1]
        names = ("name", "operating_system", "operating_system_version")
        columns = (*(subjects[name] for name in names), side.verdicts, side.ends)
        for start in range(0, len(self.at), _AT_ONCE):
            some = self.at.slice(start, _AT_ONCE)
            cells = (column.take(some).to_pylist() for column in columns)
            for name, system, version, number, end in zip(*cells, strict=True):
                verdict = self.results.verdicts[number]
                text = verdict.reason.text + (end or "")
                yield verdict.disposition, name, system_name(system, version), text
