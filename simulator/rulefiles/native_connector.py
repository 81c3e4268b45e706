"""`[[connector]]` tables of our own form: what is imported from a directory, parameters."""

from dataclasses import replace
from typing import Any

import msgspec

from simulator.errors import Diagnostic, Source
from simulator.rule import Connector, ConnectorKind, Partition
from simulator.rulefiles.rulefile import known_guid
from simulator.rulefiles.table import read_table, tables, word_of


class ConnectorTable(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A connected directory."""

    id: str
    name: str
    kind: str
    attributes: list[str] = []
    parameters: dict[str, str] = {}
    pilot_group: str = ""
    partition: list[dict[str, Any]] = []


class PartitionTable(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A naming context of a connector."""

    dn: str
    selected: bool = True
    object_types: list[str] = []
    included: list[str] = []
    excluded: list[str] = []
    parameters: dict[str, str] = {}


def read_connector_table(
    table: dict[str, Any], file: str, problems: list[Diagnostic]
) -> Connector | None:
    """The connector that *table* describes, or `None` after what is wrong with it."""
    before = len(problems)
    named = table.get("name")
    place = Source(f"connector {named or table.get('id', '')}", "", file=file)
    connector = read_table(ConnectorTable, table, place, problems)
    kind = word_of(table, ConnectorKind, "kind", place, problems)
    partitions = []
    for each in tables(table.get("partition")):
        here = replace(place, name=f"{place.name} > {each.get('dn', 'partition')}")
        partition = read_table(PartitionTable, each, here, problems)
        if partition:
            partitions.append(
                Partition(
                    partition.dn,
                    partition.selected,
                    tuple(partition.object_types),
                    tuple(partition.included),
                    tuple(partition.excluded),
                    partition.parameters,
                )
            )
    if connector is None or kind is None or before != len(problems):
        return None
    return Connector(
        id=known_guid(connector.id),
        name=connector.name,
        kind=kind,
        partitions=tuple(partitions),
        attributes=frozenset(connector.attributes),
        parameters=connector.parameters,
        pilot_group=connector.pilot_group,
        origin=file,
    )
