"""The JSON Schema of our own rule form, by which editors complete and check rule files.

Generated from the shapes that the reader uses, so that it never says anything else.
"""

import json
from enum import StrEnum
from typing import Any

import msgspec

from simulator.rule import (
    OPERATOR_SPELLINGS,
    ConnectorKind,
    Direction,
    FlowType,
    LinkType,
    MergeType,
    ScopeOperator,
)
from simulator.rulefiles.native_connector import ConnectorTable, PartitionTable
from simulator.rulefiles.native_shapes import (
    ClauseTable,
    CloneTable,
    FlowTable,
    JoinTable,
    RuleTable,
)

_TABLES = (
    RuleTable, CloneTable, FlowTable, ClauseTable, JoinTable, ConnectorTable, PartitionTable,
)  # fmt: skip
_WORDS: dict[str, dict[str, type[StrEnum]]] = {
    "RuleTable": {"direction": Direction, "link_type": LinkType},
    "FlowTable": {"type": FlowType, "merge": MergeType},
    "ClauseTable": {"operator": ScopeOperator},
    "ConnectorTable": {"kind": ConnectorKind},
}


def rule_schema() -> dict[str, Any]:
    """The schema of a rule file: a rule, a clone, or tables of rules and connectors."""
    _, shapes = msgspec.json.schema_components(_TABLES, ref_template="#/$defs/{name}")
    shapes = json.loads(json.dumps(shapes))
    for shape, words in _WORDS.items():
        for key, members in words.items():
            spellings = list(OPERATOR_SPELLINGS) if members is ScopeOperator else []
            shapes[shape]["properties"][key]["enum"] = [
                *(each.value for each in members),
                *spellings,
            ]
    for shape in ("RuleTable", "CloneTable"):
        shapes[shape]["properties"]["flow"]["items"] = _reference("FlowTable")
    for key, entry in (("scope", "ClauseTable"), ("join", "JoinTable")):
        groups = shapes["RuleTable"]["properties"][key]
        groups["items"] = {"type": "array", "items": _reference(entry)}
    shapes["ConnectorTable"]["properties"]["partition"]["items"] = _reference("PartitionTable")
    rules = [_reference("RuleTable"), _reference("CloneTable")]
    several = {
        "type": "object",
        "properties": {
            "rule": {"type": "array", "items": {"anyOf": rules}},
            "connector": {"type": "array", "items": _reference("ConnectorTable")},
        },
        "anyOf": [{"required": ["rule"]}, {"required": ["connector"]}],
        "additionalProperties": False,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Synchronization rules for aadsim",
        "anyOf": [*rules, several],
        "$defs": shapes,
    }


def schema_text() -> str:
    """The schema as the file that is shipped."""
    return json.dumps(rule_schema(), indent=2) + "\n"


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/$defs/{name}"}
