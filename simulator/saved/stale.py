"""Whether what a saved result was computed from is still what it was."""

from collections.abc import Iterator
from pathlib import Path

from simulator.errors import Diagnostic, Severity, SimulatorError
from simulator.results.origin import Origin, sums_of
from simulator.rule import RuleSource
from simulator.rulefiles.contents import read
from simulator.rulefiles.shipped import locate
from simulator.sources.textfile import file_sum

STALE = "changed-since"
_UNKNOWN = "not-compared"


def stale(origin: Origin) -> Iterator[Diagnostic]:
    """What has changed since of the rules, objects and connectors of *origin*, by their hashes.

    A warning for each that has; a note for each of which it cannot be told.
    """
    for source in dict.fromkeys(s for rules in origin.rules for s in rules.sources):
        yield from _compared("rules", source.name, source.sha256, _rules_sum(source))
    told = origin.provenance
    sums = {told.source: told.sha256} if told.sha256 else sums_of(told.details)
    for name, known in (sums or {told.source: ""}).items():
        yield from _compared("objects", name, known, _sum(name))
    for each in origin.connectors:
        yield from _compared("connector", each.origin or each.name, each.sha256, _sum(each.origin))


def _compared(kind: str, name: str, known: str, now: str) -> Iterator[Diagnostic]:
    if not known or not now:
        message = f"{kind}: {name} cannot be compared with what the result was computed from"
        yield Diagnostic(_UNKNOWN, message, severity=Severity.NOTE)
    elif known != now:
        yield Diagnostic(
            STALE,
            f"{kind}: {name} has changed since the result was computed",
            help="compute it anew before you act on it",
            severity=Severity.WARNING,
        )


def _rules_sum(source: RuleSource) -> str:
    try:
        return read(locate(source.name), {}).layer.source.sha256
    except (SimulatorError, OSError):
        return ""


def _sum(name: str) -> str:
    try:
        return file_sum(Path(name)) if name else ""
    except (OSError, ValueError):
        return ""
