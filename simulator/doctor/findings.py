"""What is found in a directory, and what it means for devices: pure functions over facts."""

import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum

from simulator.objects import ObjectSet
from simulator.sources.carried import COMPUTER_ATTRIBUTES
from simulator.sources.ldap_count import fewer_read
from simulator.values import Unreadable, dn_key

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_NEEDED = frozenset({"userCertificate", "objectGUID", "operatingSystemVersion"})


class Level(StrEnum):
    """How much a finding matters; a problem gives the exit status 1."""

    FINE = "ok"
    NOTE = "note"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found, the enrolment codes that it would cause, and the way out."""

    level: Level
    text: str
    codes: tuple[int, ...] = ()
    help: str = ""


@dataclass(frozen=True, slots=True)
class ConnectionPoint:
    """A service connection point of device registration: where it is, and its keywords."""

    dn: str
    keywords: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What was found at a server, as the account that asked may see it.

    *tenants* are those that its connection point names, in small letters.
    """

    source: str
    account: str
    findings: tuple[Finding, ...]
    tenants: tuple[str, ...] = ()

    @property
    def problems(self) -> int:
        """How many findings are problems."""
        return sum(f.level is Level.PROBLEM for f in self.findings)


def connection_point_findings(
    found: Sequence[ConnectionPoint], place: str, tenant: str | None
) -> list[Finding]:
    """What the service connection points *found* mean for devices, which look at *place*."""
    here = [p for p in found if dn_key(p.dn) == dn_key(place)]
    findings = [
        Finding(
            Level.NOTE,
            f"another service connection point, at which devices do not look: {p.dn}",
            help="it may be a remainder; devices read the one in the configuration partition",
        )
        for p in found
        if p not in here
    ]
    if not here:
        return [
            Finding(
                Level.PROBLEM,
                f"there is no service connection point at {place}, or this account may not see it",
                (16, 17),
                "let Entra Connect configure the hybrid join, which makes it for each forest",
            ),
            *findings,
        ]
    return [*_keyword_findings(here[0], tenant), *findings]


def _keyword_findings(point: ConnectionPoint, tenant: str | None) -> Iterable[Finding]:
    names = _keywords(point, "azureADName")
    ids = _keywords(point, "azureADId")
    enterprise = _keywords(point, "enterpriseDrsName")
    yield Finding(Level.FINE, f"service connection point: {'; '.join(sorted(point.keywords))}")
    if enterprise:
        yield Finding(
            Level.PROBLEM,
            f"it points to an enterprise registration service: {', '.join(enterprise)}",
            (16, 17),
            "devices register there, not with Entra ID: take enterpriseDrsName out",
        )
    for kind, values, codes in (
        ("azureADName", names, (16, 17)),
        ("azureADId", ids, (15, 16, 17)),
    ):
        if not values:
            yield Finding(
                Level.PROBLEM, f"it has no keyword {kind}", codes, "set it, or let Entra Connect"
            )
        elif len(values) > 1:
            # which of two tenants a device has registered with shows in its certificate
            yield Finding(
                Level.PROBLEM,
                f"it has {len(values)} keywords {kind}: {', '.join(values)}",
                (*codes, 18) if values is ids else codes,
                "devices take any of them: leave the right one alone",
            )
    for id in ids:
        yield _tenant_finding(id, tenant)


def _tenant_finding(id: str, tenant: str | None) -> Finding:
    """What the keyword azureADId with this value means for devices."""
    if not _GUID.fullmatch(id):
        return Finding(
            Level.PROBLEM,
            f"azureADId `{id}` is not written as a GUID",
            (15, 16, 17),
            "write it as 01234567-89ab-cdef-0123-456789abcdef, without braces or blanks",
        )
    if tenant is None:
        return Finding(
            Level.NOTE,
            f"azureADId is {id}: whether that is the tenant of Defender is not looked at",
            help="give that tenant with --tenant",
        )
    if id.casefold() == tenant:
        return Finding(Level.FINE, f"azureADId is the tenant {tenant}")
    return Finding(
        Level.PROBLEM,
        f"azureADId {id} is not the tenant {tenant}",
        (15, 18),
        "devices register with the tenant named here, and get a certificate of it",
    )


def tenants_of(found: Sequence[ConnectionPoint], place: str) -> list[str]:
    """The tenants that the connection point at *place* names, in small letters."""
    here = [point for point in found if dn_key(point.dn) == dn_key(place)]
    return [id.casefold() for point in here for id in _keywords(point, "azureADId")]


def tenant_findings(found: Sequence[Diagnosis]) -> list[Finding]:
    """Whether the directories send their devices to one tenant."""
    tenants = sorted({tenant for one in found for tenant in one.tenants})
    named = sum(bool(one.tenants) for one in found)
    if named < 2 or len(tenants) < 2:
        return []
    return [
        Finding(
            Level.PROBLEM,
            f"the directories name different tenants: {', '.join(tenants)}",
            (15, 18),
            "the tenant of Defender belongs into the connection point of each forest",
        )
    ]


def _keywords(point: ConnectionPoint, kind: str) -> list[str]:
    """The values of the keywords of *kind*; prefixes compare without case."""
    return [
        keyword[len(kind) + 1 :]
        for keyword in point.keywords
        if keyword.casefold().startswith(f"{kind.casefold()}:")
    ]


def count_findings(read: int, count: int | None, account: str) -> list[Finding]:
    """What the number of computers *read* means, beside an independent *count*."""
    if not read:
        return [
            Finding(
                Level.PROBLEM,
                f"{account} sees no computers",
                (36, 37),
                "look at the base and filter of the URL, and at the rights of the account",
            )
        ]
    if count is None:
        return [Finding(Level.NOTE, f"{read} computers; there is no count to compare it with")]
    if less := fewer_read(read, count):
        return [
            Finding(
                Level.NOTE,
                less,
                (36, 37),
                "a filter or base of your own may be the reason; if the account of Entra Connect"
                " sees as few, the others do not reach the cloud",
            )
        ]
    return [Finding(Level.FINE, f"{read} computers; counted by their groups: {count}")]


def attribute_findings(objects: ObjectSet, unknown: Set[str], account: str) -> list[Finding]:
    """Which of the attributes that the rules read the account sees on how many computers.

    *unknown* are those that the schema of the directory lacks.
    """
    findings = []
    total = len(objects.objects)
    for name in COMPUTER_ATTRIBUTES if total else ():
        having = sum(
            name in o.attributes and not isinstance(o.attributes[name], Unreadable)
            for o in objects.objects
        )
        level, help = Level.FINE, ""
        codes: tuple[int, ...] = ()
        text = f"{name}: {having} of {total} computers have it"
        if not having:
            level = Level.NOTE
            text = f"{name}: no computer has it, or {account} may not read it"
            help = "compare with an account that may read everything"
        if not having and name in unknown:
            text = f"{name}: the schema of the directory does not know it"
            help = "ask a domain controller of Active Directory"
        if not having and name in _NEEDED:
            level, codes = Level.PROBLEM, (36, 37)
            help += "; without it the rules keep computers out"
        findings.append(Finding(level, text, codes, help))
    return findings
