"""Objects from a directory server, read live over LDAP and never changed.

What comes is all of it or an error; `ldap_search` sees to that.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.errors import IncompleteError, InputError, UsageError
from simulator.objects import ConnectorObject, Provenance
from simulator.sources.decode import Decoding, Record, decode, wanted_name
from simulator.sources.ldap_count import counted, fewer_read
from simulator.sources.ldap_schema import absence, unknown_to_schema
from simulator.sources.ldap_search import RawEntry, Search, Tally, pages
from simulator.sources.ldap_session import answered, check, close, connect, root_value
from simulator.sources.ldap_sign_in import account
from simulator.sources.ldap_url import LdapUrl, is_ldap_url, parse_ldap_url
from simulator.sources.source import Location, SourceRequest, reader
from simulator.sources.unasked import ASKED, NEVER_ASKED

if TYPE_CHECKING:
    import pyarrow
    from ldap3 import Connection

DEFAULT_FILTER = "(objectCategory=computer)"
ALWAYS_READ = frozenset(
    {
        "objectGUID",
        "objectClass",
        "cn",
        "sAMAccountName",
        "userAccountControl",
        "operatingSystem",
        "operatingSystemVersion",
    }
)


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in connection, what is searched on it, and what has come."""

    connection: "Connection"
    search: Search
    tally: Tally
    decoding: Decoding
    notes: list[str] = field(default_factory=list)


def _rows(
    location: Location, request: SourceRequest, provenance: Provenance
) -> Iterator["pyarrow.RecordBatch"]:
    from simulator.sources.ldap_columns import Columns

    with session(location.text, request, provenance) as opened:
        columns = Columns(opened.search.attributes, opened.search.url.place, opened.decoding)
        for page in told_pages(opened, request, opened.search):
            yield columns.batch(page)


@reader(
    "LDAP (ldaps://host/base)",
    lambda location: location.first_line is None and is_ldap_url(location.text),
    _rows,
)
def read_ldap(
    location: Location, request: SourceRequest, provenance: Provenance
) -> Iterator[ConnectorObject]:
    """Reads objects from Active Directory or another LDAP server."""
    with session(location.text, request, provenance) as opened:
        for page in told_pages(opened, request, opened.search):
            for entry in page:
                yield decoded(entry, opened.search.url.place, opened.decoding)


@contextmanager
def session(location: str, request: SourceRequest, provenance: Provenance) -> Iterator[Session]:
    """A session with the server at *location*; in the end *provenance* tells of its search."""
    url = parse_ldap_url(location)
    check(url, request)
    connection = connect(url, request)
    try:
        here = answered(url, connection)
        search = _search(here, request, connection)
        opened = Session(connection, search, Tally(), Decoding())
        provenance.account = account(request)
        provenance.details = {
            "server": root_value(connection, "dnsHostName") or here.host,
            "base": search.base,
            "scope": search.scope,
            "filter": search.filter,
            ASKED: ", ".join(search.attributes),
        }
        try:
            yield opened
            _compare(opened, provenance)
        finally:  # also of what a failure leaves
            _tell(provenance, opened)
    finally:
        close(connection)


def decoded(entry: RawEntry, place: str, decoding: Decoding) -> ConnectorObject:
    """The object of *entry*, which the server at *place* sent."""
    dn, attributes = entry
    if not any(name.casefold() == "objectguid" for name in attributes):
        raise IncompleteError(
            f"{place}: {dn} came without objectGUID",
            "use an account that may read it, or a filter that takes only objects of Active"
            " Directory",
        )
    try:
        return decode(Record(dn, attributes, place), decoding)
    except InputError as error:
        raise IncompleteError(error.message, "run the command again") from None


def _search(url: LdapUrl, request: SourceRequest, connection: "Connection") -> Search:
    """The search that the URL and the request ask for."""
    base = url.base or root_value(connection, "defaultNamingContext")
    if not base:
        raise UsageError(
            f"{url.place}: the server does not name a default base",
            "give the base in the URL: ldaps://host/DC=contoso,DC=com",
        )
    names = {wanted_name(name) for name in (*ALWAYS_READ, *request.attributes, *url.attributes)}
    attributes = sorted(name for name in names if name.casefold() not in NEVER_ASKED)
    return Search(
        url,
        base,
        url.filter or request.filter or DEFAULT_FILTER,
        tuple(attributes),
        request.page_size,
        url.scope,
    )


def told_pages(
    opened: Session, request: SourceRequest, search: Search
) -> Iterator[list[RawEntry]]:
    """The pages of *search* in the session *opened*; the progress is told after each."""
    for page in pages(opened.connection, search, opened.tally):
        if request.progress:
            request.progress(opened.tally.came)
        yield page


def _compare(opened: Session, provenance: Provenance) -> None:
    """Notes what speaks for objects or attributes that this account may not read."""
    search, tally, url = opened.search, opened.tally, opened.search.url
    if search.filter == DEFAULT_FILTER and search.scope == "sub":
        count = counted(opened.connection, url, search.base)
        if note := fewer_read(tally.came, count):
            opened.notes.append(note)
    absent = [name for name in search.attributes if name not in _seen(tally)]
    if tally.came and absent:
        unknown = unknown_to_schema(opened.connection, url, absent)
        for note in absence(absent, unknown, provenance.account):
            opened.notes.append(note)


def _seen(tally: Tally) -> set[str]:
    """The attributes that some object has, as the schema spells them."""
    return {wanted_name(name.partition(";")[0]) for name in tally.seen}


def _tell(provenance: Provenance, opened: Session) -> None:
    """What is to be said of the search, once it is over."""
    search, tally, account = opened.search, opened.tally, provenance.account
    notes = [f"read as {account}: what this account may not read is missing without a sign"]
    if tally.references:
        notes.append(f"references to other partitions, not followed: {tally.references}")
    if not tally.came:
        notes.append(f"no object below {search.base} passes {search.filter}")
    seen = _seen(tally)
    provenance.details["received"] = ", ".join(n for n in search.attributes if n in seen)
    provenance.notes = (*notes, *opened.notes, *opened.decoding.notes)
    provenance.details = {
        **provenance.details,
        "objects": str(tally.came),
        "references": str(tally.references),
    }
