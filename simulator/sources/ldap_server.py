"""Objects from a directory server, read live over LDAP and never changed.

What comes is all of it or an error: pages are asked for and their results looked at here, and so
are values that come in ranges, because ldap3 stops in silence when the server ends either early.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from simulator.errors import IncompleteError, InputError, SimulatorError, UsageError
from simulator.objects import ConnectorObject, ObjectSet
from simulator.sources.decode import Decoding, Record, decode, wanted_name
from simulator.sources.ldap_errors import read_error, result_error
from simulator.sources.ldap_session import check, close, connect, root_value
from simulator.sources.ldap_url import LdapUrl, is_ldap_url, parse_ldap_url
from simulator.sources.source import Location, SourceRequest, reader

if TYPE_CHECKING:
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
_NEVER_READ = frozenset({"distinguishedname", "dn"})  # the name comes with each object anyway
_SCOPES: Mapping[str, Literal["BASE", "LEVEL", "SUBTREE"]] = {
    "sub": "SUBTREE",
    "one": "LEVEL",
    "base": "BASE",
}
_PROGRESS = 1000
_PAGED_RESULTS = "1.2.840.113556.1.4.319"


@dataclass(frozen=True, slots=True)
class _Search:
    """What is searched: all that a request to the server holds."""

    url: LdapUrl
    base: str
    filter: str
    attributes: tuple[str, ...]
    page_size: int


@dataclass(slots=True)
class _Answer:
    """What has come so far; *partial* are objects some of whose values came as a first range."""

    objects: list[ConnectorObject] = field(default_factory=list)
    partial: list[tuple[str, dict[str, list[bytes]]]] = field(default_factory=list)
    references: int = 0

    @property
    def came(self) -> int:
        return len(self.objects) + len(self.partial)


@reader(
    "LDAP (ldaps://host/base)",
    lambda location: location.first_line is None and is_ldap_url(location.text),
)
def read_ldap(location: Location, request: SourceRequest) -> ObjectSet:
    """Reads objects from Active Directory or another LDAP server."""
    url = parse_ldap_url(location.text)
    check(url, request)
    connection = connect(url, request)
    try:
        search = _search(url, request, connection)
        decoding = Decoding()
        answer = _read(search, connection, decoding, request)
        server = root_value(connection, "dnsHostName") or url.host
    finally:
        close(connection)
    return _object_set(location.text, search, request, answer, decoding, server)


def _search(url: LdapUrl, request: SourceRequest, connection: "Connection") -> _Search:
    """The search that the URL and the request ask for."""
    base = url.base or root_value(connection, "defaultNamingContext")
    if not base:
        raise UsageError(
            f"{url.place}: the server does not name a default base",
            "give the base in the URL: ldaps://host/DC=contoso,DC=com",
        )
    names = {wanted_name(name) for name in (*ALWAYS_READ, *request.attributes, *url.attributes)}
    attributes = sorted(name for name in names if name.casefold() not in _NEVER_READ)
    return _Search(
        url,
        base,
        url.filter or request.filter or DEFAULT_FILTER,
        tuple(attributes),
        request.page_size,
    )


def _read(
    search: _Search, connection: "Connection", decoding: Decoding, request: SourceRequest
) -> _Answer:
    """Every object of the search, or an error: never a part of them."""
    answer = _Answer()
    try:
        for entry in _entries(search, connection, answer):
            _take(entry, answer, search, decoding)
            if request.progress and answer.came % _PROGRESS == 0:
                request.progress(answer.came)
        for dn, attributes in answer.partial:
            for name in list(attributes):
                _read_ranges(dn, name, attributes, connection, search, answer)
            answer.objects.append(_decoded(dn, attributes, search, decoding))
        answer.partial.clear()
    except SimulatorError:
        raise
    except Exception as error:
        raise read_error(error, search.url, search.base, answer.came) from None
    answer.objects.sort(key=ConnectorObject.sort_key)
    return answer


def _entries(
    search: _Search, connection: "Connection", answer: _Answer
) -> Iterator[Mapping[str, Any]]:
    """What the server sends, page by page; every page must end in success.

    ldap3's own generator of pages looks at no result but the last, and not even at that for the
    codes 3, 4 and 10.
    """
    cookie = None
    while True:
        connection.search(
            search.base,
            search.filter,
            _SCOPES[search.url.scope],
            attributes=search.attributes,
            paged_size=search.page_size,
            paged_cookie=cookie,
        )
        result = _success(connection, search, answer)
        yield from connection.response or ()
        control = result.get("controls", {}).get(_PAGED_RESULTS, {})
        cookie = control.get("value", {}).get("cookie")
        if not cookie:
            return


def _take(entry: Mapping[str, Any], answer: _Answer, search: _Search, decoding: Decoding) -> None:
    if entry["type"] == "searchResRef":
        answer.references += 1
    elif entry["type"] == "searchResEntry":
        raw: Mapping[str, Sequence[bytes] | None] = entry["raw_attributes"]
        attributes = {name: list(values or ()) for name, values in raw.items()}
        if any(_range(name) for name in attributes):
            answer.partial.append((entry["dn"], attributes))
        else:
            answer.objects.append(_decoded(entry["dn"], attributes, search, decoding))


def _decoded(
    dn: str, attributes: Mapping[str, Sequence[bytes]], search: _Search, decoding: Decoding
) -> ConnectorObject:
    if not any(name.casefold() == "objectguid" for name in attributes):
        raise IncompleteError(
            f"{search.url.place}: {dn} came without objectGUID",
            "use an account that may read it, or a filter that takes only objects of Active"
            " Directory",
        )
    try:
        return decode(Record(dn, attributes, search.url.place), decoding)
    except InputError as error:
        raise IncompleteError(error.message, "run the command again") from None


def _success(connection: "Connection", search: _Search, answer: _Answer) -> Mapping[str, Any]:
    """The result of the last request, which must be success: ldap3 does not raise all others."""
    result: Mapping[str, Any] = connection.result or {"result": None, "description": "no result"}
    if result["result"] != 0:
        raise result_error(result, search.url, search.base, answer.came)
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
    attributes: dict[str, list[bytes]],
    connection: "Connection",
    search: _Search,
    answer: _Answer,
) -> None:
    """Puts all values of an attribute that came as `name;range=0-1499` under its plain name."""
    upper = _range(name)
    if not upper:
        return
    plain = name.partition(";")[0]
    values = attributes.pop(name)
    while upper != "*":
        start = int(upper) + 1
        connection.search(dn, "(objectClass=*)", "BASE", attributes=[f"{plain};range={start}-*"])
        _success(connection, search, answer)
        found = [e for e in connection.response or () if e["type"] == "searchResEntry"]
        ranges = [
            (key, part)
            for entry in found
            for key, part in entry["raw_attributes"].items()
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
    attributes[plain] = attributes.get(plain, []) + values  # an empty twin may be there


def _object_set(
    source: str,
    search: _Search,
    request: SourceRequest,
    answer: _Answer,
    decoding: Decoding,
    server: str,
) -> ObjectSet:
    account = request.user or "anonymous"
    notes = [f"read as {account}: what this account may not read is missing without a sign"]
    if answer.references:
        notes.append(f"references to other partitions, not followed: {answer.references}")
    if not answer.objects:
        notes.append(f"no object below {search.base} passes {search.filter}")
    else:
        seen = set().union(*(o.attributes.keys() for o in answer.objects))
        if absent := ", ".join(name for name in search.attributes if name not in seen):
            notes.append(
                f"no object has {absent}: absent everywhere, or {account} may not read it"
            )
    return ObjectSet(
        objects=tuple(answer.objects),
        source=source,
        account=account,
        notes=(*notes, *decoding.notes),
        details={
            "server": server,
            "base": search.base,
            "scope": search.url.scope,
            "filter": search.filter,
            "attributes": ", ".join(search.attributes),
            "objects": str(len(answer.objects)),
            "references": str(answer.references),
        },
    )
