"""Gathers results as they are computed, and orders them: by DN without case, then by GUID."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from typing import TYPE_CHECKING

from simulator.objects import ConnectorObject
from simulator.results.results import CERTIFICATE, SUBJECT, Columns, Results, Row, Side, Subject
from simulator.results.verdict import Verdict, told, verdict_of
from simulator.sync.outcome import CertificateVerdict, Outcome

if TYPE_CHECKING:
    import pyarrow

_CHUNK = 4096


def gather(*sides: Iterable[Outcome]) -> Results:
    """The results of what each rule set makes of the same objects, in one order."""
    gatherer = Gatherer(len(sides))
    gatherer.outcomes(*sides)
    return gatherer.finish()


class Gatherer:
    """Takes the results of so many rule sets, object by object or as columns."""

    def __init__(self, sides: int) -> None:
        self._sides = sides
        self._verdicts: dict[Verdict, int] = {}
        self._subjects: list[pyarrow.RecordBatch] = []
        self._columns: list[list[Columns]] = []

    def number(self, verdict: Verdict) -> int:
        """The number by which *verdict* is known here."""
        return self._verdicts.setdefault(verdict, len(self._verdicts))

    def columns(self, subjects: "pyarrow.RecordBatch", *sides: Columns) -> None:
        """Takes objects with the columns of each rule set, whose verdicts `number` has given."""
        self._subjects.append(subjects)
        self._columns.append(list(sides))

    def outcomes(self, *sides: Iterable[Outcome]) -> None:
        """Takes what each rule set makes of the same objects, in one order."""
        waiting: list[tuple[Outcome, ...]] = []
        for each in zip(*sides, strict=True):
            assert all(o.subject is each[0].subject for o in each)
            waiting.append(each)
            if len(waiting) == _CHUNK:
                self._take(waiting)
                waiting = []
        if waiting:
            self._take(waiting)

    def finish(self) -> Results:
        """All that was taken, in order."""
        import pyarrow as pa

        schema = subject_schema()
        whole = pa.Table.from_batches(self._subjects, schema).unify_dictionaries()
        columns = {name: whole[name] for name in schema.names}
        order = _order(columns["dn"], columns["object_guid"])
        # what is in order is not kept out of order as well: column by column
        del whole
        self._subjects.clear()
        subjects = {name: _ordered(columns.pop(name), order) for name in schema.names}
        held = self._columns[0][0].certificates.type if self._columns else certificates_type()
        sides = []
        for _ in range(self._sides):
            parts = [columns.pop(0) for columns in self._columns]
            verdicts = pa.chunked_array([p.verdicts for p in parts], pa.int32())
            ends = pa.chunked_array([p.ends for p in parts], pa.string())
            certificates = pa.chunked_array([p.certificates for p in parts], held)
            parts.clear()
            sides.append(
                Columns(
                    _ordered(verdicts, order), _ordered(ends, order), _ordered(certificates, order)
                )
            )
        return Results(pa.table(subjects), tuple(self._verdicts), tuple(sides))

    def _take(self, outcomes: Sequence[tuple[Outcome, ...]]) -> None:
        import pyarrow as pa

        subjects = [subject_of(each[0].subject) for each in outcomes]
        schema = subject_schema()
        arrays = [pa.array([getattr(s, f.name) for s in subjects], f.type) for f in schema]
        sides = [
            Columns(
                pa.array([self.number(verdict_of(each[s])) for each in outcomes], pa.int32()),
                pa.nulls(len(outcomes), pa.string()),
                certificates_array(each[s].certificates for each in outcomes),
            )
            for s in range(self._sides)
        ]
        self.columns(pa.record_batch(arrays, schema=schema), *sides)


def _order(dns: "pyarrow.ChunkedArray", guids: "pyarrow.ChunkedArray") -> "pyarrow.Array":
    """Where the objects are that come first, second, and so on."""
    import pyarrow as pa
    import pyarrow.compute as pc

    keys = [
        pa.array([text.casefold() for text in chunk.to_pylist()], pa.string())
        for chunk in dns.chunks
    ]
    table = pa.table({"dn": pa.chunked_array(keys, pa.string()), "guid": guids})
    return pc.sort_indices(table, sort_keys=[("dn", "ascending"), ("guid", "ascending")])


def _ordered(column: "pyarrow.ChunkedArray", order: "pyarrow.Array") -> "pyarrow.ChunkedArray":
    """*column* in that *order*; its chunks are let go before, if nobody else holds them."""
    import pyarrow as pa

    held = pa.table({"column": column})
    del column
    held = held.combine_chunks()
    ordered = held["column"].take(order)
    del held
    pa.default_memory_pool().release_unused()
    return ordered


def subject_schema() -> "pyarrow.Schema":
    """The columns of objects; those with few different texts are dictionaries."""
    import pyarrow as pa

    few = {"type", "operating_system", "operating_system_version"}
    return pa.schema(
        [(n, pa.dictionary(pa.int32(), pa.string()) if n in few else pa.string()) for n in SUBJECT]
    )


def certificates_type(parts: Sequence[str] = CERTIFICATE) -> "pyarrow.DataType":
    """The type of the certificates of one object: all that is told of each, or these *parts*."""
    import pyarrow as pa

    return pa.list_(pa.struct([(name, pa.string()) for name in parts]))


def certificates_array(
    objects: Iterable[Sequence[CertificateVerdict]],
) -> "pyarrow.ListArray":
    """The certificates of *objects* as a column."""
    ends, flat = [0], list[CertificateVerdict]()
    for each in objects:
        flat.extend(each)
        ends.append(len(flat))
    parts = zip(*flat, strict=True) if flat else repeat(())
    return certificates_column(ends, dict(zip(CERTIFICATE, parts, strict=False)))


def certificates_column(
    ends: Sequence[int], parts: Mapping[str, Sequence[str]]
) -> "pyarrow.ListArray":
    """The certificates of objects as a column, from *parts* of all, one after the other.

    *ends* are where those of each object end, after a 0.
    """
    import pyarrow as pa

    kind = certificates_type(tuple(parts))
    fields = list(kind.value_type)
    arrays = [pa.array(parts[f.name], f.type) for f in fields]
    held = pa.StructArray.from_arrays(arrays, fields=fields)
    return pa.ListArray.from_arrays(pa.array(ends, pa.int32()), held)


def subject_of(subject: ConnectorObject) -> Subject:
    """What reports show of *subject*."""
    return Subject(
        subject.guid or None,
        subject.dn,
        subject.name,
        subject.type,
        subject.text("operatingSystem"),
        subject.text("operatingSystemVersion"),
    )


def row_of(*outcomes: Outcome) -> Row:
    """One object with what each rule set makes of it."""
    return Row(subject_of(outcomes[0].subject), tuple(map(side_of, outcomes)))


def side_of(outcome: Outcome) -> Side:
    """What *outcome* says of its object."""
    return Side(told(verdict_of(outcome), outcome.subject.dn, None), outcome.certificates)
