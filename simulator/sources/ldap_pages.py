"""The pages of a search, each of which must end in success: ldap3 itself stops in silence."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ldap3 import Connection

_PAGED_RESULTS = "1.2.840.113556.1.4.319"
_PAGE = 1000

Entry = Mapping[str, Any]


class PageError(Exception):
    """A page that did not end in success; *result* is what the server answered."""

    def __init__(self, result: Mapping[str, Any]) -> None:
        super().__init__(f"result {result.get('result')}")
        self.result = result


def pages(
    connection: "Connection", base: str, filter: str, attributes: Sequence[str]
) -> Iterator[Sequence[Entry]]:
    """The entries below *base*, page by page, or an error of ldap3's or `PageError`."""
    cookie = None
    while True:
        connection.search(
            base, filter, "SUBTREE", attributes=attributes, paged_size=_PAGE, paged_cookie=cookie
        )
        result: Mapping[str, Any] = connection.result
        if result["result"] != 0:
            raise PageError(result)
        yield [e for e in connection.response or () if e["type"] == "searchResEntry"]
        control = result.get("controls", {}).get(_PAGED_RESULTS, {})
        cookie = control.get("value", {}).get("cookie")
        if not cookie:
            return
