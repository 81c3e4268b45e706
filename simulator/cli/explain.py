"""`aadsim explain`."""

from pathlib import Path
from typing import Any

import click

import simulator.commands as commands
from simulator.cli.options import directory_options, output_options, set_option, settings_of
from simulator.cli.output import INCOMPLETE, deliver, deliver_text, tell
from simulator.cli.run import objects_option, options_of, rows_at, run_options
from simulator.cli.swapped import telling_swaps
from simulator.reports.json_form import explain_form
from simulator.reports.json_parts import dump
from simulator.reports.story import story_lines
from simulator.results.origin import origin_of
from simulator.rulefiles import load_rules


@click.command()
@click.argument("name", metavar="OBJECT")
@click.option(
    "--rules", "-r", multiple=True, required=True, metavar="R", help="Rules; repeatable."
)
@click.option(
    "--after", "-a", multiple=True, metavar="R", help="Rules as they would be; repeatable."
)
@objects_option
@run_options
@directory_options
@output_options
@set_option
@click.option(
    "--full", is_flag=True, help="Every flow, and every step of the deciding expression."
)
@telling_swaps
def explain(
    name: str, rules: tuple[str, ...], after: tuple[str, ...], objects: tuple[str, ...],
    format_: str, output: Path | None, full: bool, settings: tuple[str, ...], **values: Any,
) -> int:  # fmt: skip
    """One object: scope, join, flows, the deciding clause with its values, every certificate.

    OBJECT is a name, sAMAccountName, DN or objectGUID. With --after both sides are told.

    \b
    aadsim explain SRV01 --rules standard-1.4 --objects fixtures/fleet.jsonl
    """
    given = settings_of(settings)
    sides = {"before" if after else "explanation": load_rules(*rules, settings=given, shared=True)}
    if after:
        sides["after"] = load_rules(*after, settings=given, shared=True)
    with rows_at(objects, values, *sides.values()) as rows:
        options = options_of(values, rows.provenance)
        outcomes = {
            side: commands.explain(name, rule_set, rows, options)
            for side, rule_set in sides.items()
        }
    whole = rows.provenance.complete
    if format_ == "json":
        now = commands.instant_of(rows.provenance, options)
        origin = origin_of(sides.values(), rows, now, options)
        deliver([dump(explain_form(outcomes, origin))], output)
        return 0 if whole else INCOMPLETE
    lines: list[str] = []
    for side, outcome in outcomes.items():
        if after:
            lines += [*([""] if lines else []), f"== {side} =="]
        lines += story_lines(outcome, full)
    deliver_text(lines, output)
    if not whole:  # what is missing may be what the object joins
        tell(f"{rows.provenance.source} is INCOMPLETE")
    return 0 if whole else INCOMPLETE
