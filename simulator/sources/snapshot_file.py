"""Objects from a snapshot, which `aadsim snapshot` wrote in Parquet."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from simulator.errors import InputError
from simulator.objects import ConnectorObject, Provenance
from simulator.sources.snapshot_check import AGAIN, Head, head_of, refuse_damage
from simulator.sources.snapshot_layout import FIXED, ROWS, objects_of
from simulator.sources.source import Location, SourceRequest, reader
from simulator.sources.textfile import file_sum
from simulator.values import Unreadable

if TYPE_CHECKING:
    import pyarrow
    from pyarrow import parquet


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
    with reading(path), parquet_file(path) as snapshot:
        head = head_of(snapshot, path)
        if not provenance.sha256:
            _tell(provenance, head, path)
        wanted = {*columns, *FIXED} if columns is not None else None
        names = [n for n in snapshot.schema_arrow.names if wanted is None or n in wanted]
        for rows in snapshot.iter_batches(ROWS, columns=names):
            refuse_damage(rows, path)
            yield rows


def parquet_file(path: str, **options: Any) -> "parquet.ParquetFile":
    """The Parquet file *path*, whose sums are checked, with further *options* of Arrow.

    Nothing is read ahead: Arrow would keep all of it in memory until the file is closed.
    """
    import pyarrow.parquet as parquet

    return parquet.ParquetFile(path, page_checksum_verification=True, pre_buffer=False, **options)


@contextmanager
def reading(path: str, help: str = AGAIN) -> Iterator[None]:
    """Makes what goes wrong with the file *path*, cut or damaged, an `InputError`."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        told = isinstance(error, OSError) and error.strerror
        reason = told or str(error).partition("\n")[0][:200]
        raise InputError(f"{path}: cannot be read: {reason}", help) from None


def _tell(provenance: Provenance, head: Head, path: str) -> None:
    provenance.sha256 = file_sum(Path(path))
    provenance.captured_at = head.captured_at
    provenance.complete = head.complete
    provenance.account = head.account
    provenance.notes = tuple(head.notes)
    provenance.details = {"captured from": head.source, **head.details}


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
