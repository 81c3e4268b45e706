"""Which servers answer for a domain: its SRV records, in the order that RFC 2782 gives.

A host outside the domain is never taken from DNS: whoever forges an answer would choose the name
that the certificate is checked against, and be given the password.
"""

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from simulator.errors import IncompleteError, InputError, SimulatorError, UsageError
from simulator.sources.ldap_url import SCHEMES, LdapUrl
from simulator.sources.source import SourceRequest

if TYPE_CHECKING:
    from dns.resolver import Resolver

_RECORDS = ("_ldap._tcp.dc._msdcs", "_ldap._tcp")  # of domain controllers, of any LDAP servers
_LONGEST = 5.0  # seconds for one question
_NAME_A_HOST = "name a domain controller in the URL: ldaps://dc1.contoso.com/"


@dataclass(frozen=True, slots=True)
class Candidate:
    """One server to try, or with *outside* one that DNS names but that is not in the domain.

    *addresses* are empty where the system knows them by the name.
    """

    host: str
    port: int
    addresses: tuple[str, ...] = ()
    outside: bool = False


def servers(url: LdapUrl, request: SourceRequest) -> tuple[Candidate, ...]:
    """The servers that *url* means, in the order in which to try them.

    A name without a port is a domain where DNS has servers for it, and a host otherwise.
    """
    itself = (Candidate(url.host, url.port),)
    if not url.domain:
        return itself
    try:
        found = tuple(_look_up(url, request))
    except UsageError:
        raise
    except SimulatorError:
        if url.host:
            return itself
        raise
    return found


def _look_up(url: LdapUrl, request: SourceRequest) -> Iterator[Candidate]:
    """The servers of the domain, or why there are none."""
    import dns.exception
    import dns.resolver
    from dns.rdtypes.IN.SRV import SRV

    resolver = _resolver(url, request)
    records: list[SRV] = []
    for prefix in _RECORDS:
        try:
            answer = resolver.resolve(f"{prefix}.{url.domain}.", "SRV")
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            continue
        except dns.exception.DNSException as error:
            raise IncompleteError(
                f"{url.place}: DNS does not tell the servers of {url.domain}: {error}",
                f"{_NAME_A_HOST}, or a server of the domain's DNS with --dns-server",
            ) from None
        if answer.rrset is not None:
            records = [r for r in answer.rrset.processing_order() if isinstance(r, SRV)]
            break
    hosts = [(str(r.target.to_text(omit_final_dot=True)), r.port) for r in records]
    if not any(host not in ("", ".") for host, _ in hosts):
        raise InputError(
            f"{url.place}: DNS knows no directory server of the domain {url.domain}",
            f"check the name; {_NAME_A_HOST}",
        )
    outside = [host for host, _ in hosts if not _belongs(host, url.domain)]
    if len(outside) == len(hosts):
        raise UsageError(
            f"{url.place}: the servers that DNS names for {url.domain} are not in that domain:"
            f" {', '.join(outside)}",
            "DNS alone is not believed; if they are right, name one of them in the URL",
        )
    for host, port in hosts:
        port = SCHEMES["ldaps"] if url.scheme == "ldaps" else port
        if host in outside:
            yield Candidate(host, port, outside=True)
        else:
            yield Candidate(host, port, _addresses(host, resolver) if request.name_server else ())


def _belongs(host: str, domain: str) -> bool:
    return f".{host}".casefold().endswith(f".{domain}".casefold())


def _addresses(host: str, resolver: "Resolver") -> tuple[str, ...]:
    """The addresses that the same server gives, IPv4 first; the name itself where it has none."""
    import dns.exception

    found = []
    for kind in ("A", "AAAA"):
        try:
            found += [record.to_text() for record in resolver.resolve(f"{host}.", kind)]
        except dns.exception.DNSException:
            continue
    return tuple(found)


def _resolver(url: LdapUrl, request: SourceRequest) -> "Resolver":
    """Who is asked: the server of the request, or those that the system names."""
    import dns.resolver

    if request.name_server:
        address, port = _address(request.name_server)
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = [address], port
    else:
        try:
            resolver = dns.resolver.Resolver()
        except dns.resolver.NoResolverConfiguration:
            raise InputError(
                f"{url.place}: this system names no DNS server to ask for {url.domain}",
                f"{_NAME_A_HOST}, or a DNS server with --dns-server",
            ) from None
    resolver.lifetime = min(_LONGEST, request.timeout)
    return resolver


def _address(text: str) -> tuple[str, int]:
    """The address and the port in *text*, which may leave the port out."""
    try:
        bare = f"[{text}]" if text.count(":") > 1 and not text.startswith("[") else text
        parts = urlsplit(f"//{bare}")
        port = 53 if parts.port is None else parts.port
        return str(ipaddress.ip_address(parts.hostname or "")), port
    except ValueError:
        raise UsageError(
            f"`{text}` is no address of a DNS server", "give its IP address: --dns-server 10.0.0.1"
        ) from None
