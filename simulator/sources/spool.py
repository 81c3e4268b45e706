"""Rows of objects that can be gone through again, without holding them all in memory.

A snapshot is read again each time. What comes from elsewhere is kept in memory while it is
little, and in a temporary file from then on.
"""

import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.objects import ConnectorObject, Provenance
from simulator.sources.identity import Sightings, has_twins, moved, refuse_twins
from simulator.sources.merge import open_all
from simulator.sources.snapshot_layout import aligned, objects_of
from simulator.sources.source import SourceRequest, Stream

if TYPE_CHECKING:
    import pyarrow

_IN_MEMORY = 64 << 20  # bytes
_DISTINCT = frozenset({"objectGUID"})
Batches = Iterator["pyarrow.RecordBatch"]


@dataclass(frozen=True)
class Rows:
    """All objects of a source as rows; none is there twice, and *provenance* is whole.

    *batches* goes through them, from the first on, each time it is called. Of columns it gives at
    least those that it is asked for, or all for `None`. *counts* tells how many objects there are
    of each type. *path* is that of the snapshot, if it is one: what is read of it past *batches*
    does not tell that the *unasked* attributes are unknown. *distinct* are columns that are known
    to hold no value twice.
    """

    provenance: Provenance
    batches: Callable[[Collection[str] | None], Batches]
    counts: Counter[str]
    path: str = ""
    unasked: frozenset[str] = frozenset()
    distinct: frozenset[str] = frozenset()

    @property
    def count(self) -> int:
        """How many objects there are."""
        return self.counts.total()

    @property
    def types(self) -> frozenset[str]:
        """The types of the objects."""
        return frozenset(self.counts)

    def named(self, dns: "pyarrow.ChunkedArray") -> Iterator[ConnectorObject]:
        """The objects that have one of these *dns*."""
        import pyarrow.compute as pc

        for batch in self.batches(None):
            part = batch.filter(pc.is_in(batch.column("dn"), dns))
            yield from objects_of(part, self.provenance.source, 1)


def open_rows(
    *locations: str, request: SourceRequest | None = None
) -> AbstractContextManager[Rows]:
    """The objects at all *locations* as rows, while the context lasts; for any number of them."""
    return spooled(open_all(locations, request), request.progress if request else None)


@contextmanager
def spooled(stream: Stream, progress: Callable[[int], object] | None = None) -> Iterator[Rows]:
    """The rows of *stream* while the context lasts; *progress* is told how many have come."""
    counts: Counter[str] = Counter()
    if stream.again is not None:
        # from the first rows on the provenance is told too
        if has_twins(_counted(stream.again(("objectGUID",)), counts)):
            refuse_twins(stream.objects)
        place = stream.provenance.source
        yield Rows(stream.provenance, stream.again, counts, place, distinct=_DISTINCT)
        return
    with tempfile.TemporaryDirectory(prefix="aadsim-") as folder:
        spool = _Spool(Path(folder) / "rows.arrow")
        try:
            _fill(spool, stream, counts, progress)
            yield Rows(stream.provenance, spool.batches, counts, distinct=_DISTINCT)
        finally:
            spool.close()


def _counted(batches: Batches, counts: Counter[str]) -> Batches:
    """The *batches*; the objects in them are added to *counts* on the way."""
    for rows in batches:
        for each in rows.column("type").value_counts().to_pylist():
            counts[each["values"]] += each["counts"]
        yield rows


def _fill(
    spool: "_Spool",
    stream: Stream,
    counts: Counter[str],
    progress: Callable[[int], object] | None,
) -> None:
    sightings = Sightings()
    for rows in _counted(stream.rows, counts):
        sightings.note_rows(rows)
        spool.put(rows)
        if progress is not None:
            progress(counts.total())
    if sightings.doubtful():
        if stream.live:
            raise moved(stream.provenance.source)
        refuse_twins(
            o
            for rows in spool.batches(None)
            for o in objects_of(rows, stream.provenance.source, 1)
        )


class _Spool:
    """Batches in memory, and the rest of many in a file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept: list[pyarrow.RecordBatch] = []
        self._size = 0
        self._schema: pyarrow.Schema | None = None
        self._writer: pyarrow.RecordBatchFileWriter | None = None

    def put(self, rows: "pyarrow.RecordBatch") -> None:
        import pyarrow as pa

        self._schema = self._schema or rows.schema
        rows = aligned(rows, self._schema)
        if self._size < _IN_MEMORY:
            self._kept.append(rows)
            self._size += rows.nbytes
            return
        if self._writer is None:
            self._writer = pa.ipc.new_file(str(self._path), self._schema)
        self._writer.write_batch(rows)

    def batches(self, columns: Collection[str] | None) -> Batches:
        import pyarrow as pa

        yield from self._kept
        if self._writer is None:
            return
        self._writer.close()
        with pa.OSFile(str(self._path)) as file:
            reader = pa.ipc.open_file(file)
            for number in range(reader.num_record_batches):
                yield reader.get_batch(number)

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
