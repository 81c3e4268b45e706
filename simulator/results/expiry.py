"""When certificates end, by calendar period; and which weeks take the last one of an object."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from simulator.results.certificates import VALID, flattened, instants
from simulator.results.results import Results
from simulator.results.said import of_last, said
from simulator.sync.outcome import Disposition

if TYPE_CHECKING:
    import pyarrow

WEEKS = 13


@dataclass(frozen=True, slots=True)
class Ending:
    """How many certificates end in a week, and for how many objects it is the last that counts."""

    certificates: int
    objects: int


@dataclass(frozen=True, slots=True)
class Endings:
    """The certificates that count, of objects that sync: by week, by the Monday it begins with.

    *earlier* are those that count although they have ended, *later* those that outlast the weeks.
    """

    weeks: Mapping[str, Ending]
    earlier: Ending
    later: Ending


def endings(results: Results, now: datetime) -> Endings:
    """When the certificates that let objects sync end, for the weeks from *now*."""
    import pyarrow as pa
    import pyarrow.compute as pc

    syncs = said(results, of_last(lambda v: str(v.disposition is Disposition.SYNCS)))
    certificates = flattened(results.sides[-1].certificates)
    certificates = certificates.filter(pc.equal(certificates["verdict"], VALID))
    owners = syncs.take(certificates["owner"].combine_chunks()).cast(pa.string())
    certificates = certificates.filter(pc.equal(owners, "True"))
    ends = instants(certificates["not_after"])
    last = (
        pa.table({"owner": certificates["owner"], "end": ends})
        .group_by("owner", use_threads=False)
        .aggregate([("end", "max")])
    )
    each, lasts = ending_by(ends, "week"), ending_by(last["end_max"], "week")
    first = monday(now)
    named = [str(first + timedelta(weeks=n)) for n in range(WEEKS)]

    def between(begin: str, end: str) -> Ending:
        counts = (sum(n for w, n in c.items() if begin <= w < end) for c in (each, lasts))
        return Ending(*counts)

    behind = str(first + timedelta(weeks=WEEKS))
    return Endings(
        {week: Ending(each.get(week, 0), lasts.get(week, 0)) for week in named},
        between("", named[0]),
        between(behind, "~"),
    )


def ending_by(ends: "pyarrow.ChunkedArray", unit: str) -> Mapping[str, int]:
    """How many of *ends* are in each month (`2026-01`) or week (its Monday, `2026-01-05`)."""
    import pyarrow.compute as pc

    start = pc.floor_temporal(ends.drop_null(), unit=unit, week_starts_monday=True)
    found = {}
    for each in pc.value_counts(start).to_pylist():
        name = each["values"].date().isoformat()
        found[name if unit == "week" else name[:7]] = each["counts"]
    return found


def monday(now: datetime) -> date:
    """The day on which the week of *now* begins."""
    return (now - timedelta(days=now.weekday())).date()
