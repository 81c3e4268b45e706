"""`aadsim eval`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from simulator.cli.evaluation import (
    answer_lines,
    evaluated,
    imported_by,
    parameters_of,
    remark_lines,
)
from simulator.cli.options import directory_options, output_options
from simulator.cli.output import FINDINGS, deliver, tell
from simulator.cli.run import options_of, read_object, run_options
from simulator.cli.swapped import telling_swaps
from simulator.errors import DiagnosticsError, Source, UsageError
from simulator.language.context import Context
from simulator.language.nodes import attributes_of
from simulator.language.parse import parse
from simulator.objects import Provenance
from simulator.sources.assignment import assigned
from simulator.values import AttributeMap


@click.command("eval")
@click.argument("expression")
@click.option("--object", "name", metavar="OBJECT", help="Evaluate on this object of --objects.")
@click.option("--objects", "-o", metavar="O", help="Objects: a file, or an LDAP URL.")
@click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="NAME=VALUE",
    help="Give an attribute a value; repeat it for several values. base64:, hex:, guid: or file: "
    "before bytes; %Name%=VALUE gives a parameter.",
)
@click.option("--trace", "traced", is_flag=True, help="Show every step.")
@run_options
@directory_options
@output_options
@telling_swaps
def eval_(
    expression: str, name: str | None, objects: str | None, sets: tuple[str, ...], traced: bool,
    format_: str, output: Path | None, **values: Any,
) -> int:  # fmt: skip
    """The value of one expression; the value alone goes to standard output.

    An expression that begins with a minus stands after `--`. Exits with 1 if it fails on these
    values, with 2 if it is no good expression.

    \b
    aadsim eval 'Left([operatingSystemVersion], 3)' --set 'operatingSystemVersion=6.3 (9600)'
    """
    if bool(name) != bool(objects):
        raise UsageError("--object and --objects belong together", "give both, or neither")
    attributes: AttributeMap = {}
    dn = None
    provenance = Provenance("")
    if name and objects:
        subject, provenance = read_object(name, objects, values, _read_by(expression))
        attributes, dn = subject.attributes, subject.dn
    given, parameters = assigned(sets)
    options = options_of(values, provenance)
    now = options.now or datetime.fromisoformat(provenance.captured_at).astimezone(UTC)
    parameters = {**parameters_of(options.connectors, dn), **parameters}
    context = Context(now, {**attributes, **given}, dn, parameters, options.readings)
    try:
        imported = imported_by(options.connectors)
        evaluation = evaluated(expression, context, imported, provenance)
    except DiagnosticsError as error:
        if format_ == "json":
            from simulator.cli.evaluation_form import refusal_text

            deliver([refusal_text(expression, context, error)], output)
        raise
    if format_ == "json":
        from simulator.cli.evaluation_form import evaluation_text

        deliver([evaluation_text(evaluation, traced)], output)
    else:
        deliver(answer_lines(evaluation, traced), output)
        for line in remark_lines(evaluation):
            tell(line)
    return FINDINGS if evaluation.error else 0


def _read_by(expression: str) -> frozenset[str]:
    """The attributes that *expression* reads; none of one that is no good, as is told later."""
    try:
        return attributes_of(parse(Source("expression", expression)))
    except DiagnosticsError:
        return frozenset()
