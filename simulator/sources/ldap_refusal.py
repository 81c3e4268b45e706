"""Why a server did not let an account sign in, told with the way out.

The data codes are those that Microsoft publishes for the failed sign-ins of Active Directory.
"""

import re
from collections.abc import Mapping

from simulator.errors import IncompleteError, SimulatorError, UsageError
from simulator.sources.ldap_sign_in import binds_ntlm_to_tls
from simulator.sources.ldap_url import LdapUrl
from simulator.sources.sign_in import SignIn

_WRONG = "the user name or the password is wrong"
_SIGN_IN: Mapping[str, tuple[str, str]] = {
    "525": ("the user is not known", "check --user: name@domain, DOMAIN\\name or a DN"),
    "52e": (_WRONG, "check both; --user is name@domain, DOMAIN\\name or a DN"),
    "52f": ("a restriction of the account forbids it", "use another account"),
    "530": ("the account may not sign in at this time", "use another account, or wait"),
    "531": ("the account may not sign in from this machine", "use another account or machine"),
    "532": ("the password has expired", "change the password first"),
    "533": ("the account is disabled", "use another account"),
    "568": ("the account is in too many groups", "use an account that is in fewer"),
    "569": ("the account may not sign in over the network", "use another account"),
    "701": ("the account has expired", "use another account"),
    "773": ("the password must be changed first", "sign in to Windows once and change it"),
    "775": ("the account is locked out", "unlock it, or wait"),
}
_DATA = re.compile(r"\bdata ([0-9a-f]+)", re.IGNORECASE)
_BINDING = "80090346"  # SEC_E_BAD_BINDINGS
_BAD_PARAMETER = "57"  # what a domain controller says of Kerberos without the binding
_BOUND = frozenset({SignIn.KERBEROS, SignIn.NTLM})
_NO_CERTIFICATE = "initializing ssl/tls"
_RETRY = "run the command again"


def tls_refusal(code: int, message: str, description: str, url: LdapUrl) -> SimulatorError:
    """Why the server did not start TLS on a connection that began without."""
    detail = f"{description} ({code})" + (f": {message}" if message else "")
    if code in (51, 52) and _NO_CERTIFICATE not in message.casefold():
        return IncompleteError(f"{url.place}: the server cannot start TLS: {detail}", _RETRY)
    return UsageError(
        f"{url.place}: the server cannot start TLS: {detail}",
        "it has no certificate, perhaps; try ldaps:// (port 636), or another server",
    )


def refusal(
    code: int, message: str, description: str, url: LdapUrl, sign_in: SignIn
) -> SimulatorError:
    """Why the server did not let the account sign in."""
    data = _DATA.search(message)
    found = data[1].casefold() if data else ""
    if _BINDING in message or (found == _BAD_PARAMETER and sign_in in _BOUND):
        return UsageError(
            f"{url.place}: the server demands that the sign-in is bound to the TLS connection"
            f" (channel binding, {_BINDING if _BINDING in message else f'data {found}'}), and this"
            " one is not",
            _binding_help(url, sign_in),
        )
    detail = f": {message}" if message else ""
    if code == 49:
        problem, help = _SIGN_IN.get(found, _plain_49(sign_in))
        return UsageError(f"{url.place}: cannot sign in: {problem}", help)
    match code:
        case 8:
            problem, help = "the server demands encryption", "use ldaps://, or ldap:// with TLS"
            if url.scheme == "ldaps":
                problem = f"the server demands a stronger sign-in{detail}"
                help = "sign in with --auth kerberos, or with --user and a password"
        case 48 if sign_in is SignIn.ANONYMOUS:
            problem, help = "anonymous sign-in is not allowed", "give an account with --user"
        case 48:
            problem = f"the account cannot sign in in this way{detail}"
            help = "it has no password, perhaps; use another account, or another --auth"
        case 34:
            problem, help = "the user is no valid name", "give name@domain, DOMAIN\\name or a DN"
        case 7:
            problem = f"the server does not know the sign-in {sign_in}{detail}"
            help = "sign in with another --auth"
        case 53:
            problem = f"the server is unwilling to sign the account in{detail}"
            help = "its own words may say why; try another account, or another --auth"
        case _:
            return IncompleteError(f"{url.place}: {description} ({code}){detail}", _RETRY)
    return UsageError(f"{url.place}: {problem}", help)


def _plain_49(sign_in: SignIn) -> tuple[str, str]:
    """What a refusal without a known data code means."""
    if sign_in is SignIn.KERBEROS:
        return (
            "the server does not take the Kerberos ticket",
            "get a fresh one with kinit, and look at the clocks of both machines",
        )
    return _SIGN_IN["52e"]


def _binding_help(url: LdapUrl, sign_in: SignIn) -> str:
    """How a sign-in becomes bound to the TLS connection that it is made in."""
    if sign_in is SignIn.NTLM and not binds_ntlm_to_tls():
        return "the installed ldap3 cannot: pip install 'aadsim[ntlm]', or use --auth kerberos"
    if sign_in is SignIn.NTLM and url.scheme != "ldaps":
        return "use ldaps://, or --auth kerberos"
    return "connect to the domain controller itself with ldaps://: a proxy in between prevents it"
