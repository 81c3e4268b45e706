"""Goes on with a pull that stopped: what came of it is kept as far as it still holds.

Cookies of pages die with their connection. So the server is asked for the objectGUID and the
uSNChanged of every object, which is little; objects that were pulled and have the same still are
kept, and the others are asked for by their objectGUID. What comes is what a whole pull would give.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING

from simulator.errors import UsageError
from simulator.objects import Provenance
from simulator.sources.ldap_columns import Columns
from simulator.sources.ldap_search import Search, Tally, pages
from simulator.sources.ldap_server import Session, session, told_pages
from simulator.sources.snapshot_layout import objects_of
from simulator.sources.source import SourceRequest, Stream, open_objects

if TYPE_CHECKING:
    import pyarrow

UPDATE_NUMBER = "uSNChanged"  # of each server its own
_CHUNK = 200  # objects asked for at once: a filter of about 12 KB
_SAME = ("base", "scope", "filter", "attributes")
_UNCHECKED = (
    f"objects without {UPDATE_NUMBER}: of an earlier pull they are as they were when it began"
)
_WHOLE = "leave out --resume, to pull everything"

Keys = dict[bytes, int | None]


def resume(location: str, request: SourceRequest, kept: str) -> Stream:
    """The objects at *location*, some of them from the file *kept* of a pull that stopped.

    An error is raised if that was another pull. They count as captured when that pull began.
    """
    provenance = Provenance(location)
    rows = _rows(location, request, kept, provenance)
    objects = (o for batch in rows for o in objects_of(batch, kept, 1))
    return Stream(provenance, objects, rows, live=True)


def came_before(kept: str) -> int:
    """How many objects had come of the pull that left the file *kept*."""
    before = open_objects(kept)
    next(before.rows, None)  # the head is read with the first
    return int(before.provenance.details.get("objects", "0"))


def _rows(
    location: str, request: SourceRequest, kept: str, provenance: Provenance
) -> Iterator["pyarrow.RecordBatch"]:
    before = open_objects(kept)
    batches = [*islice(before.rows, 1)]  # with the first the provenance is there
    with session(location, request, provenance) as opened:
        provenance.captured_at = before.provenance.captured_at
        _refuse_other(before.provenance, provenance, kept)
        keys = _keys(opened)
        if before.provenance.details.get("server") == provenance.details["server"]:
            if None in keys.values():
                opened.notes.append(_UNCHECKED)
            for rows in chain(batches, before.rows):
                yield _still_there(rows, keys, opened)
        else:
            opened.notes.append(
                f"read anew: {provenance.details['server']} answers, which counts updates in its"
                f" own way, and not {before.provenance.details.get('server')} as before"
            )
        if opened.tally.came:
            opened.notes.append(
                f"of an earlier pull, unchanged since: {opened.tally.came} objects"
            )
        columns = Columns(opened.search.attributes, opened.search.url.place, opened.decoding)
        missing = sorted(keys)
        for at in range(0, len(missing), _CHUNK):
            search = _search_of(opened.search, missing[at : at + _CHUNK])
            for page in told_pages(opened, request, search):
                yield columns.batch(page)


def _refuse_other(told: Provenance, provenance: Provenance, kept: str) -> None:
    """Refuses what came of another pull than the one that *provenance* tells of."""
    mine = {"captured from": provenance.source, **provenance.details}
    for name in ("captured from", *_SAME):
        if told.details.get(name) != mine[name]:
            raise UsageError(
                f"{kept}: is of another pull, {name} {told.details.get(name, 'unknown')}", _WHOLE
            )


def _keys(opened: Session) -> Keys:
    """The update number of every object that the search finds, by its objectGUID."""
    wanted = tuple(sorted({"objectGUID", UPDATE_NUMBER} & {*opened.search.attributes}))
    columns = Columns(("objectClass", *wanted), opened.search.url.place, opened.decoding)
    search = replace(opened.search, attributes=("objectClass", *wanted))
    keys: Keys = {}
    for page in pages(opened.connection, search, Tally()):
        keys.update(zip(*_identities(columns.batch(page)), strict=True))
    return keys


def _identities(rows: "pyarrow.RecordBatch") -> tuple[list[bytes], list[int | None]]:
    guids = rows.column("objectGUID").to_pylist()
    if UPDATE_NUMBER not in rows.schema.names:
        return guids, [None] * len(guids)
    return guids, rows.column(UPDATE_NUMBER).to_pylist()


def _still_there(
    rows: "pyarrow.RecordBatch", keys: Keys, opened: Session
) -> "pyarrow.RecordBatch":
    """Those of *rows* that the server has unchanged; they are taken out of *keys*."""
    import pyarrow as pa

    mask = []
    for guid, number in zip(*_identities(rows), strict=True):
        same = guid in keys and keys[guid] == number
        mask.append(same)
        if same:
            del keys[guid]
    kept = rows.filter(pa.array(mask, pa.bool_()))
    opened.tally.seen.update(n for n in kept.schema.names if kept[n].null_count < kept.num_rows)
    opened.tally.came += kept.num_rows
    return kept


def _search_of(search: Search, guids: Sequence[bytes]) -> Search:
    """*search* for the objects with these *guids* alone."""
    from ldap3.utils.conv import escape_bytes

    each = "".join(f"(objectGUID={escape_bytes(guid)})" for guid in guids)
    return replace(search, filter=f"(&{search.filter}(|{each}))")
