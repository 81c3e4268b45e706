"""Writes a snapshot: a file from which everything runs later, offline; whole or not at all.

Parquet, or JSON Lines where the name of the file ends in `.jsonl`.
"""

import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from simulator.errors import UsageError
from simulator.objects import ConnectorObject, ObjectSet
from simulator.sources.object_form import content_sum, line, object_form
from simulator.sources.snapshot_layout import (
    KEY,
    ROWS,
    VERSION,
    arrow_schema,
    batch,
    columns_of,
    dictionary_columns,
)
from simulator.version import __version__

Progress = Callable[[int], object]


def write_snapshot(objects: ObjectSet, output: Path, progress: Progress | None = None) -> str:
    """Writes *objects* to *output*, and gives the SHA-256 of their content.

    *progress* is told now and then how many are written. Memory beyond the objects themselves is
    that of one row group.
    """
    head = _head(objects)
    with _whole_or_not_at_all(output) as temporary:
        if output.suffix.casefold() == ".jsonl":
            _write_lines(objects, head, temporary, progress)
        else:
            _write_parquet(objects, head, temporary, progress)
    return str(head["details"]["content sha256"])


def _head(objects: ObjectSet) -> dict[str, Any]:
    details = {
        **{k: v for k, v in objects.details.items() if k != "captured from"},
        "written by": f"aadsim {__version__}",
        "content sha256": content_sum(objects.objects),
    }
    if objects.sha256:
        details["source sha256"] = objects.sha256
    return {
        "source": objects.details.get("captured from", objects.source),
        "captured_at": objects.captured_at,
        "complete": objects.complete,
        "account": objects.account,
        "notes": list(objects.notes),
        "details": details,
    }


def _write_lines(
    objects: ObjectSet, head: Mapping[str, object], path: Path, progress: Progress | None
) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(line({"snapshot": head}) + "\n")
        for count, each in enumerate(objects.objects, 1):
            file.write(line(object_form(each)) + "\n")
            if progress is not None and count % ROWS == 0:
                progress(count)


def _write_parquet(
    objects: ObjectSet, head: Mapping[str, object], path: Path, progress: Progress | None
) -> None:
    import pyarrow.parquet as parquet

    columns = columns_of(objects.objects)
    described = {"version": VERSION, **head, "objects": len(objects.objects)}
    schema = arrow_schema(columns).with_metadata({KEY: json.dumps(described).encode()})
    written = 0
    with parquet.ParquetWriter(
        path,
        schema,
        compression="zstd",
        use_dictionary=dictionary_columns(columns),
        write_page_checksum=True,
    ) as writer:
        for group in _groups(objects.objects):
            writer.write_batch(batch(group, columns, schema), row_group_size=ROWS)
            written += len(group)
            if progress is not None:
                progress(written)


def _groups(objects: tuple[ConnectorObject, ...]) -> Iterator[list[ConnectorObject]]:
    rest = iter(objects)
    while group := list(islice(rest, ROWS)):
        yield group


@contextmanager
def _whole_or_not_at_all(output: Path) -> Iterator[Path]:
    """A file beside *output* that takes its place in the end, and is gone if anything fails."""
    try:
        handle, name = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}.")
    except OSError as error:
        raise UsageError(
            f"--output {output}: cannot be written: {error.strerror}",
            "name a file in a folder of yours",
        ) from None
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(output)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise UsageError(
            f"--output {output}: cannot be written: {error.strerror or error}",
            "look at the space and the rights there; nothing was written",
        ) from None
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
