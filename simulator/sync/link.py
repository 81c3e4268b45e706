"""Which objects meet in one metaverse object: those that provision it first, then those that join.

Source: synchronization specification, section 5.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from simulator.errors import ObjectError
from simulator.language.context import Context
from simulator.objects import ConnectorObject
from simulator.rule import LinkType, SyncRule
from simulator.sync.join import JoinIndex, may_provision
from simulator.sync.outcome import Pass
from simulator.sync.passes import inbound_pass
from simulator.sync.rulebook import RuleBook
from simulator.values import Value


@dataclass(frozen=True, slots=True)
class Link:
    """How one object is linked: with which objects (itself among them), or why it is not.

    *members* are positions in the list of objects; empty where nothing links it. *target_type* is
    that of the metaverse object. *conflict* is the DN of an object of the same forest that holds
    its metaverse object already, *rivals* those of objects that want the one it holds. *error* is
    that of reading a join attribute.
    """

    members: tuple[int, ...] = ()
    target_type: str = ""
    conflict: str = ""
    rivals: tuple[str, ...] = ()
    error: ObjectError | None = None


@dataclass(slots=True)
class _Metaverse:
    """The metaverse while objects are being linked."""

    index: JoinIndex
    members: list[list[int]] = field(default_factory=list)
    types: list[str] = field(default_factory=list)

    def made(self, type: str) -> int:
        self.members.append([])
        self.types.append(type)
        return len(self.types) - 1


def link(
    book: RuleBook,
    objects: list[ConnectorObject],
    context_of: Callable[[ConnectorObject], Context],
) -> list[Link]:
    """The link of every object, in the order of *objects*."""
    metaverse = _Metaverse(JoinIndex())
    metaverse.index.index(book.join_targets)
    links = [Link()] * len(objects)
    joined: dict[int, int] = {}
    for provisioning in (True, False):
        for number, subject in enumerate(objects):
            context = context_of(subject)
            # with only the flows that objects are joined on
            done, errors = inbound_pass(
                book, subject, context, lambda flow: False, book.join_targets
            )
            rule = done.joining.by
            if errors or rule is None:
                continue
            if (rule.link_type is LinkType.PROVISION) is not provisioning:
                continue
            try:
                target = _target(rule, context, metaverse)
            except ObjectError as error:
                links[number] = Link(error=error)
                continue
            if target is None:
                continue
            rival = _rival(book, objects, subject, metaverse.members[target])
            if rival is not None:
                links[number] = Link(conflict=objects[rival].dn)
                links[rival] = replace(links[rival], rivals=(*links[rival].rivals, subject.dn))
                continue
            joined[number] = target
            metaverse.members[target].append(number)
            metaverse.index.add(target, metaverse.types[target], _values(done))
    for number, target in joined.items():
        links[number] = replace(
            links[number],
            members=tuple(metaverse.members[target]),
            target_type=metaverse.types[target],
        )
    return links


def _values(done: Pass) -> dict[str, Value]:
    return {t: w.value for t, w in done.winners.items() if w.value is not None}


def _rival(
    book: RuleBook, objects: list[ConnectorObject], subject: ConnectorObject, members: list[int]
) -> int | None:
    """The object of the same connector that is linked to the same metaverse object already."""
    home = book.home(subject)
    return next((m for m in members if book.home(objects[m]) is home), None)


def _target(rule: SyncRule, context: Context, metaverse: _Metaverse) -> int | None:
    """The metaverse object that *rule* links to, made if need be; `None` if it links to none.

    The first group of join conditions that finds exactly one decides.
    """
    for group in rule.join:
        found = metaverse.index.candidates(rule.target_type, group, context.attributes)
        if len(found) == 1:
            return found.pop()
    if may_provision(rule, context.attributes):
        return metaverse.made(rule.target_type)
    return None
