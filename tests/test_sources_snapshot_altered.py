"""A snapshot that somebody altered by hand is refused by whatever reads it, in one sentence."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest

from simulator.objects import ConnectorObject, Provenance
from simulator.sources.snapshot_write import write_snapshot
from simulator.sources.source import stream_of
from tests.building import computer
from tests.running import Command

KEY = b"aadsim.snapshot"
SAID = {"captured_at": "2026-01-01T00:00:00Z", "account": "a", "notes": ("n",), "details": {}}
Alter = Callable[[pa.Table], pa.Table]


@pytest.fixture
def aadsim(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def snapshot(path: Path, alter: Alter = lambda table: table, *more: ConnectorObject) -> str:
    """A snapshot of three computers and *more*, in row groups of two, altered."""
    held = {"objectClass": ("computer",), "userCertificate": (b"x",)}
    objects = (*(computer(name, **held) for name in "abc"), *more)
    write_snapshot(stream_of(Provenance("x", **SAID), iter(objects)), path)  # type: ignore[arg-type]
    parquet.write_table(alter(table_of(path)), path, row_group_size=2)
    return str(path)


def table_of(path: Path | str) -> pa.Table:
    """The rows and the head of the snapshot *path*."""
    with parquet.ParquetFile(path) as file:
        return file.read().replace_schema_metadata({KEY: file.metadata.metadata[KEY]})


def head(**changes: object) -> Alter:
    """The head with *changes*; what is `...` is taken out."""

    def alter(table: pa.Table) -> pa.Table:
        said = {**json.loads(table.schema.metadata[KEY]), **changes}
        kept = {name: value for name, value in said.items() if value is not ...}
        return table.replace_schema_metadata({KEY: json.dumps(kept)})

    return alter


def cell(name: str, value: object, kind: pa.DataType | None = None) -> Alter:
    """*value* in the last row of the column *name*, which may become another kind of column."""

    def alter(table: pa.Table) -> pa.Table:
        at, field = table.schema.get_field_index(name), table.schema.field(name)
        field = pa.field(name, kind or field.type, field.nullable or kind is not None)
        values = [*([value] * 3 if kind else table.column(name).to_pylist()[:-1]), value]
        return table.set_column(at, field, pa.array(values[-3:], field.type))

    return alter


def renamed(table: pa.Table) -> pa.Table:
    names = ["contoso" if name == "cn" else name for name in table.column_names]
    return table.rename_columns(names).replace_schema_metadata(table.schema.metadata)


def twice(table: pa.Table) -> pa.Table:
    return head(objects=4)(pa.concat_tables([table, table.slice(0, 1)]))


def no_text(table: pa.Table) -> pa.Table:
    values = pa.array([b"a", b"b", b"\xff"]).view(pa.string())
    return table.set_column(table.schema.get_field_index("cn"), table.schema.field("cn"), values)


ALTERED: dict[str, tuple[Alter, str]] = {
    "no-head": (lambda t: t.replace_schema_metadata(None), "is Parquet, but no snapshot"),
    "a-list": (lambda t: t.replace_schema_metadata({KEY: "[]"}), "is Parquet, but no snapshot"),
    "later": (head(version=2), "is a snapshot of version 2, and 1 is known"),
    "no-time": (head(captured_at=None), "`captured_at` of its head"),
    "yesterday": (head(captured_at="yesterday"), "`yesterday` of its head is not a time"),
    "no-zone": (head(captured_at="2026-01-01T00:00:00"), "is not a time with a zone"),
    "no-notes": (head(notes="n"), "`notes` of its head"),
    "other-notes": (head(notes=[1]), "`notes` of its head"),
    "no-account": (head(account=...), "`account` of its head"),
    "source": (head(source=5), "`source` of its head"),
    "complete": (head(complete="yes"), "`complete` of its head"),
    "details": (head(details={"a": 1}), "`details` of its head"),
    "text-count": (head(objects="3"), "`objects` of its head"),
    "count": (head(objects=4), "holds 3 objects of 4"),
    "no-classes": (cell("classes", None), "the column `classes` holds NULL"),
    "null-class": (cell("classes", [None]), "the column `classes` holds NULL"),
    "null-value": (cell("userCertificate", [b"x", None]), "the column `userCertificate` holds NULL"),
    "no-json": (cell("other", "{"), "the column `other` holds `{`"),
    "json-list": (cell("other", "[1]"), "the column `other` holds `[1]`"),
    "json-null": (cell("other", '{"attributes": {"a": null}}'), "the column `other` holds"),
    "number": (cell("dn", 5, pa.int64()), "the column `dn` holds int64 or NULL, where a snapshot has string"),
    "may-be-null": (cell("dn", "CN=a", pa.string()), "holds string or NULL, where a snapshot has string"),
    "one-value": (cell("userCertificate", b"x", pa.binary()), "the column `userCertificate` holds"),
    "no-dn": (lambda t: t.drop_columns("dn"), "has no column `dn`"),
    "no-cn": (lambda t: t.drop_columns("cn"), "has no column cn"),
    "renamed": (renamed, "has a column `contoso`"),
    "doubled": (lambda t: t.append_column("cn", t.column("cn")), "has 2 columns `cn`"),
    "no-text": (no_text, "cannot be read"),
    "twice": (twice, " 4: CN=a,DC=contoso,DC=com has the objectGUID of CN=a,DC=contoso,DC=com at"),
    "namesakes": (cell("dn", "cn=A,DC=contoso,DC=com"), " 3: cn=A,DC=contoso,DC=com has the distinguished name of CN=a,DC=contoso,DC=com at"),
}  # fmt: skip
COMMANDS = {
    "rows": "audit --rules standard-2016 --objects {} --jobs 1",
    "objects": "audit --rules standard-2016 --objects {} --format json",
    "filtered": "audit --rules standard-2016 --objects {} --where True",
    "explain": "explain c --rules standard-2016 --objects {}",
    "snapshot": "snapshot {} --output {}.jsonl",
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("what", ALTERED)
def test_it_is_refused(aadsim: Command, tmp_path: Path, what: str, command: str) -> None:
    alter, said = ALTERED[what]
    path = snapshot(tmp_path / "f.parquet", alter)
    ran = aadsim(*COMMANDS[command].replace("{}", path).split())
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {path}:") and said in ran.err
    assert ran.err.count("\n") == 2 and "\n  = help: " in ran.err


@pytest.mark.parametrize("what", ["null-value", "no-text"])
def test_it_is_refused_by_several_processes(aadsim: Command, tmp_path: Path, what: str) -> None:
    alter, said = ALTERED[what]
    path = snapshot(tmp_path / "f.parquet", alter)
    ran = aadsim(*COMMANDS["rows"].replace("--jobs 1", "--jobs 2").format(path).split())
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"error: {path}:") and said in ran.err


def test_without_an_objectguid_a_name_comes_once(aadsim: Command, tmp_path: Path) -> None:
    one = computer("x", objectGUID=None)
    path = snapshot(tmp_path / "f.parquet", lambda t: t, one)
    table = table_of(path)
    parquet.write_table(head(objects=5)(pa.concat_tables([table, table.slice(3)])), path)
    ran = aadsim(*COMMANDS["rows"].format(path).split())
    assert ran.status == 2
    assert "CN=x,DC=contoso,DC=com has the distinguished name of" in ran.err


def empty_group(path: Path, like: str) -> str:
    """The snapshot *like* with a row group of no rows before the others, and one after them."""
    table = table_of(like)
    with parquet.ParquetWriter(path, table.schema) as writer:
        for rows in (table.slice(0, 0), table, table.slice(0, 0)):
            writer.write_table(rows)
    with parquet.ParquetFile(path) as file:
        assert file.metadata.row_group(0).num_rows == 0
    return str(path)


@pytest.mark.parametrize("command", [*COMMANDS, "several"])
def test_a_row_group_may_be_empty(aadsim: Command, tmp_path: Path, command: str) -> None:
    line = COMMANDS.get(command) or COMMANDS["rows"].replace("--jobs 1", "--jobs 2")
    plain = snapshot(tmp_path / "f.parquet")
    other = empty_group(tmp_path / "g.parquet", plain)
    expected, found = (aadsim(*line.replace("{}", path).split()) for path in (plain, other))
    assert found.status == expected.status == 0
    if command != "snapshot":  # it tells the name and the sum of the file
        assert without(found.out, other) == without(expected.out, plain)


def without(text: str, path: str) -> Any:
    lines = [line for line in text.splitlines() if "sha256" not in line]
    return [line.replace(path, "") for line in lines]
