"""The data of the benchmarks: made once into a folder, and taken from there afterwards.

A file has its name when it is whole. What was made by another version of the generator, or in
another layout, lies in another folder.
"""

import hashlib
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pyarrow.parquet as parquet

from simulator.sources.object_form import line, object_form
from simulator.sources.snapshot_layout import VERSION, objects_of
from tests.benchmarks import computers
from tests.benchmarks.floor import NEED, REACHES, by_version

_HEAD = line({"snapshot": {"captured_at": computers.CAPTURED_AT}})


def snapshot(folder: Path, count: int) -> Path:
    """A snapshot of *count* computers in *folder*."""
    return _made(
        folder / _version() / f"computers-{count}.parquet",
        lambda path: computers.write(path, count),
    )


def lines(folder: Path, count: int) -> Path:
    """The computers of `snapshot` as JSON Lines."""
    source = snapshot(folder, count)
    return _made(source.with_suffix(".jsonl"), lambda path: _write_lines(source, path))


def one(folder: Path, count: int) -> Path:
    """As JSON Lines, one of *count* computers: one whose certificates the rules look at."""
    source = snapshot(folder, count)
    return _made(source.with_name("one.jsonl"), lambda path: _write_one(source, path))


@cache
def _version() -> str:
    made_by = Path(computers.__file__).read_bytes() + repr(computers.COLUMNS).encode()
    return f"{VERSION}-{hashlib.sha256(made_by).hexdigest()[:12]}"


def _made(path: Path, write: Callable[[Path], None]) -> Path:
    if not path.exists():
        print(f"making {path}", file=sys.stderr)
        path.parent.mkdir(parents=True, exist_ok=True)
        begun = path.with_suffix(".begun")
        write(begun)
        begun.replace(path)
    return path


def _write_lines(source: Path, path: Path) -> None:
    with parquet.ParquetFile(source) as file, path.open("w", encoding="utf-8") as out:
        print(_HEAD, file=out)
        for batch in file.iter_batches():
            for each in objects_of(batch, "", 1):
                print(line(object_form(each)), file=out)


def _write_one(source: Path, path: Path) -> None:
    table = parquet.read_table(source)
    for at, row in enumerate(table.select(NEED).to_pylist()):
        told = by_version(row["operatingSystem"], row["operatingSystemVersion"])
        if told == REACHES and row["userCertificate"]:
            (batch,) = table.slice(at, 1).combine_chunks().to_batches()
            (found,) = objects_of(batch, "", 1)
            path.write_text(f"{_HEAD}\n{line(object_form(found))}\n", encoding="utf-8")
            return
    raise ValueError(f"no computer of {source} reaches its certificates")
