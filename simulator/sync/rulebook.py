"""Which rules an object meets, and with which parameters: connectors, types, directions."""

from collections.abc import Mapping

from simulator.objects import ConnectorObject
from simulator.rule import Connector, ConnectorKind, Direction, RuleSet, SyncRule
from simulator.sync.entrance import partition_of


class RuleBook:
    """A rule set, looked up by object: what of it applies to a type of a connector."""

    def __init__(self, rules: RuleSet, filters: tuple[Connector, ...] = ()) -> None:
        known = (*filters, *rules.connectors)
        self._connectors: dict[str, Connector] = {}
        for connector in known:
            for key in (connector.id, connector.name):
                if key:
                    self._connectors.setdefault(key.casefold(), connector)
        self._forests = {
            c.id or c.name: c for c in reversed(known) if c.kind is ConnectorKind.ACTIVE_DIRECTORY
        }
        self.inbound = [
            r
            for r in rules.rules
            if r.direction is Direction.INBOUND
            and self._kind(r, ConnectorKind.ACTIVE_DIRECTORY) is ConnectorKind.ACTIVE_DIRECTORY
        ]
        self.outbound = [
            r
            for r in rules.rules
            if r.direction is Direction.OUTBOUND
            and self._kind(r, ConnectorKind.ENTRA) is not ConnectorKind.ACTIVE_DIRECTORY
        ]
        self.inbound_types = frozenset(r.source_type for r in self.inbound)
        self.join_targets = frozenset(c.target for r in self.inbound for g in r.join for c in g)
        self.tested_outbound = frozenset(
            c.attribute for r in self.outbound for g in r.scope for c in g
        )

    def connector(self, rule: SyncRule) -> Connector | None:
        """The connector that *rule* names, where it is known."""
        return self._connectors.get(rule.connector.casefold()) if rule.connector else None

    def _kind(self, rule: SyncRule, unknown: ConnectorKind) -> ConnectorKind:
        connector = self.connector(rule)
        return connector.kind if connector is not None else unknown

    def home(self, subject: ConnectorObject) -> Connector | None:
        """The forest of *subject*: the one that holds its domain, or the only one there is."""
        forests = list(self._forests.values())
        if len(forests) == 1:
            return forests[0]
        holding = [c for c in forests if c.partitions and partition_of(subject, c) is not None]
        candidates = holding or forests
        return candidates[0] if len(candidates) == 1 else None

    def rules_for(
        self, subject: ConnectorObject, home: Connector | None, any_class: bool
    ) -> list[SyncRule]:
        """The inbound rules for the type of *subject*.

        With *any_class* those for its most specific class that a rule takes at all (A-33).
        """
        type = subject.type
        if any_class:
            type = next((c for c in reversed(subject.classes) if c in self.inbound_types), type)
        result = []
        for rule in self.inbound:
            if rule.source_type != type:
                continue
            connector = self.connector(rule)
            if connector is None or home is None or connector.id == home.id:
                result.append(rule)
        return result

    def outbound_for(self, type: str) -> list[list[SyncRule]]:
        """The outbound rules for metaverse objects of *type*, a list for each target connector."""
        by_connector: dict[str, list[SyncRule]] = {}
        for rule in self.outbound:
            if rule.source_type == type:
                by_connector.setdefault(rule.connector, []).append(rule)
        return list(by_connector.values())

    def parameters(self, subject: ConnectorObject, home: Connector | None) -> Mapping[str, str]:
        """The values of `%...%` for *subject*: of its forest, its domain and its connector."""
        if home is None:
            return {}
        partition = partition_of(subject, home)
        own = partition.parameters if partition else {}
        return {**home.parameters, **own, "Connector.ID": f"{{{home.id}}}"}
