"""Whether a directory knows an attribute at all, which tells a name that nothing can have from one
that is not readable or that no object has.
"""

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from simulator.errors import SimulatorError
from simulator.sources.ldap_search import Search, Tally, pages
from simulator.sources.ldap_session import root_value
from simulator.sources.ldap_url import LdapUrl

if TYPE_CHECKING:
    from ldap3 import Connection

_TYPES = "attributeTypes"
_NAMES = re.compile(r"\bNAME\s+(?:'(?P<one>[^']*)'|\((?P<several>[^)]*)\))")


def unknown_to_schema(
    connection: "Connection", url: LdapUrl, names: Iterable[str]
) -> frozenset[str] | None:
    """Those of *names* that the schema lacks; `None` where the directory tells it not whole."""
    known = _known(connection, url)
    if not known:
        return None
    return frozenset(name for name in names if name.casefold() not in known)


def absence(absent: Sequence[str], unknown: frozenset[str] | None, account: str) -> list[str]:
    """Why no object has the attributes *absent*, as notes; *unknown* is what the schema lacks."""
    lacking = [name for name in absent if unknown and name in unknown]
    rest = [name for name in absent if name not in lacking]
    notes = []
    if lacking:
        notes.append(f"the schema of the directory does not know {', '.join(lacking)}")
    if rest:
        notes.append(
            f"no object has {', '.join(rest)}: absent everywhere, or {account} may not read it"
        )
    return notes


def _known(connection: "Connection", url: LdapUrl) -> frozenset[str]:
    """The names of all attributes, in small letters; no names where some may be missing."""
    base = root_value(connection, "subschemaSubentry")
    if not base:
        return frozenset()
    search = Search(url, base, "(objectClass=*)", (_TYPES,), 1, "base")
    try:
        found = [entry for page in pages(connection, search, Tally()) for entry in page]
    except SimulatorError:
        return frozenset()
    return frozenset(
        name.casefold()
        for _, attributes in found
        for key, values in attributes.items()
        if key.casefold() == _TYPES.casefold()
        for value in values
        for name in _names(bytes(value).decode(errors="replace"))
    )


def _names(description: str) -> list[str]:
    """The names in the description of an attribute type, as RFC 4512 writes it."""
    match = _NAMES.search(description)
    if match is None:
        return []
    return [match["one"]] if match["one"] else re.findall(r"'([^']*)'", match["several"] or "")
