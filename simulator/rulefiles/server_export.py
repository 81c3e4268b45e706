"""The reader of the XML server configuration export, as `Get-ADSyncServerConfiguration` writes it.

Rules are read here, connectors in `server_connector`; the metaverse file is recognised and has
nothing that rules need. Source: rule-format specification, section 2.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from xml.etree.ElementTree import Element

from simulator.errors import Diagnostic, Source
from simulator.rule import (
    Direction,
    JoinCondition,
    LinkType,
    ScopeCondition,
    SyncRule,
)
from simulator.rulefiles.draft import scope_condition, word
from simulator.rulefiles.rulefile import Contents, RuleFile, known_guid, problem, reader
from simulator.rulefiles.server_connector import read_connector
from simulator.rulefiles.server_flow import read_flows
from simulator.rulefiles.server_xml import (
    EXPORT_AGAIN,
    parse_xml,
    text_of,
    unknown_children,
)

_RULE = frozenset((
    "id", "internal-id", "version", "name", "description", "immutable-tag", "direction",
    "disabled", "connector", "sourceObjectType", "targetObjectType", "linkType", "precedence",
    "precedence-after", "precedence-before", "softDeleteExpiryInterval", "EnablePasswordSync",
    "attribute-mappings", "relationshipCriteria", "synchronizationCriteria",
))  # fmt: skip
_KNOWN: Mapping[str, frozenset[str]] = {
    "synchronizationRule": _RULE,
    "attribute-mappings": frozenset({"mapping"}),
    "mapping": frozenset({"dest", "src", "expression", "valueMergeType"}),
    "src": frozenset({"attr"}),
    "relationshipCriteria": frozenset({"conditions"}),
    "synchronizationCriteria": frozenset({"conditions"}),
    "conditions": frozenset({"condition", "scope"}),
    "condition": frozenset({"csAttribute", "ilmAttribute", "caseSensitive"}),
    "scope": frozenset({"csAttribute", "csOperator", "csValue"}),
}


def _is_xml(file: RuleFile) -> bool:
    return file.text.lstrip().startswith("<") and not file.text.lstrip().startswith("<#")


@reader("XML server export", _is_xml)
def read_server_export(file: RuleFile) -> Contents:
    """The files that `Get-ADSyncServerConfiguration` writes."""
    root = parse_xml(file)
    if isinstance(root, Diagnostic):
        return Contents(problems=(root,))
    match root.tag:
        case "synchronizationRule":
            return _read_rule(root, file)
        case "ma-data":
            return read_connector(root, file)
        case "saved-mv-configuration":
            return Contents()
        case tag:
            fault = problem(
                "wrong-root",
                f"the root element is `{tag}`",
                Source(file.name, ""),
                help="a rule has `synchronizationRule`, a connector `ma-data`; " + EXPORT_AGAIN,
            )
            return Contents(problems=(fault,))


def _read_rule(root: Element, file: RuleFile) -> Contents:
    problems: list[Diagnostic] = []
    name = text_of(root, "name")
    place = Source(name or "rule without a name", "", file=file.name)
    findings = list(_unknown(root, place))
    if not name.strip():
        problems.append(problem("missing-element", "the rule has no `name`", place, EXPORT_AGAIN))
    direction = word(Direction, text_of(root, "direction"), "direction", place, problems)
    link = word(LinkType, text_of(root, "linkType"), "linkType", place, problems)
    precedence = _number(root, "precedence", place, problems)
    types = [
        _needed(root, tag, place, problems) for tag in ("sourceObjectType", "targetObjectType")
    ]
    flows = read_flows(root, direction or Direction.INBOUND, file, place, problems, findings)
    disabled = _boolean(root, "disabled", place, problems)
    password_sync = _boolean(root, "EnablePasswordSync", place, problems)
    scope = _scope(root, place, problems)
    join = _join(root, direction or Direction.INBOUND, place, problems)
    if problems or direction is None or link is None:
        return Contents(findings=tuple(findings), problems=tuple(problems))
    rule = SyncRule(
        name=name,
        direction=direction,
        source_type=types[0],
        target_type=types[1],
        link_type=link,
        precedence=precedence,
        flows=flows,
        scope=scope,
        join=join,
        connector=known_guid(text_of(root, "connector")),
        id=known_guid(text_of(root, "id")),
        description=text_of(root, "description"),
        immutable_tag=text_of(root, "immutable-tag"),
        disabled=disabled,
        password_sync=password_sync,
        soft_delete_expiry=text_of(root, "softDeleteExpiryInterval") or "00:00:00",
        precedence_after=known_guid(text_of(root, "precedence-after")),
        precedence_before=known_guid(text_of(root, "precedence-before")),
        origin=file.name,
    )
    return Contents(rules=(rule,), findings=tuple(findings))


def _unknown(root: Element, place: Source) -> Iterator[Diagnostic]:
    """A finding for every kind of element that this reader does not know, once."""
    found = (
        finding
        for element in root.iter()
        for finding in unknown_children(element, _KNOWN.get(element.tag, frozenset()), place)
        if element.tag in _KNOWN
    )
    yield from dict.fromkeys(found)


def _needed(root: Element, tag: str, place: Source, problems: list[Diagnostic]) -> str:
    text = text_of(root, tag).strip()
    if not text:
        message = f"there is no `{tag}`"
        problems.append(problem("missing-element", message, place, EXPORT_AGAIN))
    return text


def _number(root: Element, tag: str, place: Source, problems: list[Diagnostic]) -> int:
    text = text_of(root, tag).strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    message = f"`{tag}` is `{text}`" if text else f"the rule has no `{tag}`"
    problems.append(problem("precedence-no-number", message, place, "write a whole number"))
    return 0


def _boolean(root: Element, tag: str, place: Source, problems: list[Diagnostic]) -> bool:
    text = text_of(root, tag).strip()
    if text.casefold() not in ("", "true", "false"):
        problems.append(
            problem("wrong-value", f"`{tag}` is `{text}`", place, help="write True or False")
        )
    return text.casefold() == "true"


def _scope(
    root: Element, place: Source, problems: list[Diagnostic]
) -> tuple[tuple[ScopeCondition, ...], ...]:
    groups = []
    for number, group in enumerate(root.iterfind("synchronizationCriteria/conditions"), start=1):
        conditions = []
        for position, each in enumerate(group.iterfind("scope"), start=1):
            here = replace(place, name=f"{place.name} > scope {number}.{position}")
            condition = scope_condition(
                text_of(each, "csAttribute"),
                text_of(each, "csOperator"),
                text_of(each, "csValue"),
                "csOperator",
                here,
                problems,
            )
            if condition:
                conditions.append(condition)
        groups.append(tuple(conditions))
    return tuple(groups)


def _join(
    root: Element, direction: Direction, place: Source, problems: list[Diagnostic]
) -> tuple[tuple[JoinCondition, ...], ...]:
    groups = []
    for number, group in enumerate(root.iterfind("relationshipCriteria/conditions"), start=1):
        conditions = []
        for position, each in enumerate(group.iterfind("condition"), start=1):
            here = replace(place, name=f"{place.name} > join {number}.{position}")
            connector_side = _needed(each, "csAttribute", here, problems)
            metaverse_side = _needed(each, "ilmAttribute", here, problems)
            case_sensitive = _boolean(each, "caseSensitive", here, problems)
            sides = (connector_side, metaverse_side)
            source, target = sides if direction is Direction.INBOUND else reversed(sides)
            conditions.append(JoinCondition(source, target, case_sensitive))
        groups.append(tuple(conditions))
    return tuple(groups)
