"""The simulation: every object through both passes, and UNCERTAIN where a reading decides.

`cloudFiltered` is an ordinary metaverse attribute that outbound rules test; only
`situation.py` knows its name. Source: synchronization specification.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from simulator.assumptions import DECIDED, ledger
from simulator.errors import ObjectError
from simulator.language.context import Context
from simulator.objects import ConnectorObject
from simulator.rule import AttributeFlow, Connector, ConnectorKind, RuleSet
from simulator.sync.entrance import refusal
from simulator.sync.link import Link, link
from simulator.sync.outcome import Disposition, Outcome, Reading, Reason
from simulator.sync.passes import inbound_pass, object_error, outbound_passes
from simulator.sync.precedence import winners
from simulator.sync.rulebook import RuleBook
from simulator.sync.situation import failed, situation, unlinked

# What the connector space holds of every object, or knows without importing it (memberOf, A-28).
ALWAYS_IMPORTED = frozenset({"objectGUID", "memberOf"})


@dataclass(frozen=True, slots=True)
class Settings:
    """How to simulate: the instant of `Now()`, readings of assumptions, what is imported.

    *connectors* are those whose import filter applies; without any every object is imported.
    *full* traces every flow, for an explanation; otherwise only those that outbound scopes test.
    """

    now: datetime
    readings: Mapping[str, str] = field(default_factory=dict)
    connectors: tuple[Connector, ...] = ()
    full: bool = False


def simulate(
    objects: Iterable[ConnectorObject], rules: RuleSet, settings: Settings
) -> Iterator[Outcome]:
    """The outcome of every object, in the order of DN and GUID, none missing."""
    return _Engine(rules, settings).run(sorted(objects, key=lambda o: o.sort_key()))


class _Engine:
    """One rule set and its settings, run over objects."""

    def __init__(self, rules: RuleSet, settings: Settings) -> None:
        self._settings = settings
        self._book = RuleBook(rules, settings.connectors)
        self._filters = [
            c for c in settings.connectors if c.kind is ConnectorKind.ACTIVE_DIRECTORY
        ]

    def run(self, objects: list[ConnectorObject]) -> Iterator[Outcome]:
        """The outcome of each of *objects*, in their order."""
        imported = [
            o
            for o in objects
            if self._refused(o, self._context(o, self._settings.readings)) is None
        ]
        links = link(self._book, imported, lambda o: self._context(o, self._settings.readings))
        by_object = {id(o): linked for o, linked in zip(imported, links, strict=True)}
        for subject in objects:
            linked = by_object.get(id(subject), Link())
            yield self._outcome(subject, [imported[m] for m in linked.members], linked.conflict)

    def _traced(self, flow: AttributeFlow) -> bool:
        return self._settings.full or flow.target in self._book.tested_outbound

    def _context(self, subject: ConnectorObject, readings: Mapping[str, str]) -> Context:
        home = self._book.home(subject)
        attributes = subject.attributes
        if home is not None and home in self._filters and home.attributes:
            # an attribute outside the connector's inclusion list is NULL for every object
            imported = home.attributes | ALWAYS_IMPORTED
            attributes = {name: v for name, v in attributes.items() if name in imported}
        parameters = self._book.parameters(subject, home)
        return Context(self._settings.now, attributes, subject.dn, parameters, readings)

    def _outcome(
        self, subject: ConnectorObject, members: list[ConnectorObject], conflict: str
    ) -> Outcome:
        """The outcome as decided, and UNCERTAIN where another reading would change it."""
        chosen = self._settings.readings
        outcome, used = self._settle(subject, members, conflict, chosen)
        changed = []
        for id in sorted(used - set(chosen)):
            for reading in ledger()[id].readings:
                other, _ = self._settle(subject, members, conflict, {**chosen, id: reading})
                if _effect(other.disposition) != _effect(outcome.disposition):
                    changed.append(Reading(id, reading, other.disposition, other.reason))
        outcome = replace(outcome, assumptions=tuple(sorted(used)))
        if not changed:
            return outcome
        ids = list(dict.fromkeys(r.assumption for r in changed))
        decided = (Reading(i, DECIDED, outcome.disposition, outcome.reason) for i in ids)
        return replace(
            outcome,
            disposition=Disposition.UNCERTAIN,
            reason=_uncertain(outcome, changed),
            readings=(*decided, *changed),
        )

    def _refused(self, subject: ConnectorObject, context: Context) -> Reason | None:
        """Why no connector imports *subject*; `None` if one does, or none was given."""
        refusals = [refusal(subject, connector, context) for connector in self._filters]
        return refusals[0] if refusals and all(refusals) else None

    def _settle(
        self,
        subject: ConnectorObject,
        members: list[ConnectorObject],
        conflict: str,
        readings: Mapping[str, str],
    ) -> tuple[Outcome, set[str]]:
        """Both passes for *subject*, which shares its metaverse object with *members*.

        The set names the assumptions that were used on the way.
        """
        context = self._context(subject, readings)
        refused = self._refused(subject, context)
        if refused is not None:
            return Outcome(subject, Disposition.NOT_IN_SCOPE, refused), context.used
        inbound, errors = inbound_pass(self._book, subject, context, self._traced)
        if conflict:
            message = f"{conflict} is linked to the same metaverse object already"
            errors = (object_error(ObjectError("ambiguous-join", message)), *errors)
        if errors:
            return failed(subject, inbound, (), errors[0], context), context.used
        if inbound.joining.by is None or not (members or inbound.joining.provisioned):
            return unlinked(subject, inbound), context.used
        contributions = list(inbound.contributions)
        for member in members:
            if member is not subject:
                other = self._context(member, readings)
                passed, errors = inbound_pass(self._book, member, other, lambda flow: False)
                if errors:
                    return failed(subject, inbound, (), errors[0], context), context.used
                contributions += passed.contributions
        if len(members) > 1:
            won, errors = winners(contributions, context)
            inbound = replace(inbound, winners=won)
            if errors:
                return failed(subject, inbound, (), errors[0], context), context.used
        metaverse = {t: w.value for t, w in inbound.winners.items() if w.value is not None}
        outbound, errors = outbound_passes(
            self._book, inbound.joining.target_type, metaverse, context, self._traced
        )
        if errors:
            return failed(subject, inbound, outbound, errors[0], context), context.used
        return situation(subject, inbound, outbound, metaverse, context), context.used


def _effect(disposition: Disposition) -> str:
    """In the cloud, out of it, or unknown: how an object stays out makes no difference here."""
    match disposition:
        case Disposition.SYNCS:
            return "in"
        case Disposition.ERROR:
            return "unknown"
    return "out"


def _uncertain(outcome: Outcome, changed: list[Reading]) -> Reason:
    parts = []
    for id in dict.fromkeys(r.assumption for r in changed):
        others = dict.fromkeys(str(r.disposition) for r in changed if r.assumption == id)
        parts.append(
            f"{id} ({ledger()[id].statement}); read otherwise it would be {' or '.join(others)}"
        )
    text = f"{outcome.disposition} ({outcome.reason.code}) by {'; and '.join(parts)}"
    return replace(outcome.reason, code="assumption", text=text)
