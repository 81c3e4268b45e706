"""What an export would change in the cloud, now and later, as lines of text and as JSON."""

from collections.abc import Iterator
from typing import Any

from simulator.current import Difference
from simulator.forecast import REMARK, Forecast
from simulator.results.gather import row_of
from simulator.results.results import Row
from simulator.values import time_text

_SHOWN = 20


def present_lines(change: Difference) -> Iterator[str]:
    """Adds, deletes, the threshold, and what is not known."""
    yield (
        f"Against {change.source}: {len(change.adds)} adds, {len(change.deletes)} deletes, "
        f"{len(change.kept)} stay."
    )
    if change.exceeded:
        yield (
            f"GATE: {len(change.deletes)} deletes, and {change.maximum} may: the export stops, "
            "and nothing is deleted (A-34)"
        )
    if change.deletes:
        yield from _listed("DELETES", change.deletes)
        yield f"  {change.final} of them are devices: their deletion cannot be undone"
    if change.adds:
        yield from _listed("ADDS", change.adds)
        yield "  a new device is pending until the computer registers"
    if change.undecided:
        yield from _listed(
            "NOT KNOWN: ERROR keeps what is there, UNCERTAIN is open", change.undecided
        )
    if change.pending:
        yield f"pending now: {len(change.pending)} devices wait for their computers to register"
    if change.unknown:
        names = ", ".join(p.name or p.guid for p in change.unknown[:_SHOWN])
        more = f" and {len(change.unknown) - _SHOWN} more" if len(change.unknown) > _SHOWN else ""
        yield (
            f"not known:   {len(change.unknown)} are in the cloud, but not among the objects: "
            f"{names}{more}; if their computers are gone they are deletes too"
        )
    if change.foreign:
        yield f"not ours:    {change.foreign} devices were not made by Connect, which leaves them"
    yield "not known:   other pending deletes, which count against the threshold too (A-34)"


def _listed(title: str, rows: tuple[Row, ...]) -> Iterator[str]:
    yield f"{title} ({len(rows)})"
    for row in rows[:_SHOWN]:
        yield f"  {row.subject.name}  {row.verdict.disposition} ({row.verdict.reason.code})"
    if len(rows) > _SHOWN:
        yield f"  ... and {len(rows) - _SHOWN} more: --format json has all"


def present_form(change: Difference) -> dict[str, Any]:
    """The same as JSON."""
    return {
        "source": change.source,
        "adds": [_row(o) for o in change.adds],
        "deletes": [_row(o) for o in change.deletes],
        "deletes_that_cannot_be_undone": change.final,
        "kept": len(change.kept),
        "undecided": [_row(o) for o in change.undecided],
        "pending": [p.guid for p in change.pending],
        "not_among_the_objects": [p.guid for p in change.unknown],
        "not_made_by_connect": change.foreign,
        "gate": {"max_removed": change.maximum, "passed": change.exceeded},
        "not_known": ["other pending deletes"],
    }


def _row(row: Row) -> dict[str, Any]:
    return {
        "object_guid": row.subject.object_guid,
        "name": row.subject.name,
        "outcome": str(row.verdict.disposition),
        "reason": row.verdict.reason.code,
    }


def forecast_lines(forecast: Forecast) -> Iterator[str]:
    """Who leaves when."""
    count = len(forecast.departures)
    yield f"Until {time_text(forecast.until)} {count} leave as certificates expire:"
    for departure in forecast.departures:
        outcome = departure.outcome
        yield (
            f"  {time_text(departure.at)}  {outcome.subject.name}  "
            f"{outcome.disposition} ({outcome.reason.code})"
        )
    yield f"  {REMARK}"


def forecast_form(forecast: Forecast) -> dict[str, Any]:
    """The same as JSON."""
    return {
        "until": time_text(forecast.until),
        "leaves": [
            {"at": time_text(d.at), **_row(row_of(d.outcome))} for d in forecast.departures
        ],
        "remark": REMARK,
    }
