"""Whether an object enters the connector space at all: domain, unit, class, pilot group.

The first failing check is the reason. Source: synchronization specification, section 2.
"""

import re
from collections.abc import Iterable

from simulator.language.compile import attribute
from simulator.language.context import Context
from simulator.objects import ConnectorObject
from simulator.rule import Connector, Partition
from simulator.sync.outcome import ImportCheck, Reason
from simulator.values import Reference, dn_key

_SEPARATOR = re.compile(r"\\.|,", re.DOTALL)  # or what a backslash escapes


def refusal(subject: ConnectorObject, connector: Connector, context: Context) -> Reason | None:
    """Why *connector* does not import *subject*; `None` if it does."""
    above = tuple(ancestors(dn_key(subject.dn)))
    partition = partition_of(subject, connector)
    if partition is None or not partition.selected:
        return Reason(
            "partition-not-selected", f"no selected domain of {connector.name} holds the object"
        )
    included = {dn_key(dn): dn for dn in partition.included}
    excluded = {dn_key(dn): dn for dn in partition.excluded}
    listed = [a for a in above if a in included or a in excluded]
    if any(a in included for a in listed) and any(a in excluded for a in listed):
        context.reading("A-32")
    if listed and listed[0] in excluded:
        return Reason(
            "ou-excluded", f"not imported: below {excluded[listed[0]]}, which is excluded"
        )
    if included and not listed:
        return Reason("ou-excluded", "not imported: below no unit that is included")
    types = {t.casefold() for t in partition.object_types}
    if types and subject.type.casefold() not in types:
        derived = any(c.casefold() in types for c in subject.classes)
        if not derived or context.reading("A-33") != "any":
            return Reason(
                "object-type-excluded", f"objects of type {subject.type} are not imported"
            )
    if connector.pilot_group:
        context.reading("A-28")
        member_of = attribute(Context(context.now, subject.attributes), "memberOf")
        groups = member_of if isinstance(member_of, tuple) else (member_of,)
        if dn_key(connector.pilot_group) not in {
            dn_key(g.dn) for g in groups if isinstance(g, Reference)
        }:
            return Reason(
                "not-in-pilot-group",
                f"no direct member of the pilot group {connector.pilot_group}",
            )
    return None


CHECKS = {
    "partition-not-selected": "domain",
    "ou-excluded": "organizational unit",
    "object-type-excluded": "object type",
    "not-in-pilot-group": "pilot group",
}


def import_checks(reason: str) -> tuple[ImportCheck, ...]:
    """The checks in order, up to the first failure; *reason* is the code of the outcome."""
    result: list[ImportCheck] = []
    failed = False
    for code, name in CHECKS.items():
        passed = None if failed else code != reason
        failed = failed or code == reason
        result.append(ImportCheck(name, passed))
    return tuple(result)


def partition_of(subject: ConnectorObject, connector: Connector) -> Partition | None:
    """The nearest partition of *connector* that holds *subject*."""
    by_dn = {dn_key(p.dn): p for p in connector.partitions}
    return next((by_dn[a] for a in ancestors(dn_key(subject.dn)) if a in by_dn), None)


def ancestors(key: str) -> Iterable[str]:
    """The name *key* and every DN above it, nearest first; splits at unescaped commas only."""
    yield key
    for found in _SEPARATOR.finditer(key):
        if found[0] == ",":
            yield key[found.end() :]
