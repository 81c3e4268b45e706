"""Writes a snapshot: a file from which everything runs later, offline; whole or not at all.

Parquet, or JSON Lines where the name of the file ends in `.jsonl`. Objects are written as they
come; what a pull that fails has left can be kept beside, marked as incomplete.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from simulator.errors import IncompleteError
from simulator.objects import Provenance
from simulator.sources.identity import Sightings, moved, refuse_twins
from simulator.sources.object_form import line, object_form
from simulator.sources.snapshot_layout import (
    KEY,
    ROWS,
    VERSION,
    aligned,
    arrow_schema,
    attribute_columns,
    columns_of,
    dictionary_columns,
)
from simulator.sources.source import Stream, open_objects
from simulator.version import __version__
from simulator.whole_file import replacing

if TYPE_CHECKING:
    import pyarrow

Progress = Callable[[int], object]
STOPPED = "the pull stopped before its end: objects are missing"


def incomplete_path(output: Path) -> Path:
    """Where what came of a pull for *output* lies, if it failed."""
    return output.parent / f"{output.stem}.incomplete{output.suffix}"


def write_snapshot(
    stream: Stream,
    output: Path,
    progress: Progress | None = None,
    *,
    captured_at: str = "",
    keep: int | None = None,
) -> int:
    """Writes the objects of *stream* to *output*, and gives their number.

    *captured_at*, ISO 8601, prevails over what the source tells. *progress* is told now and then
    how many objects are written. With *keep*, what has come of a source that fails midway, or of
    a run that is interrupted, is written to `incomplete_path`, if it is more than so many objects;
    the error says so. Memory is that of a row group, and 16 bytes for each object.
    """
    with replacing(output) as temporary:
        lines = output.suffix.casefold() == ".jsonl"
        writer: _Writer = _Lines(temporary) if lines else _Rows(temporary)
        try:
            for count in writer.write(stream):
                if progress is not None:
                    progress(count)
            twins = writer.sightings.doubtful()
            if twins and stream.live:
                raise moved(stream.provenance.source)
            writer.close(_head(stream.provenance, captured_at))
        except (IncompleteError, KeyboardInterrupt) as error:
            if keep is None or writer.count <= keep:
                raise
            with replacing(incomplete_path(output)) as kept:
                writer.close(_head(stream.provenance, captured_at, STOPPED))
                temporary.replace(kept)
            raise _kept(error, writer.count, output) from None
        finally:
            writer.abandon()
        if twins:
            _refuse_twins(temporary, stream.provenance.source)
    return writer.count


class _Writer(Protocol):
    """What takes the objects of a stream to a file, in one form or the other."""

    count: int
    sightings: Sightings

    def write(self, stream: Stream) -> Iterator[int]:
        """Writes all objects, and tells now and then how many."""

    def close(self, head: dict[str, Any]) -> None:
        """Writes *head* and what is left, and closes the file."""

    def abandon(self) -> None:
        """Closes the file as it is, if it is open."""


class _Lines:
    """Writes JSON Lines: the objects first, and all again below the head, which is known last."""

    def __init__(self, path: Path) -> None:
        self.count = 0
        self.sightings = Sightings()
        self._path = path
        self._body = path.with_name(f"{path.name}.body")
        self._file = self._body.open("w+", encoding="utf-8", newline="\n")

    def write(self, stream: Stream) -> Iterator[int]:
        for each in stream.objects:
            self._file.write(line(object_form(each)) + "\n")
            self.sightings.note(each.attributes.get("objectGUID"), each.dn)
            self.count += 1
            if self.count % ROWS == 0:
                yield self.count

    def close(self, head: dict[str, Any]) -> None:
        self._file.seek(0)
        with self._path.open("w", encoding="utf-8", newline="\n") as file:
            file.write(line({"snapshot": head}) + "\n")
            shutil.copyfileobj(self._file, file)

    def abandon(self) -> None:
        try:
            self._file.close()
        finally:  # on a full disk it cannot be closed: what is left of it would fill it further
            self._body.unlink(missing_ok=True)


class _Rows:
    """Writes Parquet: rows as they come, in row groups of one size."""

    def __init__(self, path: Path) -> None:
        self.count = 0
        self.sightings = Sightings()
        self._path = path
        self._schema: pyarrow.Schema | None = None
        self._writer: Any = None  # pyarrow has no types of its own
        self._waiting: list[pyarrow.RecordBatch] = []

    def write(self, stream: Stream) -> Iterator[int]:
        waiting = 0
        for rows in stream.rows:
            if self._schema is None:
                self._schema = rows.schema
            self._waiting.append(aligned(rows, self._schema))
            self.count += rows.num_rows
            waiting += rows.num_rows
            self.sightings.note_rows(rows)
            if waiting >= ROWS:
                waiting = self._group(ROWS)
            yield self.count

    def close(self, head: dict[str, Any]) -> None:
        self._group(1)
        described = {"version": VERSION, **head, "objects": self.count}
        self._opened().add_key_value_metadata({KEY: json.dumps(described).encode()})
        self._writer.close()
        self._writer = None

    def abandon(self) -> None:
        if self._writer is not None:
            self._writer.close()

    def _opened(self) -> Any:
        import pyarrow.parquet as parquet

        if self._writer is None:
            schema = self._schema or arrow_schema(columns_of(()))
            columns = attribute_columns(schema)
            self._writer = parquet.ParquetWriter(
                self._path,
                schema,
                compression="zstd",
                use_dictionary=dictionary_columns(columns),
                write_page_checksum=True,
            )
        return self._writer

    def _group(self, size: int) -> int:
        """Writes the waiting rows in groups of ROWS while *size* wait; gives how many still do."""
        import pyarrow as pa

        if not self._waiting:
            return 0
        table = pa.Table.from_batches(self._waiting, self._schema)
        at = 0
        while table.num_rows - at >= size:
            group = table.slice(at, ROWS)
            self._opened().write_table(group, row_group_size=ROWS)
            at += group.num_rows
        rest = table.slice(at)
        self._waiting = rest.to_batches()
        return int(rest.num_rows)


def _head(told: Provenance, captured_at: str, missing: str = "") -> dict[str, Any]:
    """What a snapshot says of itself; *missing* says what is not in it."""
    details = {
        **{k: v for k, v in told.details.items() if k != "captured from"},
        "written by": f"aadsim {__version__}",
    }
    if told.sha256:
        details["source sha256"] = told.sha256
    return {
        "source": told.details.get("captured from", told.source),
        "captured_at": captured_at or told.captured_at,
        "complete": told.complete and not missing,
        "account": told.account,
        "notes": [*([missing] if missing else []), *told.notes],
        "details": details,
    }


def _kept(error: BaseException, count: int, output: Path) -> IncompleteError:
    """*error*, which says besides that what came is kept, and how to go on."""
    message, help = "interrupted", ""
    if isinstance(error, IncompleteError):
        message, help = error.message, f"{error.help}; " if error.help else ""
    return IncompleteError(
        f"{message}; {count} objects are kept in {incomplete_path(output)}",
        f"{help}go on with --resume",
    )


def _refuse_twins(written: Path, source: str) -> None:
    """Refuses what is *written* if an object of *source* is in it twice."""
    objects = open_objects(str(written)).objects
    refuse_twins(
        replace(each, origin=f"{source}: object {number}")
        for number, each in enumerate(objects, 1)
    )
