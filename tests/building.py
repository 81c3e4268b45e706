"""Rules and objects for tests of the engine, made from a few words."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from simulator.errors import Source
from simulator.language.parse import parse
from simulator.objects import ConnectorObject
from simulator.rule import (
    AttributeFlow,
    Connector,
    ConnectorKind,
    Direction,
    FlowType,
    JoinCondition,
    LinkType,
    MergeType,
    RuleSet,
    ScopeCondition,
    ScopeOperator,
    SyncRule,
    rule_set,
)
from simulator.sync.engine import Settings, simulate
from simulator.sync.outcome import Outcome

NOW = datetime(2026, 1, 1, tzinfo=UTC)
FOREST = Connector("ae4db4cc-b16b-4eb2-acf5-837ca84e4d7d", "contoso.com", ConnectorKind.ACTIVE_DIRECTORY)  # fmt: skip
CLOUD = Connector("b891884f-051e-4a83-95af-2544101c9083", "cloud", ConnectorKind.ENTRA)


def clause(text: str) -> ScopeCondition:
    attribute, operator, *rest = text.split(" ", 2)
    return ScopeCondition(attribute, ScopeOperator(operator), rest[0] if rest else "")


def expression(
    target: str, text: str, merge: MergeType = MergeType.UPDATE, once: bool = False
) -> AttributeFlow:
    source = Source(f"test > {target}", text)
    return AttributeFlow(
        target, FlowType.EXPRESSION, (), "", source, parse(source), merge=merge, once=once
    )


def direct(target: str, source: str, merge: MergeType = MergeType.UPDATE) -> AttributeFlow:
    return AttributeFlow(target, FlowType.DIRECT, (source,), merge=merge)


def constant(target: str, text: str, once: bool = False) -> AttributeFlow:
    return AttributeFlow(target, FlowType.CONSTANT, (), text, once=once)


def inbound(
    name: str,
    precedence: int,
    *flows: AttributeFlow,
    link: LinkType = LinkType.JOIN,
    join: str = "",
    scope: tuple[str, ...] = (),
    **changes: Any,
) -> SyncRule:
    """An inbound rule from computer to device; *join* as `source=target`, groups split by `|`."""
    return SyncRule(
        name,
        Direction.INBOUND,
        changes.pop("source_type", "computer"),
        changes.pop("target_type", "device"),
        link,
        precedence,
        flows,
        (tuple(clause(text) for text in scope),) if scope else (),
        _join(join),
        connector=changes.pop("connector", FOREST.id),
        **changes,
    )


def _join(text: str) -> tuple[tuple[JoinCondition, ...], ...]:
    groups = [group.split("&") for group in text.split("|") if group]
    return tuple(
        tuple(JoinCondition(*condition.split("=")) for condition in group) for group in groups
    )


BASE = inbound(
    "Base",
    159,
    direct("deviceId", "objectGUID"),
    constant("cloudCreated", "False"),
    direct("userCertificate", "userCertificate"),
    link=LinkType.PROVISION,
    join="objectGUID=deviceId",
)
OUT = SyncRule(
    "Out",
    Direction.OUTBOUND,
    "device",
    "device",
    LinkType.PROVISION,
    160,
    (direct("deviceId", "deviceId"),),
    ((clause("cloudFiltered NOTEQUAL True"),),),
    _join("deviceId=deviceId"),
    connector=CLOUD.id,
)


def rules(*these: SyncRule, connectors: tuple[Connector, ...] = (FOREST, CLOUD)) -> RuleSet:
    return rule_set(these, connectors)


def computer(name: str, **attributes: Any) -> ConnectorObject:
    guid = uuid.uuid5(uuid.NAMESPACE_DNS, name).bytes_le
    dn = attributes.pop("dn", f"CN={name},DC=contoso,DC=com")
    type = attributes.pop("type", "computer")
    values: Mapping[str, Any] = {"cn": name, "objectGUID": guid, **attributes}
    return ConnectorObject(dn, type, {k: v for k, v in values.items() if v is not None}, (type,))


def outcomes(rule_set: RuleSet, *objects: ConnectorObject, **settings: Any) -> dict[str, Outcome]:
    found = simulate(objects, rule_set, Settings(NOW, **settings))
    return {outcome.subject.name: outcome for outcome in found}
