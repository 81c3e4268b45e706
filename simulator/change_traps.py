"""What a rule change does beside what it is meant to: findings over the results of both sides.

Source: synchronization specification, section 14; expression-language specification, section 12.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from simulator.assumptions import DECIDED
from simulator.errors import Diagnostic, Severity
from simulator.results.counts import Test, grouped, positions
from simulator.results.results import Results, rows
from simulator.results.verdict import Verdict
from simulator.sync.outcome import Disposition

CHANGE_TRAPS: Mapping[str, str] = {
    "certificates-no-longer-tested": "computers whose certificates were tested sync untested",
    "same-version-enters": "clients enter that share their version with the servers meant",
}
_SYSTEM = ("operating_system", "operating_system_version")
_UNTESTED = "certificate-not-tested"
_TESTS = ("certificate-", "no-valid-certificate")  # how codes begin that tell of a test
_SHOWN = 5


def change_traps(results: Results) -> Iterator[Diagnostic]:
    """The traps of a change, from what becomes of each object before and after it."""
    systems = [
        (name or "", version or "", old, new, count)
        for (name, version), (old, new), count in grouped(results, *_SYSTEM)
    ]
    lost: Counter[str] = Counter()
    let_in = 0
    for name, _, old, new, count in systems:
        if _untests(old, new):
            lost[name] += count
            let_in += count if old.disposition is Disposition.FILTERED else 0
    if lost:
        yield Diagnostic(
            "certificates-no-longer-tested",
            f"the certificates of {lost.total()} computers are tested before the change and not "
            f"after it: {_systems(lost)}; {let_in} of them were filtered and now sync; "
            f"they are {_names(results, lambda pair: _untests(*pair), frozenset(lost))}",
            help="keep the test of the rule before the change for these systems",
            severity=Severity.WARNING,
        )
    entering = [(n, v.partition(" ")[0], c) for n, v, old, new, c in systems if _enters(old, new)]
    servers = {version for name, version, _ in entering if _is_server(name)} - {""}
    clients: Counter[str] = Counter()
    for name, version, count in entering:
        if version in servers and not _is_server(name):
            clients[name] += count
    if clients:
        yield Diagnostic(
            "same-version-enters",
            f"{clients.total()} computers enter that are no servers, because their version is "
            f"that of servers which enter: {_systems(clients)}; they are "
            f"{_names(results, lambda pair: _enters(*pair), frozenset(clients))}",
            help="test operatingSystem for Server too, if only servers are meant",
            severity=Severity.WARNING,
        )


def _untests(old: Verdict, new: Verdict) -> bool:
    """Whether an object syncs untested whose certificates were tested before."""
    codes = [r.reason.code for r in old.readings if r.reading == DECIDED] or [old.reason.code]
    tested = any(c.startswith(_TESTS) and c != _UNTESTED for c in codes)
    return tested and new.disposition is Disposition.SYNCS and new.reason.code == _UNTESTED


def _enters(old: Verdict, new: Verdict) -> bool:
    """Whether an object enters that its system has kept out."""
    return old.reason.code == "os-version-excluded" and new.disposition is Disposition.SYNCS


def _is_server(name: str) -> bool:
    return "server" in name.casefold()


def _systems(counts: Counter[str]) -> str:
    """Each operating system with the number of its objects."""
    named = sorted((name or "(no operating system)", n) for name, n in counts.items())
    return ", ".join(f"{name} ({count})" for name, count in named)


def _names(results: Results, test: Test, systems: frozenset[str]) -> str:
    """The first objects of these *systems* whose verdicts pass *test*."""
    names: list[str] = []
    total = 0
    for row in rows(results, positions(results, test)):
        if (row.subject.operating_system or "") in systems:
            total += 1
            if len(names) < _SHOWN:
                names.append(row.subject.name)
    listed = ", ".join(names)
    return f"{listed} and {total - _SHOWN} more" if total > _SHOWN else listed
