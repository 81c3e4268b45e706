"""What has changed since an earlier result, as lines of text and as JSON."""

from collections.abc import Iterator
from typing import Any

from simulator.results.results import Row
from simulator.since import Since, Turn
from simulator.values import time_text

_SHOWN = 20
_TITLES = {
    Turn.LEFT: "LEFT: synced then, and would not now",
    Turn.ENTERED: "ENTERED: would sync now, and did not then",
    Turn.UNDECIDED: "UNDECIDED: ERROR or UNCERTAIN then or now",
    Turn.REASON: "OTHER REASON: the cloud is the same for them",
    Turn.GONE: "GONE: not among the objects any more",
    Turn.NEW: "NEW: not among the objects then",
}


def since_lines(since: Since) -> Iterator[str]:
    """How many have changed since and which; and what the two results differ in."""
    counts = ", ".join(f"{len(places)} {turn}" for turn, places in since.turns.items() if places)
    told = f"{since.source} (as of {time_text(since.origin.now)})"
    after = ", after the change" if len(since.then.sides) + len(since.now.sides) > 2 else ""
    yield f"Since {told}{after}: {counts or 'nothing has changed'}."
    yield f"  {_cause(since)}"
    for turn, places in since.turns.items():
        if not places:
            continue
        yield f"{_TITLES[turn]} ({len(places)})"
        for then, now in since.pairs(turn, _SHOWN):
            subject = (now or then).subject  # type: ignore[union-attr]  # one is always there
            yield f"  {subject.name}  {' -> '.join(_told(row) for row in (then, now) if row)}"
        if len(places) > _SHOWN:
            yield f"  ... and {len(places) - _SHOWN} more: --format json has all"


def _cause(since: Since) -> str:
    if not since.differs:
        return "both were computed from the same"
    names = ", ".join(since.differs)
    told = len(since.differs) == 1 and any(since.turns.values())
    only = ": whatever has changed comes from that" if told else ""
    return f"computed otherwise: {names}{only}"


def _told(row: Row) -> str:
    return f"{row.verdict.disposition} ({row.verdict.reason.code})"


def since_form(since: Since) -> dict[str, Any]:
    """The same as JSON, with every object."""
    return {
        "source": since.source,
        "as_of": time_text(since.origin.now),
        "differs": list(since.differs),
        "counts": {str(turn): len(places) for turn, places in since.turns.items()},
        "objects": [
            {
                "turn": str(turn),
                "object_guid": (now or then).subject.object_guid,  # type: ignore[union-attr]
                "dn": (now or then).subject.dn,  # type: ignore[union-attr]
                "then": _side(then),
                "now": _side(now),
            }
            for turn in since.turns
            for then, now in since.pairs(turn)
        ],
    }


def _side(row: Row | None) -> dict[str, str] | None:
    if row is None:
        return None
    return {"outcome": str(row.verdict.disposition), "reason": row.verdict.reason.code}
