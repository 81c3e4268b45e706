"""What is found in a directory, and what it means for devices: pure functions over facts."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from simulator.objects import ObjectSet
from simulator.sources.carried import COMPUTER_ATTRIBUTES
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
    """What was found at a server, as the account that asked may see it."""

    source: str
    account: str
    findings: tuple[Finding, ...]

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
            yield Finding(
                Level.PROBLEM,
                f"it has {len(values)} keywords {kind}: {', '.join(values)}",
                codes,
                "devices take any of them: leave the right one alone",
            )
    for id in ids:
        if not _GUID.fullmatch(id):
            yield Finding(
                Level.PROBLEM,
                f"azureADId `{id}` is not written as a GUID",
                (15, 16, 17),
                "write it as 01234567-89ab-cdef-0123-456789abcdef, without braces or blanks",
            )
        elif tenant is not None and id.casefold() != tenant:
            yield Finding(
                Level.PROBLEM,
                f"azureADId {id} is not the tenant {tenant}",
                (15,),
                "devices register with the tenant of the service connection point",
            )
        elif tenant is not None:
            yield Finding(Level.FINE, f"azureADId is the tenant {tenant}")


def _keywords(point: ConnectionPoint, kind: str) -> list[str]:
    """The values of the keywords of *kind*; prefixes compare without case."""
    return [
        keyword[len(kind) + 1 :]
        for keyword in point.keywords
        if keyword.casefold().startswith(f"{kind.casefold()}:")
    ]


def count_findings(read: int, counted: int, account: str) -> list[Finding]:
    """What the number of computers *read* means, beside an independent count."""
    if not read:
        return [
            Finding(
                Level.PROBLEM,
                f"{account} sees no computers",
                (36, 37),
                "look at the base and filter of the URL, and at the rights of the account",
            )
        ]
    if not counted:
        return [Finding(Level.NOTE, f"{read} computers; there is no count to compare it with")]
    if read < counted:
        return [
            Finding(
                Level.NOTE,
                f"{read} computers, but {counted} members of the groups that computers are in",
                help="the filter takes fewer, or some objects cannot be read as what they are",
            )
        ]
    return [Finding(Level.FINE, f"{read} computers; counted by their groups: {counted}")]


def attribute_findings(objects: ObjectSet) -> list[Finding]:
    """Which of the attributes that the rules read this account sees on how many computers."""
    findings = []
    total = len(objects.objects)
    for name in COMPUTER_ATTRIBUTES if total else ():
        having = sum(
            name in o.attributes and not isinstance(o.attributes[name], Unreadable)
            for o in objects.objects
        )
        if having:
            findings.append(Finding(Level.FINE, f"{name}: {having} of {total} computers have it"))
        elif name in _NEEDED:
            findings.append(
                Finding(
                    Level.PROBLEM,
                    f"{name}: no computer has it, or {objects.provenance.account} may not read it",
                    (36, 37),
                    "compare with an account that may read everything; without it the rules keep"
                    " computers out",
                )
            )
        else:
            findings.append(
                Finding(
                    Level.NOTE,
                    f"{name}: no computer has it, or {objects.provenance.account} may not read it",
                )
            )
    return findings
