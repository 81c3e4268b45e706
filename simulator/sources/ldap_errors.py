"""What went wrong with a directory server, told with the place, the problem and the way out.

A setting that is wrong is wrong use (status 2); a server that fails is an incomplete source
(status 3).
"""

import re
from collections.abc import Mapping, Sequence
from enum import Enum

from simulator.errors import IncompleteError, InputError, SimulatorError, UsageError
from simulator.sources.ldap_kerberos import kerberos_error
from simulator.sources.ldap_refusal import refusal, tls_refusal
from simulator.sources.ldap_url import SCHEMES, LdapUrl
from simulator.sources.sign_in import SignIn

_NAMES = re.compile(r"\('DNS', '([^']*)'\)")
_COMMON_NAME = re.compile(r"\(\('commonName', '([^']*)'\),?\)")
_REASON = re.compile(r"certificate verify failed: (.*?)(?: \(_ssl|$)")
_QUOTES = re.compile(r"^[(\"']+|[\"'][,)\"']*$")  # ldap3 wraps some texts in tuples
_UNTRUSTED = "CERTIFICATE_VERIFY_FAILED"
_OTHER_NAME = ("doesn't match", "no appropriate commonName")
_KERBEROS = frozenset({"gssapi", "winkerberos"})
_RETRY = "run the command again"
_PAGING = ("cookie", "processing control", "paged")
_LOST_PLACE = (
    "the server does not know any more how far it had come: run the command again, and read less"
    " at a time if it happens again"
)
_LESS = "read less at a time: a base below, or a narrower filter, in the URL"


class Step(Enum):
    """How far a session has come."""

    CONNECT = 1
    TLS = 2
    SIGN_IN = 3


def another_may_answer(error: Exception) -> bool:
    """Whether another server of the domain is worth a try: this one is away, hangs or is busy.

    A certificate that is not trusted must not go unnoticed, and a refused sign-in that is tried at
    each server locks the account.
    """
    from ldap3.core.exceptions import LDAPCommunicationError, LDAPOperationResult

    if _kerberos_cause(error) is not None:
        return False
    if isinstance(error, LDAPOperationResult):
        return _code(error) in (51, 52)
    text = _text(error)
    if _UNTRUSTED in text or any(words in text for words in _OTHER_NAME):
        return False
    return isinstance(error, LDAPCommunicationError | OSError)


def none_answered(url: LdapUrl, reasons: Sequence[str]) -> SimulatorError:
    """That no server of the domain answered; *reasons* say of each why."""
    return IncompleteError(
        f"{url.place}: no server of the domain {url.domain} answers: {'; '.join(reasons)}",
        "check network and firewall, or name a domain controller in the URL",
    )


def connect_error(error: Exception, url: LdapUrl, sign_in: SignIn, step: Step) -> SimulatorError:
    """Why no session with the server came about; *step* is how far it had come."""
    from ldap3.core.exceptions import LDAPOperationResult, LDAPSessionTerminatedByServerError

    if (cause := _kerberos_cause(error)) is not None:
        return kerberos_error(cause, url)
    if isinstance(error, LDAPOperationResult):
        told = (_code(error), str(error.message or ""), str(error.description), url)
        return tls_refusal(*told) if step is Step.TLS else refusal(*told, sign_in)
    text = _text(error)
    if "unsupported hash type" in text:
        return UsageError(
            f"{url.place}: NTLM needs the hash MD4, which this Python's OpenSSL does not have",
            "pip install 'aadsim[ntlm]', which brings it; or use --auth kerberos or simple",
        )
    if _UNTRUSTED in text:
        reason = _REASON.search(text)
        return UsageError(
            f"{url.place}: the certificate of the server is not trusted"
            f"{': ' + reason[1] if reason else ''}",
            "give the certificate of the authority that issued it with --ca-file FILE",
        )
    if any(words in text for words in _OTHER_NAME):
        names = _NAMES.findall(text) or _COMMON_NAME.findall(text)
        return UsageError(
            f"{url.place}: the certificate of the server is for {', '.join(names) or 'no name'},"
            f" not for {url.host}",
            f"put that name into the URL, or give --ldap-server-name {names[0]}"
            if names
            else "give the server a certificate with its name",
        )
    if "timed out" in text or "Resource temporarily unavailable" in text:
        return IncompleteError(
            f"{url.place}: no answer in time", "check host, port and firewall, or --timeout"
        )
    if "invalid server address" in text:
        return InputError(
            f"{url.place}: the host {url.host} is not known",
            "check the name; if it is a domain, DNS tells no servers of it",
        )
    if "refused" in text:
        return InputError(
            f"{url.place}: nothing listens there: connection refused",
            f"check host and port; {url.scheme} is usually on {SCHEMES[url.scheme]}",
        )
    if "ssl wrapping" in text or "wrap socket" in text:
        return InputError(
            f"{url.place}: no TLS there: {text}",
            "ldaps:// is for port 636 (or 3269); on port 389 (or 3268) write ldap://, which"
            " starts TLS itself",
        )
    if isinstance(error, LDAPSessionTerminatedByServerError) and step is Step.SIGN_IN:
        return IncompleteError(
            f"{url.place}: the server hung up during the sign-in {sign_in}",
            "it does not take it, perhaps: try another --auth, or run the command again",
        )
    if isinstance(error, LDAPSessionTerminatedByServerError):
        return IncompleteError(
            f"{url.place}: the server hung up",
            "if it is port 636 (or 3269), write ldaps://; otherwise run the command again",
        )
    return IncompleteError(f"{url.place}: {text}", _RETRY)


def read_error(error: Exception, url: LdapUrl, base: str, came: int) -> SimulatorError:
    """Why the objects could not be read to the end; *came* is how many had come."""
    from ldap3.core.exceptions import LDAPInvalidFilterError, LDAPOperationResult

    if isinstance(error, LDAPInvalidFilterError):
        return UsageError(
            f"{url.place}: the filter cannot be read: {_text(error)}",
            "write it in parentheses, as (objectCategory=computer)",
        )
    if isinstance(error, LDAPOperationResult):
        return result_error(
            {
                "result": _code(error),
                "description": error.description,
                "message": error.message,
            },
            url,
            base,
            came,
        )
    text = _text(error)
    if "timed out" in text:
        return _stopped(url, came, "no answer in time", "run it again, or give it more --timeout")
    return _stopped(url, came, text, _RETRY)


def result_error(
    result: Mapping[str, object], url: LdapUrl, base: str, came: int
) -> SimulatorError:
    """What the final *result* of a search means when it is not success."""
    code, message = result["result"], str(result.get("message") or "").strip()
    reason = f"{result.get('description')} ({code})" + (f": {message}" if message else "")
    match code:
        case 32 | 34:
            problem = "does not exist" if code == 32 else "is not a distinguished name"
            return UsageError(
                f"{url.place}: the base `{base}` {problem}",
                "check the base in the URL, or leave it out to read the whole domain",
            )
        case 1 if "bind must be completed" in message or "without authentication" in message:
            return UsageError(
                f"{url.place}: the server tells nothing without signing in",
                "give an account with --user",
            )
        case 10:
            referrals = result.get("referrals")
            where = ", ".join(map(str, referrals)) if isinstance(referrals, Sequence) else ""
            return _stopped(
                url,
                came,
                reason,
                f"the base is held by another server{': ' + where if where else ''}",
            )
        case 3 | 4 | 11:
            return _stopped(url, came, reason, _LESS)
        case 2 | 53 if came and any(word in message.casefold() for word in _PAGING):
            return _stopped(url, came, reason, _LOST_PLACE)
        case 50:
            return _stopped(url, came, reason, "use an account that may read the base")
    return _stopped(url, came, reason, _RETRY)


def _kerberos_cause(error: BaseException | None) -> BaseException | None:
    """What the Kerberos library raised; the server's answer to ldap3's giving up hides it."""
    while error is not None and type(error).__module__.partition(".")[0] not in _KERBEROS:
        error = error.__context__
    return error


def _stopped(url: LdapUrl, came: int, reason: str, help: str) -> IncompleteError:
    return IncompleteError(
        f"{url.place}: the read stopped after {came} objects: {reason}",
        help,
    )


def _code(error: Exception) -> int:
    return int(getattr(error, "result", None) or 0)


def _text(error: Exception) -> str:
    """The words of *error*, on one line; those of each address where several were tried."""
    if len(error.args) > 1 and isinstance(error.args[1], list):
        return "; ".join(str(cause[0]) for cause in error.args[1] if isinstance(cause, tuple))
    words = _QUOTES.sub("", " ".join(str(error).split()))
    return words or type(error).__name__
