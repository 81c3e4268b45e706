"""Asks a directory server what device registration hangs on; reads only."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from simulator.doctor.findings import (
    ConnectionPoint,
    Diagnosis,
    Finding,
    Level,
    attribute_findings,
    connection_point_findings,
    count_findings,
    tenant_findings,
    tenants_of,
)
from simulator.errors import UsageError
from simulator.objects import parse_guid
from simulator.sources import SourceRequest, load_objects
from simulator.sources.carried import COMPUTER_ATTRIBUTES
from simulator.sources.ldap_count import counted
from simulator.sources.ldap_query import Directory, ask
from simulator.sources.ldap_schema import unknown_to_schema
from simulator.sources.ldap_sign_in import account
from simulator.sources.ldap_url import is_ldap_url
from simulator.values import dn_key, guid_text

SCP_NAME = "62a0ff2e-97b9-4513-943f-0d221bd30080"
SCP_PLACE = f"CN={SCP_NAME},CN=Device Registration Configuration,CN=Services"
_ACTIVE_DIRECTORY = "1.2.840.113556.1.4.800"
_DOMAIN_FLAG = 2
_SCP_FILTER = (
    "(&(objectClass=serviceConnectionPoint)"
    f"(|(cn={SCP_NAME})(keywords=azureADId:*)(keywords=azureADName:*)(keywords=enterpriseDrsName:*)))"
)


def diagnose_all(
    locations: Sequence[str], request: SourceRequest, tenant: str | None = None
) -> tuple[Diagnosis, ...]:
    """Examines the directories at all *locations*. Library twin of `aadsim doctor`."""
    found = tuple(diagnose(location, request, tenant) for location in locations)
    if wrong := tenant_findings(found):
        found = (replace(found[0], findings=(*found[0].findings, *wrong)), *found[1:])
    return found


def diagnose(location: str, request: SourceRequest, tenant: str | None = None) -> Diagnosis:
    """Examines the directory at *location*."""
    if not is_ldap_url(location):
        raise UsageError(
            f"{location}: is no directory server", "give an LDAP URL: ldaps://dc1.contoso.com"
        )
    expected = _tenant(tenant)
    findings: list[Finding] = []
    tenants: list[str] = []
    count: int | None = None
    unknown: frozenset[str] | None = None

    def questions(directory: Directory) -> None:
        nonlocal count, unknown
        findings.extend(_root(directory))
        findings.extend(_partitions(directory))
        points, place = _connection_points(directory)
        if place:
            findings.extend(connection_point_findings(points, place, expected))
            tenants.extend(tenants_of(points, place))
        base = directory.url.base or _first(directory, "defaultnamingcontext")
        count = counted(directory.connection, directory.url, base) if base else None
        unknown = unknown_to_schema(directory.connection, directory.url, COMPUTER_ATTRIBUTES)

    ask(location, request, questions)
    asked = request.attributes | set(COMPUTER_ATTRIBUTES)
    objects = load_objects(location, replace(request, attributes=asked))
    who = account(request)
    findings += count_findings(len(objects.objects), count, who)
    findings += attribute_findings(objects, unknown or frozenset(), who)
    return Diagnosis(location, who, tuple(findings), tuple(tenants))


def _tenant(text: str | None) -> str | None:
    if text is None:
        return None
    guid = parse_guid(text)
    if guid is None:
        raise UsageError(
            f"--tenant {text}: is no GUID", "the tenant id stands in the overview of Entra ID"
        )
    return guid_text(guid)


def _first(directory: Directory, name: str) -> str:
    return next(iter(directory.root.get(name, ())), "")


def _root(directory: Directory) -> Iterable[Finding]:
    name = _first(directory, "dnshostname") or directory.url.host
    default = _first(directory, "defaultnamingcontext")
    if _ACTIVE_DIRECTORY in directory.root.get("supportedcapabilities", ()):
        yield Finding(Level.FINE, f"{name} is a domain controller of {default}")
    else:
        yield Finding(
            Level.NOTE,
            f"{name} does not say that it is a domain controller of Active Directory",
            help="findings about Active Directory may not hold",
        )


def _partitions(directory: Directory) -> Iterable[Finding]:
    configuration = _first(directory, "configurationnamingcontext")
    if not configuration:
        yield Finding(
            Level.PROBLEM,
            "the server names no configuration partition",
            (16, 17),
            "ask a domain controller, not an application partition or a proxy",
        )
        return
    domains = [
        name
        for _, entry in directory.entries(
            configuration, "(objectClass=crossRef)", ["nCName", "systemFlags"]
        )
        if any(f.isdecimal() and int(f) & _DOMAIN_FLAG for f in entry.get("systemflags", ()))
        for name in entry.get("ncname", ())
    ]
    default = _first(directory, "defaultnamingcontext")
    others = [d for d in domains if dn_key(d) != dn_key(default)]
    yield Finding(Level.FINE, f"domains of the forest: {', '.join(domains) or 'none told'}")
    if others:
        yield Finding(
            Level.NOTE,
            f"only computers of {default} are looked at here, not those of {', '.join(others)}",
            help="give an LDAP URL of each domain",
        )


def _connection_points(directory: Directory) -> tuple[list[ConnectionPoint], str]:
    """The connection points of the forest, and where devices look for theirs."""
    configuration = _first(directory, "configurationnamingcontext")
    if not configuration:
        return [], ""
    found = [
        ConnectionPoint(dn, tuple(entry.get("keywords", ())))
        for dn, entry in directory.entries(configuration, _SCP_FILTER, ["keywords"])
    ]
    return found, f"{SCP_PLACE},{configuration}"
