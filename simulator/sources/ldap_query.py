"""Questions to a directory server beside the reading of objects: entries with raw values."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from simulator.sources.ldap_search import Search, Tally, pages
from simulator.sources.ldap_session import answered, check, close, connect
from simulator.sources.ldap_url import LdapUrl, parse_ldap_url
from simulator.sources.source import SourceRequest

if TYPE_CHECKING:
    from ldap3 import Connection

_PAGE = 1000

Attributes = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Directory:
    """A server to which one is signed in; *root* is its root entry, names in small letters."""

    url: LdapUrl
    root: Attributes
    connection: "Connection"

    def entries(
        self, base: str, filter: str, attributes: Sequence[str]
    ) -> Iterator[tuple[str, Attributes]]:
        """DN and attributes, names in small letters, of all entries below *base*, or an error."""
        search = Search(self.url, base, filter, tuple(attributes), _PAGE)
        for page in pages(self.connection, search, Tally()):
            for dn, raw in page:
                yield dn, _texts(raw)


def ask(location: str, request: SourceRequest, questions: Callable[[Directory], None]) -> None:
    """Signs in at *location*, puts the *questions*, and signs out."""
    url = parse_ldap_url(location)
    check(url, replace(request, filter=None))
    connection = connect(url, request)
    try:
        info = connection.server.info
        questions(
            Directory(answered(url, connection), _texts(info.raw if info else {}), connection)
        )
    finally:
        close(connection)


def _texts(raw: Mapping[str, Sequence[bytes]]) -> Attributes:
    return {
        name.casefold(): [bytes(value).decode(errors="replace") for value in values]
        for name, values in raw.items()
    }
