"""A session with a directory server: verified, signed in, and for reading only.

Nothing is sent before the settings are known to be sound, and no password without TLS.
"""

import math
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING

from simulator.errors import SimulatorError, UsageError
from simulator.sources import ldap_decoder
from simulator.sources.ldap_errors import connect_error
from simulator.sources.ldap_url import LdapUrl
from simulator.sources.source import SourceRequest

if TYPE_CHECKING:
    from ldap3 import Connection

_SOCKET_SIZE = 65536  # ldap3 takes seconds over an object of megabytes with its own 4096


def check(url: LdapUrl, request: SourceRequest) -> None:
    """Refuses, before anything is sent, what must not be or cannot be meant."""
    problem = help = None
    if request.plain and request.user is not None:
        problem = "a password is not sent without TLS"
        help = "leave out --plain, or --user"
    elif request.plain and url.scheme == "ldaps":
        problem = "ldaps:// is never without TLS"
        help = "leave out --plain"
    elif request.user is not None and (not request.user or request.password is None):
        problem = "the account is incomplete: a user and a password are needed"
        help = "give --user, and the password when it is asked for"
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
    """A connection signed in as the account of *request*, in TLS unless plain was asked for."""
    with warnings.catch_warnings():
        # ldap3 2.9.1 uses names that pyasn1 and ssl are about to drop, and forgets sockets.
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", ResourceWarning)
        import ssl

        from ldap3 import DSA, Connection, Server, Tls, set_config_parameter

        # Process-wide, and read when a connection is made. With names that compare without case,
        # ldap3 loses attributes that come in ranges.
        set_config_parameter("CASE_INSENSITIVE_ATTRIBUTE_NAMES", False)
        set_config_parameter("SOCKET_SIZE", _SOCKET_SIZE)
        timeout = math.ceil(request.timeout)  # ldap3 packs it as a whole number
        tls = Tls(
            validate=ssl.CERT_REQUIRED,
            ca_certs_file=str(request.ca_file) if request.ca_file else None,
            valid_names=[request.server_name] if request.server_name else None,
        )
        server = Server(
            url.host,
            port=url.port,
            use_ssl=url.scheme == "ldaps",
            tls=tls,
            get_info=DSA,
            connect_timeout=min(10, timeout),
        )
        connection = Connection(
            server,
            request.user,
            _password(url, request),
            raise_exceptions=True,
            receive_timeout=timeout,
            auto_referrals=False,
            auto_range=False,
            check_names=False,
            return_empty_attributes=False,
            read_only=True,
        )
        ldap_decoder.prepare(connection)
        failure = _sign_in(connection, url, request)
        # ldap3 shows the password when it shows a connection, as tracebacks with variables do.
        connection.password = None
        if failure is not None:
            raise failure
    return connection


def _sign_in(
    connection: "Connection", url: LdapUrl, request: SourceRequest
) -> SimulatorError | None:
    """Opens the connection and signs in; gives what went wrong, without ldap3's own exception.

    That one would keep alive what it came from: sockets that ldap3 leaves open, and the password.
    """
    try:
        connection.open(read_server_info=False)
        if url.scheme == "ldap" and not request.plain:
            connection.start_tls(read_server_info=False)
        connection.bind()
    except Exception as error:
        failure = connect_error(error, url)
    else:
        return None
    close(connection)
    return failure


def close(connection: "Connection") -> None:
    """Ends the session; nothing is lost where saying goodbye fails."""
    opened = connection.socket
    with suppress(Exception):
        connection.unbind()
    with suppress(Exception):
        opened.close()


def _password(url: LdapUrl, request: SourceRequest) -> str | None:
    if request.user is None or request.password is None:
        return None
    return request.password() or _no_password(url)


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
