"""Writes rules in our own form, with expressions as they stand wherever TOML can hold them so."""

import json
import re
from collections.abc import Sequence

from simulator.rule import AttributeFlow, FlowType, MergeType, SyncRule
from simulator.rulefiles.writer import Written, writer

_VERBATIM = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f]*")


@writer("toml")
def write_toml(rules: Sequence[SyncRule]) -> Written:
    """One TOML file with a `[[rule]]` table for each rule."""
    return Written({"rules.toml": "\n\n".join("\n".join(_rule(rule)) for rule in rules) + "\n"})


def quoted(text: str) -> str:
    """*text* in quotes, with what cannot stand there escaped."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _verbatim(text: str) -> str:
    if "'''" in text or text.endswith("'") or not _VERBATIM.fullmatch(text):
        return quoted(text)
    first_break = "\n" if text.startswith("\n") else ""  # TOML drops one at the beginning
    return f"'''{first_break}{text}'''"


def _rule(rule: SyncRule) -> list[str]:
    lines = [
        "[[rule]]",
        f"name = {quoted(rule.name)}",
        f"direction = {quoted(rule.direction)}",
        f"source_object_type = {quoted(rule.source_type)}",
        f"target_object_type = {quoted(rule.target_type)}",
        f"link_type = {quoted(rule.link_type)}",
        f"precedence = {rule.precedence}",
    ]
    texts = {
        "connector": rule.connector,
        "id": rule.id,
        "description": rule.description,
        "immutable_tag": rule.immutable_tag,
        "precedence_after": rule.precedence_after,
        "precedence_before": rule.precedence_before,
    }
    lines += [f"{key} = {quoted(text)}" for key, text in texts.items() if text]
    flags = {
        "disabled": rule.disabled,
        "reconstruction": rule.reconstruction,
        "enable_password_sync": rule.password_sync,
    }
    lines += [f"{key} = true" for key, value in flags.items() if value]
    if rule.soft_delete_expiry != "00:00:00":
        lines.append(f"soft_delete_expiry_interval = {quoted(rule.soft_delete_expiry)}")
    lines += _groups(
        "scope",
        [
            [
                {"attribute": c.attribute, "operator": c.operator, "value": c.value}
                if c.value
                else {"attribute": c.attribute, "operator": c.operator}
                for c in group
            ]
            for group in rule.scope
        ],
    )
    lines += _groups(
        "join",
        [
            [
                {"source": c.source, "target": c.target}
                | ({"case_sensitive": ""} if c.case_sensitive else {})
                for c in group
            ]
            for group in rule.join
        ],
    )
    for flow in rule.flows:
        lines += ["", "[[rule.flow]]", *_flow(flow)]
    return lines


def _groups(key: str, groups: list[list[dict[str, str]]]) -> list[str]:
    if not groups:
        return []
    lines = [f"{key} = ["]
    for group in groups:
        lines.append("    [")
        for entry in group:
            parts = [
                f"{name} = {'true' if name == 'case_sensitive' else quoted(text)}"
                for name, text in entry.items()
            ]
            lines.append(f"        {{ {', '.join(parts)} }},")
        lines.append("    ],")
    return [*lines, "]"]


def _flow(flow: AttributeFlow) -> list[str]:
    lines = [f"target = {quoted(flow.target)}", f"type = {quoted(flow.type)}"]
    match flow.type:
        case FlowType.DIRECT:
            lines.append(f"source = {quoted(flow.sources[0])}")
        case FlowType.CONSTANT:
            lines.append(f"constant = {quoted(flow.constant)}")
        case FlowType.EXPRESSION:
            assert flow.expression is not None
            lines.append(f"expression = {_verbatim(flow.expression.text)}")
            if flow.sources:
                lines.append(f"sources = [{', '.join(quoted(each) for each in flow.sources)}]")
    if flow.merge is not MergeType.UPDATE:
        lines.append(f"merge = {quoted(flow.merge)}")
    return [*lines, "once = true"] if flow.once else lines
