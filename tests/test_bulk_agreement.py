"""Bulk engine and reference agree: on the fleet, the scenarios, and random rules and objects."""

import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from simulator import load_connector, load_objects, load_rules
from simulator.bulk import numbers, world
from simulator.bulk.expression import batch_function
from simulator.errors import ObjectError
from simulator.language.context import Context
from simulator.objects import ConnectorObject
from simulator.rule import LinkType, MergeType, RuleSet, SyncRule
from simulator.schema import standard_schema
from simulator.sources.snapshot_layout import objects_of
from simulator.sync.engine import Settings
from simulator.sync.flow import contribution
from simulator.values import Reference, Unreadable
from tests.building import BASE, NOW, OUT, clause, computer, direct, expression, inbound, rules
from tests.bulk_agreement import assert_agrees, batches_of

ROOT = Path(__file__).parent.parent
SHIPPED = [
    ("standard-1.4",),
    ("standard-1.4-three-clauses",),
    ("standard-2016",),
    ("standard-1.4", "server-2012-r2"),
    ("standard-1.4-three-clauses", "server-2012-r2"),
    (str(ROOT / "tests/data/contoso-pilot"),),
]
FLEET = load_objects(str(ROOT / "fixtures/fleet.jsonl")).objects
CERTIFICATES = [v for o in FLEET for v in o.attributes.get("userCertificate") or ()]  # type: ignore[union-attr]
STORIES = sorted(p.parent for p in (ROOT / "tests/scenarios").glob("*/objects.jsonl"))


@pytest.mark.parametrize("filtered", [False, True])
@pytest.mark.parametrize("names", SHIPPED, ids="+".join)
def test_the_fleet_under_the_shipped_rules(names: tuple[str, ...], filtered: bool) -> None:
    connectors = load_connector(str(ROOT / "fixtures/connector.toml")) if filtered else ()
    settings = Settings(NOW, {}, connectors)
    program = assert_agrees(load_rules(*names), FLEET, settings, rows=100)
    assert program.statistics.rows == len(FLEET)
    assert program.statistics.keys < len(FLEET) / 2


@pytest.mark.parametrize("story", STORIES, ids=lambda p: p.name)
def test_the_scenarios_under_their_rules_and_those_of_contoso(story: Path) -> None:
    objects = load_objects(str(story / "objects.jsonl")).objects
    sets = [load_rules(str(ROOT / "tests/data/contoso-pilot"))]
    sets += [load_rules(str(story / "rules.toml"))] if (story / "rules.toml").exists() else []
    for rule_set in sets:
        for connector in (None, *story.glob("connector*.toml")):
            filters = load_connector(str(connector)) if connector else ()
            assert_agrees(rule_set, objects, Settings(NOW, {}, filters), rows=3)


# What random rules are made of: expressions for the filter, and for targets that nothing tests.
FILTERS = [
    "IIF(IsNullOrEmpty([userCertificate]),True,NULL)",
    'IIF(IsPresent([operatingSystem]) && Left([operatingSystem],3)="Win",True,NULL)',
    'IIF([operatingSystem]="Samba",True,NULL)',
    'IIF(Len([operatingSystem])>5,True,False)',
    'IIF([operatingSystem]="Samba",Error("no"),NULL)',
    "IIF(Count([userCertificate])>1,True,NULL)",
    "IIF(CertNotAfter(Item([userCertificate],1))>Now(),NULL,True)",
    'IIF(Count(Where($c,[userCertificate],IsCert($c) && CertNotAfter($c)>Now()))=0,True,NULL)',
    'IIF(IsNullOrEmpty([userCertificate]) || With($v,Where($c,[userCertificate],IsCert($c) && '
    'CertNotAfter($c)>Now() && RegexIsMatch(CertSubject($c),"CN=[{]*" & StringFromGuid([objectGUID])'
    ' & "[}]*","IgnoreCase")),Count($v)=0),True,NULL)',
    'IIF(Left([operatingSystemVersion],3)="6.3" && With($v,Where($c,[userCertificate],IsCert($c) && '
    'RegexIsMatch(CertSubject($c),"CN=[{]*" & StringFromGuid([objectGUID]) & "[}]*","IgnoreCase")),'
    'Count($v)=0),True,NULL)',
    'IIF(Count(Where($c,[userCertificate],CertNotBefore($c)>Now() || InStr(CertSubject($c),"CN")=0))>0,True,NULL)',
    'IIF(InStr(UCase([displayName]),"A")>0,True,NULL)',
    'IIF([displayName]=NULL,True,NULL)',
    "AuthoritativeNull", "IgnoreThisFlow", "False", "NULL",
]  # fmt: skip
PLAIN = [
    ("displayName", 'IIF(IsNullOrEmpty([displayName]),Word([dNSHostName],1,"."),[displayName])'),
    ("displayName", "Trim([displayName])"),
    ("displayName", '"X" & [cn] & [displayName]'),
    ("sourceAnchor", "ConvertToBase64([objectGUID])"),
    ("accountEnabled", "IIF(BitAnd([userAccountControl],2)=0,True,False)"),
    ("deviceOSType", 'IIF(InStr([operatingSystem],"Windows")>0,"Windows",[operatingSystem])'),
    ("deviceOSVersion", "Left([operatingSystemVersion],[userAccountControl])"),
    ("displayName", "StringFromGuid([objectGUID])"),
    ("description", "[description]"),
    ("description", 'IIF(IsPresent([description]),Item([description],1),NULL)'),
    ("displayName", "[dn]"),
]  # fmt: skip
SCOPES: list[tuple[str, ...]] = [
    (), (), ("operatingSystem ISNOTNULL",), ("operatingSystem EQUAL samba",),
    ("userAccountControl ISBITSET 2",), ("userAccountControl LESSTHAN 4097",),
    ("description ISIN a", "operatingSystem NOTEQUAL Samba"), ("displayName ISNULL",),
    ("cn STARTSWITH pc1",), ("userCertificate ISNOTNULL",), ("memberOf ISNOTNULL",),
    ("operatingSystem ISBITSET 2",),
]  # fmt: skip
OUTBOUND = [
    ("cloudFiltered NOTEQUAL True",),
    ("cloudFiltered NOTEQUAL True", "displayName ISNOTNULL"),
    ("cloudFiltered NOTEQUAL True", "displayName STARTSWITH A"),
    ("userCertificate ISNOTNULL", "cloudFiltered NOTEQUAL True", "accountEnabled EQUAL True"),
    (),
]
CLOUD = [
    expression("dn", '"CN={" & ConvertToUTF8Hex([sourceAnchor]) & "}"'),
    expression("displayName", "Left([displayName],20)"),
    direct("displayName", "displayName"),
    direct("userCertificate", "userCertificate", MergeType.MERGE_CASE_INSENSITIVE),
    direct("accountEnabled", "accountEnabled"),
    direct("deviceOSType", "description"),
    expression("displayName", 'IIF([displayName]="A",Error("no"),[displayName])'),
    expression("deviceOSVersion", 'IIF(Len([displayName])>3,[displayName],Error("short"))'),
    expression("deviceId", 'IIF(IsPresent([objectSid]),StringFromGuid([objectSid]),"none")'),
]


def random_rules(chance: random.Random) -> RuleSet:
    made: list[SyncRule] = []
    for number in range(chance.randint(0, 3)):
        flows = [expression("cloudFiltered", chance.choice(FILTERS))]
        for target, text in chance.sample(PLAIN, chance.randint(0, 3)):
            flows.append(expression(target, text, once=chance.random() < 0.1))
        if chance.random() < 0.3:
            flows.append(
                direct("displayName", chance.choice(["displayName", "description", "managedBy"]))
            )
        made.append(inbound(
            f"Custom {number}", 10 + number, *flows, scope=chance.choice(SCOPES),
            link=chance.choice([LinkType.JOIN, LinkType.JOIN, LinkType.JOIN_NO_FLOW]),
            join=chance.choice(["", "", "", "objectGUID=deviceId", "sAMAccountName=displayName"]),
        ))  # fmt: skip
    base = BASE
    if chance.random() < 0.7:
        sid = [direct("objectSid", "objectSid"), direct("displayName", "displayName")]
        extra = [expression(t, x) for t, x in chance.sample(PLAIN, 4)]
        unique = {f.target: f for f in (*BASE.flows, *sid, *extra)}
        base = inbound("Base", 159, *unique.values(), link=LinkType.PROVISION,
                       join="objectGUID=deviceId", scope=chance.choice(SCOPES))  # fmt: skip
    clauses = tuple(chance.choice(OUTBOUND) for _ in range(chance.randint(1, 2)))
    flows_out = {f.target: f for f in (*OUT.flows, *chance.sample(CLOUD, 4))}
    scope = tuple(tuple(clause(c) for c in group) for group in clauses if group)
    out = replace(OUT, flows=tuple(flows_out.values()), scope=scope)
    return rules(base, out, *made)


def random_object(chance: random.Random, number: int) -> ConnectorObject:
    def maybe(*values: Any, share: float = 0.7) -> Any:
        return chance.choice(values) if chance.random() < share else None

    attributes: dict[str, Any] = {
        "operatingSystem": maybe("Samba", "samba", "Windows 10", "Windows Server 2012 R2", ""),
        "operatingSystemVersion": maybe("6.3 (9600)", "10.0", ""),
        "userAccountControl": maybe(4096, 4098, 2, share=0.9),
        "displayName": maybe("A", "", " ", f"D{number}", "y" * 449, ("a", "b"), Unreadable("denied")),
        "description": maybe(("a",), ("b", "a"), ("", "B"), ("z" * 500,)),
        "dNSHostName": maybe(f"pc{number}.x", "nodot", "", ".x"),
        "isCriticalSystemObject": maybe(True, False, share=0.3),
        "sAMAccountName": maybe(f"PC{number}$", "same$"),
        "managedBy": maybe(Reference("CN=Boss,DC=contoso,DC=com"), share=0.2),
        "objectSid": maybe(b"0123456789abcdef", bytes(range(28)), b"\x01", share=0.5),
        "memberOf": maybe((Reference("CN=G,DC=contoso,DC=com"),), share=0.3),
        "userCertificate": maybe(
            tuple(chance.sample(CERTIFICATES, chance.randint(1, 3))), (b"junk",),
            (*chance.sample(CERTIFICATES, 2), b"junk"),
            Unreadable("left out", carried=False) if chance.random() < 0.1 else (b"1",),
        ),
    }  # fmt: skip
    name = f"PC{number}" if chance.random() < 0.98 else f"PC{number - 1}"
    made = computer(name, **attributes)
    return ConnectorObject(made.dn + ("" if name == f"PC{number}" else ",OU=Twin"), made.type, made.attributes, ("top", made.type))  # fmt: skip


@pytest.mark.parametrize("seed", range(60))
def test_random_rules_and_objects(seed: int) -> None:
    chance = random.Random(seed)
    objects = [random_object(chance, number) for number in range(40)]
    if seed % 3:
        objects += chance.sample(FLEET, 25)
    readings = chance.choice(
        [{}, {}, {"A-06": "three-valued"}, {"A-23": "flows", "A-13": "upper-case"}]
    )
    moment = NOW + timedelta(days=chance.choice([0, 0, 400, 3000]))
    rules_, rows = random_rules(chance), chance.choice([7, 1000])
    assert_agrees(rules_, objects, Settings(moment, readings), rows, chance.random() < 0.7)


# An outbound flow, the inbound one before it, and values of the attribute that it tells apart.
APART = [
    ("StringFromGuid([objectSid])", "objectSid", [b"0123456789abcdef", bytes(28), b"1", None]),
    ('IIF([displayName]="A",Error("no"),[displayName])', "displayName", ["A", "B", None, ""]),
    ('IIF(Len([displayName])>3,"x",Error("short"))', "displayName", ["AAAA", "B", "CCCCC"]),
    ('InStr([displayName],"A")', "displayName", ["A", None]),
    ("CNum([displayName])", "displayName", ["1", "x"]),
]


@pytest.mark.parametrize(("text", "attribute", "values"), APART)
def test_what_an_outbound_flow_tells_apart_is_told_apart(
    text: str, attribute: str, values: list[Any]
) -> None:
    flows = {f.target: f for f in (*BASE.flows, direct(attribute, attribute))}
    base = inbound(
        "Base", 159, *flows.values(), link=LinkType.PROVISION, join="objectGUID=deviceId"
    )
    out = replace(OUT, flows=(expression("displayName", text),))
    objects = [computer(f"P{n}", **{attribute: value}) for n, value in enumerate(values * 20)]
    assert_agrees(rules(base, out), objects, Settings(NOW))


@pytest.mark.parametrize("summaries", [6, 50_000])
def test_where_too_many_differ_the_reference_looks_at_each(
    monkeypatch: pytest.MonkeyPatch, summaries: int
) -> None:
    monkeypatch.setattr(numbers, "MOST", summaries)
    monkeypatch.setattr(world, "_MOST", 3)
    program = assert_agrees(load_rules(*SHIPPED[3]), FLEET, Settings(NOW), rows=100)
    assert program.statistics.keys <= 8  # three for each of few places
    assert program.statistics.by_reference.total() > len(FLEET) / 4


@pytest.mark.parametrize("text", FILTERS)
def test_one_expression_gives_for_each_row_what_the_reference_gives(text: str) -> None:
    chance = random.Random(text)
    objects = [*FLEET, *(random_object(chance, number) for number in range(60))]
    run = batch_function(text, NOW)
    for rows in batches_of(objects, 150):
        found = run(rows)
        for subject, answer in zip(objects_of(rows, "", 1), found, strict=True):
            context = Context(NOW, subject.attributes, subject.dn)
            flow = expression("cloudFiltered", text)
            rule = inbound("x", 1, flow)
            given = contribution(rule, flow, context, standard_schema("metaverse"), False)
            if given.error is None:
                assert answer == given.value, subject.dn
            else:
                assert isinstance(answer, ObjectError), subject.dn
                assert (answer.kind, answer.message) == (given.error.kind, given.error.message)
