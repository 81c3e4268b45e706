"""What differs between two sets of rules, by meaning: the trees of expressions, not their text.

A rule is the same one in both by its identifier, else by its immutable tag, the tag without its
version, or its name. A clone is told by what it shares with a standard rule.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from simulator.rule import AttributeFlow, FlowType, RuleSet, SyncRule

CLONE_SHARE = 0.5  # of the flows that a clone has in common with its original


@dataclass(frozen=True, slots=True)
class Change:
    """One difference of a rule: in *part*, from *before* to *after*, both as texts."""

    part: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RuleChange:
    """What became of one rule; *before* or *after* is missing where it was added or removed.

    *clone_of* is the standard rule that an added rule is a copy of.
    """

    before: SyncRule | None
    after: SyncRule | None
    changes: tuple[Change, ...] = ()
    clone_of: SyncRule | None = None

    @property
    def rule(self) -> SyncRule:
        """The rule as it is after the change, or was before it was removed."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def kind(self) -> str:
        """`added`, `removed` or `changed`."""
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"


def difference(before: RuleSet, after: RuleSet) -> tuple[RuleChange, ...]:
    """What is added, removed and changed from *before* to *after*, by precedence."""
    old = [*before.rules, *before.disabled]
    new = [*after.rules, *after.disabled]
    pairs = _pairs(old, new)
    changes = []
    for first, second in pairs:
        found = tuple(_changes(first, second))
        if found:
            changes.append(RuleChange(first, second, found))
    paired = {id(each) for pair in pairs for each in pair}
    changes += [RuleChange(each, None) for each in old if id(each) not in paired]
    for each in (each for each in new if id(each) not in paired):
        original = _original(each, [*old, *new])
        own = tuple(_changes(original, each, clone=True)) if original else ()
        changes.append(RuleChange(None, each, own, original))
    return tuple(sorted(changes, key=lambda c: (c.rule.precedence, c.rule.name.casefold())))


def conflicts(
    left: Iterable[RuleChange], right: Iterable[RuleChange]
) -> tuple[tuple[RuleChange, RuleChange], ...]:
    """Pairs of changes of one rule that were made on two sides and cannot both stand.

    Both sides have the same rule before them, or each adds one of the same name and connector.
    """
    found = []
    others = {_key(each): each for each in right}
    for mine in left:
        other = others.get(_key(mine))
        if other is None:
            continue
        mine_now = {c.part: c.after for c in mine.changes}
        other_now = {c.part: c.after for c in other.changes}
        shared = mine_now.keys() & other_now.keys()
        apart = mine.kind != other.kind or any(mine_now[p] != other_now[p] for p in shared)
        both_new = mine.before is None and other.before is None
        if apart or (both_new and any(_changes(mine.rule, other.rule))):
            found.append((mine, other))
    return tuple(found)


def _key(change: RuleChange) -> object:
    return id(change.before) if change.before else (change.rule.name, change.rule.connector)


def _pairs(old: Sequence[SyncRule], new: Sequence[SyncRule]) -> list[tuple[SyncRule, SyncRule]]:
    keys: tuple[Callable[[SyncRule], Any], ...] = (
        lambda rule: (rule.id, rule.connector) if rule.id else None,
        lambda rule: (rule.immutable_tag, rule.connector) if rule.immutable_tag else None,
        lambda rule: (rule.name, rule.connector),
        lambda rule: rule.id or None,
        lambda rule: rule.immutable_tag or None,
        lambda rule: _stem(rule) or None,
        lambda rule: rule.name,
    )
    pairs: list[tuple[SyncRule, SyncRule]] = []
    left, right = list(old), list(new)
    for key in keys:
        known: dict[Any, list[SyncRule]] = {}
        for rule in right:
            known.setdefault(key(rule), []).append(rule)
        for rule in list(left):
            fitting = known.get(key(rule), []) if key(rule) is not None else []
            if len(fitting) == 1 and sum(key(each) == key(rule) for each in left) == 1:
                pairs.append((rule, fitting[0]))
                left.remove(rule)
                right.remove(fitting.pop())
    return pairs


def _stem(rule: SyncRule) -> str:
    """The tag without the number that is the version of the rule."""
    stem, dot, version = rule.immutable_tag.rpartition(".")
    return stem if dot and version.isdecimal() else rule.immutable_tag


def _original(rule: SyncRule, rules: Iterable[SyncRule]) -> SyncRule | None:
    """The standard rule that *rule*, which has no tag, shares most of its flows with."""
    if rule.immutable_tag or not rule.flows:
        return None
    best: tuple[float, SyncRule] | None = None
    kind = (rule.direction, rule.source_type, rule.target_type)
    mine = [_meaning(flow) for flow in rule.flows]
    for each in rules:
        if not each.immutable_tag or kind != (each.direction, each.source_type, each.target_type):
            continue
        theirs = [_meaning(flow) for flow in each.flows]
        share = sum(flow in theirs for flow in mine) / max(len(mine), len(theirs))
        if share >= CLONE_SHARE and (best is None or share > best[0]):
            best = (share, each)
    return best[1] if best else None


def _meaning(flow: AttributeFlow) -> AttributeFlow | tuple[object, ...]:
    """What *flow* does: an expression by its tree, whatever attributes are listed beside it."""
    if flow.type is FlowType.EXPRESSION:
        return (flow.target, flow.node, flow.merge, flow.once)
    return replace(flow, expression=None)


_PARTS = {
    "name": "name", "description": "description", "direction": "direction",
    "connector": "connector", "source object type": "source_type",
    "target object type": "target_type", "link type": "link_type", "precedence": "precedence",
    "disabled": "disabled", "tag": "immutable_tag", "password sync": "password_sync",
    "soft-delete expiry": "soft_delete_expiry", "precedence after": "precedence_after",
    "precedence before": "precedence_before",
}  # fmt: skip
_OF_A_CLONE = ("name", "description", "precedence", "disabled", "tag")


def _changes(before: SyncRule, after: SyncRule, *, clone: bool = False) -> Iterator[Change]:
    for part, name in _PARTS.items():
        first, second = getattr(before, name), getattr(after, name)
        if first != second and not (clone and part in _OF_A_CLONE):
            yield Change(part, str(first), str(second))
    for part, name in (("scope", "scope"), ("join", "join")):
        first, second = getattr(before, name), getattr(after, name)
        if first != second:
            yield Change(part, _groups(first), _groups(second))
    old, new = _by_target(before), _by_target(after)
    for target in dict.fromkeys((*old, *new)):
        mine, theirs = old.get(target, []), new.get(target, [])
        if [_meaning(f) for f in mine] != [_meaning(f) for f in theirs]:
            yield Change(f"flow to {target}", _flows(mine), _flows(theirs))


def _by_target(rule: SyncRule) -> dict[str, list[AttributeFlow]]:
    flows: dict[str, list[AttributeFlow]] = {}
    for flow in rule.flows:
        flows.setdefault(flow.target, []).append(flow)
    return flows


def _groups(groups: Iterable[Iterable[object]]) -> str:
    return " OR ".join("(" + " AND ".join(str(c) for c in group) + ")" for group in groups)


def _flows(flows: Iterable[AttributeFlow]) -> str:
    return "\n".join(flow_text(flow) for flow in flows)


def flow_text(flow: AttributeFlow) -> str:
    """*flow* as a person reads it: its kind, what it takes, and what is unusual about it."""
    given = {
        FlowType.DIRECT: ", ".join(flow.sources),
        FlowType.CONSTANT: flow.constant,
        FlowType.EXPRESSION: flow.expression.text.strip() if flow.expression else "",
    }[flow.type]
    marks = [flow.merge.value] if flow.merge != "Update" else []
    marks += ["once"] if flow.once else []
    return f"{flow.type}: {given}" + (f" ({', '.join(marks)})" if marks else "")
