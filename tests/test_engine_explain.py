"""Why, what would have to be different, and who leaves when."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from simulator import load_connector, load_objects, load_rules
from simulator.commands import Options, audit, explain
from simulator.errors import UsageError
from simulator.forecast import parse_span
from simulator.sync.outcome import Outcome
from tests.building import NOW
from tests.running import Command
from tests.test_statement import Facts, certificate

FIXTURES = Path(__file__).parent.parent / "fixtures"
FLEET, CONNECTOR = str(FIXTURES / "fleet.jsonl"), str(FIXTURES / "connector.toml")
SCENARIOS = Path(__file__).parent / "scenarios"


def explained(name: str, *rules: str) -> Outcome:
    return explain(
        name, load_rules(*rules), load_objects(FLEET),
        Options(now=NOW, connectors=load_connector(CONNECTOR)),
    )  # fmt: skip


def told(scenario: str, name: str, connector: bool = False) -> Outcome:
    folder = SCENARIOS / scenario
    rules = ["standard-2016"]
    if (folder / "rules.toml").exists():
        rules.append(str(folder / "rules.toml"))
    given = load_connector(str(folder / "connector.toml")) if connector else ()
    objects = load_objects(str(folder / "objects.jsonl"))
    return explain(name, load_rules(*rules), objects, Options(now=NOW, connectors=given))


def test_an_expired_certificate_needs_one_that_is_valid_and_names_the_object() -> None:
    outcome = explained("SRV2012R2-EXPIRED", "standard-1.4", "server-2012-r2")
    assert "valid after 2026-01-01T00:00:00Z" in outcome.remedy
    assert f"CN={outcome.subject.guid}" in outcome.remedy


def test_an_excluded_system_is_helped_by_no_certificate() -> None:
    remedy = explained("SRV2012R2-VALID", "standard-1.4").remedy
    assert "no certificate changes it" in remedy
    assert 'Left([operatingSystemVersion], 2) = "6."' in remedy


def test_what_syncs_needs_nothing() -> None:
    assert explained("SRV2012R2-VALID", "standard-1.4", "server-2012-r2").remedy == ""


@pytest.mark.parametrize(
    "scenario, name, connector, said",
    [
        ("not-exported", "NO-CERTIFICATE", False, "this must hold: userCertificate ISNOTNULL"),
        ("errors", "UNREADABLE", False, "not known: the error must go first"),
        ("scope-ignores-case", "OTHER-CASE", False, "not known: it depends on A-24"),
        ("scope-ignores-case", "EXACT", False, "AuthoritativeNull or False"),
        ("null-beside-ignore", "PC", False, ""),
        ("custom-null-does-not-release", "NULL", False, "userCertificate must have a value"),
        ("entrance", "EXCLUDED", True, "in an included organizational unit"),
        ("entrance", "LAB", True, "its domain must be selected"),
        ("entrance", "GROUP", True, "objects of type group must be selected"),
        ("pilot-group", "STRANGER", True, "a direct member of the pilot group"),
        ("no-rule", "PRINTER", False, "take objects of type printQueue"),
    ],
)
def test_the_remedy_follows_from_the_reason(
    scenario: str, name: str, connector: bool, said: str
) -> None:
    remedy = told(scenario, name, connector).remedy
    assert said in remedy
    assert bool(said) == bool(remedy)


def test_the_import_checks_stop_at_the_first_that_fails() -> None:
    passed = [c.passed for c in told("entrance", "EXCLUDED", connector=True).imports]
    assert passed == [True, False, None, None]
    assert [c.passed for c in told("entrance", "IN", connector=True).imports] == [True] * 4
    assert told("errors", "FITS").imports == ()


def test_attributes_that_rules_read_in_vain_are_named() -> None:
    outcome = told("attribute-not-imported", "PC", connector=True)
    assert outcome.not_imported == ("operatingSystem", "userCertificate")


def test_an_explanation_tells_it_as_text_and_as_json(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("explain", "SRV2012R2-EXPIRED", "--rules", "standard-1.4", "--rules",
                 "server-2012-r2", "--objects", FLEET, "--connector", CONNECTOR)  # fmt: skip
    aadsim = Command(monkeypatch, capsys)
    text, document = aadsim(*arguments).out, aadsim(*arguments, "--format", "json").out
    side = json.loads(document)["explanation"]
    assert f"to sync: {side['remedy']}" in text
    assert "import       domain passes, organizational unit passes" in text
    assert [c["passed"] for c in side["imports"]] == [True] * 4


# -- forecast --------------------------------------------------------------------------------------


def fleet(tmp_path: Path) -> str:
    """Three computers: certificates end after 100 days, after 100 days, and have ended."""
    import base64
    import uuid

    kinds = {"PC1": ("plain",), "PC2": ("braced", "expired"), "PC3": ("expired",)}
    lines = []
    for number, (name, held) in enumerate(kinds.items(), 1):
        facts = Facts(uuid.UUID(int=number), None, None, held)
        attributes: dict[str, Any] = {
            "objectClass": ["top", "computer"],
            "cn": name,
            "objectGUID": {"guid": str(facts.guid)},
            "operatingSystem": "Windows Server 2012 R2 Standard",
            "operatingSystemVersion": "6.3 (9600)",
            "userAccountControl": 4096,
            "userCertificate": [
                {"base64": base64.b64encode(certificate(kind, facts.guid)).decode()}
                for kind in held
            ],
        }
        lines.append(json.dumps({"dn": f"CN={name},DC=x", "attributes": attributes}) + "\n")
    file = tmp_path / "objects.jsonl"
    file.write_text("".join(lines), encoding="utf-8")
    return str(file)


@pytest.mark.parametrize("days, leaving", [(99, []), (100, ["PC1", "PC2"]), (365, ["PC1", "PC2"])])
def test_who_leaves_as_certificates_expire(days: int, leaving: list[str], tmp_path: Path) -> None:
    rules, objects = load_rules("standard-1.4", "server-2012-r2"), load_objects(fleet(tmp_path))
    result = audit(rules, objects, Options(now=NOW), span=timedelta(days=days))
    assert result.forecast is not None
    assert [d.outcome.subject.name for d in result.forecast.departures] == leaving
    assert {d.at for d in result.forecast.departures} <= {datetime(2026, 4, 11, tzinfo=UTC)}
    reasons = [d.outcome.reason.code for d in result.forecast.departures]
    assert reasons == ["certificate-expired"] * len(leaving)


def test_a_rule_that_tests_no_certificate_loses_nobody(tmp_path: Path) -> None:
    objects = load_objects(fleet(tmp_path))
    result = audit(load_rules("standard-2016"), objects, Options(now=NOW), span=timedelta(365))
    assert result.forecast is not None and result.forecast.departures == ()


def test_a_forecast_is_told_as_text_and_as_json(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("audit", "--rules", "standard-1.4", "--rules", "server-2012-r2", "--objects",
                 fleet(tmp_path), "--as-of", "2026-01-01", "--forecast", "20w")  # fmt: skip
    aadsim = Command(monkeypatch, capsys)
    text = aadsim(*arguments).out
    told = json.loads(aadsim(*arguments, "--format", "json").out)["forecast"]
    assert [row["name"] for row in told["leaves"]] == ["PC1", "PC2"]
    assert "  2026-04-11T00:00:00Z  PC1  FILTERED (certificate-expired)" in text
    assert told["remark"] in text and "full synchronization" in told["remark"]


@pytest.mark.parametrize("text", ["", "90", "d", "-1d", "90 days"])
def test_what_is_no_span_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no span of time"):
        parse_span(text)


@pytest.mark.parametrize("rules, said", [("standard-2016", False), ("server-2012-r2", True)])
def test_rules_that_ask_for_the_time_come_with_a_remark(
    rules: str, said: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("audit", "--rules", "standard-2016", "--rules", rules, "--objects", FLEET)
    aadsim = Command(monkeypatch, capsys)
    assert ("full synchronization" in aadsim(*arguments).out) is said
    assert bool(json.loads(aadsim(*arguments, "--format", "json").out)["remarks"]) is said
