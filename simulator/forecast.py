"""Who leaves the cloud when, as certificates expire and nothing else changes.

The engine evaluates an object again only when it changes or at a full synchronization
(specification, section 9): a forecast tells the outcome of a full synchronization at each instant.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from simulator.assumptions import DECIDED
from simulator.errors import UsageError
from simulator.language.nodes import functions_of
from simulator.objects import ConnectorObject
from simulator.rule import RuleSet
from simulator.sync.engine import Settings, simulate
from simulator.sync.outcome import Disposition, Outcome
from simulator.sync.reason import certificate_verdicts

REMARK = (
    "an object is evaluated again only when it changes or at a full synchronization; until then "
    "an expired certificate changes nothing"
)


def remark(rules: RuleSet) -> str:
    """What to know about time under *rules*: nothing, unless one of them asks for it."""
    nodes = [f.node for r in rules.rules for f in r.flows if f.node is not None]
    return REMARK if any("Now" in functions_of(node) for node in nodes) else ""


@dataclass(frozen=True, slots=True)
class Departure:
    """An object that leaves: at which instant, and its outcome then."""

    at: datetime
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Forecast:
    """All departures up to *until*, the earliest first."""

    until: datetime
    departures: tuple[Departure, ...]


def forecast(
    subjects: Iterable[ConnectorObject], rules: RuleSet, settings: Settings, span: timedelta
) -> Forecast:
    """The departures among *subjects*, which sync at *settings*' instant, within *span* of it.

    Each object is looked at alone, and by the clock that is decided, not by another (A-12).
    """
    until = settings.now + span
    found = [
        departure
        for subject in subjects
        for departure in _departure(subject, rules, settings, until)
    ]
    found.sort(key=lambda d: (d.at, d.outcome.subject.sort_key()))
    return Forecast(until, tuple(found))


def parse_span(text: str) -> timedelta:
    """The time that `90d` or `12w` means."""
    match = re.fullmatch(r"(\d{1,5})([dw])", text.strip())
    if match is None:
        raise UsageError(f"--forecast {text}: is no span of time", "write for example 90d or 12w")
    return timedelta(days=int(match[1]) * (7 if match[2] == "w" else 1))


def _departure(
    subject: ConnectorObject, rules: RuleSet, settings: Settings, until: datetime
) -> Iterator[Departure]:
    readings = {"A-12": DECIDED, **settings.readings}
    ends = set(_ends(subject, settings.now))
    for instant in sorted(i for i in ends if settings.now < i <= until):
        then = replace(settings, now=instant, readings=readings)
        (later,) = simulate([subject], rules, then)
        if later.decided and later.disposition is not Disposition.SYNCS:
            yield Departure(instant, later)
            return


def _ends(subject: ConnectorObject, now: datetime) -> Iterator[datetime]:
    """When the certificates of *subject* expire."""
    for certificate in certificate_verdicts(subject, None, now):
        if certificate.not_after:
            yield datetime.fromisoformat(certificate.not_after).astimezone(UTC)
