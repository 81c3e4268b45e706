"""One object among however many: found by a name, with those that it may meet, and no others."""

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from simulator.bulk import Program
from simulator.bulk.columns import Columns
from simulator.bulk.meeting import rows_that_meet, types_of
from simulator.find import Named, find
from simulator.objects import ConnectorObject, parse_guid
from simulator.rule import RuleSet
from simulator.sources.snapshot_layout import objects_of
from simulator.sources.spool import Rows
from simulator.sync.engine import Settings
from simulator.values import guid_text

if TYPE_CHECKING:
    import pyarrow

_NAMES = ("cn", "sAMAccountName", "objectGUID")


def place_of(name: str, rows: Rows) -> tuple[int, int]:
    """In which batch of *rows* the one object called *name* is, and in which row of it."""
    places = _called(name, rows)
    if len(places) == 1:
        return places[0]
    at = find(name, lambda: _named(rows.batches(_NAMES)), rows.provenance.source)
    for number, batch in enumerate(rows.batches(())):
        if at < batch.num_rows:
            return number, at
        at -= batch.num_rows
    raise AssertionError("the rows have changed")


def object_at(rows: Rows, place: tuple[int, int]) -> ConnectorObject:
    """The object at *place*, as of `place_of`."""
    (subject,) = _objects(rows, {place[0]: [place[1]]})
    return subject


def with_those_it_meets(
    rules: RuleSet, rows: Rows, settings: Settings, place: tuple[int, int]
) -> list[ConnectorObject]:
    """The object at *place*, and after it all that may meet in one metaverse object.

    Its outcome among these is its outcome among all.
    """
    how = Program(rules, settings).meeting(types_of(rows.batches(())))
    meeting = rows_that_meet(
        [Columns(b, set()) for b in rows.batches(how.columns)], how, rows.distinct
    )
    number, row = place
    subject = object_at(rows, place)
    if row not in meeting[number]:
        return [subject]
    others = _objects(rows, {n: found for n, found in enumerate(meeting) if found})
    return [subject, *(o for o in others if o.dn != subject.dn)]


def _objects(rows: Rows, wanted: dict[int, list[int]]) -> Iterator[ConnectorObject]:
    """The objects in rows of batches."""
    import pyarrow as pa

    for number, batch in zip(range(max(wanted) + 1), rows.batches(None), strict=False):
        if number in wanted:
            part = batch.take(pa.array(wanted[number], pa.int64()))
            yield from objects_of(part, rows.provenance.source, 1)


def _called(name: str, rows: Rows) -> list[tuple[int, int]]:
    """Where the objects are whose common name or account is *name*, if that is plain text."""
    if not name.isascii() or "=" in name or parse_guid(name):
        return []
    wanted = name.casefold()
    places = []
    for number, batch in enumerate(rows.batches(_NAMES)):
        near = _may_be(wanted, batch)
        found = zip(near.to_pylist(), _named([batch.take(near)]), strict=True)
        places += [(number, row) for row, each in found if wanted in each.names]
    return places


def _may_be(wanted: str, batch: "pyarrow.RecordBatch") -> "pyarrow.Array":
    """The rows of *batch* that may be called *wanted*, and few others."""
    import pyarrow as pa
    import pyarrow.compute as pc

    mask = pa.repeat(pa.scalar(False), batch.num_rows)
    for column in ("cn", "sAMAccountName"):
        if column not in batch.schema.names:
            return pa.array(range(batch.num_rows), pa.int64())
        texts = batch.column(column)
        folded = pc.utf8_lower(texts)
        same = pc.or_(pc.equal(folded, wanted), pc.equal(pc.utf8_rtrim(folded, "$"), wanted))
        odd = pc.invert(pc.string_is_ascii(texts))  # case is not as simple there
        mask = pc.or_(mask, pc.fill_null(pc.or_(same, odd), column == "cn"))  # else by its DN
    return pc.indices_nonzero(mask)


def _named(batches: "Iterable[pyarrow.RecordBatch]") -> Iterator[Named]:
    for batch in batches:
        dns = batch.column("dn").to_pylist()
        names, accounts, guids = (_cells(batch, name) for name in _NAMES)
        for dn, name, account, guid in zip(dns, names, accounts, guids, strict=True):
            component = dn.partition(",")[0].partition("=")[2] or dn
            first = component if name is None else name
            yield Named(dn, first, account or "", guid_text(guid) if guid else "")


def _cells(batch: "pyarrow.RecordBatch", name: str) -> list[Any]:
    if name not in batch.schema.names:
        return [None] * batch.num_rows
    return batch.column(name).to_pylist()  # type: ignore[no-any-return]  # no types of its own
