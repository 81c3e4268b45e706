"""A result in a file says what it said when it was computed, whole or put together from parts."""

import json
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from simulator import audit, load_rules, open_rows
from simulator.errors import UsageError
from simulator.reports.report import REPORTS
from simulator.saved.file import KEY, save
from simulator.sources.snapshot_layout import KEY as SNAPSHOT
from simulator.sources.snapshot_write import write_snapshot
from simulator.sources.source import open_objects
from tests.running import Command

FIXTURES = Path(__file__).parent.parent / "fixtures"
FLEET = str(FIXTURES / "fleet.jsonl")
RULES = ("--rules", "standard-1.4", "--rules", "server-2012-r2")
CHANGE = ("--before", "standard-1.4", "--after", *RULES[1:2], "--after", *RULES[3:])
CONNECTOR = ("--connector", str(FIXTURES / "connector.toml"))
COMMANDS = {"audit": ("audit", *RULES), "preview": ("preview", *CHANGE, *CONNECTOR)}


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The fleet as a snapshot of small row groups."""
    path = tmp_path_factory.mktemp("saved") / "fleet.parquet"
    write_snapshot(open_objects(FLEET), path)
    with parquet.ParquetFile(path) as file:
        table, head = file.read(), file.metadata.metadata
    rewrite(table, path, head)
    return str(path)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("form", REPORTS)
def test_a_saved_result_is_shown_as_it_was(
    command: str, form: str, run: Command, tmp_path: Path
) -> None:
    asked = (*COMMANDS[command], "--objects", FLEET, "--limit", "20", "--format", form)
    told = run(*asked)
    assert run(*asked, "--save", str(tmp_path / "saved")).out == told.out
    again = run("report", str(tmp_path / "saved"), "--limit", "20", "--format", form)
    assert (again.status, again.out, again.err) == (told.status, told.out, told.err)


@pytest.mark.parametrize("command", COMMANDS)
def test_parts_make_the_whole(command: str, run: Command, snapshot: str, tmp_path: Path) -> None:
    asked = (*COMMANDS[command], "--objects", snapshot, "--save")
    run(*asked, str(tmp_path / "whole"))
    parts = []
    for number in (3, 1, 2):
        parts.append(str(tmp_path / str(number)))
        ran = run(*asked, parts[-1], "--shard", f"{number}/3")
        assert (ran.status, ran.out) == (0, "")
        assert f"part {number} of 3" in ran.err and "of 349 objects" in ran.err
        assert "is part" in run("report", parts[-1]).err
    assert run("merge", *parts, "--output", str(tmp_path / "merged")).status == 0
    for form in ("text", "json", "csv"):
        shown = [run("report", str(tmp_path / n), "--format", form) for n in ("whole", "merged")]
        assert shown[0].out and shown[0] == shown[1]


OLDER = (
    "preview",
    "--before",
    "standard-2016",
    "--after",
    "standard-1.4",
)  # more leave than enter


@pytest.mark.parametrize(
    ("asked", "at_merge", "complete", "status"),
    [
        (COMMANDS["audit"], (), True, 0),
        (COMMANDS["audit"], ("--strict",), True, 3),
        (COMMANDS["audit"], (), False, 3),
        (OLDER, (), True, 0),
        ((*OLDER, "--max-removed", "0"), (), True, 1),
        ((*OLDER, "--max-removed-in", "DC=corp,DC=example", "0"), (), True, 1),
        ((*OLDER, "--max-removed", "0"), (), False, 3),
    ],
)
def test_parts_put_together_give_the_status_of_the_whole(
    asked: tuple[str, ...], at_merge: tuple[str, ...], complete: bool, status: int,
    run: Command, snapshot: str, tmp_path: Path,
) -> None:  # fmt: skip
    if not complete:
        with parquet.ParquetFile(snapshot) as file:
            table, head = file.read(), dict(file.metadata.metadata)
        head[SNAPSHOT] = head[SNAPSHOT].replace(b'"complete": true', b'"complete": false')
        snapshot = str(tmp_path / "incomplete.parquet")
        rewrite(table, Path(snapshot), head)
    asked = (*asked, "--objects", snapshot)
    parts = [str(tmp_path / number) for number in "12"]
    for number, part in enumerate(parts, 1):
        run(*asked, "--save", part, "--shard", f"{number}/2")
    ran = run("merge", *parts, "--output", str(tmp_path / "whole"), *at_merge)
    assert ran.status == run(*asked, *at_merge).status == status
    assert ("aadsim report" in ran.err) == (status != 0)


def test_parts_with_other_gates_are_not_put_together(
    run: Command, snapshot: str, tmp_path: Path
) -> None:
    parts = [str(tmp_path / may) for may in "12"]
    for may, part in enumerate(parts, 1):
        asked = (*OLDER, "--objects", snapshot, "--max-removed", str(may))
        run(*asked, "--save", part, "--shard", f"{may}/2")
    ran = run("merge", *parts, "--output", str(tmp_path / "whole"))
    assert ran.status == 2 and "differing --max-removed" in ran.err


def test_only_all_parts_of_one_computation_are_put_together(
    run: Command, snapshot: str, tmp_path: Path
) -> None:
    def part(name: str, shard: str, *more: str) -> str:
        path = str(tmp_path / name)
        asked = ("audit", *RULES, "--objects", snapshot, *more, "--shard", shard)
        assert run(*asked, "--save", path).status == 0
        return path

    first, second = part("1", "1/2"), part("2", "2/2")
    others = {
        "instant": part("later", "2/2", "--as-of", "2027-01-01T00:00:00Z"),
        "rules": part("old", "2/2", "--rules", "standard-2016"),
        "connectors": part("filter", "2/2", *CONNECTOR),
        "number of parts": part("third", "2/3"),
        "readings": part("read", "2/2", "--assume", "A-12=utc-12"),
    }
    output = ("--output", str(tmp_path / "whole"))
    for fact, other in others.items():
        ran = run("merge", first, other, *output)
        assert ran.status == 2 and f"differing {fact}" in ran.err
    assert "and so is" in run("merge", first, second, first, *output).err
    assert "missing 1/2" in run("merge", second, *output).err
    assert not (tmp_path / "whole").exists()


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--shard", "1/2"), "a part is no result to show"),
        (("--shard", "3/2", "--save", "x"), "is no part of parts"),
        (("--shard", "0/2", "--save", "x"), "is no part of parts"),
        (("--shard", "1/2", "--save", "x"), "--shard takes a part of a snapshot"),
        (("--shard", "1/2", "--save", "x", "--where", "True"), "--shard takes a part"),
        (("--shard", "1/2", "--save", "x", "--output", "y"), "--output: tells of a whole result"),
        (("--shard", "1/2", "--save", "x", "--forecast", "9d"), "--forecast: tells of a whole"),
    ],
)
def test_a_part_is_of_a_snapshot_and_is_saved(
    arguments: tuple[str, ...], problem: str, run: Command, snapshot: str
) -> None:
    objects = snapshot if "--where" in arguments else FLEET
    ran = run("audit", *RULES, "--objects", objects, *arguments)
    assert ran.status == 2 and problem in ran.err


def test_a_result_is_not_kept_in_the_file_that_shows_it(run: Command, tmp_path: Path) -> None:
    file, same = tmp_path / "file", tmp_path / "folder" / ".." / "file"
    (tmp_path / "folder").mkdir()
    ran = run("audit", *RULES, "--objects", FLEET, "--save", str(file), "--output", str(same))
    assert ran.status == 2 and f"--save {file}: is the file of --output too" in ran.err
    assert not file.exists()


def test_a_report_that_cannot_be_written_leaves_what_it_is_compared_with(
    run: Command, tmp_path: Path
) -> None:
    saved = tmp_path / "saved"
    run("audit", "--rules", "standard-1.4", "--objects", FLEET, "--save", str(saved))
    before = saved.read_bytes()
    ran = run("audit", *RULES, "--objects", FLEET, "--since", str(saved), "--save", str(saved),
              "--output", str(tmp_path / "no" / "report"))  # fmt: skip
    assert ran.status == 2 and saved.read_bytes() == before
    ran = run("audit", *RULES, "--objects", FLEET, "--since", str(saved), "--save", str(saved),
              "--output", str(tmp_path / "report"))  # fmt: skip
    assert ran.status == 0 and saved.read_bytes() != before


def test_a_change_is_not_asked_of_an_audit(run: Command, tmp_path: Path) -> None:
    saved = str(tmp_path / "saved")
    asked = ("audit", *RULES, "--objects", FLEET, "--save", saved)
    for ran in (
        run(*asked, "--only", "leaves"),
        run(*asked) and run("report", saved, "--only", "LEAVES"),
    ):
        assert ran.status == 2 and "--only LEAVES: is a change" in ran.err
    run("preview", *CHANGE, "--objects", FLEET, "--save", saved)
    assert run("report", saved, "--only", "LEAVES").status == 0


def test_what_has_changed_since_is_a_finding(run: Command, tmp_path: Path) -> None:
    objects, rules = tmp_path / "fleet.jsonl", tmp_path / "rules.toml"
    connector = tmp_path / "connector.toml"
    objects.write_bytes(Path(FLEET).read_bytes())
    connector.write_bytes((FIXTURES / "connector.toml").read_bytes())
    run("rules", "standard-2016", "--to", "toml", "--output", str(rules))
    saved = str(tmp_path / "saved")
    run("audit", "--rules", str(rules), "--objects", str(objects), "--connector", str(connector),
        "--save", saved)  # fmt: skip
    same = run("report", saved)
    assert same.status == 0 and "changed-since" not in same.out
    for kind, file in {"objects": objects, "rules": rules, "connector": connector}.items():
        with file.open("a", encoding="utf-8") as end:
            end.write("\n")
        ran = run("report", saved)
        assert ran.status == 1
        assert f"changed-since: {kind}: {file} has changed" in ran.out
        file.unlink()
        assert f"not-compared: {kind}: {file} cannot" in run("report", saved).out


def test_the_gate_and_the_cloud_are_asked_of_a_saved_result(run: Command, tmp_path: Path) -> None:
    saved, current = str(tmp_path / "saved"), tmp_path / "current.json"
    turned = ("--before", *RULES[1:2], "--before", *RULES[3:], "--after", "standard-1.4")
    run("preview", *turned, "--objects", FLEET, "--max-removed", "3", "--save", saved)
    assert run("report", saved).status == 1
    assert run("report", saved, "--max-removed", "100").status == 0
    told = run("audit", *RULES, "--objects", FLEET, "--format", "json")
    current.write_text(told.out, encoding="utf-8")
    ran = run("report", saved, "--max-removed", "100", "--current", str(current))
    assert "0 adds" in ran.out and "Against" in ran.out
    for more, maximum in {(): "3", ("--max-removed", "100"): "100"}.items():
        ran = run("report", saved, "--current", str(current), "--format", "json", *more)
        head = json.loads(ran.out)
        assert head["present"]["gate"]["max_removed"] == head["gate"]["max_removed"] == maximum


@pytest.mark.parametrize("gate", [("--max-removed", "0"), ("--max-removed-in", "DC=corp", "0")])
def test_a_gate_on_removals_is_not_asked_of_an_audit(
    gate: tuple[str, ...], run: Command, tmp_path: Path
) -> None:
    saved = str(tmp_path / "saved")
    run("audit", *RULES, "--objects", FLEET, "--save", saved)
    ran = run("report", saved, *gate)
    assert ran.status == 2 and f"{gate[0]}: {saved} is an audit" in ran.err and ran.out == ""


def altered(path: Path, **changes: object) -> None:
    """Changes the head of the result at *path*."""
    with parquet.ParquetFile(path) as file:
        table, head = file.read(), json.loads(file.metadata.metadata[KEY]) | changes
    rewrite(table, path, {KEY: json.dumps(head).encode()})


def rewrite(table: pa.Table, path: Path, head: Mapping[bytes, bytes]) -> None:
    with parquet.ParquetWriter(path, table.schema) as writer:
        writer.write_table(table, row_group_size=40)
        writer.add_key_value_metadata(head)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"version": 2}, "is a result of version 2, and 1 is known"),
        ({"version": None}, "its head cannot be read"),
        ({"command": "explain"}, "its head cannot be read"),
        ({"command": "preview"}, "its columns are not those of a result"),
        ({"origin": {}}, "its head cannot be read"),
        ({"verdicts": []}, "a row has no verdict"),
    ],
)
def test_an_altered_head_is_told(
    change: dict[str, object], problem: str, run: Command, tmp_path: Path
) -> None:
    path = tmp_path / "saved"
    run("audit", *RULES, "--objects", FLEET, "--save", str(path))
    altered(path, **change)
    ran = run("report", str(path))
    assert ran.status == 2 and f"{path}: {problem}" in ran.err and ran.out == ""


def test_other_files_and_columns_are_told(run: Command, snapshot: str, tmp_path: Path) -> None:
    path = tmp_path / "saved"
    run("audit", *RULES, "--objects", FLEET, "--save", str(path))
    content = path.read_bytes()
    (tmp_path / "cut").write_bytes(content[: len(content) // 2])
    with parquet.ParquetFile(path) as file:
        table, head = file.read(), file.metadata.metadata
    for name, odd in {
        "fewer": table.drop_columns(["dn"]),
        "nulls": table.set_column(6, "verdicts_0", pa.nulls(len(table), pa.int32())),
        "texts": table.set_column(3, "type", pa.nulls(len(table), pa.string())),
        "numbers": table.set_column(8, "certificates_0", pa.nulls(len(table), pa.int32())),
        "nameless": table.set_column(1, "dn", pa.nulls(len(table), pa.string())),
        "unjudged": table.set_column(
            8,
            "certificates_0",
            pa.array([[None]] * len(table), table.schema.field("certificates_0").type),
        ),
    }.items():
        rewrite(odd, tmp_path / name, {KEY: head[KEY]})
    names = ("cut", "fewer", "nulls", "texts", "numbers", "nameless", "unjudged", "absent")
    for name in (*names, snapshot, FLEET):
        ran = run("report", str(tmp_path / name))
        assert ran.status == 2 and ran.out == "" and "error: " in ran.err and "help: " in ran.err


@pytest.fixture
def later(tmp_path: Path) -> str:
    """The fleet without its first two objects, with a new one and one that is renamed."""
    head, *lines = Path(FLEET).read_text(encoding="utf-8").splitlines()
    new = json.loads(lines[0])
    new["attributes"]["objectGUID"] = {"guid": "00000000-0000-4000-8000-000000000001"}
    moved = json.loads(lines[2])
    moved["dn"] = f"CN=MOVED,{moved['dn'].partition(',')[2]}"
    kept = [*lines[3:], json.dumps(moved), json.dumps(new)]
    (tmp_path / "later.jsonl").write_text("\n".join([head, *kept]) + "\n", encoding="utf-8")
    return str(tmp_path / "later.jsonl")


def test_what_has_changed_since_is_told_object_by_object(
    run: Command, later: str, tmp_path: Path
) -> None:
    saved = str(tmp_path / "saved")
    run("audit", "--rules", "standard-1.4", "--objects", FLEET, "--save", saved)
    asked = ("audit", *RULES, "--objects", later, "--since", saved)
    since = json.loads(run(*asked, "--format", "json").out)["since"]
    assert since["differs"] == ["rules", "objects"]
    told = {o["object_guid"]: o for o in since["objects"]}
    assert len(told) == len(since["objects"]) == sum(since["counts"].values())
    assert (since["counts"]["gone"], since["counts"]["new"]) == (2, 1)
    before, after = (
        {o["object_guid"]: o for o in json.loads(run(*a, "--format", "json").out)["results"]}
        for a in (("audit", "--rules", "standard-1.4", "--objects", FLEET), asked)
    )
    for guid in before.keys() | after.keys():
        old, new = (
            {"outcome": side[guid]["outcome"], "reason": side[guid]["reason"]["code"]}
            if guid in side
            else None
            for side in (before, after)
        )
        assert (guid in told) == (old != new)
        if old != new:
            assert (told[guid]["then"], told[guid]["now"]) == (old, new)
    entered = [o for o in told.values() if o["turn"] == "entered"]
    assert entered and all(o["then"]["outcome"] == "FILTERED" for o in entered)
    assert all(o["now"]["outcome"] == "SYNCS" for o in entered)
    for form in ("text", "markdown", "html"):
        shown = run(*asked, "--format", form).out.replace("\\", "")
        assert f"{since['counts']['entered']} entered" in shown
        assert "computed otherwise: rules, objects" in shown


def test_where_one_thing_differs_it_is_the_cause(run: Command, tmp_path: Path) -> None:
    saved = str(tmp_path / "saved")
    run("audit", *RULES, "--objects", FLEET, "--save", saved)
    assert (
        "nothing has changed.\n  both were computed from the same"
        in run("report", saved, "--since", saved).out
    )
    ran = run("audit", *RULES, "--objects", FLEET, "--as-of", "2036-01-01", "--since", saved)
    assert "computed otherwise: instant: whatever has changed comes from that" in ran.out
    assert "SYNCS (certificate-valid) -> FILTERED (certificate-expired)" in ran.out
    assert run("audit", *RULES, "--objects", FLEET, "--since", FLEET).status == 2


def test_a_preview_is_compared_by_what_is_after_the_change(run: Command, tmp_path: Path) -> None:
    saved = str(tmp_path / "saved")
    run("preview", *CHANGE, "--objects", FLEET, "--save", saved)
    ran = run("audit", *RULES, "--objects", FLEET, "--since", saved)
    assert (
        ", after the change: nothing has changed.\n  both were computed from the same" in ran.out
    )


def test_what_differs_is_no_cause_where_nothing_has_changed(run: Command, tmp_path: Path) -> None:
    saved = str(tmp_path / "saved")
    run("audit", *RULES, "--objects", FLEET, "--save", saved)
    ran = run("audit", *RULES, "--objects", FLEET, "--since", saved, "--where", "True")
    assert "nothing has changed.\n  computed otherwise: condition\n" in ran.out


def test_a_result_that_does_not_tell_all_is_not_kept(tmp_path: Path) -> None:
    with open_rows(FLEET) as rows:
        brief = audit(load_rules("standard-2016"), rows)
    with pytest.raises(UsageError, match="does not tell all of certificates"):
        save(brief, tmp_path / "saved")
    assert not (tmp_path / "saved").exists()
