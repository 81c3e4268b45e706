"""What is wrong with rules before anything runs: every expression checked against its schema.

Library twin of the refusal that each command makes: a rule set with an error is not run.
"""

from collections.abc import Iterator

from simulator.errors import Diagnostic, DiagnosticsError, Severity, Source
from simulator.language.check import check as check_expression
from simulator.language.check import types_of
from simulator.language.checking.fitting import is_list, single
from simulator.language.nodes import Node
from simulator.language.parse import parse
from simulator.rule import (
    AttributeFlow,
    Connector,
    ConnectorKind,
    Direction,
    FlowType,
    RuleSet,
    SyncRule,
)
from simulator.schema import Schema, standard_schema
from simulator.sync.traps import traps


def check(rules: RuleSet, connectors: tuple[Connector, ...] = ()) -> tuple[Diagnostic, ...]:
    """Every finding about the enabled *rules*: what loading found, then each flow's expression.

    *connectors* tell which attributes are imported and which parameters have values.
    """
    findings = list(rules.findings)
    for rule in rules.rules:
        findings += _rule(rule, (*rules.connectors, *connectors))
    findings += traps(rules)
    return tuple(findings)


def check_text(text: str, connectors: tuple[Connector, ...] = ()) -> tuple[Diagnostic, ...]:
    """Every finding about one expression, as an inbound rule from Active Directory has it."""
    source = Source("expression", text)
    try:
        node = parse(source)
    except DiagnosticsError as error:
        return error.diagnostics
    parameters: set[str] = set()
    for connector in connectors:
        parameters |= set(connector.parameters)
        parameters |= {name for p in connector.partitions for name in p.parameters}
    imported = frozenset().union(*(c.attributes for c in connectors)) or None
    schema = standard_schema("ad")
    found = check_expression(node, schema, parameters=parameters, imported=imported)
    return tuple(f.at(source) for f in found)


def refuse_errors(
    rules: RuleSet, connectors: tuple[Connector, ...] = ()
) -> tuple[Diagnostic, ...]:
    """The findings of `check` if none is an error; else a `DiagnosticsError` with all errors."""
    findings = check(rules, connectors)
    errors = [f for f in findings if f.severity is Severity.ERROR]
    if errors:
        raise DiagnosticsError(errors)
    return findings


def _rule(rule: SyncRule, connectors: tuple[Connector, ...]) -> Iterator[Diagnostic]:
    schema = standard_schema("ad" if rule.direction is Direction.INBOUND else "metaverse")
    named = rule.connector.casefold()
    connector = next(
        (c for c in connectors if named in (c.id.casefold(), c.name.casefold())), None
    )
    if connector is not None and connector.kind is ConnectorKind.ENTRA:
        schema = standard_schema("entra" if rule.direction is Direction.INBOUND else "metaverse")
    outside = "entra" if connector and connector.kind is ConnectorKind.ENTRA else "ad"
    targets = standard_schema("metaverse" if rule.direction is Direction.INBOUND else outside)
    imported = None
    parameters: set[str] = set()
    if connector is not None:
        parameters = set(connector.parameters)
        for partition in connector.partitions:
            parameters |= set(partition.parameters)
        if rule.direction is Direction.INBOUND and connector.attributes:
            imported = connector.attributes
    for flow in rule.flows:
        if flow.type is FlowType.EXPRESSION and flow.node is not None:
            found = check_expression(flow.node, schema, parameters=parameters, imported=imported)
            if not any(f.severity is Severity.ERROR for f in found):
                found += tuple(_result(flow, flow.node, schema, targets))
            for finding in found:
                yield finding.at(flow.expression)


def _result(
    flow: AttributeFlow, node: Node, schema: Schema, targets: Schema
) -> Iterator[Diagnostic]:
    """What cannot be about the value of an expression as the value of its target."""
    kinds = types_of(node, schema)
    if kinds is not None and single(kinds) == {"dt"}:
        yield Diagnostic(
            "type-mismatch",
            f"a date cannot flow to `{flow.target}`",
            span=node.span,
            help="wrap it in FormatDateTime",
        )
    target = targets.get(flow.target)
    if is_list(kinds) and target is not None and not target.multi:
        yield Diagnostic(
            "multi-to-single",
            f"this can give several values, and `{flow.target}` holds one",
            span=node.span,
            help="choose one with Item, or join them with Join",
            severity=Severity.WARNING,
        )
