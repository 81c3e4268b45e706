"""Whether a directory knows an attribute at all, which tells a name that nothing can have from one
that is not readable or that no object has.
"""

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from simulator.sources.ldap_pages import PageError, raw_entries

if TYPE_CHECKING:
    from ldap3 import Connection

_NAMES = re.compile(r"\bNAME\s+(?:'(?P<one>[^']*)'|\((?P<several>[^)]*)\))")


def unknown_to_schema(connection: "Connection", names: Iterable[str]) -> frozenset[str] | None:
    """Those of *names* that the schema lacks; `None` where the directory tells it not whole."""
    known = _known(connection)
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


def _known(connection: "Connection") -> frozenset[str]:
    """The names of all attributes, in small letters; no names where some may be missing."""
    from ldap3.core.exceptions import LDAPException

    info = connection.server.info
    places = {name.casefold(): values for name, values in (info.raw if info else {}).items()}
    for place in places.get("subschemasubentry", ()):
        try:
            connection.search(
                bytes(place).decode(), "(objectClass=*)", "BASE", attributes=["attributeTypes"]
            )
            found = raw_entries(connection)
        except (PageError, LDAPException, OSError, ValueError):
            return frozenset()
        return frozenset(
            name.casefold()
            for _, attributes in found
            for key, values in attributes.items()
            if key.casefold() == "attributetypes"  # not a first range of them
            for value in values
            for name in _names(bytes(value).decode(errors="replace"))
        )
    return frozenset()


def _names(description: str) -> list[str]:
    """The names in the description of an attribute type, as RFC 4512 writes it."""
    match = _NAMES.search(description)
    if match is None:
        return []
    return [match["one"]] if match["one"] else re.findall(r"'([^']*)'", match["several"] or "")
