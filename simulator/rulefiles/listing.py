"""Rules and their differences as lines that a person reads, and as JSON."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from simulator.errors import UsageError
from simulator.rule import RuleSet, SyncRule
from simulator.rulefiles.difference import RuleChange, flow_text
from simulator.rulefiles.draft import nearest


def list_lines(rules: RuleSet) -> Iterator[str]:
    """A line for each rule, low precedence number first, and how many there are."""
    every = _ordered(rules)
    rows = [("precedence", "direction", "from", "to", "link", "name", "")]
    for each in every:
        marks = ["disabled"] if each.disabled else []
        marks += [each.immutable_tag] if each.immutable_tag else []
        marks += ["reconstruction"] if each.reconstruction else []
        rows.append(
            (
                str(each.precedence),
                each.direction.value,
                each.source_type,
                each.target_type,
                each.link_type.value,
                each.name,
                ", ".join(marks),
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()
    yield f"{len(rules.rules)} enabled rules, {len(rules.disabled)} disabled"


def _ordered(rules: RuleSet) -> list[SyncRule]:
    every = (*rules.rules, *rules.disabled)
    return sorted(every, key=lambda r: (r.precedence, r.name.casefold(), r.id))


def rules_called(rules: RuleSet, name: str) -> list[SyncRule]:
    """The rules of that *name*, without regard to case, or with that tag or identifier."""
    wanted = name.strip().strip("{}").casefold()
    found = [
        rule
        for rule in _ordered(rules)
        if wanted in (rule.name.casefold(), rule.immutable_tag.casefold(), rule.id.casefold())
    ]
    if not found:
        near = nearest(name, [rule.name for rule in _ordered(rules)])
        help = f"did you mean `{near}`?" if near else "run the command without --show for a list"
        raise UsageError(f"--show {name}: there is no rule of that name", help)
    return found


def rule_lines(rule: SyncRule) -> Iterator[str]:
    """Everything that *rule* says."""
    yield rule.name
    facts = {
        "description": rule.description,
        "direction": f"{rule.direction}: {rule.source_type} to {rule.target_type}",
        "connector": rule.connector,
        "link type": rule.link_type.value,
        "precedence": f"{rule.precedence}{' (disabled)' if rule.disabled else ''}",
        "precedence after": rule.precedence_after,
        "precedence before": rule.precedence_before,
        "tag": rule.immutable_tag,
        "id": rule.id,
        "password sync": "yes" if rule.password_sync else "",
        "soft-delete expiry": rule.soft_delete_expiry.removeprefix("00:00:00"),
        "from": rule.origin,
    }  # fmt: skip
    for key, fact in facts.items():
        if fact:
            yield from _indented(f"  {key}: ", fact)
    for kind, groups in (("scope", rule.scope), ("join", rule.join)):
        yield f"  {kind}:" if groups else f"  {kind}: none"
        for number, group in enumerate(groups):
            yield f"    {'or ' if number else ''}{' and '.join(str(c) for c in group)}"
    yield f"  flows: {len(rule.flows)}"
    for flow in rule.flows:
        yield from _indented(f"    {flow.target} <- ", flow_text(flow))


def _indented(head: str, text: str) -> Iterator[str]:
    first, *others = text.split("\n")
    yield f"{head}{first}"
    yield from (f"{' ' * 8}{line}" for line in others)


def difference_lines(changes: Sequence[RuleChange]) -> Iterator[str]:
    """What was added, removed and changed, and how many of each."""
    for change in changes:
        rule = change.rule
        sign = {"added": "+", "removed": "-", "changed": "~"}[change.kind]
        tag = f", standard rule {rule.immutable_tag}" if rule.immutable_tag else ""
        yield f"{sign} {rule.precedence} {rule.name} ({change.kind}{tag})"
        if change.clone_of is not None:
            original = change.clone_of
            yield f"    a clone of `{original.name}` ({original.immutable_tag}), in which:"
        for each in change.changes:
            yield f"    {each.part}:"
            yield from _indented("      - ", each.before or "none")
            yield from _indented("      + ", each.after or "none")
    counts = [sum(c.kind == kind for c in changes) for kind in ("added", "removed", "changed")]
    yield "{} added, {} removed, {} changed".format(*counts)


def conflict_lines(pairs: Iterable[tuple[RuleChange, RuleChange]]) -> Iterator[str]:
    """The rules that two sides changed differently."""
    pairs = list(pairs)
    for mine, other in pairs:
        yield f"! {mine.rule.precedence} {mine.rule.name}: {mine.kind} here, {other.kind} there"
        now = {each.part: each.after for each in other.changes}
        for each in mine.changes:
            if each.part in now and now[each.part] != each.after:
                yield f"    {each.part}:"
                yield from _indented("      here:  ", each.after or "none")
                yield from _indented("      there: ", now[each.part] or "none")
    yield f"{len(pairs)} conflict{'' if len(pairs) == 1 else 's'}"


def rule_form(rule: SyncRule) -> dict[str, Any]:
    """What a list says of *rule*."""
    return {
        "name": rule.name,
        "precedence": rule.precedence,
        "direction": rule.direction.value,
        "source_object_type": rule.source_type,
        "target_object_type": rule.target_type,
        "link_type": rule.link_type.value,
        "disabled": rule.disabled,
        "connector": rule.connector,
        "id": rule.id,
        "immutable_tag": rule.immutable_tag,
        "reconstruction": rule.reconstruction,
        "origin": rule.origin,
    }


def whole_form(rule: SyncRule) -> dict[str, Any]:
    """Everything that *rule* says."""
    return {
        **rule_form(rule),
        "description": rule.description,
        "scope": [
            [
                {"attribute": c.attribute, "operator": c.operator.value, "value": c.value}
                for c in group
            ]
            for group in rule.scope
        ],
        "join": [
            [
                {"source": c.source, "target": c.target, "case_sensitive": c.case_sensitive}
                for c in group
            ]
            for group in rule.join
        ],
        "flows": [
            {
                "target": flow.target,
                "type": flow.type.value,
                "sources": list(flow.sources),
                "constant": flow.constant,
                "expression": flow.expression.text if flow.expression else None,
                "merge": flow.merge.value,
                "once": flow.once,
            }
            for flow in rule.flows
        ],
    }  # fmt: skip


def list_form(rules: RuleSet) -> list[dict[str, Any]]:
    """Every rule as in `rule_form`, low precedence number first."""
    return [rule_form(rule) for rule in _ordered(rules)]


def change_form(change: RuleChange) -> dict[str, Any]:
    """One difference of two rule sets."""
    return {
        "kind": change.kind,
        "rule": rule_form(change.rule),
        "clone_of": rule_form(change.clone_of) if change.clone_of else None,
        "changes": [
            {"part": each.part, "before": each.before, "after": each.after}
            for each in change.changes
        ],
    }
