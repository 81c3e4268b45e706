"""What is wrong, or wronger than it looks, with a rule set: traps, each with a stable code.

Source: synchronization specification, sections 4 to 8 and 14. Expressions are checked elsewhere.
"""

import re
from collections.abc import Iterator, Mapping

from simulator.errors import Diagnostic, Severity, Source
from simulator.language.nodes import Call, Constant, Group, Node
from simulator.rule import AttributeFlow, Direction, FlowType, RuleSet, SyncRule
from simulator.schema import standard_schema
from simulator.sync.scope_traps import scope_traps

FILTER = "cloudFiltered"
_LITERALS = frozenset({"NULL", "AuthoritativeNull", "IgnoreThisFlow"})
_CALL = re.compile(r"\s*[A-Za-z]+\s*\(.*\)\s*", re.DOTALL)

TRAPS: Mapping[str, str] = {
    "clone-with-original-enabled": "two enabled rules join the same objects by the same criteria",
    "different-join-criteria": "two rules without a scope join the same objects differently",
    "precedence-of-two-connectors": "rules of two connectors flow one attribute with one number",
    "null-does-not-release": "a NULL of a custom rule lets a lower rule filter all the same",
    "false-for-null": "cloudFiltered is set to False: lower rules can filter no more",
    "constant-is-text": "a Constant flow of NULL or its kin writes that text",
    "constant-looks-like-expression": "a Constant flow holds what looks like an expression",
    "empty-scope-group": "a group without clauses takes every object",
    "empty-clause-value": "EQUAL with an empty value never holds",
    "version-compared-as-text": "an order of versions is that of their texts",
    "scope-operator": "an operator that is not defined for the attribute's type or direction",
    "scope-value": "a clause's value is not of the attribute's type",
    "direct-members-only": "a membership counts direct members only (A-28)",
}


def traps(rules: RuleSet) -> Iterator[Diagnostic]:
    """Every trap among the enabled rules of *rules*."""
    for rule in rules.rules:
        yield from scope_traps(rule)
        for flow in rule.flows:
            if flow.type is FlowType.CONSTANT:
                yield from _constant(rule, flow)
    inbound = [r for r in rules.rules if r.direction is Direction.INBOUND]
    yield from _joins(inbound)
    yield from _filters(inbound)
    yield from _ties(inbound)


def _joins(rules: list[SyncRule]) -> Iterator[Diagnostic]:
    """Rules that join the same objects: a clone beside its original, or an impossible pair."""
    joining = [r for r in rules if r.join]
    for position, rule in enumerate(joining):
        for other in joining[:position]:
            if (other.source_type, other.connector) != (rule.source_type, rule.connector):
                continue
            names = f"`{other.name}` and `{rule.name}`"
            if other.join == rule.join:
                yield _finding(
                    "clone-with-original-enabled",
                    f"{names} are both enabled and join by the same criteria; for each attribute "
                    f"`{other.name}` has the first word",
                    rule,
                    "disable the original, as the editor does when it clones a rule",
                )
            elif not (other.scope or rule.scope):
                yield _finding(
                    "different-join-criteria",
                    f"{names} take the same objects and join them by different criteria: every "
                    "such object ends in an error",
                    rule,
                    "narrow the scope of one, or disable it",
                )


def _ties(rules: list[SyncRule]) -> Iterator[Diagnostic]:
    """Rules of two forests with one number: neither has precedence where their objects meet."""
    for position, rule in enumerate(rules):
        targets = {flow.target for flow in rule.flows}
        for other in rules[:position]:
            shared = targets & {flow.target for flow in other.flows}
            same = (other.precedence, other.target_type) == (rule.precedence, rule.target_type)
            if same and other.connector != rule.connector and shared:
                yield _finding(
                    "precedence-of-two-connectors",
                    f"`{other.name}` and `{rule.name}` both have precedence {rule.precedence} and "
                    f"flow to `{min(shared)}`; where their objects meet neither goes first",
                    rule,
                    "give one of them a number of its own",
                )


def _filters(rules: list[SyncRule]) -> Iterator[Diagnostic]:
    """What custom rules do to cloudFiltered in the presence of others."""
    flowing = [(r, f) for r in rules for f in r.flows if f.target == FILTER]
    for position, (rule, flow) in enumerate(flowing):
        lower = [
            r
            for r, _ in flowing[position + 1 :]
            if (r.source_type, r.connector) == (rule.source_type, rule.connector)
        ]
        given = _given(flow)
        if rule.immutable_tag:
            continue
        if lower and "NULL" in given:
            yield _finding(
                "null-does-not-release",
                f"where `{rule.name}` gives NULL, `{lower[0].name}` decides {FILTER}: NULL "
                "releases no object that it filters",
                rule,
                "flow AuthoritativeNull, or clone and disable the other rule",
            )
        if "False" in given:
            yield _finding(
                "false-for-null",
                f"`{rule.name}` gives False for {FILTER}: no rule of lower precedence can filter "
                "the object any more",
                rule,
                "flow NULL, unless admitting the object is what is meant",
            )


def _given(flow: AttributeFlow) -> frozenset[str]:
    """The bare words that *flow* can give as its whole result."""
    if flow.type is FlowType.CONSTANT:
        return frozenset({flow.constant.strip().capitalize()})
    return frozenset(_results(flow.node)) if flow.node is not None else frozenset()


def _results(node: Node) -> Iterator[str]:
    match node:
        case Constant(name=name):
            yield name
        case Group(inner=inner):
            yield from _results(inner)
        case Call(name="IIF", arguments=(_, *branches)):
            for branch in branches:
                yield from _results(branch)
        case Call(name="Switch", arguments=arguments):
            for value in arguments[1::2]:
                yield from _results(value)
        case Call(name="With", arguments=(_, _, body)):
            yield from _results(body)


def _constant(rule: SyncRule, flow: AttributeFlow) -> Iterator[Diagnostic]:
    text = flow.constant.strip()
    help = "make it a flow of type Expression"
    if text in _LITERALS:
        target = standard_schema("metaverse").get(flow.target)
        boolean = (
            rule.direction is Direction.INBOUND and target is not None and target.type == "bool"
        )
        yield _finding(
            "constant-is-text",
            f"the Constant flow to `{flow.target}` writes the text `{text}`, not the literal",
            rule,
            help,
            Severity.ERROR if boolean else Severity.WARNING,
        )
    elif _CALL.fullmatch(text):
        yield _finding(
            "constant-looks-like-expression",
            f"the Constant flow to `{flow.target}` writes its text as it stands: `{text[:40]}`",
            rule,
            help,
        )


def _finding(
    code: str,
    message: str,
    rule: SyncRule,
    help: str,
    severity: Severity = Severity.WARNING,
) -> Diagnostic:
    source = Source(rule.name, "", file=rule.origin or None)
    return Diagnostic(code, message, source, help=help, severity=severity)
