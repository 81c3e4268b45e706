"""Whether an object enters the connector space at all: domain, unit, class, pilot group.

The first failing check is the reason. Source: synchronization specification, section 2.
"""

from collections.abc import Iterable

from simulator.language.context import Context
from simulator.objects import ConnectorObject
from simulator.rule import Connector, Partition
from simulator.sync.outcome import Reason
from simulator.values import Reference, dn_key


def refusal(subject: ConnectorObject, connector: Connector, context: Context) -> Reason | None:
    """Why *connector* does not import *subject*; `None` if it does."""
    ancestors = tuple(_ancestors(dn_key(subject.dn)))
    partition = partition_of(subject, connector)
    if partition is None or not partition.selected:
        return Reason(
            "partition-not-selected", f"no selected domain of {connector.name} holds the object"
        )
    included = {dn_key(dn): dn for dn in partition.included}
    excluded = {dn_key(dn): dn for dn in partition.excluded}
    for ancestor in ancestors:
        if ancestor in included:
            break
        if ancestor in excluded:
            context.reading("A-32")
            return Reason(
                "ou-excluded", f"not imported: below {excluded[ancestor]}, which is excluded"
            )
    types = {t.casefold() for t in partition.object_types}
    if types and subject.type.casefold() not in types:
        derived = any(c.casefold() in types for c in subject.classes)
        if not derived or context.reading("A-33") != "any":
            return Reason(
                "object-type-excluded", f"objects of type {subject.type} are not imported"
            )
    if connector.pilot_group:
        context.reading("A-28")
        member_of = subject.attributes.get("memberOf")
        groups = member_of if isinstance(member_of, tuple) else (member_of,)
        if dn_key(connector.pilot_group) not in {
            dn_key(g.dn) for g in groups if isinstance(g, Reference)
        }:
            return Reason(
                "not-in-pilot-group",
                f"no direct member of the pilot group {connector.pilot_group}",
            )
    return None


def partition_of(subject: ConnectorObject, connector: Connector) -> Partition | None:
    """The nearest partition of *connector* that holds *subject*."""
    by_dn = {dn_key(p.dn): p for p in connector.partitions}
    return next((by_dn[a] for a in _ancestors(dn_key(subject.dn)) if a in by_dn), None)


def _ancestors(key: str) -> Iterable[str]:
    """*key* and every DN above it, nearest first; splits at unescaped commas only."""
    yield key
    position = 0
    while position < len(key):
        if key[position] == "\\":
            position += 1
        elif key[position] == ",":
            yield key[position + 1 :]
        position += 1
