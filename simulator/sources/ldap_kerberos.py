"""Kerberos: whether there is a ticket to sign in with, whose it is, what went wrong.

The package is gssapi, and winkerberos on Windows. It is an extra, because on Linux it is compiled.
"""

import sys

from simulator.errors import IncompleteError, SimulatorError, UsageError
from simulator.sources.ldap_url import LdapUrl

_INSTALL = "pip install 'aadsim[kerberos]'"
_COMPILED = "it is compiled: on Debian, libkrb5-dev, gcc and python3-dev come first"
_UNREACHABLE = ("cannot contact", "cannot resolve", "cannot find kdc")


def without_ticket(url: LdapUrl, user: str | None) -> SimulatorError | None:
    """Why this machine cannot sign in with Kerberos, where it cannot: a package or a ticket."""
    if sys.platform == "win32":
        return _without_windows_package(url)
    try:
        import gssapi
    except (ImportError, OSError) as error:
        detail = "" if isinstance(error, ModuleNotFoundError) else f": {error}"
        return UsageError(
            f"{url.place}: Kerberos needs the package gssapi{detail}", f"{_INSTALL}; {_COMPILED}"
        )
    who = f" of {user}" if user else ""
    try:
        name = gssapi.Name(user) if user else None
        usable = gssapi.Credentials(name=name, usage="initiate").lifetime > 0
    except gssapi.exceptions.ExpiredCredentialsError:
        usable = False
    except gssapi.exceptions.GSSError as error:
        return UsageError(
            f"{url.place}: there is no Kerberos ticket{who}: {_words(error)}",
            "get one: kinit NAME@DOMAIN; klist shows what is there",
        )
    if usable:
        return None
    return UsageError(f"{url.place}: the Kerberos ticket{who} has expired", "renew it with kinit")


def principal() -> str:
    """Whose ticket it is, where the library tells."""
    try:
        import gssapi

        return str(gssapi.Credentials(usage="initiate").name)
    except Exception:  # no package that tells, or no ticket any more
        return ""


def kerberos_error(error: BaseException, url: LdapUrl) -> SimulatorError:
    """Why the ticket did not lead to a sign-in at the server of *url*."""
    words = _words(error)
    if "not found in kerberos database" in words.casefold():
        return UsageError(
            f"{url.place}: Kerberos knows no directory server called {url.host}",
            "name the domain controller in the URL as its domain does, not by address or alias",
        )
    if any(text in words.casefold() for text in _UNREACHABLE):
        return IncompleteError(
            f"{url.place}: no Kerberos server answers: {words}", "check network and krb5.conf"
        )
    return UsageError(
        f"{url.place}: Kerberos does not sign in: {words}",
        "look at the ticket with klist, and at the clocks of both machines",
    )


def _without_windows_package(url: LdapUrl) -> SimulatorError | None:
    try:
        import winkerberos  # noqa: F401
    except ImportError:
        return UsageError(f"{url.place}: Kerberos needs the package winkerberos", _INSTALL)
    return None


def _words(error: BaseException) -> str:
    """What the library says, without its numbers; the Windows package has only plain text."""
    try:
        texts = error.get_all_statuses(error.min_code, False)  # type: ignore[attr-defined]
    except Exception:
        return " ".join(str(error).split())
    return "; ".join(text.strip() for text in texts)
