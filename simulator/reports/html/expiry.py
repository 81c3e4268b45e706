"""When certificates end: by month for three years, by week for half a year."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from simulator.results.certificates import VALID, flattened, instants
from simulator.results.expiry import ending_by, monday
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
    counts = pc.equal(certificates["verdict"], VALID)
    months, weeks = (_by_kind(ends, counts, unit) for unit in ("month", "week"))
    this = _month(now, 0)
    named = [_month(now, n) for n in range(-_MONTHS_BEFORE, _MONTHS_AFTER + 1)]
    starts = [monday(now) + timedelta(weeks=n) for n in range(_WEEKS)]
    return Expiry(
        certificates.num_rows,
        tuple(Period(m, months.get(m, {}), m < this) for m in named),
        tuple(Period(str(s), weeks.get(str(s), {}), past=False) for s in starts),
        Period("earlier", _sum(c for m, c in months.items() if m < named[0]), True),
        Period("later", _sum(c for m, c in months.items() if m > named[-1]), False),
        ends.null_count,
    )


def _by_kind(
    ends: "pyarrow.ChunkedArray", counts: "pyarrow.ChunkedArray", unit: str
) -> dict[str, dict[str, int]]:
    """For each month or week in which some end: kind and count."""
    import pyarrow.compute as pc

    found: dict[str, dict[str, int]] = {}
    for kind, chosen in ((COUNTS, counts), (OTHER, pc.invert(counts))):
        for name, count in ending_by(ends.filter(chosen), unit).items():
            found.setdefault(name, {})[kind] = count
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
