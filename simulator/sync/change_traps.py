"""What a rule change does beside what it is meant to: findings over the outcomes of both sides.

Source: synchronization specification, section 14; expression-language specification, section 12.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from simulator.errors import Diagnostic, Severity
from simulator.sync.outcome import Disposition, Outcome

CHANGE_TRAPS: Mapping[str, str] = {
    "certificates-no-longer-tested": "computers whose certificates were tested sync untested",
    "same-version-enters": "clients enter that share their version with the servers meant",
}
_SHOWN = 5


def change_traps(pairs: Iterable[tuple[Outcome, Outcome]]) -> Iterator[Diagnostic]:
    """The traps of a change, from the outcomes of each object before and after it."""
    both = list(pairs)
    untested = [
        new
        for old, new in both
        if _tested(old)
        and new.disposition is Disposition.SYNCS
        and new.reason.code == "certificate-not-tested"
    ]
    if untested:
        let_in = sum(
            old.disposition is Disposition.FILTERED and new.disposition is Disposition.SYNCS
            for old, new in both
            if _tested(old) and new.reason.code == "certificate-not-tested"
        )
        yield Diagnostic(
            "certificates-no-longer-tested",
            f"the certificates of {len(untested)} computers are tested before the change and not "
            f"after it: {_systems(untested)}; {let_in} of them were filtered and now sync; "
            f"they are {_names(untested)}",
            help="keep the test of the rule before the change for these systems",
            severity=Severity.WARNING,
        )
    entering = [
        new
        for old, new in both
        if old.reason.code == "os-version-excluded" and new.disposition is Disposition.SYNCS
    ]
    servers = {_version(o) for o in entering if "server" in _system(o).casefold()} - {""}
    clients = [
        o for o in entering if "server" not in _system(o).casefold() and _version(o) in servers
    ]
    if clients:
        yield Diagnostic(
            "same-version-enters",
            f"{len(clients)} computers enter that are no servers, because their version is that "
            f"of servers which enter: {_systems(clients)}; they are {_names(clients)}",
            help="test operatingSystem for Server too, if only servers are meant",
            severity=Severity.WARNING,
        )


def _tested(outcome: Outcome) -> bool:
    return any(c.verdict != "certificate-not-tested" for c in outcome.certificates)


def _system(outcome: Outcome) -> str:
    return outcome.subject.text("operatingSystem") or ""


def _version(outcome: Outcome) -> str:
    return (outcome.subject.text("operatingSystemVersion") or "").partition(" ")[0]


def _systems(outcomes: list[Outcome]) -> str:
    """Each operating system with the number of its objects."""
    counts = Counter(_system(o) or "(no operating system)" for o in outcomes)
    return ", ".join(f"{name} ({count})" for name, count in sorted(counts.items()))


def _names(outcomes: list[Outcome]) -> str:
    names = ", ".join(o.subject.name for o in outcomes[:_SHOWN])
    more = len(outcomes) - _SHOWN
    return f"{names} and {more} more" if more > 0 else names
