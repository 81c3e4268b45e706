"""Counts are of all objects, and are what one counts by hand over the objects of the result."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from simulator import Options, audit, load_objects, load_rules
from simulator.reports.tables import LISTED
from simulator.results.facts import systems
from tests.running import Command

ROOT = Path(__file__).parent.parent
FLEET = str(ROOT / "fixtures" / "fleet.jsonl")
NEW = ("standard-1.4", "server-2012-r2")
AUDIT = ("audit", "--rules", NEW[0], "--rules", NEW[1])
PREVIEW = ("preview", "--before", "standard-2016", "--after", NEW[0], "--after", NEW[1])
AUTUMN = ("--as-of", "2025-10-15T12:00:00Z")  # many certificates of the fleet end in November
COMMANDS = {"audit": AUDIT, "audit earlier": (*AUDIT, *AUTUMN), "preview": PREVIEW}


@pytest.fixture
def aadsim(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def document(aadsim: Command, *command: str, objects: str = FLEET) -> dict[str, Any]:
    return dict(json.loads(aadsim(*command, "--objects", objects, "--format", "json").out))


@pytest.mark.parametrize("name", COMMANDS)
def test_each_kind_of_group_has_every_object_once(aadsim: Command, name: str) -> None:
    found = document(aadsim, *COMMANDS[name])
    kinds = {group["by"] for group in found["groups"]}
    assert len(kinds) == 5
    for kind in kinds:
        total: Counter[str] = Counter()
        for group in found["groups"]:
            if group["by"] == kind:
                total.update(group["counts"])
        assert total.total() == found["objects"]["read"] == 349
        assert dict(total) == {state: n for state, n in found["counts"].items() if n}


WINDOWS = "OU=Windows,OU=Servers,DC=corp,DC=example"


def unit(row: dict[str, Any]) -> str:
    """The DN above the object; a name of the fleet is written in other letters once."""
    above = re.split(r"(?<!\\),", row["dn"], maxsplit=1)[1]
    return WINDOWS if above.upper() == WINDOWS.upper() else above


def system(row: dict[str, Any]) -> str:
    name = row["operating_system"] or "(no operating system)"
    return f"{name}, {row['operating_system_version'] or '(no version)'}"


def certificates(row: dict[str, Any]) -> str:
    verdicts = {c["verdict"] for c in row.get("after", row)["certificates"]}
    if "certificate-valid" in verdicts:
        return "certificate-valid"
    if len(verdicts) > 1:
        return "no-valid-certificate"
    return str(verdicts.pop()) if verdicts else "no-certificate"


def reason(row: dict[str, Any]) -> str:
    sides = [row["before"], row["after"]] if "after" in row else [row]
    return " -> ".join(side["reason"]["code"] for side in sides)


BY_HAND = {
    "operating_system": system,
    "organizational_unit": unit,
    "certificates": certificates,
    "reason": reason,
}


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("by", BY_HAND)
def test_a_group_has_the_objects_that_one_counts(aadsim: Command, name: str, by: str) -> None:
    found = document(aadsim, *COMMANDS[name])
    counted: dict[str, Counter[str]] = {}
    for row in found["results"]:
        state = row.get("change") or row["outcome"]
        counted.setdefault(BY_HAND[by](row), Counter())[state] += 1
    groups = {g["value"]: g["counts"] for g in found["groups"] if g["by"] == by}
    assert groups == counted


def test_transitions_are_the_outcomes_before_and_after(aadsim: Command) -> None:
    found = document(aadsim, *PREVIEW)
    pairs = Counter((r["before"]["outcome"], r["after"]["outcome"]) for r in found["results"])
    assert {(t["before"], t["after"]): t["count"] for t in found["transitions"]} == pairs


def held(rows: Iterable[dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
    return [(row["object_guid"], c) for row in rows for c in row["certificates"]]


@pytest.mark.parametrize("name", ["audit", "audit earlier"])
def test_every_certificate_is_counted_by_its_verdict(aadsim: Command, name: str) -> None:
    found = document(aadsim, *COMMANDS[name])
    every = [c for _, c in held(found["results"])]
    told = {v["verdict"]: (v["count"], v["ended"]) for v in found["certificates"]["verdicts"]}
    ended = [c["verdict"] for c in every if (c["not_after"] or "9") <= found["as_of"]]
    counts, past = Counter(c["verdict"] for c in every), Counter(ended)
    assert told == {verdict: (n, past[verdict]) for verdict, n in counts.items()}


@pytest.mark.parametrize("name", ["audit", "audit earlier"])
def test_ends_are_counted_by_week_and_by_the_last_of_each_object(
    aadsim: Command, name: str
) -> None:
    found = document(aadsim, *COMMANDS[name])
    counting = [
        (guid, c["not_after"][:10])
        for guid, c in held(r for r in found["results"] if r["outcome"] == "SYNCS")
        if c["verdict"] == "certificate-valid"
    ]
    last = {guid: max(end for g, end in counting if g == guid) for guid, _ in counting}
    expiry = found["certificates"]["expiry"]
    begins = [week["begin"] for week in expiry["weeks"]]
    first = datetime.fromisoformat(found["as_of"]).date()
    assert begins[0] <= str(first) and first - datetime.fromisoformat(
        begins[0]
    ).date() < timedelta(7)
    assert len(begins) == 13
    for week in expiry["weeks"]:
        monday = datetime.fromisoformat(week["begin"]).date()
        assert monday.weekday() == 0
        days = {str(monday + timedelta(n)) for n in range(7)}
        assert week["certificates"] == sum(end in days for _, end in counting)
        assert week["last_of_objects"] == sum(end in days for end in last.values())
    every = [*expiry["weeks"], expiry["earlier"], expiry["later"]]
    assert sum(e["certificates"] for e in every) == len(counting) > 0
    assert sum(e["last_of_objects"] for e in every) == len(last) > 0
    if name == "audit earlier":
        assert sum(week["last_of_objects"] for week in expiry["weeks"]) > 0


def spread(folder: Path, units: int) -> str:
    """Computers with an expired certificate: one in the first of *units*, two in the next ..."""
    lines = Path(FLEET).read_text(encoding="utf-8").splitlines()
    pattern = next(json.loads(line) for line in lines if '"CN=SRV2012R2-EXPIRED,' in line)
    records = [json.loads(lines[0])]
    for at in range(units):
        for each in range(at + 1):
            unit = f"OU=Unit\\, {at:02},DC=corp,DC=example"
            spelt = unit.lower() if each % 3 == 2 else unit  # the same unit
            guid = {"guid": f"00000000-0000-0000-{at:04}-{each:012}"}
            attributes = {**pattern["attributes"], "objectGUID": guid}
            records.append({"dn": f"CN=PC{at}-{each},{spelt}", "attributes": attributes})
    file = folder / "spread.jsonl"
    file.write_text("\n".join(map(json.dumps, records)), encoding="utf-8")
    return str(file)


@pytest.mark.parametrize("form", ["text", "markdown"])
def test_groups_for_people_are_those_that_hurt_most_and_the_rest_is_said(
    aadsim: Command, tmp_path: Path, form: str
) -> None:
    objects = spread(tmp_path, LISTED + 3)
    out = aadsim(*PREVIEW, "--objects", objects, "--format", form, "--limit", "1").out
    plain = out.replace("\\", "")
    named = re.findall(r"^\W*(\d+)\W+0\W+0\W+0\W+OU=Unit,+ (\d\d),DC=corp", plain, re.MULTILINE)
    assert named == [(str(n), f"{n - 1:02}") for n in range(LISTED + 3, 3, -1)]
    assert "... and 3 more units: 6 LEAVES" in plain  # 1 + 2 + 3
    assert "deletion of a device cannot be undone" in plain


def test_text_says_what_the_matrix_and_the_groups_say(aadsim: Command) -> None:
    lines = aadsim(*PREVIEW, "--objects", FLEET, "--limit", "1").out.splitlines()
    at = next(i for i, line in enumerate(lines) if line.startswith("before \\ after"))
    assert lines[at].split() == ["before", "\\", "after", "SYNCS", "FILTERED", "NO-RULE",
                                 "UNCERTAIN", "all"]  # fmt: skip
    cells = [line.split() for line in lines[at + 1 : at + 5]]
    assert [row[0] for row in cells] == ["SYNCS", "FILTERED", "NO-RULE", "all"]
    for row in cells:
        assert sum(map(int, row[1:-1])) == int(row[-1])
    assert cells[-1][-1] == "349"


@pytest.mark.parametrize(
    ("unit", "maximum", "removed", "passed"),
    [
        ("OU=Servers,DC=corp,DC=example", "55", 55, False),  # all that leave below it
        ("ou=servers, dc=corp, dc=example", "54", 55, True),
        ("DC=corp,DC=example", "99%", 98, False),
        ("OU=Clients,DC=corp,DC=example", "10%", 42, True),  # of 121 that are in the cloud
        ("OU=Other,DC=corp,DC=example", "0", 0, False),
    ],
)
def test_a_unit_has_a_gate_of_its_own(
    aadsim: Command, unit: str, maximum: str, removed: int, passed: bool
) -> None:
    command = (*PREVIEW, "--objects", FLEET, "--max-removed-in", unit, maximum)
    ran = aadsim(*command, "--format", "json")
    assert json.loads(ran.out)["gate"]["units"] == [
        {"unit": unit, "max_removed": maximum, "removed": removed, "passed": passed}
    ]
    assert ran.status == (1 if passed else 0)
    for form in ("text", "markdown", "html"):
        told = f"{removed} would leave {unit}, and {maximum} may"
        assert (told in aadsim(*command, "--format", form).out) == (passed or form == "html")


def test_markdown_tells_what_was_asked_and_found_as_text_does(aadsim: Command) -> None:
    current = ("--current", str(ROOT / "fixtures" / "devices.csv"), "--max-removed", "0")
    command = (*AUDIT, "--objects", FLEET, "--forecast", "90d", *current)
    text, markdown = (aadsim(*command, "--format", form).out for form in ("text", "markdown"))
    told = re.findall(r"^(?:Against|GATE:|ADDS|Until|warning:|  concerns) .+", text, re.MULTILINE)
    assert len({line.split()[0] for line in told}) == 6
    plain = [line.strip() for line in markdown.replace("\\", "").splitlines()]
    assert [line for line in told if line.strip() not in plain] == []


def test_the_gate_of_a_unit_is_kept_with_the_result(aadsim: Command, tmp_path: Path) -> None:
    plan = str(tmp_path / "change.plan")
    unit = "OU=Clients,DC=corp,DC=example"
    aadsim(*PREVIEW, "--objects", FLEET, "--max-removed-in", unit, "41", "--save", plan)
    assert f"GATE: 42 would leave {unit}, and 41 may" in aadsim("report", plan).out
    assert "GATE" not in aadsim("report", plan, "--max-removed-in", unit, "42").out
    refused = aadsim("report", plan, "--max-removed-in", "OU=Client", "1")
    assert (refused.status, refused.out) == (2, "")


@pytest.mark.parametrize(
    ("command", "only", "shown"),
    [
        (AUDIT, ("ERROR",), set()),
        (AUDIT, ("uncertain",), {"UNCERTAIN"}),
        (AUDIT, ("no-certificate", "NO-RULE"), {"no-certificate", "NO-RULE"}),
        (PREVIEW, ("LEAVES",), {"LEAVES"}),
        (PREVIEW, ("STAYS-OUT",), {"STAYS-OUT"}),
        (PREVIEW, ("certificate-expired",), {"certificate-expired"}),
    ],
)
def test_lists_are_of_what_is_asked_for_alone(
    aadsim: Command, command: tuple[str, ...], only: tuple[str, ...], shown: set[str]
) -> None:
    options = [argument for name in only for argument in ("--only", name)]
    expected = []
    for row in document(aadsim, *command)["results"]:
        sides = [row["before"], row["after"]] if "after" in row else [row]
        told = {s["outcome"] for s in sides} | {s["reason"]["code"] for s in sides}
        if (told | {row.get("change")}) & shown:
            expected.append(row["object_guid"])
    out = aadsim(*command, "--objects", FLEET, *options, "--format", "csv").out
    assert [r["object_guid"] for r in csv.DictReader(io.StringIO(out[1:]))] == expected
    for form in ("text", "markdown"):
        ran = aadsim(*command, "--objects", FLEET, *options, "--format", form, "--limit", "0").out
        if expected or command == AUDIT:
            counts = re.findall(r"^Only .*: (\d+) of \d+ objects?$", ran, re.MULTILINE)
            assert sum(map(int, counts)) == len(expected)
            assert f"Only {' or '.join(sorted(shown or {'ERROR'}, reverse=True))}" in ran
        assert ran.splitlines()[0].count("349") == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--only", "UNCERTAN"), ("--only UNCERTAN", "did you mean UNCERTAIN?")),
        (("--only", "ERROR", "--format", "json"), ("json has every object", "text, markdown")),
    ],
)
def test_what_cannot_be_listed_alone_is_told(
    aadsim: Command, arguments: tuple[str, ...], words: tuple[str, ...]
) -> None:
    ran = aadsim(*AUDIT, "--objects", FLEET, *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert all(word in ran.err for word in words)


def test_an_operating_system_with_nul_stays_whole(tmp_path: Path) -> None:
    named = [("a\0b", "c"), ("a", "b\0c"), ("a", "b\0c")]
    file = tmp_path / "objects.jsonl"
    lines = (
        {"dn": f"CN={number},DC=x", "attributes": {
            "objectClass": ["computer"], "objectGUID": {"hex": f"{number:032x}"},
            "operatingSystem": name, "operatingSystemVersion": version}}
        for number, (name, version) in enumerate(named)
    )  # fmt: skip
    file.write_text("".join(f"{json.dumps(line)}\n" for line in lines), encoding="utf-8")
    options = Options(now=datetime(2026, 1, 1, tzinfo=UTC))
    found = audit(load_rules("standard-2016"), load_objects(str(file)), options)
    assert systems(found.results).to_pylist() == [f"{n}, {v}" for n, v in named]
