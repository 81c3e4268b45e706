"""What holds for whatever rules and objects: invariants of the engine, over generated ones."""

from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.compare import Change, change_of
from simulator.objects import ConnectorObject
from simulator.rule import RuleSet, SyncRule
from simulator.sync.engine import Settings, simulate
from simulator.sync.outcome import Outcome
from tests.building import BASE, NOW, OUT, computer, constant, expression, inbound, rules

TEXTS = st.sampled_from(
    ["True", "False", "NULL", "AuthoritativeNull", "IgnoreThisFlow",
     "IIF(IsNullOrEmpty([userCertificate]),True,NULL)",
     'IIF([operatingSystem]="Samba",True,NULL)', 'IIF(Len([operatingSystem])>5,True,False)',
     'IIF([operatingSystem]="Samba",Error("no"),NULL)'],
)  # fmt: skip
SCOPES = st.sampled_from(
    [(), ("operatingSystem ISNOTNULL",), ("operatingSystem EQUAL samba",),
     ("userAccountControl ISBITSET 2",), ("description ISIN a", "operatingSystem NOTEQUAL Samba")],
)  # fmt: skip


@st.composite
def rule_lists(draw: st.DrawFn) -> tuple[SyncRule, ...]:
    count = draw(st.integers(0, 4))
    custom = [
        inbound(
            f"Custom {n}", 10 + n, expression("cloudFiltered", draw(TEXTS)), scope=draw(SCOPES),
            disabled=draw(st.booleans()),
        )
        for n in range(count)
    ]  # fmt: skip
    if draw(st.booleans()):
        twin = inbound("Twin", 170, constant("displayName", "x"), join="objectGUID=deviceId")
        custom.append(twin)
    return (BASE, OUT, *custom)


@st.composite
def fleets(draw: st.DrawFn) -> list[ConnectorObject]:
    def maybe(values: list[Any]) -> Any:
        return draw(st.sampled_from([None, *values]))

    return [
        computer(
            f"PC{n}",
            operatingSystem=maybe(["Samba", "samba", "Windows 10"]),
            userAccountControl=maybe([4096, 4098]),
            userCertificate=maybe([(b"1",), (b"1", b"2")]),
            description=maybe([("a",), ("b", "a"), ("B",)]),
        )
        for n in range(draw(st.integers(1, 5)))
    ]


def run(rule_set: RuleSet, objects: list[ConnectorObject]) -> list[Outcome]:
    return list(simulate(objects, rule_set, Settings(NOW)))


def verdicts(rule_set: RuleSet, objects: list[ConnectorObject]) -> list[object]:
    return [
        (o.subject.dn, o.disposition, o.reason, o.assumptions, o.readings)
        for o in run(rule_set, objects)
    ]


quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@quick
@given(rule_lists(), fleets())
def test_the_same_rules_before_and_after_change_nothing(
    given_rules: tuple[SyncRule, ...], objects: list[ConnectorObject]
) -> None:
    rule_set = rules(*given_rules)
    changes = {
        change_of(*pair)
        for pair in zip(run(rule_set, objects), run(rule_set, objects), strict=True)
    }
    assert changes <= {Change.STAYS_IN, Change.STAYS_OUT, Change.UNDECIDED}


@quick
@given(rule_lists(), fleets(), st.randoms())
def test_the_order_of_rules_objects_and_values_does_not_matter(
    given_rules: tuple[SyncRule, ...], objects: list[ConnectorObject], chance: Any
) -> None:
    shuffled_rules, shuffled = list(given_rules), []
    chance.shuffle(shuffled_rules)
    for each in objects:
        attributes = {
            name: tuple(chance.sample(v, len(v))) if isinstance(v, tuple) else v
            for name, v in chance.sample(sorted(each.attributes.items()), len(each.attributes))
        }
        shuffled.append(replace(each, attributes=attributes))
    chance.shuffle(shuffled)
    assert verdicts(rules(*shuffled_rules), shuffled) == verdicts(rules(*given_rules), objects)


@quick
@given(rule_lists(), fleets())
def test_a_disabled_rule_is_as_an_absent_one(
    given_rules: tuple[SyncRule, ...], objects: list[ConnectorObject]
) -> None:
    enabled = [rule for rule in given_rules if not rule.disabled]
    assert verdicts(rules(*given_rules), objects) == verdicts(rules(*enabled), objects)


MIRROR = {Change.ENTERS: Change.LEAVES, Change.LEAVES: Change.ENTERS}


@quick
@given(rule_lists(), rule_lists(), fleets())
def test_a_preview_backwards_is_the_mirror_of_the_preview(
    one: tuple[SyncRule, ...], two: tuple[SyncRule, ...], objects: list[ConnectorObject]
) -> None:
    first, second = run(rules(*one), objects), run(rules(*two), objects)
    forward = [change_of(*pair) for pair in zip(first, second, strict=True)]
    backward = [change_of(*pair) for pair in zip(second, first, strict=True)]
    assert backward == [MIRROR.get(change, change) for change in forward]


@quick
@given(rule_lists(), fleets())
def test_every_object_has_one_outcome_and_a_reason(
    given_rules: tuple[SyncRule, ...], objects: list[ConnectorObject]
) -> None:
    found = run(rules(*given_rules), objects)
    assert [o.subject for o in found] == sorted(objects, key=lambda o: o.sort_key())
    assert all(o.reason.code and o.reason.text for o in found)
