"""When certificates end: by month for three years, by week for half a year."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from simulator.reports.html.objects import flattened, instants
from simulator.results.results import Results

if TYPE_CHECKING:
    import pyarrow

_MONTHS_BEFORE, _MONTHS_AFTER = 12, 24
_WEEKS = 26
COUNTS, OTHER = "counts", "does not count"


@dataclass(frozen=True, slots=True)
class Period:
    """A month or a week: how it is called, and how many certificates end in it, by kind."""

    name: str
    counts: Mapping[str, int]
    past: bool

    @property
    def total(self) -> int:
        """How many certificates end in it."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Expiry:
    """The ends of all certificates: *earlier* and *later* than the months, and without a time."""

    total: int
    months: tuple[Period, ...]
    weeks: tuple[Period, ...]
    earlier: Period
    later: Period
    unreadable: int


def expiry(results: Results, now: datetime) -> Expiry:
    """The ends of the certificates as the last rule set judges them."""
    import pyarrow.compute as pc

    certificates = flattened(results.sides[-1].certificates)
    ends = instants(certificates["not_after"])
    kind = pc.if_else(pc.equal(certificates["verdict"], "certificate-valid"), COUNTS, OTHER)
    months = _grouped(ends, kind, "month")
    weeks = _grouped(ends, kind, "week")
    this = _month(now, 0)
    named = [_month(now, n) for n in range(-_MONTHS_BEFORE, _MONTHS_AFTER + 1)]
    monday = (now - timedelta(days=now.weekday())).date()
    starts = [monday + timedelta(weeks=n) for n in range(_WEEKS)]
    return Expiry(
        certificates.num_rows,
        tuple(Period(m, months.get(m, {}), m < this) for m in named),
        tuple(Period(str(s), weeks.get(str(s), {}), past=False) for s in starts),
        Period("earlier", _sum(c for m, c in months.items() if m < named[0]), True),
        Period("later", _sum(c for m, c in months.items() if m > named[-1]), False),
        ends.null_count,
    )


def _grouped(
    ends: "pyarrow.ChunkedArray", kind: "pyarrow.ChunkedArray", unit: str
) -> dict[str, dict[str, int]]:
    """For each month (`2026-01`) or week (its Monday) in which some end: kind and count."""
    import pyarrow as pa
    import pyarrow.compute as pc

    start = pc.floor_temporal(ends, unit=unit, week_starts_monday=True)
    groups = (
        pa.table({"start": start, "kind": kind})
        .filter(pc.is_valid(start))
        .group_by(["start", "kind"], use_threads=False)
        .aggregate([([], "count_all")])
    )
    found: dict[str, dict[str, int]] = {}
    columns = (groups[n].to_pylist() for n in ("start", "kind", "count_all"))
    for moment, which, count in zip(*columns, strict=True):
        name = str(moment.date()) if unit == "week" else f"{moment:%Y-%m}".rjust(7, "0")
        found.setdefault(name, {})[which] = count
    return found


def _month(now: datetime, distance: int) -> str:
    year, month = divmod(now.year * 12 + now.month - 1 + distance, 12)
    return f"{year:04}-{month + 1:02}"


def _sum(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for each in counts:
        for kind, count in each.items():
            total[kind] = total.get(kind, 0) + count
    return total
