"""JUnit XML of an audit and a preview: of the shape that pipelines read, and failing where due."""

import csv
import json
import re
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest

from simulator.reports.sarif import SCHEMA
from tests.running import Command, Ran

FIXTURES = Path(__file__).parent.parent / "fixtures"
FLEET = ("--objects", str(FIXTURES / "fleet.jsonl"))
CONNECTOR = ("--connector", str(FIXTURES / "connector.toml"))
NEW = ("standard-1.4", "server-2012-r2")
AUDIT = ("audit", "--rules", NEW[0], "--rules", NEW[1])
PREVIEW = ("preview", "--before", "standard-2016", "--after", NEW[0], "--after", NEW[1])

NUMBER, INSTANT = r"\d+", r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d"
# The shape on which Ant's and Jenkins' schemas agree: of each element the attributes that must be
# there with their form, those that may, and the order of the elements inside.
SHAPE: dict[str, tuple[dict[str, str], set[str], str]] = {
    "testsuites": ({}, set(), "(testsuite )*"),
    "testsuite": (
        {"name": ".+", "timestamp": INSTANT, "hostname": ".+", "tests": NUMBER,
         "failures": NUMBER, "errors": NUMBER, "time": NUMBER, "package": ".+", "id": NUMBER},
        {"skipped"},
        "properties (testcase )*system-out system-err ",
    ),
    "properties": ({}, set(), "(property )*"),
    "property": ({"name": ".+", "value": ".*"}, set(), ""),
    "testcase": ({"name": ".+", "classname": ".+", "time": NUMBER}, set(),
                 "((skipped|error|failure) )?"),
    "failure": ({"type": ".+"}, {"message"}, ""),
    "error": ({"type": ".+"}, {"message"}, ""),
    "skipped": ({}, {"type", "message"}, ""),
    "system-out": ({}, set(), ""),
    "system-err": ({}, set(), ""),
}  # fmt: skip


@pytest.fixture
def aadsim(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def suite(ran: Ran) -> ElementTree.Element:
    """The one suite of what was printed, every element of the shape that is expected."""
    root = ElementTree.fromstring(ran.out)
    assert root.tag == "testsuites"
    for element in root.iter():
        must, may, inside = SHAPE[element.tag]
        assert set(must) <= set(element.attrib) <= set(must) | may
        for name, form in must.items():
            assert re.fullmatch(form, element.attrib[name], re.DOTALL)
        assert re.fullmatch(inside, "".join(f"{child.tag} " for child in element))
    (only,) = root
    cases = only.findall("testcase")
    counts = {"tests": len(cases)}
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        counts[attribute] = sum(case.find(tag) is not None for case in cases)
    assert {name: int(only.attrib[name]) for name in counts} == counts
    return only


def names(found: ElementTree.Element, kind: str, end: str) -> list[str]:
    return [
        case.attrib["name"]
        for case in found.findall("testcase")
        if case.attrib["classname"].endswith(f".{kind}") and case.find(end) is not None
    ]


def expected(before: str, after: str) -> set[str]:
    """The computers of the fleet with these outcomes, by the table that was written by hand."""
    with (FIXTURES / "expected.csv").open(encoding="utf-8", newline="") as file:
        return {
            row["name"]
            for row in csv.DictReader(file)
            if row["standard-2016"].startswith(before) and row[" ".join(NEW)].startswith(after)
        }


def common_names(dns: list[str]) -> set[str]:
    return {dn[3:].replace("\\,", "\0").split(",")[0].replace("\0", ",") for dn in dns}


def test_a_preview_fails_for_what_leaves_and_skips_what_is_uncertain(aadsim: Command) -> None:
    found = suite(aadsim(*PREVIEW, *FLEET, *CONNECTOR, "--format", "junit", "--limit", "1"))
    assert common_names(names(found, "LEAVES", "failure")) == expected("SYNCS", "FILTERED")
    assert common_names(names(found, "UNCERTAIN", "skipped")) == expected("", "UNCERTAIN")
    told = {p.attrib["name"]: p.attrib["value"] for p in found.iter("property")}
    assert told["LEAVES"] == str(len(expected("SYNCS", "FILTERED")))
    assert told["STAYS-IN"] == str(len(expected("SYNCS", "SYNCS")))
    assert not names(found, "gate", "failure")


def test_an_audit_has_a_case_for_what_is_uncertain_and_none_for_the_others(
    aadsim: Command,
) -> None:
    found = suite(aadsim(*AUDIT, *FLEET, *CONNECTOR, "--format", "junit"))
    assert common_names(names(found, "UNCERTAIN", "skipped")) == expected("", "UNCERTAIN")
    assert not names(found, "LEAVES", "failure")
    assert names(found, "warning", "failure") == ["domain-controller", "too-many-certificates"]


@pytest.mark.parametrize(
    ("options", "failing"),
    [
        (("--max-removed", "97"), ["--max-removed 97"]),
        (("--max-removed", "98"), []),
        (("--max-removed-in", "OU=Clients,DC=corp,DC=example", "10%"),
         ["--max-removed-in OU=Clients,DC=corp,DC=example 10%"]),
    ],
)  # fmt: skip
def test_a_gate_is_a_case(aadsim: Command, options: tuple[str, ...], failing: list[str]) -> None:
    ran = aadsim(*PREVIEW, *FLEET, *options, "--format", "junit")
    assert names(suite(ran), "gate", "failure") == failing
    assert ran.status == bool(failing)


def test_an_object_in_error_is_an_error(aadsim: Command) -> None:
    story = Path(__file__).parent / "scenarios" / "errors"
    found = suite(
        aadsim("audit", "--rules", "standard-2016", "--rules", str(story / "rules.toml"),
               "--objects", str(story / "objects.jsonl"), "--as-of", "2026-01-01",
               "--format", "junit")
    )  # fmt: skip
    expected = tomllib.loads((story / "expected.toml").read_text(encoding="utf-8"))
    failing = {n for n, told in expected.items() if n.isupper() and told["outcome"] == "ERROR"}
    assert common_names(names(found, "ERROR", "error")) == failing != set()


def test_a_hostile_name_is_text(aadsim: Command, tmp_path: Path) -> None:
    name = "\x00\x1b]]><!--&\"'\ufffe\U0001f600"
    attributes = {
        "objectClass": ["top", "computer"],
        "cn": name,
        "objectGUID": {"guid": "00000000-0000-0000-0000-000000000001"},
        "userCertificate": [{"base64": "AAAA"}],
    }
    file = tmp_path / "hostile.jsonl"
    record = {"dn": f"CN={name},DC=corp,DC=example", "attributes": attributes}
    file.write_text(json.dumps(record), encoding="utf-8")
    ran = aadsim("audit", "--rules", "standard-2016", "--objects", str(file), "--format", "junit")
    assert ran.out.isascii()
    (told,) = names(suite(ran), "UNCERTAIN", "skipped")
    assert told.startswith("CN=\\u0000\\u001b]]><!--&\"'\\ufffe\U0001f600,")


@pytest.mark.parametrize("command", [AUDIT, PREVIEW], ids=["audit", "preview"])
def test_findings_as_sarif_are_those_of_json(aadsim: Command, command: tuple[str, ...]) -> None:
    log = json.loads(aadsim(*command, *FLEET, "--format", "sarif").out)
    findings = json.loads(aadsim(*command, *FLEET, "--format", "json").out)["findings"]
    assert (log["$schema"], len(log["runs"])) == (SCHEMA, 1)
    told = log["runs"][0]["results"]
    assert [(r["ruleId"], r["level"]) for r in told] == [
        (f["code"], f["severity"]) for f in findings
    ]
    places = [
        (place["artifactLocation"]["uri"], place["region"]["startLine"])
        for place in (r["locations"][0]["physicalLocation"] for r in told)
    ]
    assert [line for _, line in places] == [f["line"] or 1 for f in findings]
    assert all(uri for uri, _ in places) and any(f["line"] for f in findings)
