"""The pages of a search, each of which must end in success: ldap3 itself stops in silence."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ldap3 import Connection

_PAGED_RESULTS = "1.2.840.113556.1.4.319"
_PAGE = 1000

RawEntry = tuple[str, Mapping[str, Sequence[bytes]]]


class PageError(Exception):
    """A page that did not end in success; *result* is what the server answered."""

    def __init__(self, result: Mapping[str, Any]) -> None:
        super().__init__(f"result {result.get('result')}")
        self.result = result


def raw_pages(
    connection: "Connection", base: str, filter: str, attributes: Sequence[str]
) -> Iterator[list[RawEntry]]:
    """The entries below *base*, page by page, or `PageError`, or an error of ldap3's."""
    cookie = None
    while True:
        connection.search(
            base, filter, "SUBTREE", attributes=attributes, paged_size=_PAGE, paged_cookie=cookie
        )
        result: Mapping[str, Any] = connection.result
        yield raw_entries(connection)
        control = result.get("controls", {}).get(_PAGED_RESULTS, {})
        cookie = control.get("value", {}).get("cookie")
        if not cookie:
            return


def raw_entries(connection: "Connection") -> list[RawEntry]:
    """The names and attributes that the last search gave, which must have been a success."""
    if connection.result["result"] != 0:
        raise PageError(connection.result)
    found: list[RawEntry] = []
    for each in connection.response or ():
        if isinstance(each, tuple):  # from a decoder that leaves out ldap3's other forms
            found.append(each)
        elif each["type"] == "searchResEntry":
            found.append((each["dn"], each["raw_attributes"]))
    return found
