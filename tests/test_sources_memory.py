"""Memory follows the batch, whatever the number of objects: nothing holds them all."""

import subprocess
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pyarrow as pa
import pytest

from simulator.objects import Provenance
from simulator.sources.snapshot_file import snapshot_rows
from simulator.sources.snapshot_layout import ROWS
from simulator.sources.snapshot_write import write_snapshot
from simulator.sources.source import open_objects, stream_of
from tests.building import computer

PER_OBJECT = 200  # bytes; 16 for the sightings, the rest for the steps in which memory grows.
# An object that is held takes more than a thousand.

WRITE = """
import resource, sys
from pathlib import Path
from simulator.objects import ConnectorObject, Provenance
from simulator.sources.snapshot_write import write_snapshot
from simulator.sources.source import stream_of

def objects(count):
    for n in range(count):
        yield ConnectorObject(f"CN=PC{n:07},OU=PCs,DC=lab", "computer", {
            "objectGUID": n.to_bytes(16, "big"), "cn": f"PC{n:07}",
            "userCertificate": (n.to_bytes(8, "big") * 100,),
        }, ("top", "computer"))

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024

output = Path(sys.argv[1])
for _ in range(2):  # what allocators keep comes before
    write_snapshot(stream_of(Provenance("x"), objects(66_000)), output)
before = peak()
write_snapshot(stream_of(Provenance("x"), objects(198_000)), output)
print((peak() - before) / 132_000)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="no resource module")
def test_writing_a_snapshot(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WRITE, str(tmp_path / "o.parquet")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert float(done.stdout) < PER_OBJECT


def test_reading_a_snapshot(tmp_path: Path) -> None:
    chance = Random(1)  # what cannot be packed: else little would be read ahead
    objects = (
        computer(f"PC{n}", userCertificate=(chance.randbytes(400),)) for n in range(6 * ROWS)
    )
    path = tmp_path / "o.parquet"
    write_snapshot(stream_of(Provenance("x"), objects), path)
    before = pa.total_allocated_bytes()
    held = [pa.total_allocated_bytes() for _ in snapshot_rows(str(path), Provenance("x"))]
    assert len(held) == 6 and max(held) - before < 0.7 * path.stat().st_size


def peak(work: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def one_by_one(objects: Iterator[object]) -> None:
    for _ in objects:
        pass


@pytest.mark.parametrize("form", ["objects", "rows"])
def test_reading_a_directory(openldap, form: str) -> None:
    url = openldap.url("???(objectClass=computer)")
    request = openldap.request("userCertificate", page_size=50)

    def stream() -> Iterator[object]:
        return getattr(open_objects(url, request), form)  # type: ignore[no-any-return]

    list(stream())  # imports and caches come before
    passing, holding = peak(lambda: one_by_one(stream())), peak(lambda: list(stream()))
    if form == "objects":  # rows lie in Arrow's own memory
        assert passing < holding / 4
    assert passing < 3_000_000
