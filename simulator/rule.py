"""Synchronization rules, whatever file they came from: one model for all formats."""

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from enum import StrEnum

from simulator.errors import Diagnostic, Severity, Source
from simulator.language.nodes import Node


class Direction(StrEnum):
    """Inbound: connector space to metaverse. Outbound: metaverse to connector space."""

    INBOUND = "Inbound"
    OUTBOUND = "Outbound"


class LinkType(StrEnum):
    """What a rule may do to link an object: create its counterpart, or only join one."""

    PROVISION = "Provision"
    JOIN = "Join"
    STICKY_JOIN = "StickyJoin"
    JOIN_NO_FLOW = "JoinNoFlow"


class FlowType(StrEnum):
    """How a flow gets its value."""

    DIRECT = "Direct"
    CONSTANT = "Constant"
    EXPRESSION = "Expression"


class MergeType(StrEnum):
    """How the contributions of several rules to one attribute are united."""

    UPDATE = "Update"
    REPLACE = "Replace"
    MERGE = "Merge"
    MERGE_CASE_INSENSITIVE = "MergeCaseInsensitive"


class ScopeOperator(StrEnum):
    """The operators of a scoping filter, spelt as exported rules spell them."""

    EQUAL = "EQUAL"
    NOTEQUAL = "NOTEQUAL"
    LESSTHAN = "LESSTHAN"
    LESSTHAN_OR_EQUAL = "LESSTHAN_OR_EQUAL"
    GREATERTHAN = "GREATERTHAN"
    GREATERTHAN_OR_EQUAL = "GREATERTHAN_OR_EQUAL"
    CONTAINS = "CONTAINS"
    NOTCONTAINS = "NOTCONTAINS"
    STARTSWITH = "STARTSWITH"
    NOTSTARTSWITH = "NOTSTARTSWITH"
    ENDSWITH = "ENDSWITH"
    NOTENDSWITH = "NOTENDSWITH"
    ISNULL = "ISNULL"
    ISNOTNULL = "ISNOTNULL"
    ISIN = "ISIN"
    ISNOTIN = "ISNOTIN"
    ISBITSET = "ISBITSET"
    ISBITNOTSET = "ISBITNOTSET"
    ISMEMBEROF = "ISMEMBEROF"
    ISNOTMEMBEROF = "ISNOTMEMBEROF"


# Operators that test the groups of an object, and those that ask only whether there is a value.
MEMBERSHIP = (ScopeOperator.ISMEMBEROF, ScopeOperator.ISNOTMEMBEROF)
PRESENCE = (ScopeOperator.ISNULL, ScopeOperator.ISNOTNULL)

# Other spellings seen in documentation, read as the operator beside them.
OPERATOR_SPELLINGS: Mapping[str, ScopeOperator] = {
    "ISNOTBITSET": ScopeOperator.ISBITNOTSET,
    "LESSTHANOREQUAL": ScopeOperator.LESSTHAN_OR_EQUAL,
    "GREATERTHANOREQUAL": ScopeOperator.GREATERTHAN_OR_EQUAL,
}


@dataclass(frozen=True, slots=True)
class ScopeCondition:
    """One clause of a scoping filter: an attribute of the source object, operator, text."""

    attribute: str
    operator: ScopeOperator
    value: str = ""

    def __str__(self) -> str:
        return f"{self.attribute} {self.operator} {self.value}".rstrip()


@dataclass(frozen=True, slots=True)
class JoinCondition:
    """One pair of attributes that must be equal: of the source object and of its candidate.

    For an inbound rule *source* is the connector space's attribute and *target* the metaverse's;
    for an outbound rule the other way round.
    """

    source: str
    target: str
    case_sensitive: bool = False

    def __str__(self) -> str:
        return f"{self.source} = {self.target}"


@dataclass(frozen=True, slots=True)
class AttributeFlow:
    """One transformation: where its value comes from, and to which attribute it goes.

    *sources* are the attributes that the file names: the one copied by a direct flow; beside an
    expression only an incomplete list that decides nothing. *node* is the parsed *expression*.
    """

    target: str
    type: FlowType
    sources: tuple[str, ...] = ()
    constant: str = ""
    expression: Source | None = None
    node: Node | None = field(default=None, compare=False)
    merge: MergeType = MergeType.UPDATE
    once: bool = False


@dataclass(frozen=True, slots=True)
class SyncRule:
    """One synchronization rule. *scope* and *join* are groups, of which one suffices, of clauses.

    *connector* is the GUID or name of the connected directory as the file gives it, in lower case
    without braces; empty for any. *origin* is the file it came from.
    """

    name: str
    direction: Direction
    source_type: str
    target_type: str
    link_type: LinkType
    precedence: int
    flows: tuple[AttributeFlow, ...] = ()
    scope: tuple[tuple[ScopeCondition, ...], ...] = ()
    join: tuple[tuple[JoinCondition, ...], ...] = ()
    connector: str = ""
    id: str = ""
    description: str = ""
    immutable_tag: str = ""
    disabled: bool = False
    password_sync: bool = False
    soft_delete_expiry: str = "00:00:00"
    precedence_after: str = ""
    precedence_before: str = ""
    reconstruction: bool = False
    origin: str = ""


class ConnectorKind(StrEnum):
    """What a connector connects: an Active Directory forest, or Microsoft Entra ID."""

    ACTIVE_DIRECTORY = "AD"
    ENTRA = "Entra"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Partition:
    """A naming context of a connector, and what of it is imported.

    *included* and *excluded* are DNs; the entry on the nearest ancestor decides (A-32).
    """

    dn: str
    selected: bool = True
    object_types: tuple[str, ...] = ()
    included: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Connector:
    """A connected directory: what is imported from it, and the parameters that rules may name."""

    id: str
    name: str
    kind: ConnectorKind
    partitions: tuple[Partition, ...] = ()
    attributes: frozenset[str] = frozenset()
    parameters: Mapping[str, str] = field(default_factory=dict)
    pilot_group: str = ""
    origin: str = ""


@dataclass(frozen=True, slots=True)
class RuleSource:
    """A file or folder that rules were read from, with the hash of what was read."""

    name: str
    sha256: str
    count: int


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules as the engine takes them: low precedence number first, disabled ones apart."""

    rules: tuple[SyncRule, ...]
    disabled: tuple[SyncRule, ...] = ()
    connectors: tuple[Connector, ...] = ()
    sources: tuple[RuleSource, ...] = ()
    findings: tuple[Diagnostic, ...] = ()

    @property
    def attributes_read(self) -> frozenset[str]:
        """Every attribute of the connected directory that an enabled inbound rule names."""
        return frozenset(
            attribute
            for rule in self.rules
            if rule.direction is Direction.INBOUND
            for attribute in rule_attributes(rule)
        )

    def read_of(self, types: Set[str]) -> frozenset[str]:
        """Those that the rules for objects of *types* name; all, if no rule takes one of them.

        Such an object may be taken by a class that it derives from (A-33).
        """
        inbound = tuple(r for r in self.rules if r.direction is Direction.INBOUND)
        if not types <= {rule.source_type for rule in inbound}:
            return self.attributes_read
        concerned = tuple(rule for rule in inbound if rule.source_type in types)
        return replace(self, rules=concerned).attributes_read


def rule_attributes(rule: SyncRule) -> frozenset[str]:
    """Every attribute of its source object that *rule* reads: in scope, join or flow."""
    from simulator.language.nodes import attributes_of

    names = {c.attribute for group in rule.scope for c in group if c.attribute}
    names |= {c.source for group in rule.join for c in group}
    for flow in rule.flows:
        if flow.node is not None:
            names |= attributes_of(flow.node)
        elif flow.type is FlowType.DIRECT:
            names |= set(flow.sources)
    return frozenset(names - {"dn"})


def rule_set(
    rules: Iterable[SyncRule],
    connectors: Iterable[Connector] = (),
    sources: Iterable[RuleSource] = (),
    findings: Iterable[Diagnostic] = (),
) -> RuleSet:
    """A `RuleSet` of *rules*: ordered by precedence and name, collisions found."""
    ordered = sorted(rules, key=lambda r: (r.precedence, r.name.casefold(), r.id))
    enabled = tuple(r for r in ordered if not r.disabled)
    return RuleSet(
        rules=enabled,
        disabled=tuple(r for r in ordered if r.disabled),
        connectors=tuple(connectors),
        sources=tuple(sources),
        findings=(*findings, *_collisions(enabled)),
    )


def _collisions(rules: tuple[SyncRule, ...]) -> Iterable[Diagnostic]:
    """Two enabled rules with one number that flow to one attribute: neither can win."""
    seen: dict[tuple[Direction, str, int, str], SyncRule] = {}
    told: set[tuple[str, str]] = set()
    for rule in rules:
        for flow in rule.flows:
            key = (rule.direction, rule.target_type, rule.precedence, flow.target)
            other = seen.setdefault(key, rule)
            pair = (other.name, rule.name)
            if other is not rule and other.connector == rule.connector and pair not in told:
                told.add(pair)
                yield Diagnostic(
                    "precedence-collision",
                    f"rules `{other.name}` and `{rule.name}` both have precedence "
                    f"{rule.precedence} and flow to `{flow.target}`",
                    Source(rule.name, "", file=rule.origin or None),
                    help="give one of them a number of its own, or disable one",
                    severity=Severity.ERROR,
                )


def clone(original: SyncRule, **changes: object) -> SyncRule:
    """A copy of *original* as the rules editor makes it: no tag, no identifier, *changes* made."""
    return replace(original, **{"immutable_tag": "", "id": "", **changes})  # type: ignore[arg-type]  # names are SyncRule's own
