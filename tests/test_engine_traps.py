"""The known traps of rule sets and of changes are findings with stable codes."""

from pathlib import Path

import pytest

from simulator import load_connector, load_objects, load_rules
from simulator.change_traps import CHANGE_TRAPS
from simulator.check import check, refuse_errors
from simulator.commands import Options, audit, preview
from simulator.errors import DiagnosticsError
from simulator.rule import AttributeFlow, LinkType, SyncRule
from simulator.sync.traps import TRAPS
from tests.building import BASE, OUT, constant, expression, inbound, rules

FIXTURES = Path(__file__).parent.parent / "fixtures"
JOIN = "objectGUID=deviceId"
DEFAULT = inbound("Default", 159, expression("cloudFiltered", "IIF(1=1,True,NULL)"), join=JOIN,
                  link=LinkType.PROVISION, immutable_tag="Microsoft.InfromADComputerJoin.002")  # fmt: skip


def filtering(text: str, precedence: int = 50) -> SyncRule:
    return inbound("Custom", precedence, expression("cloudFiltered", text))


def scoped(*clauses: str) -> SyncRule:
    return inbound("Custom", 50, scope=clauses)


def flowing(flow: AttributeFlow) -> SyncRule:
    return inbound("Custom", 50, flow)


TOLD = {
    "clone beside its original": (
        "clone-with-original-enabled", (DEFAULT, inbound("Clone", 170, join=JOIN))),
    "another join": ("different-join-criteria", (DEFAULT, inbound("Other", 50, join="cn=displayName"))),
    "two connectors, one number": (
        "precedence-of-two-connectors",
        (DEFAULT, inbound("Far", 159, expression("cloudFiltered", "True"), connector="far"))),
    "NULL above the default": ("null-does-not-release", (DEFAULT, filtering("NULL"))),
    "NULL in a branch above the default": (
        "null-does-not-release", (DEFAULT, filtering('IIF([cn]="a",True,NULL)'))),
    "NULL in a Switch": (
        "null-does-not-release", (DEFAULT, filtering('Switch([cn]="a",True,True,NULL)'))),
    "False for NULL": ("false-for-null", (DEFAULT, filtering('IIF([cn]="a",True,False)'))),
    "constant False": ("false-for-null", (DEFAULT, flowing(constant("cloudFiltered", "False")))),
    "constant NULL": ("constant-is-text", (BASE, flowing(constant("description", "NULL")))),
    "constant AuthoritativeNull": (
        "constant-is-text", (BASE, flowing(constant("title", "AuthoritativeNull")))),
    "expression pasted as constant": (
        "constant-looks-like-expression", (BASE, flowing(constant("title", "IIF(1=1,2,3)")))),
    "empty group": ("empty-scope-group", (BASE, SyncRule(
        "Custom", BASE.direction, "computer", "device", LinkType.JOIN, 50, scope=((),)))),
    "EQUAL nothing": ("empty-clause-value", (BASE, scoped("department EQUAL"))),
    "version as text": ("version-compared-as-text", (BASE, scoped("operatingSystemVersion GREATERTHAN 6.3"))),
    "membership": ("direct-members-only", (BASE, scoped("memberOf ISMEMBEROF CN=G,DC=x"))),
}  # fmt: skip


@pytest.mark.parametrize("code, given", TOLD.values(), ids=TOLD)
def test_a_trap_is_told_with_its_code(code: str, given: tuple[SyncRule, ...]) -> None:
    assert code in {f.code for f in check(rules(*given, OUT))}


REFUSED = {
    "literal into a Boolean": flowing(constant("cloudFiltered", "NULL")),
    "bytes": scoped("objectGUID EQUAL 1"),
    "bits of text": scoped("cn ISBITSET 2"),
    "order of Booleans": scoped("isCriticalSystemObject LESSTHAN True"),
    "neither true nor false": scoped("isCriticalSystemObject EQUAL yes"),
    "no number": scoped("userAccountControl EQUAL many"),
}


@pytest.mark.parametrize("rule", REFUSED.values(), ids=REFUSED)
def test_a_rule_that_no_object_can_pass_is_refused(rule: SyncRule) -> None:
    with pytest.raises(DiagnosticsError, match=r"constant-is-text|scope-operator|scope-value"):
        refuse_errors(rules(BASE, OUT, rule))


def test_each_code_has_a_sentence_and_a_case() -> None:
    assert {code for code, _ in TOLD.values()} | {"scope-operator", "scope-value"} == set(TRAPS)


@pytest.mark.parametrize(
    "shipped", [["standard-2016"], ["standard-1.4"], ["standard-1.4", "server-2012-r2"]]
)
def test_shipped_sets_hold_no_trap(shipped: list[str]) -> None:
    assert not {f.code for f in check(load_rules(*shipped))} & set(TRAPS)


def published(before: str) -> dict[str, str]:
    objects = load_objects(str(FIXTURES / "fleet.jsonl"))
    options = Options(connectors=load_connector(str(FIXTURES / "connector.toml")))
    result = preview(load_rules(before), load_rules(before, "server-2012-r2"), objects, options)
    return {f.code: f.message for f in result.findings if f.code in CHANGE_TRAPS}


def test_the_published_change_no_longer_tests_current_windows() -> None:
    message = published("standard-1.4-three-clauses")["certificates-no-longer-tested"]
    for system in ("Windows 10", "Windows 11", "Windows Server 2016", "Windows Server 2022"):
        assert system in message
    assert "2012 R2" not in message


def test_the_published_change_tests_no_less_than_a_rule_that_tests_nothing() -> None:
    assert "certificates-no-longer-tested" not in published("standard-1.4")


@pytest.mark.parametrize("before", ["standard-1.4", "standard-1.4-three-clauses"])
def test_the_published_change_lets_windows_81_in_too(before: str) -> None:
    message = published(before)["same-version-enters"]
    assert "Windows 8.1" in message
    assert "Windows 10" not in message and "Server" not in message.split(";")[0].split(":")[1]


def test_reconstructed_rules_are_told() -> None:
    objects = load_objects(str(FIXTURES / "fleet.jsonl"))
    result = audit(load_rules("standard-1.4"), objects)
    assert any(f.code == "reconstruction" and "A-35" in f.message for f in result.findings)
