"""How many computers there should be, by another road than their class: their primary group.

The domain gives each computer one of three groups, whatever else is known of it. An account that
may not read what the usual filter tests gets fewer objects without a sign; those whose group it
may read are still counted. What is hidden whole is missing in both numbers.
"""

from typing import TYPE_CHECKING

from simulator.errors import SimulatorError
from simulator.sources.ldap_search import Search, Tally, pages
from simulator.sources.ldap_url import LdapUrl

if TYPE_CHECKING:
    from ldap3 import Connection

GROUPS = "515, 516 and 521"  # computers, domain controllers, read-only domain controllers
_PAGE = 1000
_MEMBERS = "(|(primaryGroupID=515)(primaryGroupID=516)(primaryGroupID=521))"
# Accounts of services are of a class below that of computers, and in their group.
_SERVICES = (
    f"(&{_MEMBERS}(|(objectClass=msDS-ManagedServiceAccount)"
    "(objectClass=msDS-GroupManagedServiceAccount)))"
)


def counted(connection: "Connection", url: LdapUrl, base: str) -> int | None:
    """The objects below *base* in the groups of computers, without managed service accounts.

    `None` where the directory does not answer the question to its end, or no object has a group
    that this account may read.
    """
    try:
        members = _count(connection, url, base, _MEMBERS)
        services = _count(connection, url, base, _SERVICES) if members else 0
    except SimulatorError:
        return None
    return max(members - services, 0) if members else None


def fewer_read(read: int, count: int | None) -> str:
    """What it means that *read* objects came where *count* were counted; empty if nothing."""
    if count is None or read >= count:
        return ""
    return (
        f"read {read} objects, but {count} members of the groups that computers are in"
        f" (primaryGroupID {GROUPS}): what the filter tests cannot be read of the others, or they"
        " came or changed in the meantime"
    )


def _count(connection: "Connection", url: LdapUrl, base: str, filter: str) -> int:
    """How many objects pass *filter*; their attributes are not asked for."""
    search = Search(url, base, filter, ("1.1",), _PAGE)
    return sum(len(page) for page in pages(connection, search, Tally()))
