"""What is wrong with rules before anything runs: every expression checked against its schema.

Library twin of the refusal that each command makes: a rule set with an error is not run.
"""

from collections.abc import Iterator

from simulator.errors import Diagnostic, DiagnosticsError, Severity
from simulator.language.check import check as check_expression
from simulator.rule import Connector, ConnectorKind, Direction, FlowType, RuleSet, SyncRule
from simulator.schema import standard_schema


def check(rules: RuleSet, connectors: tuple[Connector, ...] = ()) -> tuple[Diagnostic, ...]:
    """Every finding about the enabled *rules*: what loading found, then each flow's expression.

    *connectors* tell which attributes are imported and which parameters have values.
    """
    findings = list(rules.findings)
    for rule in rules.rules:
        findings += _rule(rule, (*rules.connectors, *connectors))
    return tuple(findings)


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
            for finding in check_expression(
                flow.node, schema, parameters=parameters, imported=imported
            ):
                yield finding.at(flow.expression)
