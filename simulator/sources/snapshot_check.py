"""What a snapshot must hold, whoever wrote it: its head, its columns, and their cells."""

import re
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from simulator.errors import InputError
from simulator.schema import standard_schema
from simulator.sources.carried import COMPUTER_ATTRIBUTES
from simulator.sources.snapshot_layout import KEY, VERSION, arrow_schema, attribute_columns
from simulator.values import is_moment

if TYPE_CHECKING:
    import pyarrow
    from pyarrow import parquet

AGAIN = "take a new snapshot"
_Form: TypeAlias = str | int | bool | dict[str, str]


class Head(msgspec.Struct):
    """What a snapshot says of itself; *captured_at* is empty where nobody knows it."""

    source: str
    captured_at: str
    complete: bool
    account: str
    notes: list[str]
    details: dict[str, str]
    objects: int


class Other(msgspec.Struct, forbid_unknown_fields=True):
    """A cell of the column `other`."""

    attributes: dict[str, _Form | list[_Form]]
    unreadable: dict[str, str] = {}
    not_carried: dict[str, str] = {}


def head_of(snapshot: "parquet.ParquetFile", path: str) -> Head:
    """The head of *snapshot*, which is the file *path*; its columns are those of a snapshot."""
    try:
        said = msgspec.json.decode((snapshot.metadata.metadata or {})[KEY])
        version = said["version"]
    except (KeyError, TypeError, msgspec.DecodeError):
        raise InputError(
            f"{path}: is Parquet, but no snapshot", "take one with aadsim snapshot"
        ) from None
    if version != VERSION:
        raise InputError(
            f"{path}: is a snapshot of version {version}, and {VERSION} is known",
            "read it with a later version of aadsim",
        )
    _refuse_columns(snapshot.schema_arrow, path)
    try:
        head = msgspec.convert(said, Head)
    except msgspec.ValidationError as error:
        found = re.search(r"`(?:\$\.)?(\w+)[^`]*`$", str(error))
        key = f"`{found[1]}` of its head" if found else "its head"
        raise InputError(f"{path}: {key} is missing or of the wrong kind", AGAIN) from None
    if head.captured_at and not is_moment(head.captured_at):
        raise InputError(
            f"{path}: captured_at `{head.captured_at}` of its head is not a time with a zone",
            AGAIN,
        )
    if head.objects != snapshot.metadata.num_rows:
        raise InputError(
            f"{path}: holds {snapshot.metadata.num_rows} objects of {head.objects}", AGAIN
        )
    return head


def _refuse_columns(schema: "pyarrow.Schema", path: str) -> None:
    """Raises `InputError` where *schema* is not that of a snapshot, or lacks what rules read."""
    known = standard_schema("ad").attributes
    columns = [name for name in attribute_columns(schema) if name in known]
    expected = arrow_schema(columns)
    for name in (*expected.names, *schema.names):
        count = schema.names.count(name)
        if count != 1 or name not in expected.names:
            number = {0: "no column", 1: "a column"}.get(count, f"{count} columns")
            raise InputError(f"{path}: has {number} `{name}`, as no snapshot does", AGAIN)
        found, wanted = schema.field(name), expected.field(name)
        if not found.equals(wanted):
            kinds = f"{_kind(found)}, where a snapshot has {_kind(wanted)}"
            raise InputError(f"{path}: the column `{name}` holds {kinds}", AGAIN)
    missing = [name for name in COMPUTER_ATTRIBUTES if name not in columns]
    if missing:  # written by aadsim it has them all, and NULL for every object is no answer
        raise InputError(f"{path}: has no column {', '.join(missing)}", AGAIN)


def _kind(field: "pyarrow.Field") -> str:
    return f"{field.type}{' or NULL' if field.nullable else ''}"


def refuse_damage(rows: "pyarrow.RecordBatch", path: str) -> None:
    """Raises an error where *rows* of the file *path* hold what no snapshot does."""
    import pyarrow as pa

    rows.validate(full=True)
    for name, column in zip(rows.schema.names, rows.columns, strict=True):
        listed = pa.types.is_list(column.type)
        if (listed and column.flatten().null_count) or (name == "classes" and column.null_count):
            raise InputError(f"{path}: the column `{name}` holds NULL in place of a value", AGAIN)
    if "other" in rows.schema.names:
        for text in rows.column("other").unique().drop_null().to_pylist():
            try:
                msgspec.json.decode(text, type=Other)
            except (msgspec.DecodeError, RecursionError):
                raise InputError(
                    f"{path}: the column `other` holds `{text[:60]}`, as no snapshot does", AGAIN
                ) from None
