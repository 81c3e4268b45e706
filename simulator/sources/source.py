"""Where objects come from: what is asked of a source, its readers, and which one takes it.

What a location holds is found out here; how it is read is each reader's affair.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.errors import InputError, UsageError
from simulator.objects import ConnectorObject, ObjectSet, Provenance
from simulator.registry import Registry
from simulator.sources.identity import refuse_twins
from simulator.sources.sign_in import SignIn
from simulator.sources.textfile import beginning, first_line, is_folder, packed_with

if TYPE_CHECKING:
    import pyarrow


@dataclass(frozen=True, slots=True)
class SourceRequest:
    """What is asked of a source; files give all they hold and need none of it.

    *attributes* are those that the rules read. *user* and *password* sign in, in the way that
    *sign_in* names; without it, with a simple bind where there is a user and as nobody otherwise.
    *password* is called once, when it is needed. *name_server*, an address with a port or without,
    is asked for the domain controllers of a domain in place of the system's servers. *ca_file*
    holds the certificates to trust in place of the system's, *server_name* a name to accept in the
    server's certificate beside the host of the URL. *plain* allows a connection without TLS, over
    which nobody signs in.
    *filter* stands in for a filter in the URL. *timeout* is the longest silence, in seconds, that
    is borne. *certificate_column* names a column of a file that holds certificates as base64 by
    another name than userCertificate. *progress* is told now and then how many objects have come.
    """

    attributes: frozenset[str] = frozenset()
    user: str | None = None
    password: Callable[[], str] | None = field(default=None, repr=False)
    sign_in: SignIn | None = None
    name_server: str = ""
    ca_file: Path | None = None
    server_name: str | None = None
    plain: bool = False
    filter: str | None = None
    timeout: float = 60
    page_size: int = 1000
    certificate_column: str = ""
    progress: Callable[[int], object] | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Location:
    """A location as the user wrote it, and the first line of its content; `None` for a URL.

    *start* is more of the content, for formats that their first line does not tell apart.
    """

    text: str
    first_line: str | None
    start: str = ""


Read = Callable[[Location, SourceRequest, Provenance], Iterator[ConnectorObject]]
ReadRows = Callable[[Location, SourceRequest, Provenance], Iterator["pyarrow.RecordBatch"]]
# Rows from the first on, with these columns at least; a source that is itself made of rows has it.
Again = Callable[[Collection[str] | None], Iterator["pyarrow.RecordBatch"]]
OpenAgain = Callable[[Location, Provenance], Again]


@dataclass(frozen=True, slots=True)
class Reader:
    """A kind of source: what it is called, whether a location is one, and how it is read.

    *read* gives its objects one by one and tells of the reading in the provenance it is given.
    *rows*, where a source has them at hand, gives the same objects as rows of a snapshot, and
    *again* as often as they are wanted.
    """

    name: str
    recognises: Callable[[Location], bool]
    read: Read
    rows: ReadRows | None = None
    again: OpenAgain | None = None


READERS: Registry[Reader] = Registry("simulator.sources")
# The modules of the usual sources: no other is imported for what one of these takes.
_USUAL = ("json_file", "snapshot_file", "ldap_server")


def reader(
    name: str,
    recognises: Callable[[Location], bool],
    rows: ReadRows | None = None,
    again: OpenAgain | None = None,
) -> Callable[[Read], Read]:
    """Declares the function below it as the reader of the sources called *name*."""

    def declare(read: Read) -> Read:
        READERS.add(name, Reader(name, recognises, read, rows, again), read.__module__)
        return read

    return declare


@dataclass(frozen=True, slots=True)
class Stream:
    """The objects of one source as they come, to be gone through once, in one form or the other.

    *provenance* is whole once the last has come. A *live* source can change while it is read.
    Nobody has looked whether an object comes twice. *again*, where the source can, gives the rows
    as often as it is called.
    """

    provenance: Provenance
    objects: Iterator[ConnectorObject]
    rows: Iterator["pyarrow.RecordBatch"]
    live: bool = False
    again: Again | None = None


def open_objects(location: str, request: SourceRequest | None = None) -> Stream:
    """The objects at *location* one by one: a file in a known format, or a directory server."""
    place, known = _reader_of(location)
    provenance, asked = Provenance(location), request or SourceRequest()
    objects = known.read(place, asked, provenance)
    if known.rows is None:
        return stream_of(provenance, objects)
    rows = known.rows(place, asked, provenance)
    again = known.again(place, provenance) if known.again else None
    return Stream(provenance, objects, rows, place.first_line is None, again)


def stream_of(provenance: Provenance, objects: Iterator[ConnectorObject]) -> Stream:
    """The stream of *objects*, whose rows are made of them."""
    return Stream(provenance, objects, _rows_of(objects))


def load_objects(location: str, request: SourceRequest | None = None) -> ObjectSet:
    """All objects at *location*, as of `open_objects`; none may be there twice."""
    return held(open_objects(location, request))


def held(stream: Stream) -> ObjectSet:
    """All objects of *stream*; none may be there twice."""
    objects = tuple(stream.objects)
    refuse_twins(objects, stream.live)
    return ObjectSet(objects, stream.provenance)


def _rows_of(objects: Iterator[ConnectorObject]) -> Iterator["pyarrow.RecordBatch"]:
    from simulator.sources.snapshot_layout import batches

    yield from batches(objects)


def _reader_of(location: str) -> tuple[Location, Reader]:
    """What is at *location*, and the reader that takes it."""
    if not location:
        raise UsageError("no objects: the location is empty", f"give {_known()}")
    place = Location(location, None) if "://" in location else _peek(location)
    usual = (known for module in _USUAL for known in READERS.of(module))
    for known in chain(usual, READERS.values()):
        if known.recognises(place):
            return place, known
    if place.first_line is None:
        scheme = location.partition("://")[0]
        raise UsageError(f"{scheme}://: no source of this kind is known", f"give {_known()}")
    raise InputError(
        f"{location}: {_guess(place.first_line)}", f"objects can be read from {_known()}"
    )


def _peek(location: str) -> Location:
    """The file at *location* with the first line that has content."""
    path = Path(location)
    if is_folder(path, location):
        raise InputError(
            f"{location}: is a folder, not a file of objects",
            "name the file itself; rules are folders, objects are one file or an LDAP URL",
        )
    if way := packed_with(path, location):
        raise InputError(f"{location}: is compressed with {way}", "unpack it first")
    line = first_line(path, location)
    if line is None:
        raise InputError(f"{location}: is empty", f"objects can be read from {_known()}")
    place = Location(location, line, beginning(path, location))
    if "\0" in line and not place.start.startswith("PAR1"):
        raise InputError(f"{location}: {_guess(line)}", f"objects can be read from {_known()}")
    return place


def _known() -> str:
    return ", ".join(READERS)


def _guess(line: str) -> str:
    """What a file that begins with *line* probably is, as a sentence about it."""
    start = line.lstrip()
    if start.startswith("PK\x03\x04"):
        return "is not text, but a ZIP archive or an Excel workbook: unpack it, or save it as CSV"
    if "\0" in start:
        return "is not text, or is UTF-16 without the mark that says so"
    if (
        not start.rstrip("\r\n").replace("\t", " ").isprintable()
        or "\N{REPLACEMENT CHARACTER}" in start
    ):
        return "is not text, or not in UTF-8 or UTF-16"
    if start.startswith("["):
        return "is a JSON list; one object per line, without a list around them, is read"
    if start.startswith("<"):
        return "is XML of a kind that no reader of objects takes"
    if start.count(",") > 1 or start.count(";") > 1:
        return "looks like CSV, but names no column DN or DistinguishedName in its first line"
    return f"holds no objects in a known format; its first line is `{start[:60].rstrip()}`"
