"""The HTML report as text: all objects are in it, the same bytes, and no name is markup."""

import base64
import hashlib
import json
import os
import re
import shlex
import subprocess
import sys
import zlib
from contextlib import suppress
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from simulator import load_objects, load_rules
from simulator.answers import Audit, Preview
from simulator.commands import audit, preview
from simulator.reports.html.charts import flow
from simulator.reports.html.command import explain_command
from simulator.reports.html.document import shown
from simulator.reports.html.facts import facts
from simulator.reports.html.units import MOST, split, tree
from simulator.reports.report import REPORTS, Layout
from simulator.results.counts import change_counts, outcome_counts
from simulator.results.groups import STATES
from tests.large_results import enlarged
from tests.running import Command

ROOT = Path(__file__).parent.parent
FLEET = str(ROOT / "fixtures" / "fleet.jsonl")
HOSTILE = "</script><img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def audited() -> Audit:
    return audit(load_rules("standard-1.4", "server-2012-r2"), load_objects(FLEET))


@pytest.fixture(scope="module")
def previewed() -> Preview:
    new = load_rules("standard-1.4", "server-2012-r2")
    return preview(load_rules("standard-1.4"), new, load_objects(FLEET))


def written(result: Audit | Preview) -> str:
    return "\n".join(REPORTS["html"](result, Layout(limit=1)))


def unpacked(document: str) -> tuple[dict[str, Any], bytes]:
    """The head of the block, and its columns."""
    (block,) = re.findall(r'id="block">(.*?)</script>', document, re.DOTALL)
    content = zlib.decompress(base64.b64decode(block))
    length = int.from_bytes(content[:4], "little")
    return json.loads(content[4 : 4 + length]), content[4 + length :]


def texts(document: str, name: str) -> list[str]:
    head, columns = unpacked(document)
    told = head["columns"][name]
    return columns[told["begin"] : told["begin"] + told["length"]].decode().split("\0")


@pytest.fixture(scope="module", params=["audit", "preview"])
def result(request: pytest.FixtureRequest, audited: Audit, previewed: Preview) -> Audit | Preview:
    return audited if request.param == "audit" else previewed


def test_every_object_is_in_the_block_whatever_the_limit(result: Audit | Preview) -> None:
    names = texts(written(result), "name")
    assert names == [row.subject.name for row in result]


def test_the_same_result_gives_the_same_bytes(result: Audit | Preview) -> None:
    assert written(result) == written(result)


def test_any_encoding_can_hold_it(result: Audit | Preview) -> None:
    assert written(result).isascii()


def test_the_policy_allows_this_script_and_this_style_and_nothing_else(
    result: Audit | Preview,
) -> None:
    document = written(result)
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', document)
    assert policy.startswith("default-src 'none'; ")
    for kind, pattern in (
        ("script", r"<script>(.*?)</script>"),
        ("style", "<style>(.*?)</style>"),
    ):
        (code,) = re.findall(pattern, document, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy.replace("&#39;", "'")
    assert "unsafe" not in policy
    assert not re.search(r"<[^>]* (?:style|src|on[a-z]+)=", document)
    assert not re.search(r'(?:src|href)="(?!#)', document)


class Elements(HTMLParser):
    """Counts elements, and knows which are open at the end."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[str, int] = {}
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen[tag] = self.seen.get(tag, 0) + 1
        if tag not in {"meta"}:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen[tag] = self.seen.get(tag, 0) + 1

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def elements(document: str) -> dict[str, int]:
    parser = Elements()
    parser.feed(document)
    assert parser.open == []
    return parser.seen


def test_every_element_ends_where_it_should(result: Audit | Preview) -> None:
    seen = elements(written(result))
    assert seen["html"] == seen["body"] == seen["main"] == 1
    assert "img" not in seen


def test_a_hostile_name_is_text_everywhere(result: Audit | Preview, tmp_path: Path) -> None:
    lines = Path(FLEET).read_text(encoding="utf-8").splitlines()
    records = [json.loads(line) for line in lines]
    for record in records:
        if "attributes" in record:
            attributes = record["attributes"]
            for name in ("cn", "operatingSystem", "operatingSystemVersion"):
                if isinstance(attributes.get(name), str):
                    attributes[name] += HOSTILE
            record["dn"] = record["dn"].replace(",OU=", f" {HOSTILE},OU={HOSTILE}", 1)
    file = tmp_path / f"{HOSTILE.replace('/', '')}.jsonl"
    file.write_text("".join(json.dumps(r) + "\n" for r in records), encoding="utf-8")
    rules = load_rules("standard-1.4", "server-2012-r2")
    objects = load_objects(str(file))
    hostile = (
        audit(rules, objects)
        if isinstance(result, Audit)
        else preview(load_rules("standard-1.4"), rules, objects)
    )
    document = written(hostile)
    assert HOSTILE not in document
    assert any(HOSTILE in name for name in texts(document, "name"))
    seen = elements(document)
    assert "img" not in seen
    assert seen["script"] == 2


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("PC1", "PC1"),
        ("B\u00fcro", "B\u00fcro"),
        ("PC\u202e1CP", "PC\\u202e1CP"),
        ("a\u200fb\u2066c", "a\\u200fb\\u2066c"),
        ("a\x00b\x1bc\x85", "a\\u0000b\\u001bc\\u0085"),
        ("x" * 10_000, "x" * 300 + "\u2026"),
    ],
)
def test_what_cannot_be_seen_is_written_out(text: str, expected: str) -> None:
    assert shown(text) == expected


class Tables(HTMLParser):
    """The texts of all cells of tables, by row."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.inside = True
            self.rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.inside = False

    def handle_data(self, data: str) -> None:
        if self.inside:
            self.rows[-1][-1] += data.strip()


def rows_of(document: str) -> list[list[str]]:
    parser = Tables()
    parser.feed(document)
    return parser.rows


def test_the_summary_counts_all_objects_without_scripts(audited: Audit) -> None:
    rows = rows_of(written(audited))
    counts = outcome_counts(audited.results)
    at = next(i for i, row in enumerate(rows) if row[:1] == ["operating system"])
    states = rows[at][2:-1]
    assert states == [str(d) for d in counts]
    ends = range(at + 1, len(rows))
    systems = [rows[i] for i in ends if len(rows[i]) == len(rows[at]) and rows[i][-1].isdigit()]
    for column, state in enumerate(states, 2):
        assert sum(int(row[column]) for row in systems) == counts[state]  # type: ignore[index]
    reasons = [row for row in rows if len(row) == 3 and row[1] in states]
    assert sum(int(row[2]) for row in reasons) == len(audited.results)


def test_the_matrix_counts_all_objects(previewed: Preview) -> None:
    rows = rows_of(written(previewed))
    at = next(i for i, row in enumerate(rows) if row[0] == "before")
    size = len(rows[at]) - 1
    matrix = [row for row in rows[at + 1 :] if len(row) == size + 1 and row[0] in STATES]
    assert sum(int(n) for row in matrix for n in row[1:]) == len(previewed.results)


def test_a_deletion_is_said_to_be_final(previewed: Preview) -> None:
    old, new = load_rules("standard-1.4"), load_rules("standard-1.4", "server-2012-r2")
    turned = preview(new, old, load_objects(FLEET), maximum_removed="5")
    document = written(turned)
    leaves = {str(c): n for c, n in change_counts(turned.results).items()}["LEAVES"]
    assert leaves > 5
    assert f"LEAVES: {leaves} would sync only before" in document
    assert "The deletion of a device cannot be undone." in document
    assert f"{leaves} would leave, and 5 may." in document
    assert "cannot be undone" not in written(previewed)


def test_a_long_list_says_what_it_leaves_out(previewed: Preview) -> None:
    many = replace(previewed, results=enlarged(previewed.results, 20_000))
    document = written(many)
    enters = {str(c): n for c, n in change_counts(many.results).items()}["ENTERS"]
    count = f"{enters:,}".replace(",", "&#8239;")
    assert f"The first 200 of {count}; the table of objects has all." in document
    assert len(texts(document, "name")) == 20_000


def test_certificates_of_both_sides_are_told_once(previewed: Preview) -> None:
    head, _ = unpacked(written(previewed))
    assert "certificates0.thumbprint" in head["columns"]
    assert "certificates1.thumbprint" not in head["columns"]
    assert "certificates1.verdict" in head["columns"]


def test_a_thumbprint_or_guid_of_another_form_stays_as_it_is(audited: Audit) -> None:
    import pyarrow as pa

    subjects = audited.results.subjects
    at = subjects.column_names.index("object_guid")
    other = pa.array([f"not a guid {i}" for i in range(len(subjects))], pa.string())
    odd = replace(audited.results, subjects=subjects.set_column(at, "object_guid", other))
    document = written(replace(audited, results=odd))
    assert unpacked(document)[0]["columns"]["guid"]["form"] == "texts"
    assert texts(document, "guid")[3] == "not a guid 3"


def test_no_objects_are_a_report_too(audited: Audit, previewed: Preview) -> None:
    for result in (audited, previewed):
        none = [replace(c, verdicts=c.verdicts[:0], certificates=c.certificates[:0])
                for c in result.results.sides]  # fmt: skip
        empty = replace(result.results, subjects=result.results.subjects[:0], sides=tuple(none))
        document = written(replace(result, results=empty))
        elements(document)
        assert "No object has a certificate." in document


@pytest.mark.parametrize(
    ("dn", "expected"),
    [
        ("OU=A,DC=x,DC=y", ["OU=A", "DC=x", "DC=y"]),
        (r"OU=A\,B,DC=x", [r"OU=A\,B", "DC=x"]),
        ("OU=A\\\\,DC=x", ["OU=A\\\\", "DC=x"]),
        ("", []),
    ],
)
def test_a_comma_in_a_name_divides_nothing(dn: str, expected: list[str]) -> None:
    assert split(dn) == expected


@pytest.mark.parametrize(
    ("dn", "rdn", "unit"),
    [
        ("CN=a,OU=x,DC=y", "CN=a", "OU=x,DC=y"),
        (r"CN=a\, b,OU=x", r"CN=a\, b", "OU=x"),
        ("CN=a\\\\,OU=x", "CN=a\\\\", "OU=x"),
        ("CN=a\nCNF:1,OU=x\n", "CN=a\nCNF:1", "OU=x\n"),
        ("CN=a", "CN=a", ""),
        ("CN=a,OU=x,CN=b\\", "CN=a", "OU=x,CN=b\\"),
        ("CN=a\\", "CN=a\\", ""),
    ],
)
def test_a_dn_is_divided_at_the_first_comma_that_divides(
    audited: Audit, dn: str, rdn: str, unit: str
) -> None:
    import pyarrow as pa

    subjects = audited.results.subjects
    at = subjects.column_names.index("dn")
    named = subjects.set_column(at, "dn", pa.array([dn] * len(subjects), pa.string()))
    columns = facts(replace(audited.results, subjects=named))
    assert (columns["rdn"][0].as_py(), columns["unit"][0].as_py()) == (rdn, unit)


def test_a_unit_counts_what_is_below_it() -> None:
    (corp, none) = tree({
        "OU=a,OU=b,DC=corp": {"SYNCS": 2},
        "ou=B,dc=corp": {"SYNCS": 1, "ERROR": 4},
        "": {"ERROR": 1},
    }).roots[::-1]  # fmt: skip
    assert (corp.name, corp.counts) == ("DC=corp", {"SYNCS": 3, "ERROR": 4})
    (below,) = corp.sorted_units()
    assert (below.name, below.dn, below.total) == ("OU=b", "OU=b,DC=corp", 7)
    assert [u.name for u in below.sorted_units()] == ["OU=a"]
    assert (none.name, none.total) == ("(no domain)", 1)


def test_of_very_many_units_the_small_ones_are_left_out() -> None:
    many = tree({f"OU=u{i},DC=corp": {"SYNCS": i + 1} for i in range(MOST + 10)})
    assert many.left_out == 11
    (corp,) = many.roots
    assert len(corp.units) == MOST - 1
    assert min(u.total for u in corp.units.values()) == 12


def test_the_ribbons_of_an_outcome_fill_its_bar() -> None:
    drawn = flow({("SYNCS", "SYNCS"): 30, ("SYNCS", "FILTERED"): 10, ("FILTERED", "SYNCS"): 60})
    assert [r.title for r in drawn.ribbons] == [
        "SYNCS to SYNCS: 30", "SYNCS to FILTERED: 10", "FILTERED to SYNCS: 60",
    ]  # fmt: skip
    heights = {r.title: r.height for r in drawn.rectangles}
    assert heights["SYNCS before: 40"] + heights["FILTERED before: 60"] == pytest.approx(280)
    assert heights["SYNCS after: 90"] == pytest.approx(252)


def test_the_command_of_an_explanation_explains(
    result: Audit | Preview, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after = unpacked(written(result))[0]["explain"]
    row = list(result)[7]
    program, *arguments = shlex.split(f"{before}{row.subject.object_guid}{after} --full")
    assert program == "aadsim"
    ran = Command(monkeypatch, capsys)(*arguments)
    assert ran.status == 0, ran.err
    assert row.subject.name in ran.out
    for side in row.sides:
        assert f"{side.verdict.disposition} ({side.verdict.reason.code})" in ran.out


def test_no_command_is_given_that_a_shell_could_misread(audited: Audit) -> None:
    def read_from(source: str) -> Audit:
        provenance = replace(audited.provenance, source=source)
        return replace(audited, origin=replace(audited.origin, provenance=provenance))

    assert explain_command(read_from("it's $(here).jsonl")) == ("", "")
    assert (
        " --objects 'my fleet.jsonl' --as-of " in explain_command(read_from("my fleet.jsonl"))[1]
    )


COMMAND = ("audit", "--rules", "standard-2016", "--objects", FLEET, "--format", "html")


def test_a_file_and_a_pipe_get_the_same(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    aadsim = Command(monkeypatch, capsys)
    printed = aadsim(*COMMAND)
    assert aadsim(*COMMAND, "--output", str(tmp_path / "report.html")).status == 0
    assert (tmp_path / "report.html").read_text(encoding="utf-8") == printed.out


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals on Windows")
def test_a_terminal_is_not_filled_with_it() -> None:
    here, there = os.openpty()
    run = subprocess.run(
        [sys.executable, "-m", "simulator", *COMMAND],
        stdout=there, stderr=subprocess.PIPE, text=True, cwd=ROOT, timeout=120, check=False,
    )  # fmt: skip
    os.close(there)
    assert run.returncode == 2
    assert "--output report.html" in run.stderr
    with suppress(OSError):  # so Linux says that nothing was written
        assert os.read(here, 100) == b""
    os.close(here)
