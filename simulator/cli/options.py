"""Options that several commands share, and what they are turned into."""

import os
import re
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import click

from simulator.assumptions import parse_readings
from simulator.commands import Options
from simulator.errors import Source, UsageError
from simulator.language.nodes import attributes_of
from simulator.language.parse import parse
from simulator.objects import ObjectSet
from simulator.reports.report import REPORTS
from simulator.rule import RuleSet
from simulator.rulefiles import load_connector
from simulator.sources.merge import load_all
from simulator.sources.source import SourceRequest

F = TypeVar("F", bound=Callable[..., Any])

PASSWORD_VARIABLE = "AADSIM_PASSWORD"
PASSWORD_FILE_VARIABLE = "AADSIM_PASSWORD_FILE"


def _chain(*options: Callable[[F], F]) -> Callable[[F], F]:
    def decorate(command: F) -> F:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def _one_character(context: click.Context, parameter: click.Parameter, value: str) -> str:
    if len(value) != 1 or value in '"\r\n':
        raise UsageError(f"--delimiter {value}: is no single character", "write ; or ,")
    return value


objects_option = click.option(
    "--objects",
    "-o",
    required=True,
    multiple=True,
    metavar="O",
    help="Objects: a file, or an LDAP URL; repeatable.",
)

run_options = _chain(
    click.option(
        "--as-of",
        metavar="TIME",
        help="The Now() of the run, ISO 8601 [default: the snapshot's capture time, else "
        "the present].",
    ),
    click.option(
        "--connector",
        metavar="FILE",
        multiple=True,
        help="Connector export that gives domains, units, classes, attributes, parameters.",
    ),
    click.option(
        "--assume",
        metavar="A-nn=READING",
        multiple=True,
        help="Take another reading of an assumption.",
    ),
    click.option(
        "--where",
        metavar="EXPRESSION",
        help="Only objects for which this expression is true.",
    ),
)

directory_options = _chain(
    click.option(
        "--user",
        metavar="NAME",
        help="Who signs in at the directory server; the password comes from "
        "AADSIM_PASSWORD, from the file that AADSIM_PASSWORD_FILE names, or from a "
        "prompt.",
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
        help="Allow ldap:// without TLS; never with a password.",
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


output_option = click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write to FILE, whole or not at all.",
)

output_options = _chain(
    format_option(["text", "json"], "For people or for machines."), output_option
)

report_options = _chain(
    format_option(list(REPORTS), "For people (text, markdown, html) or for machines."),
    click.option(
        "--delimiter",
        default=",",
        show_default=True,
        metavar="CHARACTER",
        callback=_one_character,
        help="Between the cells of CSV.",
    ),
    output_option,
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


current_option = click.option(
    "--current",
    metavar="FILE",
    help="What is in the cloud now: the portal's device list as CSV, Get-MgDevice as JSON, or an "
    "earlier result as JSON; tells adds and deletes.",
)

strict_option = click.option(
    "--strict", is_flag=True, help="Exit with 3 if an object ends in ERROR or UNCERTAIN."
)


def options_of(values: dict[str, Any], objects: ObjectSet) -> Options:
    """The run's options from the values of `run_options`; the clock is read here, if at all."""
    where = values.get("where")
    given = values.get("as_of")
    now = instant("--as-of", given) if given else None
    if now is None and not objects.captured_at:
        now = datetime.now(UTC)
    return Options(
        now,
        parse_readings(values.get("assume", ())),
        tuple(c for path in values.get("connector", ()) for c in load_connector(path)),
        parse(Source("--where", where)) if where else None,
    )


def checked_maximum(text: str) -> str:
    """The value of --max-removed, a number or a percentage."""
    if not re.fullmatch(r"\d+|\d+(\.\d+)?%", text):
        raise UsageError(
            f"--max-removed {text}: is neither a number nor a percentage", "write 500 or 2%"
        )
    return text


def instant(option: str, text: str) -> datetime:
    """The moment that *option* gives as *text*."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(
            f"{option} {text}: is no ISO 8601 time", "write for example 2026-01-31T12:00:00Z"
        ) from None
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


def read_objects(
    locations: str | tuple[str, ...], values: dict[str, Any], *rule_sets: RuleSet
) -> ObjectSet:
    """The objects at all *locations*, with what the *rule_sets* and `--where` read."""
    attributes = frozenset[str]().union(*(rules.attributes_read for rules in rule_sets))
    if where := values.get("where"):
        attributes |= attributes_of(parse(Source("--where", where)))
    return load_all(
        (locations,) if isinstance(locations, str) else locations,
        source_request(values, attributes),
    )


def source_request(values: dict[str, Any], attributes: frozenset[str]) -> SourceRequest:
    """What is asked of a source, from the values of `directory_options`."""
    user = values.get("user")
    return SourceRequest(
        attributes,
        user=user,
        password=cache(lambda: _password(user)) if user else None,
        ca_file=values.get("ca_file"),
        server_name=values.get("ldap_server_name"),
        plain=values.get("plain", False),
        timeout=values.get("timeout", 60),
        certificate_column=values.get("certificate_column") or "",
    )


def _password(user: str) -> str:
    """The password of *user*: from the environment, from a file named there, or typed."""
    given = secret(PASSWORD_VARIABLE, PASSWORD_FILE_VARIABLE)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise UsageError(
            f"no password of {user}, and no terminal to ask at",
            f"set {PASSWORD_VARIABLE}, or let {PASSWORD_FILE_VARIABLE} name a file with it",
        )
    return str(click.prompt(f"Password of {user}", hide_input=True, err=True))


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
