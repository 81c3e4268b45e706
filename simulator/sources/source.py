"""Where objects come from: what is asked of a source, its readers, and which one takes it.

What a location holds is found out here; how it is read is each reader's affair.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from simulator.errors import InputError, UsageError
from simulator.objects import ObjectSet
from simulator.registry import Registry
from simulator.sources.sign_in import SignIn
from simulator.sources.textfile import beginning, first_line


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


@dataclass(frozen=True, slots=True)
class Reader:
    """A kind of source: what it is called, whether a location is one, and how it is read."""

    name: str
    recognises: Callable[[Location], bool]
    read: Callable[[Location, SourceRequest], ObjectSet]


READERS: Registry[Reader] = Registry("simulator.sources")

Read = Callable[[Location, SourceRequest], ObjectSet]


def reader(name: str, recognises: Callable[[Location], bool]) -> Callable[[Read], Read]:
    """Declares the function below it as the reader of the sources called *name*."""

    def declare(read: Read) -> Read:
        READERS.add(name, Reader(name, recognises, read))
        return read

    return declare


def load_objects(location: str, request: SourceRequest | None = None) -> ObjectSet:
    """The objects at *location*: a file in a known format, or the URL of a directory server."""
    if not location:
        raise UsageError("no objects: the location is empty", f"give {_known()}")
    place = Location(location, None) if "://" in location else _peek(location)
    for known in READERS.values():
        if known.recognises(place):
            return known.read(place, request or SourceRequest())
    if place.first_line is None:
        scheme = location.partition("://")[0]
        raise UsageError(f"{scheme}://: no source of this kind is known", f"give {_known()}")
    raise InputError(
        f"{location}: {_guess(place.first_line)}", f"objects can be read from {_known()}"
    )


def _peek(location: str) -> Location:
    """The file at *location* with the first line that has content."""
    path = Path(location)
    if path.is_dir():
        raise InputError(
            f"{location}: is a folder, not a file of objects",
            "name the file itself; rules are folders, objects are one file or an LDAP URL",
        )
    line = first_line(path, location)
    if line is None:
        raise InputError(f"{location}: is empty", f"objects can be read from {_known()}")
    return Location(location, line, beginning(path, location))


def _known() -> str:
    return ", ".join(READERS)


def _guess(line: str) -> str:
    """What a file that begins with *line* probably is, as a sentence about it."""
    start = line.lstrip()
    if "\0" in start:
        return "is not text, or is UTF-16 without the mark that says so"
    if start.startswith("["):
        return "is a JSON list; one object per line, without a list around them, is read"
    if start.startswith("<"):
        return "is XML of a kind that no reader of objects takes"
    if start.count(",") > 1 or start.count(";") > 1:
        return "looks like CSV, but names no column DN or DistinguishedName in its first line"
    return f"holds no objects in a known format; its first line is `{start[:60].rstrip()}`"
