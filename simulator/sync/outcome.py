"""What happened to one object, and the name of its situation.

Everything that a report shows is in an `Outcome`; reports add nothing and compute nothing.
Source: synchronization specification, section 15.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from simulator.errors import Diagnostic
from simulator.language.explain import Step
from simulator.objects import ConnectorObject
from simulator.rule import AttributeFlow, JoinCondition, ScopeCondition, SyncRule
from simulator.values import Value


class Disposition(StrEnum):
    """The situation of an object after both passes."""

    SYNCS = "SYNCS"
    FILTERED = "FILTERED"
    NOT_EXPORTED = "NOT-EXPORTED"
    NOT_IN_SCOPE = "NOT-IN-SCOPE"
    NO_RULE = "NO-RULE"
    ERROR = "ERROR"
    UNCERTAIN = "UNCERTAIN"


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """One clause of a scoping filter against one object: the value it met, and its answer."""

    condition: ScopeCondition
    value: Value
    holds: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class Scoping:
    """A rule's scoping filter against one object; every clause is tested, for the reasons."""

    rule: SyncRule
    groups: tuple[tuple[ConditionResult, ...], ...]
    applies: bool

    @property
    def failed(self) -> ConditionResult | None:
        """The first clause that does not hold, where the filter does not apply."""
        if self.applies:
            return None
        return next((r for group in self.groups for r in group if not r.holds), None)


@dataclass(frozen=True, slots=True)
class Joining:
    """How the object was linked: by which rule and group, or as what it was provisioned.

    *rules* are those whose flows apply, by precedence. *target_type* is the type of the object it
    is linked to. *text* says it in words.
    """

    rules: tuple[SyncRule, ...]
    target_type: str = ""
    provisioned: bool = False
    by: SyncRule | None = None
    criteria: tuple[JoinCondition, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class FlowError:
    """An error of one flow: its published kind, the message, and its place in the rule."""

    kind: str
    message: str
    rule: SyncRule | None
    attribute: str
    diagnostic: Diagnostic


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one flow of one rule gives for its target; *step* tells how, where it was traced."""

    rule: SyncRule
    flow: AttributeFlow
    value: Value
    error: FlowError | None = None
    step: Step | None = None


@dataclass(frozen=True, slots=True)
class Winner:
    """The value that an attribute ends with, and what won (several contributions, if merged)."""

    value: Value
    contributions: tuple[Contribution, ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass, inbound or outbound: scope, join, flows, and which contribution won."""

    scopings: tuple[Scoping, ...]
    joining: Joining
    contributions: tuple[Contribution, ...]
    winners: Mapping[str, Winner]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an object is where it is: a stable code, a sentence, and what decided."""

    code: str
    text: str
    rule: str = ""
    attribute: str = ""
    clause: str = ""


class CertificateVerdict(NamedTuple):
    """One value of userCertificate: what it is, and whether it counts for the deciding rule.

    A tuple, because one is made for every value of every object.
    *verdict* is a reason code (`certificate-valid`, `certificate-expired`, ...), or
    `certificate-not-tested` where no rule looked at it. Times are ISO 8601 in UTC.
    """

    thumbprint: str
    subject: str
    issuer: str
    not_before: str
    not_after: str
    verdict: str
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What another reading of an assumption would make of the object."""

    assumption: str
    reading: str
    disposition: Disposition
    reason: Reason


@dataclass(frozen=True, slots=True)
class ImportCheck:
    """One check at the entrance of the connector space; *passed* is `None` if it was not made."""

    name: str
    passed: bool | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything that happened to one object.

    *imports* are the checks at the entrance, *not_imported* the attributes of it that rules read
    in vain, *remedy* what would have to be different for it to sync; an explanation has them.
    """

    subject: ConnectorObject
    disposition: Disposition
    reason: Reason
    assumptions: tuple[str, ...] = ()
    inbound: Pass | None = None
    outbound: tuple[Pass, ...] = ()
    certificates: tuple[CertificateVerdict, ...] = ()
    findings: tuple[Diagnostic, ...] = ()
    readings: tuple[Reading, ...] = ()
    metaverse: Mapping[str, Value] = field(default_factory=dict)
    imports: tuple[ImportCheck, ...] = ()
    not_imported: tuple[str, ...] = ()
    remedy: str = ""

    @property
    def decided(self) -> bool:
        """Whether the tool can say what becomes of the object."""
        return self.disposition not in (Disposition.ERROR, Disposition.UNCERTAIN)
