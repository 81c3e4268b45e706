"""Bulk engine and reference agree: on the fleet, the scenarios, and what is told apart."""

import random
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from simulator import load_connector, load_objects, load_rules
from simulator.bulk import numbers, world
from simulator.bulk.expression import batch_function
from simulator.errors import ObjectError
from simulator.language.context import Context
from simulator.rule import LinkType
from simulator.schema import standard_schema
from simulator.sources.snapshot_layout import objects_of
from simulator.sync.engine import Settings
from simulator.sync.flow import contribution
from simulator.values import Unreadable
from tests.building import BASE, NOW, OUT, computer, direct, expression, inbound, rules
from tests.bulk_agreement import assert_agrees, batches_of
from tests.random_objects import FLEET, OWNERS, random_objects
from tests.random_rules import written

ROOT = Path(__file__).parent.parent
SHIPPED = [
    ("standard-1.4",),
    ("standard-1.4-three-clauses",),
    ("standard-2016",),
    ("standard-1.4", "server-2012-r2"),
    ("standard-1.4-three-clauses", "server-2012-r2"),
    (str(ROOT / "tests/data/contoso-pilot"),),
]
STORIES = sorted(p.parent for p in (ROOT / "tests/scenarios").glob("*/objects.jsonl"))


@pytest.mark.parametrize("filtered", [False, True])
@pytest.mark.parametrize("names", SHIPPED, ids="+".join)
def test_the_fleet_under_the_shipped_rules(names: tuple[str, ...], filtered: bool) -> None:
    connectors = load_connector(str(ROOT / "fixtures/connector.toml")) if filtered else ()
    settings = Settings(NOW, {}, connectors)
    program = assert_agrees(load_rules(*names), FLEET, settings, rows=100)
    assert program.statistics.rows == len(FLEET)
    assert program.statistics.keys < len(FLEET) / 2


@pytest.mark.parametrize("names", SHIPPED, ids="+".join)
def test_random_objects_of_all_types_under_the_shipped_rules(names: tuple[str, ...]) -> None:
    assert_agrees(load_rules(*names), random_objects(random.Random(1), 400), Settings(NOW))


@pytest.mark.parametrize("story", STORIES, ids=lambda p: p.name)
def test_the_scenarios_under_their_rules_and_those_of_contoso(story: Path) -> None:
    objects = load_objects(str(story / "objects.jsonl")).objects
    sets = [load_rules(str(ROOT / "tests/data/contoso-pilot"))]
    sets += [load_rules(str(story / "rules.toml"))] if (story / "rules.toml").exists() else []
    for rule_set in sets:
        for connector in (None, *story.glob("connector*.toml")):
            filters = load_connector(str(connector)) if connector else ()
            assert_agrees(rule_set, objects, Settings(NOW, {}, filters), rows=3)


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


TOLD = "IIF(IsNull([operatingSystemVersion]),NULL,True)"


@pytest.mark.parametrize("versions", [2, 90])
def test_a_value_that_a_reason_tells_is_told_apart(versions: int) -> None:
    objects = [computer(f"P{n}", operatingSystemVersion=f"6.{n % versions}") for n in range(100)]
    filtering = inbound("Filter", 10, expression("cloudFiltered", TOLD))
    assert_agrees(rules(BASE, OUT, filtering), objects, Settings(NOW), certificates=False)


GUID = computer("P0").attributes["objectGUID"]


@pytest.mark.parametrize(
    ("guids", "meeting"),
    [
        ([b"odd", b"odder", Unreadable("broken"), Unreadable("broken")], 0),
        ([b"odd", b"odder", b"odd"], 2),
        ([b"odd", (GUID, b"odd")], 3),
        ([b"odd", (GUID, b"even")], 2),
        ([n.to_bytes(3) for n in range(30)] * 2, 60),
    ],
)
def test_objects_with_a_guid_that_is_none_meet_those_alone_that_have_it_too(
    guids: list[Any], meeting: int
) -> None:
    objects = [
        *(computer(f"P{n}") for n in range(90)),
        *(computer(f"Q{n}", objectGUID=guid) for n, guid in enumerate(guids)),
    ]
    program = assert_agrees(rules(BASE, OUT), objects, Settings(NOW), rows=50)
    assert program.statistics.by_reference["it may meet another object"] == meeting


NAMED = (
    "IIF(Count(Where($c,[userCertificate],RegexIsMatch(CertSubject($c),"
    '"CN=" & StringFromGuid([objectGUID]),"IgnoreCase")))=0,True,NULL)'
)


def test_an_object_without_a_guid_has_certificates_that_may_name_it() -> None:
    held = OWNERS[0].attributes["userCertificate"]
    objects = [computer(f"P{n}", objectGUID=None, userCertificate=held) for n in range(4)]
    base = replace(BASE, join=(), flows=BASE.flows[1:])
    filtering = inbound("Filter", 10, expression("cloudFiltered", NAMED))
    assert_agrees(rules(base, OUT, filtering), objects, Settings(NOW))


@pytest.mark.parametrize("summaries", [6, 50_000])
def test_where_too_many_differ_the_reference_looks_at_each(
    monkeypatch: pytest.MonkeyPatch, summaries: int
) -> None:
    monkeypatch.setattr(numbers, "MOST", summaries)
    monkeypatch.setattr(world, "_MOST", 3)
    program = assert_agrees(load_rules(*SHIPPED[3]), FLEET, Settings(NOW), rows=100)
    assert program.statistics.keys <= 8  # three for each of few places
    assert program.statistics.by_reference.total() > len(FLEET) / 4


@pytest.mark.parametrize("seed", range(40))
def test_one_expression_gives_for_each_row_what_the_reference_gives(seed: int) -> None:
    chance = random.Random(seed)
    text = written(chance, "filter", 3)
    objects = [*FLEET, *random_objects(chance, 60)]
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
