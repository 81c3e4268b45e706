"""`aadsim audit`."""

from pathlib import Path
from typing import Any

import click

import simulator.commands as commands
from simulator.cli.options import (
    directory_options,
    objects_option,
    options_of,
    output_options,
    read_objects,
    run_options,
    strict_option,
)
from simulator.cli.output import INCOMPLETE, deliver
from simulator.reports.json_form import audit_form, dump
from simulator.reports.text import audit_lines
from simulator.rulefiles import load_rules


@click.command()
@click.option(
    "--rules", "-r", multiple=True, required=True, metavar="R", help="Rules; repeatable."
)
@objects_option
@run_options
@directory_options
@output_options
@strict_option
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=0,
    help="List at most this many objects; 0 lists all.",
)
def audit(
    rules: tuple[str, ...], objects: str, format_: str, output: Path | None, strict: bool,
    limit: int, **values: Any,
) -> int:  # fmt: skip
    """For every object: its outcome, and the reason.

    \b
    aadsim audit --rules standard-2016 --objects fixtures/fleet.jsonl
    """
    rule_set = load_rules(*rules)
    source = read_objects(objects, values, rule_set)
    result = commands.audit(rule_set, source, options_of(values, source))
    if format_ == "json":
        deliver([dump(audit_form(result))], output)
    else:
        deliver(audit_lines(result, limit), output)
    undecided = any(not o.decided for o in result.outcomes)
    return INCOMPLETE if (strict and undecided) or not source.complete else 0
