"""What a file leaves out: attributes whose absence from it says nothing about the object."""

from collections.abc import Iterable, Mapping

from simulator.schema import standard_schema
from simulator.sources.decode import wanted_name
from simulator.sources.source import SourceRequest
from simulator.values import Unreadable

# What the shipped computer rules read; named where nobody says which rules will be applied.
COMPUTER_ATTRIBUTES = (
    "cn",
    "displayName",
    "dNSHostName",
    "isCriticalSystemObject",
    "mS-DS-CreatorSID",
    "objectGUID",
    "objectSid",
    "operatingSystem",
    "operatingSystemVersion",
    "sAMAccountName",
    "userAccountControl",
    "userCertificate",
)
_ALWAYS_CARRIED = frozenset({"dn", "distinguishedName", "objectClass"})


def not_carried(
    carried: Iterable[str], request: SourceRequest, reason: str
) -> Mapping[str, Unreadable]:
    """The attributes beside the *carried* ones that a rule may read, each with *reason*.

    Where the request does not say what will be read, that is the whole schema.
    """
    have = {wanted_name(name) for name in carried} | _ALWAYS_CARRIED
    asked = {wanted_name(name) for name in request.attributes}
    names = asked | set(COMPUTER_ATTRIBUTES) if asked else set(standard_schema("ad").attributes)
    absent = Unreadable(reason, carried=False)
    return {name: absent for name in sorted(names - have, key=str.casefold)}


def carried_note(
    missing: Mapping[str, Unreadable], request: SourceRequest, help: str
) -> list[str]:
    """One sentence about the *missing* attributes that matter, with the way out; or none."""
    asked = {wanted_name(name) for name in request.attributes} or set(COMPUTER_ATTRIBUTES)
    names = [name for name in missing if name in asked]
    if not names:
        return []
    reason = next(iter(missing.values())).reason
    return [f"{reason}: {', '.join(names)}; what depends on them is not known{help}"]


def unseen_note(seen: Iterable[str], request: SourceRequest) -> list[str]:
    """One sentence about attributes asked for that no object of a file has, or none.

    For files of tools that write an attribute only where it has a value: absence may be true.
    """
    have = {wanted_name(name) for name in seen} | _ALWAYS_CARRIED
    absent = {wanted_name(name) for name in request.attributes} - have
    names = ", ".join(sorted(absent, key=str.casefold))
    return [f"no object has {names}: absent everywhere, or not exported"] if absent else []
