"""A session with a directory server: verified, signed in, and for reading only.

Nothing is sent before the settings are known to be sound, and no password without TLS.
"""

import math
import warnings
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from simulator.errors import SimulatorError, UsageError
from simulator.sources import ldap_decoder
from simulator.sources.ldap_domain import Candidate, servers
from simulator.sources.ldap_errors import Step, another_may_answer, connect_error, none_answered
from simulator.sources.ldap_kerberos import without_ticket
from simulator.sources.ldap_sign_in import arguments, contradiction, needs_password, sign_in_of
from simulator.sources.ldap_target import target
from simulator.sources.ldap_url import LdapUrl
from simulator.sources.sign_in import SignIn
from simulator.sources.source import SourceRequest

if TYPE_CHECKING:
    from ldap3 import Connection

_MOST_TRIES = 8  # a large domain has hundreds of servers, and each may be silent for ten seconds
_SOCKET_SIZE = 65536  # ldap3 takes seconds over an object of megabytes with its own 4096


def check(url: LdapUrl, request: SourceRequest) -> None:
    """Refuses, before anything is sent, what must not be or cannot be meant."""
    problem = help = None
    if wrong := contradiction(request):
        problem, help = wrong
    elif request.plain and url.scheme == "ldaps":
        problem = "ldaps:// is never without TLS"
        help = "leave out --plain"
    elif request.filter and url.filter and request.filter != url.filter:
        problem = "two filters, one in the URL and another beside it"
        help = "give one of them"
    elif request.server_name is not None and not request.server_name.strip("*. "):
        problem = f"`{request.server_name}` is no name of a server"
        help = "give the name in the server's certificate"
    elif request.ca_file is not None and (reason := _unusable(request)):
        problem = f"{request.ca_file} cannot be used: {reason}"
        help = "give a file with the certificates of authorities in PEM form"
    if problem:
        raise UsageError(f"{url.place}: {problem}", help)


def _unusable(request: SourceRequest) -> str | None:
    """Why the file of trusted authorities cannot be used, if so."""
    import ssl

    try:
        ssl.create_default_context(cafile=request.ca_file)
    except ssl.SSLError:
        return "there is no certificate in it"
    except OSError as error:
        return error.strerror or str(error)
    return None


def connect(url: LdapUrl, request: SourceRequest) -> "Connection":
    """A connection signed in as the account of *request*, in TLS unless plain was asked for.

    Where the URL names a domain, its servers are tried in turn until one answers.
    """
    if sign_in_of(request) is SignIn.KERBEROS and (missing := without_ticket(url, request.user)):
        raise missing
    password = cache(lambda: _password(url, request))  # asked for once; not shown as a variable
    if needs_password(request):
        password()  # before anything is sent
    reasons = []
    tried = servers(url, request)
    for server in tried[:_MOST_TRIES]:
        if server.outside:
            reasons.append(f"{server.host}: is not in the domain, and was not tried")
            continue
        here = replace(url, host=server.host, port=server.port)
        connection, failure = _attempt(here, server, request, password)
        if failure is None:
            return connection
        if len(tried) == 1 or not failure.another:
            raise failure.error
        reasons.append(failure.error.message.removeprefix(f"{here.scheme}://"))
    if len(tried) > _MOST_TRIES:
        reasons.append(f"not tried: {len(tried) - _MOST_TRIES} more")
    raise none_answered(url, reasons)


def answered(url: LdapUrl, connection: "Connection") -> LdapUrl:
    """*url* with the server that answered, which matters where it named a domain."""
    return replace(url, host=str(connection.server.host), port=int(connection.server.port))


@dataclass(frozen=True, slots=True)
class _Failure:
    """Why a server gave no session, and whether another one may."""

    error: SimulatorError
    another: bool


def _attempt(
    url: LdapUrl, server: Candidate, request: SourceRequest, password: Callable[[], str]
) -> tuple["Connection", _Failure | None]:
    """A session with one server, or why there is none."""
    with warnings.catch_warnings():
        # ldap3 2.9.1 uses names that pyasn1 and ssl are about to drop, and forgets sockets.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", ResourceWarning)
        import ssl

        from ldap3 import Connection, Tls, set_config_parameter

        # Process-wide, and read when a connection is made. With names that compare without case,
        # ldap3 loses attributes that come in ranges.
        set_config_parameter("CASE_INSENSITIVE_ATTRIBUTE_NAMES", False)
        set_config_parameter("SOCKET_SIZE", _SOCKET_SIZE)
        tls = Tls(
            validate=ssl.CERT_REQUIRED,
            ca_certs_file=str(request.ca_file) if request.ca_file else None,
            valid_names=[request.server_name] if request.server_name else None,
        )
        connection = Connection(
            target(url, server, tls, request.timeout),
            **arguments(url, request),
            raise_exceptions=True,
            receive_timeout=math.ceil(request.timeout),  # ldap3 packs it as a whole number
            auto_referrals=False,
            auto_range=False,
            check_names=False,
            return_empty_attributes=False,
            read_only=True,
        )
        ldap_decoder.prepare(connection)
        failure = _sign_in(connection, url, request, password)
    return connection, failure


def _sign_in(
    connection: "Connection", url: LdapUrl, request: SourceRequest, password: Callable[[], str]
) -> _Failure | None:
    """Opens the connection and signs in; gives what went wrong, without ldap3's own exception.

    That one would keep alive what it came from: sockets that ldap3 leaves open, and the password.
    """
    step, failed = Step.CONNECT, None
    try:
        connection.open(read_server_info=False)
        if url.scheme == "ldap" and not request.plain:
            step = Step.TLS
            connection.start_tls(read_server_info=False)
        step = Step.SIGN_IN
        if needs_password(request):
            connection.password = password()
        connection.bind()
    except Exception as error:
        failed = _without_frames(error)
    finally:
        _forget_password(connection)
    if failed is None:
        return None
    close(connection)
    told = connect_error(failed, url, sign_in_of(request), step)
    return _Failure(told, another_may_answer(failed))


def _without_frames(error: Exception) -> Exception:
    """*error* without what it passed on its way: ldap3's frames hold the password."""
    each: BaseException | None = error
    while each is not None:
        each.__traceback__ = None
        each = each.__context__
    return error


def _forget_password(connection: "Connection") -> None:
    """ldap3 shows it when it shows a connection, as tracebacks with variables do."""
    connection.password = None
    if hasattr(connection, "ntlm_client"):
        connection.ntlm_client = None


def close(connection: "Connection") -> None:
    """Ends the session; nothing is lost where saying goodbye fails."""
    opened = connection.socket
    with suppress(Exception):
        connection.unbind()
    with suppress(Exception):
        opened.close()


def _password(url: LdapUrl, request: SourceRequest) -> str:
    return (request.password() if request.password else "") or _no_password(url)


def _no_password(url: LdapUrl) -> str:
    raise UsageError(
        f"{url.place}: the password is empty",
        "a server would take that as signing in as nobody; give the password",
    )


def root_value(connection: "Connection", name: str) -> str:
    """The first value of *name* in the root of the directory, or an empty text."""
    info = connection.server.info
    for key, values in (info.raw if info else {}).items():
        if key.casefold() == name.casefold() and values:
            return bytes(values[0]).decode(errors="replace")
    return ""
