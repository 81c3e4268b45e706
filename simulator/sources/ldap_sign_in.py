"""Who signs in at a directory server and how: what is asked of ldap3, and what must hold before.

Kerberos takes the ticket of the current user and no password; NTLM is bound to the TLS connection
where the installed ldap3 can, which is from its pre-release 2.10.2rc4 on.
"""

import inspect
import sys
from typing import Any

from simulator.sources.ldap_kerberos import principal
from simulator.sources.ldap_url import LdapUrl
from simulator.sources.sign_in import SignIn
from simulator.sources.source import SourceRequest

_WITH_PASSWORD = frozenset({SignIn.SIMPLE, SignIn.NTLM})


def sign_in_of(request: SourceRequest) -> SignIn:
    """The way to sign in that the request names, or the one that its user implies."""
    if request.sign_in is not None:
        return request.sign_in
    return SignIn.ANONYMOUS if request.user is None else SignIn.SIMPLE


def account(request: SourceRequest) -> str:
    """Who signs in, as the result says it; with Kerberos the principal of the ticket."""
    if sign_in_of(request) is SignIn.ANONYMOUS:
        return "anonymous"
    return request.user or principal() or "the current user"


def contradiction(request: SourceRequest) -> tuple[str, str] | None:
    """What of the account does not go together, and the way out; nothing is sent for it."""
    kind, user = sign_in_of(request), request.user
    if kind is not SignIn.ANONYMOUS and request.plain:
        what = "a password is" if kind in _WITH_PASSWORD else "a sign-in is"
        return f"{what} not sent without TLS", "leave out --plain, or read without signing in"
    if kind is SignIn.ANONYMOUS and user is not None:
        return f"`{user}` cannot sign in as nobody", "leave out --user, or --auth anonymous"
    if kind in _WITH_PASSWORD and (not user or request.password is None):
        return (
            "the account is incomplete: a user and a password are needed",
            "give --user, and the password when it is asked for",
        )
    if kind is SignIn.NTLM and not _is_down_level(user or ""):
        return f"`{user}` is no name for NTLM", "write --user 'DOMAIN\\name'"
    if kind is SignIn.KERBEROS and user is not None and sys.platform == "win32":
        return (
            f"on Windows, Kerberos signs in as the current user and not as `{user}`",
            "leave out --user, or run the command as that user",
        )
    return None


def needs_password(request: SourceRequest) -> bool:
    """Whether the sign-in that is asked for takes a password."""
    return sign_in_of(request) in _WITH_PASSWORD


def arguments(url: LdapUrl, request: SourceRequest) -> dict[str, Any]:
    """What ldap3's connection is told about the account, without the password."""
    from ldap3 import ANONYMOUS, KERBEROS, NTLM, SASL, SIMPLE

    user: dict[str, Any] = {"user": request.user} if request.user else {}
    match sign_in_of(request):
        case SignIn.ANONYMOUS:
            return {"authentication": ANONYMOUS}
        case SignIn.KERBEROS:
            return {"authentication": SASL, "sasl_mechanism": KERBEROS} | user
        case SignIn.SIMPLE:
            return {"authentication": SIMPLE} | user
        case SignIn.NTLM:
            bound = url.scheme == "ldaps" and binds_ntlm_to_tls()
            binding = {"channel_binding": "TLS_CHANNEL_BINDING"} if bound else {}
            return {"authentication": NTLM} | user | binding


def binds_ntlm_to_tls() -> bool:
    """Whether the ldap3 that is installed can bind NTLM to the TLS connection around it."""
    from ldap3 import Connection

    return "channel_binding" in inspect.signature(Connection).parameters


def _is_down_level(user: str) -> bool:
    domain, separator, name = user.partition("\\")
    return bool(domain and separator and name) and "\\" not in name
