"""A snapshot gives the objects back as they were, or is not there at all."""

import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from simulator import Options, audit, load_rules
from simulator.certificates import read_certificate
from simulator.errors import InputError
from simulator.objects import ConnectorObject, ObjectSet, Provenance
from simulator.rulefiles.shipped import shipped_sets
from simulator.sources import load_objects
from simulator.sources.carried import COMPUTER_ATTRIBUTES
from simulator.sources.merge import load_all
from simulator.sources.pseudonym import Pseudonyms
from simulator.sources.redact import redact
from simulator.sources.snapshot_write import write_snapshot
from simulator.sources.source import Stream, open_objects, stream_of
from simulator.values import Reference, Unreadable
from tests import object_formats as formats
from tests.running import Command

ROOT = Path(__file__).parent.parent
FLEET = str(ROOT / "fixtures" / "fleet.jsonl")
KEY = b"0123456789abcdef0123456789abcdef"
BOTH = pytest.mark.parametrize("name", ["objects.parquet", "objects.jsonl"])


@pytest.fixture
def aadsim(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    monkeypatch.delenv("AADSIM_REDACTION_KEY", raising=False)
    return Command(monkeypatch, capsys)


def streamed(*objects: ConnectorObject, **told: object) -> Stream:
    """A stream of *objects*, whose source is called x."""
    return stream_of(Provenance("x", **told), iter(objects))  # type: ignore[arg-type]


def without_place(objects: ObjectSet) -> list[ConnectorObject]:
    return [replace(o, origin="") for o in objects.objects]


@BOTH
def test_objects_come_back_equal(tmp_path: Path, name: str) -> None:
    original = load_objects(FLEET)
    assert write_snapshot(open_objects(FLEET), tmp_path / name) == 349
    found = load_objects(str(tmp_path / name))
    assert without_place(found) == without_place(original)
    assert found.captured_at == "2026-01-01T00:00:00Z"
    assert found.complete
    assert found.provenance.details["captured from"] == "fixtures/make_fleet.py"
    assert found.provenance.details["source sha256"] == original.provenance.sha256
    again = tmp_path / f"again-{name}"
    write_snapshot(open_objects(str(tmp_path / name)), again)
    assert without_place(load_objects(str(again))) == without_place(original)
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


@BOTH
@pytest.mark.parametrize("sample", sorted(p.name for p in formats.SAMPLES.rglob("*.*") if p.suffix != ".md" and p.name != "LICENSE.txt"))  # fmt: skip
def test_what_could_not_be_read_stays_so(tmp_path: Path, name: str, sample: str) -> None:
    (path,) = formats.SAMPLES.rglob(sample)
    original = load_objects(str(path))
    write_snapshot(open_objects(str(path)), tmp_path / name)
    found = load_objects(str(tmp_path / name))
    assert without_place(found) == without_place(original)
    assert found.provenance.not_carried == original.provenance.not_carried
    assert found.provenance.notes == original.provenance.notes


ODD = {
    "objectClass": ("top", "computer"),
    "objectGUID": bytes(range(16)),
    "cn": ("a", "b"),  # single-valued in the schema
    "userAccountControl": Unreadable("`x` is not a number"),
    "userCertificate": Unreadable("not in this format", carried=False),
    "isCriticalSystemObject": False,
    "lastLogonTimestamp": -(2**63),
    "description": ("\U0001f600 \u200f", ""),
    "contosoNumber": 5,
    "contosoBytes": b"\xff\xfe",
    "contosoTexts": ("x", "y"),
    "mS-DS-CreatorSID": Reference("S-1-5-21-1-2-3-1104"),
    "distinguishedName": Reference("CN=a"),
}  # fmt: skip


@BOTH
def test_odd_values_come_back(tmp_path: Path, name: str) -> None:
    odd = {**ODD, "description": ("\U0001f600 \u200f",)}
    original = ConnectorObject("CN=a", "computer", odd, ("top", "computer"))
    write_snapshot(streamed(original), tmp_path / name)
    assert without_place(load_objects(str(tmp_path / name))) == [original]


@BOTH
def test_no_objects_at_all(tmp_path: Path, name: str) -> None:
    write_snapshot(streamed(complete=False, notes=("n",)), tmp_path / name)
    found = load_objects(str(tmp_path / name))
    assert (found.objects, found.complete, found.provenance.notes) == ((), False, ("n",))


@BOTH
def test_what_stops_the_writing_leaves_nothing(tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    target.write_text("before")
    many = tuple(
        ConnectorObject(f"CN=c{n}", "computer", {"objectGUID": n.to_bytes(16, "big")})
        for n in range(16_500)
    )

    def stop(count: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_snapshot(streamed(*many), target, stop)
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]


def test_row_groups(tmp_path: Path) -> None:
    import pyarrow.parquet as parquet

    many = tuple(
        ConnectorObject(f"CN=c{n}", "computer", {"objectGUID": n.to_bytes(16, "big")})
        for n in range(40_000)
    )
    counts: list[int] = []
    write_snapshot(streamed(*many), tmp_path / "f.parquet", counts.append)
    assert counts == [16_384, 32_768, 40_000]
    with parquet.ParquetFile(tmp_path / "f.parquet") as file:
        assert file.num_row_groups == 3
        assert file.metadata.row_group(0).column(0).compression == "ZSTD"


@pytest.mark.parametrize("cut", [5, 100, 0.3, 0.6, 0.95, -1])
def test_a_cut_snapshot(tmp_path: Path, cut: float) -> None:
    path = tmp_path / "f.parquet"
    write_snapshot(open_objects(FLEET), path)
    content = path.read_bytes()
    path.write_bytes(content[: int(cut) if cut >= 1 or cut < 0 else int(len(content) * cut)])
    with pytest.raises(InputError, match=re.escape(str(path))):
        load_objects(str(path))


def test_a_damaged_snapshot(tmp_path: Path) -> None:
    path = tmp_path / "f.parquet"
    original = load_objects(FLEET)
    write_snapshot(open_objects(FLEET), path)
    content = path.read_bytes()
    for at in range(10, len(content), len(content) // 60):
        path.write_bytes(content[:at] + bytes([content[at] ^ 0x10]) + content[at + 1 :])
        try:
            found = load_objects(str(path))
        except InputError:
            continue
        assert without_place(found) == without_place(original)  # in what holds no value


def test_other_parquet(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as parquet

    parquet.write_table(pa.table({"a": [1]}), tmp_path / "f.parquet")
    with pytest.raises(InputError, match="is Parquet, but no snapshot"):
        load_objects(str(tmp_path / "f.parquet"))


def test_pyarrow_is_imported_for_snapshots_alone() -> None:
    program = (
        "import sys; from simulator.cli import cli; from simulator import load_objects;"
        f"load_objects({FLEET!r}); print('pyarrow' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout == "False\n"


# -- the command ------------------------------------------------------------------------------


def test_the_command_and_what_runs_from_it(aadsim: Command, tmp_path: Path) -> None:
    path = tmp_path / "f.parquet"
    ran = aadsim("snapshot", FLEET, "--output", str(path))
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.splitlines()[0] == f"{path}: 349 objects of {FLEET}, complete"
    assert "captured at 2026-01-01T00:00:00Z" in ran.out
    reports = [
        aadsim("audit", "--rules", "standard-2016", "--objects", o, "--format", "json")
        for o in (FLEET, str(path))
    ]
    first, second = (json.loads(r.out) for r in reports)
    assert second["results"] == first["results"]
    assert second["as_of"] == first["as_of"] == "2026-01-01T00:00:00Z"


def test_the_time_of_a_file_is_told(aadsim: Command, tmp_path: Path) -> None:
    ldif, path = str(ROOT / "fixtures" / "fleet.ldif"), tmp_path / "f.jsonl"
    assert "a time that nobody told" in aadsim("snapshot", ldif, "--output", str(path)).out
    ran = aadsim("snapshot", ldif, "--output", str(path), "--captured-at", "2025-05-05T05:00:00Z")
    assert ran.status == 0
    assert load_objects(str(path)).captured_at == "2025-05-05T05:00:00+00:00"
    assert aadsim("snapshot", ldif, "--output", str(path), "--captured-at", "May").status == 2


RESUMED = [
    ("o.jsonl", "o.jsonl is no server", "leave out --resume: a file is read anew"),
    ("ldaps://a --redact", "as it began", "leave out --redact"),
    ("ldaps://a ldaps://b --captured-at 2025-05-05", "as it began",
     "leave out --captured-at and all servers but one"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "problem", "help"), RESUMED)
def test_what_does_not_go_with_resume_is_named(
    aadsim: Command, tmp_path: Path, arguments: str, problem: str, help: str
) -> None:
    output = str(tmp_path / "f.parquet")
    ran = aadsim("snapshot", *arguments.split(), "--output", output, "--resume")
    assert ran.status == 2
    assert ran.err.splitlines()[0].endswith(problem)
    assert ran.err.splitlines()[1:] == [f"  = help: {help}"]


def test_a_failed_pull_leaves_nothing(aadsim: Command, tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text('{"dn": "CN=a"')
    ran = aadsim("snapshot", str(tmp_path / "bad.jsonl"), "--output", str(tmp_path / "f.parquet"))
    assert ran.status == 2
    assert not (tmp_path / "f.parquet").exists()
    ran = aadsim("snapshot", FLEET, "--output", str(tmp_path / "none" / "f.parquet"))
    assert ran.status == 2 and "cannot be written" in ran.err


# -- several sources --------------------------------------------------------------------------


def lines(path: Path, *records: dict[str, object]) -> str:
    path.write_text("".join(json.dumps(r) + "\n" for r in records), encoding="utf-8")
    return str(path)


def one(dn: str, guid: int) -> dict[str, object]:
    return {"dn": dn, "attributes": {"objectClass": "computer", "objectGUID": {"hex": f"{guid:032x}"}}}  # fmt: skip


def test_several_sources_are_one(aadsim: Command, tmp_path: Path) -> None:
    head = {"snapshot": {"captured_at": "2025-01-01T00:00:00Z"}}
    later = {"snapshot": {"captured_at": "2025-02-01T00:00:00Z", "complete": False}}
    first = lines(tmp_path / "a", head, one("CN=a", 1))
    second = lines(tmp_path / "b", later, one("CN=b", 2))
    found = load_all([first, second])
    assert [o.dn for o in found.objects] == ["CN=a", "CN=b"]
    assert found.captured_at == "2025-02-01T00:00:00Z"
    assert not found.complete
    assert found.source == f"{first}, {second}"
    assert any("not captured at one time" in n for n in found.provenance.notes)
    ran = aadsim("audit", "-r", "standard-2016", "-o", first, "-o", second, "--format", "json")
    assert len(json.loads(ran.out)["results"]) == 2


@pytest.mark.parametrize(("dn", "guid", "what"), [("CN=b", 1, "objectGUID"), ("cn=A", 2, "distinguished name")])  # fmt: skip
def test_an_object_comes_from_one_source(tmp_path: Path, dn: str, guid: int, what: str) -> None:
    first, second = lines(tmp_path / "a", one("CN=a", 1)), lines(tmp_path / "b", one(dn, guid))
    with pytest.raises(InputError) as caught:
        load_all([first, second])
    assert caught.value.message == f"{second}:1: {dn} has the {what} of CN=a at {first}:1"


# -- redaction --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def redacted() -> tuple[ObjectSet, ObjectSet]:
    original = load_objects(FLEET)
    stream = redact(open_objects(FLEET), KEY)
    return original, ObjectSet(tuple(stream.objects), stream.provenance)


def outcome(objects: ObjectSet, rules: str) -> list[tuple[str, str, str]]:
    result = audit(load_rules(*rules.split()), objects, Options(now=datetime(2026, 1, 1, tzinfo=UTC)))  # fmt: skip
    return sorted(
        (r.subject.object_guid or "", str(r.verdict.disposition), r.verdict.reason.code)
        for r in result
    )


@pytest.mark.parametrize("rules", ["standard-2016", "standard-1.4 server-2012-r2"])
def test_outcomes_survive(redacted: tuple[ObjectSet, ObjectSet], rules: str) -> None:
    assert outcome(redacted[1], rules) == outcome(redacted[0], rules)


def test_no_name_survives(redacted: tuple[ObjectSet, ObjectSet], tmp_path: Path) -> None:
    original, found = redacted
    write_snapshot(found, tmp_path / "f.jsonl")
    text = (tmp_path / "f.jsonl").read_text(encoding="utf-8")
    names = {str(o.attributes["cn"]) for o in original.objects}
    binary = b"".join(
        c for o in found.objects for c in o.attributes.get("userCertificate", ()) if isinstance(c, bytes)
    )  # fmt: skip
    for name in names | {"corp", "Clients", "Servers", "3141592653", "fleet"}:
        assert not re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE), name
        assert name.encode().lower() not in binary.lower() or len(name) < 6, name


SEPARATOR = re.compile(r"(?<!\\),")


def above(dn: str) -> str:
    return ",".join(SEPARATOR.split(dn)[1:])


def test_what_belongs_together_still_does(redacted: tuple[ObjectSet, ObjectSet]) -> None:
    original, found = redacted
    parents: dict[str, str] = {}
    for before, after in zip(original.objects, found.objects, strict=True):
        assert after.guid == before.guid
        parent = parents.setdefault(above(before.dn), above(after.dn))
        assert above(after.dn) == parent
        assert [p.partition("=")[0] for p in SEPARATOR.split(after.dn)] == [
            p.partition("=")[0] for p in SEPARATOR.split(before.dn)
        ]
        host = after.attributes.get("dNSHostName")
        account = str(after.attributes["sAMAccountName"])
        if isinstance(host, str) and "dNSHostName" in before.attributes:
            same = str(before.attributes["dNSHostName"]).partition(".")[0].casefold()
            if same == str(before.attributes["sAMAccountName"]).rstrip("$").casefold():
                assert host.partition(".")[0] == account.rstrip("$")
    assert len(set(parents.values())) == len(parents)
    assert len({o.dn for o in found.objects}) == len(original.objects)


def test_certificates_keep_what_rules_ask(redacted: tuple[ObjectSet, ObjectSet]) -> None:
    compared = 0
    for before, after in zip(*(s.objects for s in redacted), strict=True):
        for one, other in zip(
            before.attributes.get("userCertificate", ()),  # type: ignore[arg-type]
            after.attributes.get("userCertificate", ()),  # type: ignore[arg-type]
            strict=True,
        ):
            try:
                first = read_certificate(one)
            except ValueError:
                continue
            second = read_certificate(other)
            assert second.not_after == first.not_after
            assert (f"CN={before.guid}" in second.subject) == (
                f"CN={before.guid}" in first.subject
            )
            compared += 1
    assert compared > 300


def test_the_key_decides() -> None:
    one, other = Pseudonyms(KEY), Pseudonyms(KEY[::-1])
    assert one.text("PC1.corp.example") == one.text("pc1.CORP.example")
    assert one.text("PC1$").endswith("$")
    assert one.text("PC1") != other.text("PC1")
    assert one.text("S-1-5-32-544") == "S-1-5-32-544"
    assert one.text("S-1-5-21-1-2-3-512").endswith("-512")
    moved = {one.text(f"S-1-5-21-1-2-3-{n}") for n in range(1000, 3000)}
    assert len(moved) == 2000
    assert one.dn("CN=a,CN=Computers,DC=x").split(",")[1] == "CN=Computers"
    assert one.dn("CN=a\\,b,DC=x").count(",") == 1
    assert one.dn("CN=a\\2Cb,DC=x") == one.dn("CN=a\\,b,DC=x")
    assert one.dn("CN=a b,DC=x") != one.dn("CN=a-b,DC=x")


def test_redaction_on_the_command_line(
    aadsim: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "f.jsonl"
    command = ("snapshot", FLEET, "--output", str(path), "--redact")
    ran = aadsim(*command)
    assert ran.status == 2 and "needs a key" in ran.err and not path.exists()
    monkeypatch.setenv("AADSIM_REDACTION_KEY", "short")
    assert "too short" in aadsim(*command).err
    (tmp_path / "key").write_bytes(KEY + b"\n")
    monkeypatch.delenv("AADSIM_REDACTION_KEY")
    monkeypatch.setenv("AADSIM_REDACTION_KEY_FILE", str(tmp_path / "key"))
    ran = aadsim(*command, "--keep", "displayname")
    assert ran.status == 0, ran.err
    assert KEY.decode() not in path.read_text(encoding="utf-8")
    found = load_objects(str(path))
    assert found.provenance.notes[0].startswith("redacted: ")
    original = load_objects(FLEET)
    assert [o.attributes.get("displayName") for o in found.objects] == [
        o.attributes.get("displayName") for o in original.objects
    ]
    assert aadsim("snapshot", FLEET, "--output", str(path), "--keep", "cn").status == 2


def test_a_pull_asks_for_what_the_shipped_rules_read() -> None:
    read = set().union(
        *(load_rules("standard-1.4", name).attributes_read for name in shipped_sets())
    )
    assert read - {"dn"} <= set(COMPUTER_ATTRIBUTES)


@pytest.mark.parametrize("name", ["userCertificate", "objectGUID", "operatingSystemVersion"])
def test_a_column_taken_out_is_told(name: str, tmp_path: Path, aadsim: Command) -> None:
    import pyarrow.parquet as parquet

    whole, lacking = tmp_path / "whole.parquet", tmp_path / "lacking.parquet"
    write_snapshot(open_objects(FLEET), whole)
    table = parquet.read_table(whole)
    head = parquet.read_metadata(whole).metadata
    parquet.write_table(table.drop_columns([name]).replace_schema_metadata(head), lacking)
    done = aadsim("audit", "--rules", "standard-1.4", "--objects", str(lacking))
    assert done.status == 2
    assert done.err.startswith(f"error: {lacking}: has no column {name}\n")
