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
from simulator.sync.entrance import import_checks, refusal
from simulator.sync.join import may_provision
from simulator.sync.link import Link, link
from simulator.sync.outcome import Disposition, Outcome, Pass, Reading, Reason
from simulator.sync.passes import (
    Errors,
    inbound_pass,
    object_error,
    of_member,
    outbound_passes,
)
from simulator.sync.precedence import winners
from simulator.sync.remedy import remedy
from simulator.sync.rulebook import RuleBook
from simulator.sync.situation import FILTER, failed, not_imported, situation, unlinked

# What the connector space holds of every object, or knows without importing it (memberOf, A-28).
ALWAYS_IMPORTED = frozenset({"objectGUID", "memberOf"})


@dataclass(frozen=True, slots=True)
class Settings:
    """How to simulate: the instant of `Now()`, readings of assumptions, what is imported.

    *connectors* are those whose import filter applies; without any every object is imported.
    *full* traces every flow, for an explanation; otherwise only those that outbound scopes test.
    *certificates* judges every certificate; otherwise only those that a rule went through.
    """

    now: datetime
    readings: Mapping[str, str] = field(default_factory=dict)
    connectors: tuple[Connector, ...] = ()
    full: bool = False
    certificates: bool = True


def simulate(
    objects: Iterable[ConnectorObject], rules: RuleSet, settings: Settings
) -> Iterator[Outcome]:
    """The outcome of every object, in the order of DN and GUID, none missing."""
    return Engine(rules, settings).run(sorted(objects, key=lambda o: o.sort_key()))


class Engine:
    """One rule set and its settings, run over objects."""

    def __init__(self, rules: RuleSet, settings: Settings) -> None:
        self._settings = settings
        self.book = RuleBook(rules, settings.connectors)
        self._read = rules.attributes_read
        self._filters = [
            c for c in settings.connectors if c.kind is ConnectorKind.ACTIVE_DIRECTORY
        ]

    def run(self, objects: list[ConnectorObject]) -> Iterator[Outcome]:
        """The outcome of each of *objects*, in their order."""
        imported = [o for o in objects if self._imported(o)]
        links = link(self.book, imported, lambda o: self.context(o, self._settings.readings))
        by_object = {id(o): linked for o, linked in zip(imported, links, strict=True)}
        for subject in objects:
            linked = by_object.get(id(subject), Link())
            outcome = self._outcome(subject, linked, [imported[m] for m in linked.members])
            yield self._explained(outcome) if self._settings.full else outcome

    def _explained(self, outcome: Outcome) -> Outcome:
        """*outcome* with what only an explanation tells."""
        subject = outcome.subject
        seen = self.context(subject, {}).attributes
        return replace(
            outcome,
            imports=import_checks(outcome.reason.code) if self._filters else (),
            not_imported=tuple(
                sorted(a for a in self._read if a in subject.attributes and a not in seen)
            ),
            remedy=remedy(outcome, self._settings.now),
        )

    def _imported(self, subject: ConnectorObject) -> bool:
        try:
            return self.refused(subject, self.context(subject, self._settings.readings)) is None
        except ObjectError:
            return False

    def _traced(self, flow: AttributeFlow) -> bool:
        return self._settings.full or flow.target in self.book.tested_outbound

    def context(self, subject: ConnectorObject, readings: Mapping[str, str]) -> Context:
        """What an expression of an inbound rule sees of *subject*: what is imported of it."""
        home, attributes = self.book.home(subject), subject.attributes
        imported = self._inclusion(home)
        if imported is not None:
            attributes = {name: v for name, v in attributes.items() if name in imported}
        parameters = self.book.parameters(subject, home)
        return Context(self._settings.now, attributes, subject.dn, parameters, readings)

    def visible(self, subject: ConnectorObject) -> frozenset[str] | None:
        """The attributes that are imported of *subject*; `None` where all are."""
        return self._inclusion(self.book.home(subject))

    def _inclusion(self, home: Connector | None) -> frozenset[str] | None:
        """The inclusion list of *home*: an attribute outside it is NULL for every object."""
        if home is not None and home in self._filters and home.attributes:
            return home.attributes | ALWAYS_IMPORTED
        return None

    def _outcome(
        self, subject: ConnectorObject, linked: Link, members: list[ConnectorObject]
    ) -> Outcome:
        """The outcome as decided, and UNCERTAIN where another reading would change it."""
        chosen = self._settings.readings
        outcome, used = self.settle(subject, linked, members, chosen)
        changed = []
        for id in sorted(used - set(chosen)):
            for reading in ledger()[id].readings:
                other, _ = self.settle(subject, linked, members, {**chosen, id: reading})
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

    def refused(self, subject: ConnectorObject, context: Context) -> Reason | None:
        """Why no connector imports *subject*; `None` if one does, or none was given."""
        refusals = [refusal(subject, connector, context) for connector in self._filters]
        return refusals[0] if refusals and all(refusals) else None

    def settle(
        self,
        subject: ConnectorObject,
        linked: Link,
        members: list[ConnectorObject],
        readings: Mapping[str, str],
    ) -> tuple[Outcome, set[str]]:
        """Both passes for *subject*, which shares its metaverse object with *members*.

        The set names the assumptions that were used on the way.
        """
        context, every = self.context(subject, readings), self._settings.certificates
        try:
            refused = self.refused(subject, context)
        except ObjectError as error:
            return failed(subject, None, (), object_error(error), context, every), context.used
        if refused is not None:
            return not_imported(subject, refused), context.used
        not_linked = _link_error(linked)
        if not members and not_linked is None:
            # an object that nothing links flows nothing, so that no flow of it can fail
            alone, errors = inbound_pass(
                self.book, subject, context, self._traced, frozenset(), linked.target_type
            )
            try:
                if not errors and not _linkable(alone, context):
                    return unlinked(subject, alone), context.used
            except ObjectError as error:
                return failed(
                    subject, alone, (), object_error(error), context, every
                ), context.used
        inbound, errors = inbound_pass(
            self.book, subject, context, self._traced, None, linked.target_type
        )
        if not_linked is not None:
            errors = (object_error(not_linked), *errors)
        if errors:
            return failed(subject, inbound, (), errors[0], context, every), context.used
        inbound, errors = self._met(subject, inbound, members, context)
        if errors:
            return failed(subject, inbound, (), errors[0], context, every), context.used
        metaverse = {t: w.value for t, w in inbound.winners.items() if w.value is not None}
        outbound, errors = outbound_passes(
            self.book, inbound.joining.target_type, metaverse, context, self._traced
        )
        if errors:
            return failed(subject, inbound, outbound, errors[0], context, every), context.used
        tested = FILTER in self.book.tested_outbound
        return situation(
            subject, inbound, outbound, metaverse, linked.rivals, context, every, tested
        ), context.used

    def _met(
        self,
        subject: ConnectorObject,
        inbound: Pass,
        members: list[ConnectorObject],
        context: Context,
    ) -> tuple[Pass, Errors]:
        """*inbound* with what the other *members* contribute to the same metaverse object."""
        contributions = list(inbound.contributions)
        for member in members:
            if member is not subject:
                other = self.context(member, context.readings)
                passed, errors = inbound_pass(
                    self.book, member, other, lambda flow: False, None,
                    inbound.joining.target_type,
                )  # fmt: skip
                context.used |= other.used
                if errors:
                    return inbound, (of_member(errors[0], member),)
                contributions += passed.contributions
        if len(members) < 2:
            return inbound, ()
        won, errors = winners(contributions, context)
        return replace(inbound, contributions=tuple(contributions), winners=won), errors


def _linkable(alone: Pass, context: Context) -> bool:
    """Whether an object that joins none may have a metaverse object made for it."""
    rule = alone.joining.by
    return rule is not None and may_provision(rule, context.attributes)


def _link_error(linked: Link) -> ObjectError | None:
    if linked.conflict:
        message = f"{linked.conflict} is linked to the same metaverse object already"
        return ObjectError("ambiguous-join", message)
    return linked.error


def _effect(disposition: Disposition) -> str:
    """In the cloud, out of it, or unknown: how an object stays out makes no difference here."""
    match disposition:
        case Disposition.SYNCS:
            return "in"
        case Disposition.ERROR | Disposition.UNCERTAIN:
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
