"""Which objects meet in one metaverse object: those that provision it first, then those that join."""

from collections.abc import Callable
from dataclasses import dataclass

from simulator.errors import ObjectError
from simulator.language.context import Context
from simulator.objects import ConnectorObject
from simulator.rule import LinkType, SyncRule
from simulator.sync.join import JoinIndex
from simulator.sync.outcome import Pass
from simulator.sync.passes import Errors, inbound_pass
from simulator.sync.rulebook import RuleBook


@dataclass(frozen=True, slots=True)
class Link:
    """How one object is linked: with which objects (itself among them), or why it is not.

    *members* are positions in the list of objects; empty where nothing links it. *conflict* tells
    that an object of the same forest holds its metaverse object already.
    """

    members: tuple[int, ...] = ()
    conflict: str = ""


def link(
    book: RuleBook,
    objects: list[ConnectorObject],
    context_of: Callable[[ConnectorObject], Context],
) -> list[Link]:
    """The link of every object, in the order of *objects*."""
    index = JoinIndex()
    index.index(book.join_targets)
    groups: list[list[int]] = []
    joined: dict[int, int] = {}
    conflicts: dict[int, str] = {}
    for provisioning in (True, False):
        for number, subject in enumerate(objects):
            done, rule = _by(book, subject, context_of(subject))
            if done is None or rule is None:
                continue
            if (rule.link_type is LinkType.PROVISION) is not provisioning:
                continue
            group = _candidate(rule, subject, index)
            if group is None and provisioning:
                groups.append([])
                group = len(groups) - 1
            if group is None:
                continue
            home = book.home(subject)
            rival = next((m for m in groups[group] if book.home(objects[m]) is home), None)
            if rival is not None:
                conflicts[number] = objects[rival].dn
                continue
            joined[number] = group
            groups[group].append(number)
            values = {t: w.value for t, w in done.winners.items() if w.value is not None}
            index.add(group, rule.target_type, values)
    return [
        Link(tuple(groups[joined[n]]) if n in joined else (), conflicts.get(n, ""))
        for n in range(len(objects))
    ]


def _by(
    book: RuleBook, subject: ConnectorObject, context: Context
) -> tuple[Pass | None, SyncRule | None]:
    done, errors = _probe(book, subject, context)
    return (None, None) if errors else (done, done.joining.by)


def _probe(book: RuleBook, subject: ConnectorObject, context: Context) -> tuple[Pass, Errors]:
    """The inbound pass with only the flows that objects are joined on."""
    return inbound_pass(book, subject, context, lambda flow: False, book.join_targets)


def _candidate(rule: SyncRule, subject: ConnectorObject, index: JoinIndex) -> int | None:
    """The one metaverse object that the first group of join conditions with exactly one finds."""
    try:
        for group in rule.join:
            found = index.candidates(rule.target_type, group, subject.attributes)
            if len(found) == 1:
                return found.pop()
    except ObjectError:
        return None
    return None
