"""Objects from a snapshot, which `aadsim snapshot` wrote in Parquet."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.errors import InputError
from simulator.objects import ConnectorObject, Provenance
from simulator.schema import standard_schema
from simulator.sources.carried import COMPUTER_ATTRIBUTES
from simulator.sources.snapshot_layout import (
    FIXED,
    KEY,
    ROWS,
    VERSION,
    arrow_schema,
    attribute_columns,
    objects_of,
)
from simulator.sources.source import Location, SourceRequest, reader
from simulator.sources.textfile import file_sum
from simulator.values import Unreadable

if TYPE_CHECKING:
    import pyarrow
    from pyarrow import parquet

_AGAIN = "take a new snapshot"


def _recognises(location: Location) -> bool:
    return location.start.startswith("PAR1")


def _rows(
    location: Location, request: SourceRequest, provenance: Provenance
) -> Iterator["pyarrow.RecordBatch"]:
    """The rows of a snapshot, batch by batch, as they lie in it."""
    return snapshot_rows(location.text, provenance)


def _again(
    location: Location, provenance: Provenance
) -> Callable[[Collection[str] | None], Iterator["pyarrow.RecordBatch"]]:
    return lambda columns: snapshot_rows(location.text, provenance, columns)


def snapshot_rows(
    path: str,
    provenance: Provenance,
    columns: Collection[str] | None = None,
) -> Iterator["pyarrow.RecordBatch"]:
    """The rows of the snapshot at *path*, of all columns or these.

    *provenance* is told what the snapshot says of itself. DN, type, classes and what no column
    holds are always there.
    """
    import pyarrow.parquet as parquet

    came = 0
    with reading(path), parquet.ParquetFile(path, page_checksum_verification=True) as snapshot:
        head = _head(snapshot, path)
        if not provenance.sha256:
            _tell(provenance, head, path)
        wanted = {*columns, *FIXED} if columns is not None else None
        names = [n for n in snapshot.schema_arrow.names if wanted is None or n in wanted]
        for rows in snapshot.iter_batches(ROWS, columns=names):
            came += rows.num_rows
            yield rows
    if head.get("objects") != came:
        raise InputError(f"{path}: holds {came} objects of {head.get('objects')}", _AGAIN)


@contextmanager
def reading(path: str, help: str = _AGAIN) -> Iterator[None]:
    """Makes what goes wrong with the file *path*, cut or damaged, an `InputError`."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        told = isinstance(error, OSError) and error.strerror
        reason = told or str(error).partition("\n")[0][:200]
        raise InputError(f"{path}: cannot be read: {reason}", help) from None


def _tell(provenance: Provenance, head: Mapping[str, Any], path: str) -> None:
    provenance.sha256 = file_sum(Path(path))
    provenance.captured_at = str(head["captured_at"])
    provenance.complete = head["complete"] is True
    provenance.account = str(head["account"])
    provenance.notes = tuple(map(str, head["notes"]))
    provenance.details = {"captured from": str(head["source"]), **head["details"]}


@reader("snapshot (Parquet)", _recognises, _rows, _again)
def read_snapshot(
    location: Location, request: SourceRequest, provenance: Provenance
) -> Iterator[ConnectorObject]:
    """Reads objects from a snapshot in Parquet."""
    absent: set[str] = set()
    first = 1
    for rows in snapshot_rows(location.text, provenance):
        for found in objects_of(rows, location.text, first):
            absent |= {
                name
                for name, value in found.attributes.items()
                if isinstance(value, Unreadable) and not value.carried
            }
            yield found
        first += rows.num_rows
    provenance.not_carried = tuple(sorted(absent, key=str.casefold))


def _head(snapshot: "parquet.ParquetFile", name: str) -> Mapping[str, Any]:
    """What the file says of itself; its columns must be those that such a file has."""
    schema = snapshot.schema_arrow
    try:
        head = json.loads((snapshot.metadata.metadata or {})[KEY])
        version, details = head["version"], head["details"]
    except (KeyError, TypeError, ValueError):
        raise InputError(
            f"{name}: is Parquet, but no snapshot", "take one with aadsim snapshot"
        ) from None
    if version != VERSION:
        raise InputError(
            f"{name}: is a snapshot of version {version}, and {VERSION} is known",
            "read it with a later version of aadsim",
        )
    columns = attribute_columns(schema)
    unknown = [n for n in columns if n not in standard_schema("ad").attributes]
    if unknown or not isinstance(details, dict) or not _same(schema, arrow_schema(columns)):
        raise InputError(f"{name}: its columns are not those of a snapshot", _AGAIN)
    missing = [name for name in COMPUTER_ATTRIBUTES if name not in columns]
    if missing:  # written by aadsim it has them all, and NULL for every object is no answer
        raise InputError(f"{name}: has no column {', '.join(missing)}", _AGAIN)
    if not {"source", "captured_at", "complete", "account", "notes"} <= head.keys():
        raise InputError(f"{name}: does not say what it is a snapshot of", _AGAIN)
    return dict(head)


def _same(found: "pyarrow.Schema", expected: "pyarrow.Schema") -> bool:
    return bool(found.equals(expected, check_metadata=False))
