"""The reader of the wizard's settings export (`Applied-SynchronizationPolicy`, `Exported-...`).

Custom rules are read as far as the form is known; default rules are only named in it. Source:
rule-format specification, section 4, put together from scripts that read such files: what else is
in one is reported.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.errors import Diagnostic, Source
from simulator.rule import Connector, ConnectorKind, Partition, SyncRule
from simulator.rulefiles.json_text import parse_json
from simulator.rulefiles.properties import Found
from simulator.rulefiles.property_rule import rule_of
from simulator.rulefiles.rule_objects import is_policy
from simulator.rulefiles.rulefile import (
    Contents,
    NamedRule,
    RuleFile,
    known_guid,
    note,
    problem,
    reader,
    warning,
)
from simulator.schema import standard_schema

_STANDARD, _CUSTOM = "standardsynchronizationrules", "customsynchronizationrules"
_DIRECTORY = frozenset((
    "friendlyname", "fullyqualifieddomainname", "uniqueidentifier", "partitionfilters", _STANDARD,
    _CUSTOM,
))  # fmt: skip
# Our name of a property for the file's; the product's own names are taken as well.
_RULE = {
    "source": "sourceobjecttype", "target": "targetobjecttype", "uniqueidentifier": "identifier",
    "internalidentifier": "internalidentifier",
}  # fmt: skip
_KNOWN = frozenset((
    *_RULE, "name", "description", "linktype", "direction", "precedence", "scopefilters",
    "attributemappings", "immutabletag", "disabled", "enablepasswordsync",
    "softdeleteexpiryinterval",
))  # fmt: skip
_MAPPING = frozenset((
    "destination", "source", "expression", "flowtype", "valuemergetype", "executeonce",
))  # fmt: skip


@reader("JSON of the wizard", is_policy)
def read_policy(file: RuleFile) -> Contents:
    """`Applied-SynchronizationPolicy-*.JSON` and `Exported-SynchronizationPolicy-*.JSON`."""
    value = parse_json(file)
    if isinstance(value, Diagnostic):
        return Contents(problems=(value,))
    found = Found(file)
    rules: list[SyncRule] = []
    named: list[NamedRule] = []
    connectors: list[Connector] = []
    top = value if isinstance(value, dict) else {}
    for key, kind in (
        ("onpremisesdirectorypolicy", ConnectorKind.ACTIVE_DIRECTORY),
        ("azuredirectorypolicy", ConnectorKind.ENTRA),
    ):
        for directory in _tables(top.get(key), key, found):
            connector = _connector(directory, kind, found)
            if connector.id or connector.name:
                connectors.append(connector)
            own = connector.id or connector.name.casefold()
            for each in _tables(directory.get(_STANDARD), _STANDARD, found):
                named.append(_named(each, own, file))
            for number, each in enumerate(_tables(directory.get(_CUSTOM), _CUSTOM, found), 1):
                rule = _custom(each, own, f"custom rule {number}", found)
                if rule:
                    rules.append(rule)
    if not (rules or named or connectors or found.problems):
        fault = problem("no-rule", "there is no rule in it", Source(file.name, ""), "export again")
        found.problems.append(fault)
    return Contents(
        tuple(rules),
        connectors=tuple(connectors),
        findings=tuple(found.findings),
        problems=tuple(found.problems),
        named=tuple(each for each in named if each.name or each.tag),
        opened=frozenset(found.opened),
    )


def _tables(value: object, key: str, found: Found) -> Iterator[dict[str, Any]]:
    """The objects at *key*, where one alone may stand for a list of one."""
    listed = value if isinstance(value, list) else [] if value is None else [value]
    for each in listed:
        if isinstance(each, dict):
            yield each
            continue
        message = f"an entry of `{key}` is no object"
        place = Source(found.file.name, "")
        found.problems.append(problem("wrong-type", message, place, "export the settings again"))


def _unknown(table: Mapping[str, Any], known: frozenset[str], place: Source, found: Found) -> None:
    for key in sorted(table.keys() - known):
        message = f"the key `{key}` is not known and has no effect here"
        help = "compare with an export by Get-ADSyncServerConfiguration, which is read whole"
        found.tell(warning("unknown-key", message, place, help))


def _string(table: Mapping[str, Any], key: str) -> str:
    value = table.get(key)
    return value.strip() if isinstance(value, str) else ""


def _strings(table: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = table.get(key)
    listed = value if isinstance(value, list) else [value]
    return tuple(each for each in listed if isinstance(each, str))


def _connector(table: Mapping[str, Any], kind: ConnectorKind, found: Found) -> Connector:
    name = _string(table, "friendlyname") or _string(table, "fullyqualifieddomainname")
    place = Source(f"connector {name}".rstrip(), "", file=found.file.name)
    _unknown(table, _DIRECTORY, place, found)
    partitions = [
        Partition(
            dn=_string(each, "distinguishedname"),
            included=_strings(each, "containerinclusions"),
            excluded=_strings(each, "containerexclusions"),
        )
        for each in _tables(table.get("partitionfilters"), "partitionFilters", found)
    ]
    id = known_guid(_string(table, "uniqueidentifier"))
    return Connector(id, name, kind, tuple(partitions), origin=found.file.name)


def _named(table: Mapping[str, Any], connector: str, file: RuleFile) -> NamedRule:
    number = table.get("precedence")
    precedence = number if isinstance(number, int) and not isinstance(number, bool) else None
    return NamedRule(
        _string(table, "name"),
        _string(table, "immutabletag"),
        precedence if precedence is None or 0 <= precedence < 10**9 else None,
        known_guid(_string(table, "uniqueidentifier")),
        connector,
        file.name,
    )


def _custom(
    table: Mapping[str, Any], connector: str, fallback: str, found: Found
) -> SyncRule | None:
    name = _string(table, "name") or fallback
    place = Source(name, "", file=found.file.name)
    _unknown(table, _KNOWN, place, found)
    known = {key: value for key, value in table.items() if key in _KNOWN}
    values: dict[str, Any] = {_RULE.get(key, key): value for key, value in known.items()}
    outbound = _string(table, "direction").casefold() == "outbound"
    flows = _tables(values.pop("attributemappings", None), "attributeMappings", found)
    values["attributeflowmappings"] = [_mapping(f, outbound, place, found) for f in flows]
    values["scopefilter"] = _scope(values.pop("scopefilters", None), place, found)
    return rule_of({**values, "connector": connector}, found, fallback)


def _mapping(
    table: Mapping[str, Any], outbound: bool, place: Source, found: Found
) -> dict[str, Any]:
    """A flow; where its kind is not written it is told from its source, and that is said."""
    _unknown(table, _MAPPING, place, found)
    flow = {key: value for key, value in table.items() if key in _MAPPING}
    source = flow.get("source")
    if "flowtype" in flow or flow.get("expression") or not isinstance(source, str):
        flow.setdefault("flowtype", "Expression" if flow.get("expression") else "Direct")
        return flow
    schema = standard_schema("metaverse" if outbound else "ad")
    if any(sign in source for sign in '(["&'):
        flow = {**flow, "flowtype": "Expression", "expression": source, "source": None}
    else:
        flow["flowtype"] = "Direct" if schema.get(source) is not None else "Constant"
    message = f"the flow to `{flow.get('destination')}` is read as {flow['flowtype']}: `{source}`"
    help = "the file does not say which kind it is; compare with the rule on the server"
    found.tell(warning("kind-not-written", message, place, help))
    return flow


def _scope(value: object, place: Source, found: Found) -> list[dict[str, Any]]:
    """The scoping groups; a flat list of clauses is read as one group."""
    listed = value if isinstance(value, list) else []
    groups = listed if all(isinstance(each, list) for each in listed) else [listed]
    if len(listed) > 1 and groups == [listed]:
        message = "the clauses of the scoping filter are read as one group: all must hold"
        found.tell(note("groups-not-written", message, place))
    names = {
        "attribute": "Attribute",
        "condition": "ComparisonOperator",
        "value": "ComparisonValue",
    }
    return [
        {
            "scopeconditionlist": [
                {names.get(key, key): one for key, one in clause.items()}
                for clause in _tables(group, "scopeFilters", found)
            ]
        }
        for group in groups
        if group
    ]
