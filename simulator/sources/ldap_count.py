"""How many computers there should be, by another road than their class: their primary group.

The domain gives each computer one of three groups, whatever else is known of it. An account that
may not read what the usual filter tests gets fewer objects without a sign; those whose group it
may read are still counted. What is hidden whole is missing in both numbers.
"""

from typing import TYPE_CHECKING

from simulator.sources.ldap_pages import PageError, raw_pages

if TYPE_CHECKING:
    from ldap3 import Connection

GROUPS = "515, 516 and 521"  # computers, domain controllers, read-only domain controllers
_MEMBERS = "(|(primaryGroupID=515)(primaryGroupID=516)(primaryGroupID=521))"
# Accounts of services are of a class below that of computers, and in their group.
_SERVICES = (
    f"(&{_MEMBERS}(|(objectClass=msDS-ManagedServiceAccount)"
    "(objectClass=msDS-GroupManagedServiceAccount)))"
)


def counted(connection: "Connection", base: str) -> int | None:
    """The objects below *base* in the groups of computers, without managed service accounts.

    `None` where the directory does not answer the question to its end, or no object has a group
    that this account may read.
    """
    members = _count(connection, base, _MEMBERS)
    services = _count(connection, base, _SERVICES) if members else 0
    if not members or services is None:
        return None
    return max(members - services, 0)


def fewer_read(read: int, count: int | None) -> str:
    """What it means that *read* objects came where *count* were counted; empty if nothing."""
    if count is None or read >= count:
        return ""
    return (
        f"read {read} objects, but {count} members of the groups that computers are in"
        f" (primaryGroupID {GROUPS}): what the filter tests cannot be read of the others, or they"
        " came or changed in the meantime"
    )


def _count(connection: "Connection", base: str, filter: str) -> int | None:
    """How many objects pass *filter*; their attributes are not asked for."""
    from ldap3.core.exceptions import LDAPException

    try:
        return sum(len(page) for page in raw_pages(connection, base, filter, ["1.1"]))
    except (PageError, LDAPException, OSError, ValueError):
        return None
