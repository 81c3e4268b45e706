"""The forms of an audit and a preview: each tells of every object, and harms no reader."""

import csv
import io
import json
from pathlib import Path

import pytest

from tests.running import Command

ROOT = Path(__file__).parent.parent
FLEET = str(ROOT / "fixtures" / "fleet.jsonl")
AUDIT = ("audit", "--rules", "standard-1.4", "--objects", FLEET)
PREVIEW = ("preview", "--before", "standard-1.4", "--after", "standard-1.4",
           "--after", "server-2012-r2", "--objects", FLEET)  # fmt: skip


@pytest.fixture
def aadsim(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


@pytest.mark.parametrize("command", [AUDIT, PREVIEW], ids=["audit", "preview"])
@pytest.mark.parametrize("delimiter", [",", ";"])
def test_csv_has_a_row_per_object_as_json_has(
    aadsim: Command, command: tuple[str, ...], delimiter: str
) -> None:
    out = aadsim(*command, "--format", "csv", "--delimiter", delimiter).out
    assert out.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(out.removeprefix("\ufeff")), delimiter=delimiter))
    results = json.loads(aadsim(*command, "--format", "json").out)["results"]
    assert [r["object_guid"] for r in rows] == [r["object_guid"] for r in results]
    if command is AUDIT:
        assert [r["outcome"] for r in rows] == [r["outcome"] for r in results]
        assert [r["reason_code"] for r in rows] == [r["reason"]["code"] for r in results]
    else:
        assert [r["change"] for r in rows] == [r["change"] for r in results]
        assert [r["after_outcome"] for r in rows] == [r["after"]["outcome"] for r in results]


@pytest.mark.parametrize("command", [AUDIT, PREVIEW], ids=["audit", "preview"])
def test_json_lines_are_the_document_cut_into_lines(
    aadsim: Command, command: tuple[str, ...]
) -> None:
    head, *results = map(json.loads, aadsim(*command, "--format", "jsonl").out.splitlines())
    whole = json.loads(aadsim(*command, "--format", "json").out)
    assert {**head, "results": results} == whole


@pytest.mark.parametrize("command", [AUDIT, PREVIEW], ids=["audit", "preview"])
def test_markdown_counts_all_and_says_what_it_cut(
    aadsim: Command, command: tuple[str, ...]
) -> None:
    out = aadsim(*command, "--format", "markdown", "--limit", "2").out
    assert "349 objects" in out
    assert "more." in out


HOSTILE = "=HYPERLINK(1)|<b>*x*</b>"


def hostile_file(folder: Path) -> str:
    file = folder / "hostile.jsonl"
    record = {
        "dn": "CN=PC1,DC=corp,DC=example",
        "attributes": {
            "objectClass": ["top", "computer"],
            "cn": HOSTILE,
            "objectGUID": {"guid": "00000000-0000-0000-0000-000000000001"},
        },
    }
    file.write_text(json.dumps(record), encoding="utf-8")
    return str(file)


def test_no_cell_of_csv_runs_as_a_formula(aadsim: Command, tmp_path: Path) -> None:
    out = aadsim("audit", "--rules", "standard-2016", "--objects", hostile_file(tmp_path),
                 "--format", "csv").out  # fmt: skip
    (row,) = csv.DictReader(io.StringIO(out.removeprefix("\ufeff")))
    assert row["name"] == f"'{HOSTILE}"
    assert not any(cell[:1] in tuple("=+-@\t\r") for cell in row.values() if cell)


def test_no_name_becomes_markup(aadsim: Command, tmp_path: Path) -> None:
    out = aadsim("audit", "--rules", "standard-2016", "--objects", hostile_file(tmp_path),
                 "--format", "markdown").out  # fmt: skip
    assert "=HYPERLINK(1)\\|\\<b\\>\\*x\\*\\</b\\>" in out


def test_the_language_of_rules_survives_every_form(aadsim: Command) -> None:
    for form in ("text", "json", "jsonl", "csv"):
        out = aadsim("audit", "--rules", "standard-2016", "--objects", FLEET, "--format", form).out
        assert out.strip()
    assert "[userCertificate]" in aadsim(*AUDIT, "--format", "csv").out
