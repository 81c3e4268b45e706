"""`aadsim check`."""

from pathlib import Path

import click

from simulator.check import check as check_rules
from simulator.check import check_text
from simulator.cli.options import (
    format_option,
    no_color_option,
    output_option,
    set_option,
    settings_of,
)
from simulator.cli.output import FINDINGS, deliver, deliver_text
from simulator.cli.swapped import refuse_swapped, telling_swaps
from simulator.errors import Diagnostic, DiagnosticsError, Severity, UsageError
from simulator.reports.json_parts import SCHEMA_VERSION, diagnostic_form, dump
from simulator.reports.sarif import sarif
from simulator.rule import RuleSet
from simulator.rulefiles import load_connector, load_rules


@click.command()
@click.argument("rules", nargs=-1, metavar="R...")
@click.option(
    "--expression",
    "-e",
    "expressions",
    multiple=True,
    metavar="EXPRESSION",
    help="Check an expression of an inbound rule from Active Directory; repeatable.",
)
@click.option(
    "--connector",
    metavar="FILE",
    multiple=True,
    help="Connector export that tells which attributes are imported.",
)
@set_option
@format_option(["text", "json", "sarif"], "For people, for machines, for code hosts and editors.")
@output_option
@no_color_option
@telling_swaps
def check(
    rules: tuple[str, ...], expressions: tuple[str, ...], connector: tuple[str, ...],
    settings: tuple[str, ...], format_: str, output: Path | None,
) -> int:  # fmt: skip
    """What is wrong with rules before anything runs: syntax, names, types, precedence, traps.

    Exits with 1 where there is an error or a warning.

    \b
    aadsim check standard-1.4 server-2012-r2
    aadsim check --expression 'Left([operatingSystemVersion], 2) = "6.3"'
    """
    if not rules and not expressions:
        raise UsageError("nothing to check", "name rules, or give --expression EXPRESSION")
    connectors = tuple(c for path in connector for c in load_connector(path))
    rule_set = RuleSet(())
    findings: list[Diagnostic] = []
    if rules:
        try:
            rule_set = load_rules(*rules, settings=settings_of(settings))
        except DiagnosticsError as error:  # text that cannot be read is a finding here
            refuse_swapped({"rules": rules})
            findings += error.diagnostics
        else:
            findings += check_rules(rule_set, connectors)
    for text in expressions:
        findings += check_text(text, connectors)
    serious = [f for f in findings if f.severity is not Severity.NOTE]
    match format_:
        case "json":
            document = {
                "schema_version": SCHEMA_VERSION,
                "command": "check",
                "rules": len(rule_set.rules),
                "expressions": len(expressions),
                "findings": [diagnostic_form(f) for f in findings],
            }
            deliver([dump(document)], output)
        case "sarif":
            deliver([dump(sarif(findings, rules[-1] if rules else ""))], output)
        case _:
            lines = [line for f in findings for line in f"{f.severity}: {f.render()}".splitlines()]
            found = f"{len(serious)} finding{'' if len(serious) == 1 else 's'}"
            lines.append(f"{_checked(rule_set, expressions)}: {found}")
            deliver_text(lines, output)
    return FINDINGS if serious else 0


def _checked(rules: RuleSet, expressions: tuple[str, ...]) -> str:
    """What was checked."""
    parts = []
    if rules.rules or not expressions:
        parts.append(f"{len(rules.rules)} enabled rules, {len(rules.disabled)} disabled")
    if expressions:
        parts.append(f"{len(expressions)} expression{'' if len(expressions) == 1 else 's'}")
    return ", ".join(parts)
