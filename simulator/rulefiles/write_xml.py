"""Writes rules as a server configuration export holds them: one XML file for each.

Source of the shape: rule-format specification, section 2.1.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape

from simulator.errors import Diagnostic, Source
from simulator.rule import AttributeFlow, FlowType, SyncRule
from simulator.rulefiles.rulefile import problem
from simulator.rulefiles.writer import NO_GUID, Written, not_held, sides, writer

# What XML 1.0 cannot hold, not even escaped.
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@writer("xml")
def write_xml(rules: Sequence[SyncRule]) -> Written:
    """A folder `SynchronizationRules` with an XML file for each rule."""
    files: dict[str, str] = {}
    findings: list[Diagnostic] = []
    for rule in rules:
        findings += not_held(rule, "XML")
        text = "\n".join(_rule(rule)) + "\n"
        refused = list(_refused(rule, text))
        findings += refused
        if not refused:
            files[_name(rule, files)] = text
    return Written(files, tuple(findings))


def _refused(rule: SyncRule, text: str) -> Iterable[Diagnostic]:
    place = Source(rule.name, "", file=rule.origin or None)
    if _FORBIDDEN.search(text):
        message = "a text of the rule has a sign that XML cannot hold: the rule is not written"
        yield problem("cannot-hold", message, place, "remove it, or write TOML or JSON")
    for flow in rule.flows:
        if flow.type is FlowType.CONSTANT and not flow.constant.strip():
            message = f"XML cannot hold the blank constant for `{flow.target}`: it is not written"
            yield problem("cannot-hold", message, place, "write TOML, JSON or a script")


def _name(rule: SyncRule, taken: Iterable[str]) -> str:
    stem = f"{{{rule.id}}}" if re.fullmatch(r"[\w-]+", rule.id) else str(rule.precedence)
    name, number = f"SynchronizationRules/SynchronizationRule_{stem}.xml", 1
    while name in taken:
        number += 1
        name = f"SynchronizationRules/SynchronizationRule_{stem}_{number}.xml"
    return name


def _element(tag: str, text: str) -> str:
    if not text:
        return f"<{tag} />"
    return f"<{tag}>{escape(text).replace(chr(13), '&#13;')}</{tag}>"


def _guid(tag: str, text: str) -> str:
    return _element(tag, f"{{{text or NO_GUID}}}")


def _rule(rule: SyncRule) -> Iterator[str]:
    yield "<synchronizationRule>"
    for line in (
        _guid("id", rule.id),
        _guid("internal-id", rule.id),
        _element("version", "1"),
        _element("name", rule.name),
        _element("description", rule.description),
        _element("immutable-tag", rule.immutable_tag),
        _element("direction", rule.direction),
        _element("disabled", str(rule.disabled)),
        _guid("connector", rule.connector),
        _element("sourceObjectType", rule.source_type),
        _element("targetObjectType", rule.target_type),
        _element("linkType", rule.link_type),
        _element("precedence", str(rule.precedence)),
        _guid("precedence-after", rule.precedence_after),
        _guid("precedence-before", rule.precedence_before),
        _element("softDeleteExpiryInterval", rule.soft_delete_expiry),
        _element("EnablePasswordSync", str(rule.password_sync).lower()),
    ):
        yield f"  {line}"
    yield from _enclosed("attribute-mappings", [line for f in rule.flows for line in _flow(f)])
    yield from _enclosed("relationshipCriteria", list(_join(rule)))
    yield from _enclosed("synchronizationCriteria", list(_scope(rule)))
    yield "</synchronizationRule>"


def _enclosed(tag: str, lines: list[str]) -> Iterator[str]:
    if not lines:
        yield f"  <{tag} />"
        return
    yield f"  <{tag}>"
    yield from lines
    yield f"  </{tag}>"


def _flow(flow: AttributeFlow) -> Iterator[str]:
    yield '    <mapping execute-once="true">' if flow.once else "    <mapping>"
    yield f"      {_element('dest', flow.target)}"
    if flow.sources:
        yield "      <src>"
        yield from (f"        {_element('attr', each)}" for each in flow.sources)
        yield "      </src>"
    elif flow.type is FlowType.CONSTANT:
        yield f"      {_element('src', flow.constant)}"
    if flow.expression is not None:
        yield f"      {_element('expression', flow.expression.text)}"
    yield f"      {_element('valueMergeType', flow.merge)}"
    yield "    </mapping>"


def _join(rule: SyncRule) -> Iterator[str]:
    for group in rule.join:
        yield "    <conditions>"
        for pair in group:
            connector_side, metaverse_side = sides(pair, rule.direction)
            yield "      <condition>"
            yield f"        {_element('csAttribute', connector_side)}"
            yield f"        {_element('ilmAttribute', metaverse_side)}"
            if pair.case_sensitive:
                yield f"        {_element('caseSensitive', 'True')}"
            yield "      </condition>"
        yield "    </conditions>"


def _scope(rule: SyncRule) -> Iterator[str]:
    for group in rule.scope:
        yield "    <conditions>"
        for clause in group:
            yield "      <scope>"
            yield f"        {_element('csAttribute', clause.attribute)}"
            yield f"        {_element('csOperator', clause.operator)}"
            yield f"        {_element('csValue', clause.value)}"
            yield "      </scope>"
        yield "    </conditions>"
