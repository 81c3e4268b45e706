"""What a file of objects leaves out is not known: never NULL, never FILTERED for its absence."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from simulator import Options, audit, explain, load_objects, open_rows, preview
from simulator.answers import Audit, Preview
from simulator.errors import Source
from simulator.language.parse import parse
from simulator.objects import ConnectorObject, Provenance
from simulator.sources.redact import redact
from simulator.sources.snapshot_write import write_snapshot
from simulator.sources.source import open_objects, stream_of
from tests.building import BASE, NOW, OUT, computer, direct, expression, inbound, rules
from tests.running import Command

ROOT = Path(__file__).parent.parent
COLLECTED = ROOT / "tests" / "data" / "objects" / "bloodhound" / "20240305110018_computers.json"


@pytest.fixture
def aadsim(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def test_computers_without_known_certificates_are_not_decided(aadsim: Command) -> None:
    arguments = ("audit", "--rules", "standard-2016", "--objects", str(COLLECTED),
                 "--as-of", "2026-01-01T00:00:00Z", "--format", "json")  # fmt: skip
    document = json.loads(aadsim(*arguments).out)
    assert document["counts"] == {"UNCERTAIN": 21}
    assert {r["reason"]["code"] for r in document["results"]} == {"not-carried"}
    assert any("userCertificate" in note for note in document["objects"]["notes"])
    assert aadsim(*arguments, "--strict").status == 3


READS_MORE = rules(
    BASE, OUT, inbound("More", 90, expression("cloudFiltered", 'IIF([extensionAttribute7]="x",True,NULL)'))
)  # fmt: skip
ASKED = {"attributes": "cn, objectGUID, objectClass, userCertificate"}
WRITTEN = pytest.mark.parametrize("name", ["pulled.parquet", "pulled.jsonl"])


def pulled(path: Path, *objects: ConnectorObject, **told: Any) -> str:
    """A snapshot of *objects*, for which a directory was asked by these details."""
    provenance = Provenance("ldaps://dc1", captured_at="2026-01-01T00:00:00Z", **told)
    write_snapshot(stream_of(provenance, iter(objects)), path)
    return str(path)


def machine(name: str, **attributes: Any) -> ConnectorObject:
    return computer(name, objectClass=("top", "computer"), **attributes)


def reasons(found: Audit | Preview) -> dict[str, str]:
    """By name of an object, what became of it and why; a preview's after the change."""
    return {
        r.subject.name: f"{r.verdict.disposition} {r.verdict.reason.code}" for r in found.results
    }


@WRITTEN
def test_what_a_directory_was_not_asked_for_is_unknown(tmp_path: Path, name: str) -> None:
    path = pulled(tmp_path / name, machine("A"), machine("B"), details=ASKED)
    loaded = load_objects(path)
    unknown = {"A": "UNCERTAIN not-carried", "B": "UNCERTAIN not-carried"}
    for found in (audit(READS_MORE, loaded), preview(rules(BASE, OUT), READS_MORE, loaded)):
        assert reasons(found) == unknown
        assert any("not asked for extensionAttribute7" in note for note in found.provenance.notes)
    with open_rows(path) as rows:
        for found in (audit(READS_MORE, rows), preview(rules(BASE, OUT), READS_MORE, rows)):
            assert reasons(found) == unknown
        assert explain("A", READS_MORE, rows).reason.code == "not-carried"
        where = parse(Source("--where", '[cn]="A"'))
        assert reasons(audit(READS_MORE, rows, Options(where=where))) == {
            "A": "UNCERTAIN not-carried"
        }
        assert "UNCERTAIN not-carried" not in reasons(audit(rules(BASE, OUT), rows)).values()


@WRITTEN
def test_what_it_was_asked_for_is_absent_or_as_it_is(tmp_path: Path, name: str) -> None:
    details = {"attributes": ASKED["attributes"] + ", extensionAttribute7"}
    subjects = machine("A"), machine("B", extensionAttribute7="x")
    path = pulled(tmp_path / name, *subjects, details=details)
    with open_rows(path) as rows:
        assert reasons(audit(READS_MORE, rows)) == {
            "A": "SYNCS not-filtered",
            "B": "FILTERED rule-condition",
        }


@WRITTEN
def test_of_several_directories_a_value_is_taken_where_it_is(tmp_path: Path, name: str) -> None:
    details = {
        "ldaps://dc1: attributes": ASKED["attributes"] + ", extensionAttribute7",
        "ldaps://dc2: attributes": ASKED["attributes"],
    }
    subjects = machine("A", extensionAttribute7="x"), machine("B")
    with open_rows(pulled(tmp_path / name, *subjects, details=details)) as rows:
        assert reasons(audit(READS_MORE, rows)) == {
            "A": "FILTERED rule-condition",
            "B": "UNCERTAIN not-carried",
        }


def test_a_redacted_snapshot_still_tells_what_was_asked(tmp_path: Path) -> None:
    plain = pulled(tmp_path / "plain.parquet", machine("A"), details=ASKED)
    write_snapshot(redact(open_objects(plain), b"0123456789abcdef"), tmp_path / "red.parquet")
    with open_rows(str(tmp_path / "red.parquet")) as rows:
        told = audit(READS_MORE, rows, Options(NOW))
    assert list(reasons(told).values()) == ["UNCERTAIN not-carried"]


@pytest.fixture(params=["pulled.parquet", "pulled.jsonl"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A snapshot of A alone, for which a directory was asked little."""
    return pulled(tmp_path / request.param, machine("A"), details=ASKED)


def test_an_expression_is_no_answer_from_what_was_not_asked_for(
    aadsim: Command, path: str
) -> None:
    told = aadsim("eval", "IsPresent([extensionAttribute7])", "--object", "A", "--objects", path)
    assert (told.status, told.out) == (1, "")
    assert "the directory was not asked for it" in told.err
    given = aadsim("eval", "IsPresent([extensionAttribute7])", "--object", "A", "--objects", path,
                   "--set", "extensionAttribute7=x")  # fmt: skip
    assert (given.status, given.out) == (0, "True\n")
    misspelt = aadsim("eval", "[extensionAttribut7]", "--object", "A", "--objects", path)
    assert "extensionAttribute7" in misspelt.err


def test_the_story_of_an_object_tells_what_is_not_known(aadsim: Command, path: str) -> None:
    told = aadsim("explain", "A", "--rules", "standard-2016", "--objects", path)
    assert (told.status, told.err) == (0, "")
    assert "operatingSystem = could not be read: the directory was not asked for it" in told.out


def test_only_what_rules_for_these_objects_read_is_missed(tmp_path: Path) -> None:
    people = inbound("People", 95, direct("displayName", "division"), source_type="user")
    with_people = rules(BASE, OUT, people)
    path = pulled(tmp_path / "pulled.parquet", machine("A"), details=ASKED)
    with open_rows(path) as rows:
        assert not any("division" in note for note in audit(with_people, rows).provenance.notes)
    derived = ("top", "user", "computer", "msDS-GroupManagedServiceAccount")
    account = replace(
        computer("G", objectClass=derived), type=derived[-1], classes=derived
    )  # may be taken as what it derives from
    path = pulled(tmp_path / "accounts.parquet", account, details=ASKED)
    with open_rows(path) as rows:
        assert any("division" in note for note in audit(with_people, rows).provenance.notes)
