"""`aadsim check`."""

from pathlib import Path

import click

from simulator.check import check as check_rules
from simulator.cli.options import output_options
from simulator.cli.output import FINDINGS, deliver
from simulator.errors import Severity
from simulator.reports.json_form import SCHEMA_VERSION, diagnostic_form, dump
from simulator.rulefiles import load_connector, load_rules


@click.command()
@click.argument("rules", nargs=-1, required=True, metavar="R...")
@click.option(
    "--connector",
    metavar="FILE",
    multiple=True,
    help="Connector export that tells which attributes are imported.",
)
@output_options
def check(
    rules: tuple[str, ...], connector: tuple[str, ...], format_: str, output: Path | None
) -> int:
    """What is wrong with rules before anything runs: syntax, names, types, precedence.

    Exits with 1 where there is an error or a warning.

    \b
    aadsim check standard-1.4 server-2012-r2
    """
    rule_set = load_rules(*rules)
    connectors = tuple(c for path in connector for c in load_connector(path))
    findings = check_rules(rule_set, connectors)
    serious = [f for f in findings if f.severity is not Severity.NOTE]
    if format_ == "json":
        document = {
            "schema_version": SCHEMA_VERSION,
            "command": "check",
            "rules": len(rule_set.rules),
            "findings": [diagnostic_form(f) for f in findings],
        }
        deliver([dump(document)], output)
    else:
        lines = [line for f in findings for line in f"{f.severity}: {f.render()}".splitlines()]
        total = f"{len(rule_set.rules)} enabled rules, {len(rule_set.disabled)} disabled"
        lines.append(f"{total}: {len(serious)} finding{'' if len(serious) == 1 else 's'}")
        deliver(lines, output)
    return FINDINGS if serious else 0
