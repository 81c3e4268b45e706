"""`aadsim functions`."""

from pathlib import Path

import click

from simulator.cli.options import format_option, no_color_option, output_option
from simulator.cli.output import deliver
from simulator.language.function import FUNCTIONS
from simulator.language.reference import (
    declared,
    function_form,
    list_lines,
    markdown_lines,
    page_lines,
)
from simulator.reports.json_parts import SCHEMA_VERSION, dump


@click.command()
@click.argument("name", required=False)
@format_option(["text", "json", "markdown"], "For people, for machines, for a document.")
@output_option
@no_color_option
def functions(name: str | None, format_: str, output: Path | None) -> None:
    """The reference of the language: all functions, or the page of one.

    \b
    aadsim functions Mid
    """
    chosen = [declared(name)] if name else list(FUNCTIONS.values())
    match format_:
        case "json":
            document = {
                "schema_version": SCHEMA_VERSION,
                "command": "functions",
                "functions": [function_form(f) for f in chosen],
            }
            deliver([dump(document)], output)
        case "markdown":
            deliver(markdown_lines(chosen if name else None), output)
        case _:
            deliver(page_lines(chosen[0]) if name else list_lines(), output)
