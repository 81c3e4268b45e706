"""Objects from a snapshot, which `aadsim snapshot` wrote in Parquet."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.errors import InputError
from simulator.objects import ConnectorObject, ObjectSet
from simulator.schema import standard_schema
from simulator.sources.snapshot_layout import KEY, VERSION, arrow_schema, objects_of
from simulator.sources.source import Location, SourceRequest, reader
from simulator.values import Unreadable

if TYPE_CHECKING:
    import pyarrow

_AGAIN = "take a new snapshot"
_ROWS = 4096


def _recognises(location: Location) -> bool:
    return location.start.startswith("PAR1")


@reader("snapshot (Parquet)", _recognises)
def read_snapshot(location: Location, request: SourceRequest) -> ObjectSet:
    """Reads objects from a snapshot in Parquet."""
    import pyarrow as pa
    import pyarrow.parquet as parquet

    objects: list[ConnectorObject] = []
    try:
        with Path(location.text).open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        with parquet.ParquetFile(location.text, page_checksum_verification=True) as snapshot:
            head = _head(snapshot.schema_arrow, location.text)
            for rows in snapshot.iter_batches(_ROWS):
                objects += objects_of(rows, location.text, len(objects) + 1)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        reason = str(error).partition("\n")[0][:200]
        raise InputError(f"{location.text}: cannot be read: {reason}", _AGAIN) from None
    if head.get("objects") != len(objects):
        raise InputError(
            f"{location.text}: holds {len(objects)} objects of {head.get('objects')}", _AGAIN
        )
    absent = {
        n
        for o in objects
        for n, v in o.attributes.items()
        if isinstance(v, Unreadable) and not v.carried
    }
    return ObjectSet(
        objects=tuple(objects),
        source=location.text,
        sha256=digest,
        captured_at=str(head["captured_at"]),
        complete=head["complete"] is True,
        account=str(head["account"]),
        notes=tuple(map(str, head["notes"])),
        details={"captured from": str(head["source"]), **head["details"]},
        not_carried=tuple(sorted(absent, key=str.casefold)),
    )


def _head(schema: "pyarrow.Schema", name: str) -> Mapping[str, Any]:
    """What the file says of itself; its columns must be those that such a file has."""
    try:
        head = json.loads((schema.metadata or {})[KEY])
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
    columns = [n for n in schema.names if n not in ("dn", "type", "classes", "other")]
    unknown = [n for n in columns if n not in standard_schema("ad").attributes]
    if unknown or not isinstance(details, dict) or not _same(schema, arrow_schema(columns)):
        raise InputError(f"{name}: its columns are not those of a snapshot", _AGAIN)
    if not {"source", "captured_at", "complete", "account", "notes"} <= head.keys():
        raise InputError(f"{name}: does not say what it is a snapshot of", _AGAIN)
    return dict(head)


def _same(found: "pyarrow.Schema", expected: "pyarrow.Schema") -> bool:
    return bool(found.equals(expected, check_metadata=False))
