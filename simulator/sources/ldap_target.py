"""A server in ldap3's terms: how it is reached, and how long it may be silent."""

import math
import socket
from typing import TYPE_CHECKING, Any

from simulator.sources.ldap_domain import Candidate
from simulator.sources.ldap_url import LdapUrl

if TYPE_CHECKING:
    from ldap3 import Server, Tls


def target(url: LdapUrl, server: Candidate, tls: "Tls", timeout: float) -> "Server":
    """The server in ldap3's terms; its certificate must bear its name, not its address."""
    from ldap3 import DSA, Server

    class At(Server):
        """A server whose addresses are known already."""

        def candidate_addresses(self) -> list[list[Any]]:
            """Those of the DNS server that was asked, in the form that ldap3 keeps."""
            if not server.addresses:
                return super().candidate_addresses()  # type: ignore[no-any-return, no-untyped-call]
            known = []
            for address in server.addresses:
                known += socket.getaddrinfo(address, server.port, type=socket.SOCK_STREAM)
            return [[*address, None, None] for address in known]

    return At(
        url.host,
        port=url.port,
        use_ssl=url.scheme == "ldaps",
        tls=tls,
        get_info=DSA,
        connect_timeout=min(10, math.ceil(timeout)),
    )
