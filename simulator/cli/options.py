"""Options that many commands share: the directory and its account, forms, output."""

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache, partial, wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click

from simulator.cli.output import refuse_overwriting
from simulator.errors import UsageError
from simulator.sources.sign_in import SignIn

if TYPE_CHECKING:
    from simulator.sources.source import SourceRequest

F = TypeVar("F", bound=Callable[..., Any])

# The parameters of commands that name what is read.
_READ = (
    "objects", "rules", "before", "after", "other", "base", "connector", "current", "ca_file",
    "sign", "saved", "parts",
)  # fmt: skip
PASSWORD_VARIABLE = "AADSIM_PASSWORD"
PASSWORD_FILE_VARIABLE = "AADSIM_PASSWORD_FILE"
KEY_VARIABLE = "AADSIM_KEY_PASSWORD"
KEY_FILE_VARIABLE = "AADSIM_KEY_PASSWORD_FILE"


def chain(*options: Callable[[F], F]) -> Callable[[F], F]:
    """Several options as one decorator, in the order of the help."""

    def decorate(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


directory_options = chain(
    click.option(
        "--user",
        metavar="NAME",
        help="Who signs in at the directory server; the password comes from "
        "AADSIM_PASSWORD, from the file that AADSIM_PASSWORD_FILE names, or from a "
        "prompt.",
    ),
    click.option(
        "--auth",
        type=click.Choice([way.value for way in SignIn]),
        help="How to sign in: simple, with --user and a password in TLS; kerberos, with the "
        "ticket of the current user; ntlm, with --user 'DOMAIN\\name' and a password; or as "
        "nobody [default: simple with --user, else anonymous].",
    ),
    click.option(
        "--dns-server",
        metavar="ADDRESS",
        help="Who is asked for the domain controllers of a domain [default: the system's DNS]. "
        "In an LDAP URL, a host without a port is a domain if DNS has servers for it; so is "
        "the domain in which the base ends, if there is no host: ldaps:///DC=contoso,DC=com. "
        "They are tried in the order of DNS. A host with a port is only ever that host.",
    ),
    click.option(
        "--ca-file",
        type=click.Path(path_type=Path),
        help="Certificates to trust, PEM [default: the system's].",
    ),
    click.option(
        "--ldap-server-name",
        metavar="NAME",
        help="Name to accept in the server's certificate beside the host of the URL.",
    ),
    click.option(
        "--plain",
        is_flag=True,
        help="Allow ldap:// without TLS; nobody signs in over it.",
    ),
    click.option(
        "--timeout",
        type=click.FloatRange(min=0.1),
        default=60,
        show_default=True,
        metavar="SECONDS",
        help="Longest silence of a directory server.",
    ),
    click.option(
        "--certificate-column",
        metavar="NAME",
        help="Column of a CSV file that holds userCertificate as base64 by another name.",
    ),
)


def format_option(forms: Sequence[str], help: str) -> Callable[[F], F]:
    """`--format`, with these forms; text unless another is asked for."""
    return click.option(
        "--format",
        "format_",
        type=click.Choice(forms),
        default="text",
        show_default=True,
        help=help,
    )


def _no_colour(context: click.Context, parameter: click.Parameter, given: bool) -> None:
    if given or os.environ.get("NO_COLOR"):
        context.color = False


no_color_option = click.option(
    "--no-color",
    is_flag=True,
    expose_value=False,
    callback=_no_colour,
    help="Text without colour, as with the variable NO_COLOR.",
)


def writing_option(name: str, help: str, required: bool = False) -> Callable[[F], F]:
    """The option *name* for a file to write, which names none that the command reads."""
    option = click.option(
        name, type=click.Path(path_type=Path), required=required, metavar="FILE", help=help
    )

    def decorate(command: F) -> F:
        @wraps(command)
        def run(**values: Any) -> object:
            if output := values[name.removeprefix("--")]:
                refuse_overwriting(name, output, _read(values))
            return command(**values)

        return cast("F", option(run))

    return decorate


def _read(values: dict[str, Any]) -> Iterator[str]:
    """The locations among *values*, which are those of a command's parameters."""
    for name in _READ:
        given = values.get(name) or ()
        several = given if isinstance(given, tuple) else (str(given),)
        yield from (each for each in several if isinstance(each, str))


output_option = writing_option("--output", "Write to FILE, whole or not at all.")

output_options = chain(
    format_option(["text", "json"], "For people or for machines."), output_option, no_color_option
)


quiet_option = click.option("--quiet", is_flag=True, help="Show no progress on the terminal.")


def _signing_key(context: click.Context, parameter: click.Parameter, path: str | None) -> Any:
    """The key in the file *path*, with that name; read before anything else is done."""
    from simulator.signature import load_private

    if not path:
        return None
    return path, load_private(path, partial(_password, path, KEY_VARIABLE, KEY_FILE_VARIABLE))


sign_option = click.option(
    "--sign",
    metavar="KEY",
    callback=_signing_key,
    help="Also write FILE.sig: the signature of the written file by this private key (PEM). "
    "aadsim report FILE --verify PUBLIC checks it.",
)

set_option = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    help="The value of something that a rule script leaves to the server to know.",
)


def settings_of(given: tuple[str, ...]) -> dict[str, str]:
    """The values of `--set name=value`, by name."""
    settings: dict[str, str] = {}
    for each in given:
        name, sign, value = each.partition("=")
        if not sign or not name.strip():
            raise UsageError(f"--set {each}: has no name and value", "write --set name=value")
        settings[name.strip()] = value
    return settings


def instant(option: str, text: str) -> datetime:
    """The moment that *option* gives as *text*."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"{option} {text}: is no ISO 8601 time", "write for example 2026-01-31T12:00:00Z"
        ) from None
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


def source_request(values: dict[str, Any], attributes: frozenset[str]) -> "SourceRequest":
    """What is asked of a source, from the values of `directory_options`."""
    user = values.get("user")
    auth = values.get("auth")
    from simulator.sources.source import SourceRequest

    return SourceRequest(
        attributes,
        user=user,
        sign_in=SignIn(auth) if auth else None,
        name_server=values.get("dns_server") or "",
        password=cache(partial(_password, user, PASSWORD_VARIABLE, PASSWORD_FILE_VARIABLE))
        if user
        else None,
        ca_file=values.get("ca_file"),
        server_name=values.get("ldap_server_name"),
        plain=values.get("plain", False),
        timeout=values.get("timeout", 60),
        certificate_column=values.get("certificate_column") or "",
    )


def _password(of: str, variable: str, file_variable: str) -> str:
    """The password *of* somebody: from the environment, from a file named there, or typed."""
    given = secret(variable, file_variable)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise UsageError(
            f"no password of {of}, and no terminal to ask at",
            f"set {variable}, or let {file_variable} name a file with it",
        )
    return str(click.prompt(f"Password of {of}", hide_input=True, err=True))


def secret(variable: str, file_variable: str) -> str | None:
    """What the environment holds under *variable*, or the file that *file_variable* names."""
    if variable in os.environ:
        return os.environ[variable]
    if file_variable not in os.environ:
        return None
    path = Path(os.environ[file_variable])
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{file_variable}: cannot read {path}: {error}", "name a readable text file"
        ) from None
