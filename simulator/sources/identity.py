"""That no object comes twice: none with the objectGUID, and none with the name, of another."""

from array import array
from collections.abc import Iterable
from typing import TYPE_CHECKING

from simulator.errors import IncompleteError, InputError
from simulator.objects import ConnectorObject
from simulator.values import dn_key

if TYPE_CHECKING:
    import pyarrow

_HELP = "each object may come once: take one of the two out, or let sources not overlap"
_MOVED = (
    "it was moved or renamed while the directory was read, or the sources overlap: run it again"
)


def refuse_twins(objects: Iterable[ConnectorObject], live: bool = False) -> None:
    """Raises an error for the first of *objects* that came before, with both places.

    That is an `InputError`, or an `IncompleteError` if a *live* source may have changed meanwhile.
    """
    places: dict[tuple[str, str], ConnectorObject] = {}
    for each in objects:
        for what, key in (("objectGUID", each.guid), ("distinguished name", dn_key(each.dn))):
            before = places.setdefault((what, key), each) if key else each
            if before is not each:
                message = (
                    f"{each.origin}: {each.dn} has the {what} of {before.dn} at {before.origin}"
                )
                raise IncompleteError(message, _MOVED) if live else InputError(message, _HELP)


def moved(source: str) -> IncompleteError:
    """The error for an object of the live *source* that came twice."""
    return IncompleteError(f"{source}: an object came twice", _MOVED)


class Sightings:
    """Which objects a stream has given, in 16 bytes for each."""

    def __init__(self) -> None:
        self._guids, self._names = array("q"), array("q")

    def note(self, guid: object, dn: str) -> None:
        """Takes note of the object *dn*, whose objectGUID is *guid*, or no bytes if unknown."""
        if isinstance(guid, bytes):
            self._guids.append(hash(guid))
        self._names.append(hash(dn_key(dn)))

    def note_rows(self, rows: "pyarrow.RecordBatch") -> None:
        """Takes note of the objects of *rows* of a snapshot."""
        columns = (rows.column(name).to_pylist() for name in ("objectGUID", "dn"))
        for guid, dn in zip(*columns, strict=True):
            self.note(guid, dn)

    def doubtful(self) -> bool:
        """Whether an object may have come twice; it can be by chance, but is False only if not."""
        return any(has_equal(_numbers(found)) for found in (self._guids, self._names))


def has_twins(batches: "Iterable[pyarrow.RecordBatch]") -> bool:
    """Whether two rows of a snapshot may have one objectGUID, or one name; False only if not.

    Of rows with an objectGUID the names are compared without case alone, which is fast: whoever
    writes a snapshot has compared them in full.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    guids: list[pyarrow.Array] = []
    unknown: list[str] = []
    names = array("q")
    for rows in batches:
        guids.append(rows.column("objectGUID"))
        dns = rows.column("dn")
        names.extend(map(hash, map(str.casefold, dns.to_pylist())))
        if guids[-1].null_count:
            unknown += dns.filter(pc.is_null(guids[-1])).to_pylist()
    whole = pa.chunked_array(guids, pa.binary(16)).drop_null().combine_chunks()
    # half of a GUID is a number, which is ordered faster, and tells nearly all apart
    halves = pc.binary_slice(whole.cast(pa.binary()), 0, 8).cast(pa.binary(8)).view(pa.int64())
    return (
        (has_equal(halves) and has_equal(whole))
        or has_equal(_numbers(names))
        or len(set(map(dn_key, unknown))) < len(unknown)
    )


def _numbers(held: "array[int]") -> "pyarrow.Array":
    import pyarrow as pa

    return pa.Array.from_buffers(pa.int64(), len(held), [None, pa.py_buffer(held)])


def has_equal(values: "pyarrow.Array") -> bool:
    """Whether two of *values*, none of which is NULL, are equal."""
    import pyarrow.compute as pc

    # in order equal ones are neighbours: counting the different takes ten times the memory
    ordered = values.take(pc.array_sort_indices(values))
    return bool(pc.any(pc.equal(ordered[1:], ordered[:-1])).as_py())
