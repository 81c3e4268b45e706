"""Writes rules as `Get-ADSyncRule | ConvertTo-Json` names their properties; words stay words."""

import json
from collections.abc import Iterable, Sequence
from typing import Any

from simulator.errors import Diagnostic
from simulator.rule import SyncRule
from simulator.rulefiles.writer import NO_GUID, Written, not_held, sides, source_list, writer


@writer("json")
def write_json(rules: Sequence[SyncRule]) -> Written:
    """One JSON file with a list of rule objects."""
    text = json.dumps([_rule(rule) for rule in rules], indent=2, ensure_ascii=False) + "\n"
    return Written({"rules.json": text}, tuple(_findings(rules)))


def _findings(rules: Sequence[SyncRule]) -> Iterable[Diagnostic]:
    for rule in rules:
        yield from not_held(rule, "JSON")


def _rule(rule: SyncRule) -> dict[str, Any]:
    return {
        "Name": rule.name,
        "Identifier": rule.id or NO_GUID,
        "Description": rule.description,
        "Direction": rule.direction,
        "Disabled": rule.disabled,
        "Precedence": rule.precedence,
        "PrecedenceAfter": rule.precedence_after or NO_GUID,
        "PrecedenceBefore": rule.precedence_before or NO_GUID,
        "SourceObjectType": rule.source_type,
        "TargetObjectType": rule.target_type,
        "Connector": rule.connector or NO_GUID,
        "LinkType": rule.link_type,
        "SoftDeleteExpiryInterval": rule.soft_delete_expiry,
        "ImmutableTag": rule.immutable_tag,
        "EnablePasswordSync": rule.password_sync,
        "ScopeFilter": [
            {
                "ScopeConditionList": [
                    {
                        "Attribute": clause.attribute,
                        "ComparisonValue": clause.value,
                        "ComparisonOperator": clause.operator,
                    }
                    for clause in group
                ]
            }
            for group in rule.scope
        ],
        "JoinFilter": [
            {
                "JoinConditionList": [
                    {
                        "CSAttribute": sides(pair, rule.direction)[0],
                        "MVAttribute": sides(pair, rule.direction)[1],
                        "CaseSensitive": pair.case_sensitive,
                    }
                    for pair in group
                ]
            }
            for group in rule.join
        ],
        "AttributeFlowMappings": [
            {
                "Source": source_list(flow),
                "Destination": flow.target,
                "FlowType": flow.type,
                "Expression": flow.expression.text if flow.expression else None,
                "ValueMergeType": flow.merge,
                "ExecuteOnce": flow.once,
            }
            for flow in rule.flows
        ],
    }
