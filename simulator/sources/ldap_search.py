"""A search of a directory server, whole or an error: pages, ranges of values, what it left out.

Pages are asked for and their results looked at here, and so are values that come in ranges,
because ldap3 stops in silence when the server ends either early.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from simulator.errors import IncompleteError, SimulatorError
from simulator.sources.ldap_decoder import decode_entries
from simulator.sources.ldap_errors import read_error, result_error
from simulator.sources.ldap_url import LdapUrl

if TYPE_CHECKING:
    from ldap3 import Connection

RawAttributes: TypeAlias = dict[str, Sequence[bytes]]
RawEntry: TypeAlias = tuple[str, RawAttributes]

_SCOPES: Mapping[str, Literal["BASE", "LEVEL", "SUBTREE"]] = {
    "sub": "SUBTREE",
    "one": "LEVEL",
    "base": "BASE",
}
_PAGED_RESULTS = "1.2.840.113556.1.4.319"


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched: all that a request to the server holds."""

    url: LdapUrl
    base: str
    filter: str
    attributes: tuple[str, ...]
    page_size: int
    scope: str = "sub"


@dataclass(slots=True)
class Tally:
    """What has come so far: objects, references to other partitions, names of attributes."""

    came: int = 0
    references: int = 0
    seen: set[str] = field(default_factory=set)


def pages(connection: "Connection", search: Search, tally: Tally) -> Iterator[list[RawEntry]]:
    """What the server sends, page by page, all values of each object; every page is a success.

    ldap3's own generator of pages looks at no result but the last, and not even at that for the
    codes 3, 4 and 10.
    """
    decode_entries(connection)
    cookie = None
    while True:
        try:
            connection.search(
                search.base,
                search.filter,
                _SCOPES[search.scope],
                attributes=search.attributes,
                paged_size=search.page_size,
                paged_cookie=cookie,
            )
            result = _success(connection, search, tally)
            page = [entry for r in connection.response or () if (entry := _entry(r, tally))]
            for _, attributes in page:
                tally.seen.update(attributes)
            if any(";" in name for name in tally.seen):
                for dn, attributes in page:
                    for name in [n for n in attributes if _range(n)]:
                        _read_ranges(dn, name, attributes, connection, search, tally)
        except SimulatorError:
            raise
        except Exception as error:
            raise read_error(error, search.url, search.base, tally.came) from None
        tally.came += len(page)
        yield page
        control = result.get("controls", {}).get(_PAGED_RESULTS, {})
        cookie = control.get("value", {}).get("cookie")
        if not cookie:
            return


def _entry(response: Any, tally: Tally) -> RawEntry | None:
    """The object of *response*: as our decoder gives it, or in ldap3's form."""
    if isinstance(response, tuple):
        return response
    if response["type"] == "searchResEntry":
        raw: Mapping[str, Sequence[bytes] | None] = response["raw_attributes"]
        return response["dn"], {name: values for name, values in raw.items() if values}
    if response["type"] == "searchResRef":
        tally.references += 1
    return None


def _success(connection: "Connection", search: Search, tally: Tally) -> Mapping[str, Any]:
    """The result of the last request, which must be success: ldap3 does not raise all others."""
    result: Mapping[str, Any] = connection.result or {"result": None, "description": "no result"}
    if result["result"] != 0:
        raise result_error(result, search.url, search.base, tally.came)
    return result


def _range(name: str) -> str:
    """The upper end of the range in the attribute description *name*, or an empty text."""
    for option in name.casefold().split(";")[1:]:
        if option.startswith("range="):
            return option.rpartition("-")[2]
    return ""


def _read_ranges(
    dn: str,
    name: str,
    attributes: RawAttributes,
    connection: "Connection",
    search: Search,
    tally: Tally,
) -> None:
    """Puts all values of an attribute that came as `name;range=0-1499` under its plain name."""
    upper = _range(name)
    plain = name.partition(";")[0]
    values = list(attributes.pop(name))
    while upper != "*":
        start = int(upper) + 1
        connection.search(dn, "(objectClass=*)", "BASE", attributes=[f"{plain};range={start}-*"])
        _success(connection, search, tally)
        found = [entry for r in connection.response or () if (entry := _entry(r, tally))]
        ranges = [
            (key, part)
            for _, given in found
            for key, part in given.items()
            if key.casefold().startswith(f"{plain.casefold()};range={start}-")
        ]
        if len(found) != 1 or len(ranges) != 1:
            raise IncompleteError(
                f"{search.url.place}: {dn}: the values of {plain} from {start} on did not come",
                "run the command again; the object may have changed while it was read",
            )
        ((key, part),) = ranges
        upper = _range(key) if part else "*"  # an empty range is one past the end
        values += part or ()
    attributes[plain] = [*attributes.get(plain, ()), *values]  # an empty twin may be there
