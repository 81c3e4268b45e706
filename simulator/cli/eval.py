"""`aadsim eval`."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

import simulator.commands as commands
from simulator.cli.options import (
    directory_options,
    options_of,
    output_options,
    read_objects,
    run_options,
)
from simulator.cli.output import FINDINGS, deliver
from simulator.errors import (
    Diagnostic,
    DiagnosticsError,
    ObjectError,
    Severity,
    Source,
    UsageError,
)
from simulator.language.check import check
from simulator.language.context import Context
from simulator.language.explain import Step, trace
from simulator.language.nodes import Constant, Literal, attributes_of
from simulator.language.parse import parse
from simulator.language.render import render
from simulator.objects import ObjectSet
from simulator.reports.json_form import (
    SCHEMA_VERSION,
    diagnostic_form,
    dump,
    step_form,
    value_form,
)
from simulator.rule import RuleSet
from simulator.schema import standard_schema
from simulator.sources.assignment import assigned
from simulator.values import AttributeMap, show, time_text, type_name


@click.command("eval")
@click.argument("expression")
@click.option("--object", "name", metavar="OBJECT", help="Evaluate on this object of --objects.")
@click.option("--objects", "-o", metavar="O", help="Objects: a file, or an LDAP URL.")
@click.option(
    "--set",
    "sets",
    multiple=True,
    metavar="NAME=VALUE",
    help="Give an attribute a value; repeat it for several values. base64:, hex:, guid: or file: before bytes; %Name%=VALUE gives a parameter.",
)
@click.option("--trace", "traced", is_flag=True, help="Show every step.")
@run_options
@directory_options
@output_options
def eval_(
    expression: str, name: str | None, objects: str | None, sets: tuple[str, ...], traced: bool,
    format_: str, output: Path | None, **values: Any,
) -> int:  # fmt: skip
    """The value of one expression.

    \b
    aadsim eval 'Left([operatingSystemVersion], 3)' --set 'operatingSystemVersion=6.3 (9600)'
    """
    source = Source("expression", expression)
    node = parse(source)
    if bool(name) != bool(objects):
        raise UsageError("--object and --objects belong together", "give both, or neither")
    attributes: AttributeMap = {}
    dn = None
    found = ObjectSet((), "")
    if name and objects:
        rules = RuleSet(())
        found = read_objects(objects, values, rules)
        subject = commands.find_object(name, found)
        attributes, dn = subject.attributes, subject.dn
    given, parameters = assigned(sets)
    options = options_of(values, found)
    now = options.now or datetime.fromisoformat(found.captured_at).astimezone(UTC)
    context = Context(now, {**attributes, **given}, dn, parameters, options.readings)
    findings = check(
        node, standard_schema("ad"), attributes=frozenset(given), parameters=parameters
    )
    findings = tuple(f.at(source) for f in findings)
    errors = [f for f in findings if f.severity is Severity.ERROR]
    if errors:
        raise DiagnosticsError(errors)
    step = trace(node, context)
    error = _located(step.error, source) if step.error else None
    if format_ == "json":
        document = {
            "schema_version": SCHEMA_VERSION,
            "command": "eval",
            "expression": expression,
            "as_of": time_text(now),
            "type": type_name(step.value),
            "value": value_form(step.value),
            "assumptions": sorted(context.used),
            "notes": [{"code": c, "message": m} for c, m in context.notes.items()],
            "error": _error_form(error) if error else None,
        }
        if traced:
            document["steps"] = step_form(step)
        deliver([dump(document)], output)
        return FINDINGS if error else 0
    lines = []
    if traced:
        lines += _steps(step, 0)
    if error is None:
        lines.append(show(step.value, 10_000))
    deliver(lines, output)
    if error is not None:
        click.echo(f"error: {error.render()}", err=True)
    for finding in findings:
        click.echo(f"{finding.severity}: {finding.render()}", err=True)
    for code, message in context.notes.items():
        click.echo(f"note: {code}: {message}", err=True)
    if context.used:
        click.echo(f"rests on {', '.join(sorted(context.used))}", err=True)
    absent = sorted(a for a in attributes_of(node) if a not in context.attributes and a != "dn")
    if absent:
        click.echo(f"NULL, because not given: {', '.join(absent)}", err=True)
    return FINDINGS if error else 0


def _located(error: ObjectError, source: Source) -> Diagnostic:
    return Diagnostic(error.kind, error.message, source, error.span, error.help)


def _error_form(error: Diagnostic) -> dict[str, Any]:
    form = diagnostic_form(error)
    return {key: form[key] for key in ("code", "message", "line", "column", "hint")}


def _steps(step: Step, depth: int) -> list[str]:
    """Each step on a line, the outer before the inner; literals are left out."""
    if isinstance(step.node, Literal | Constant) and depth:
        return []
    value = f"error: {step.error.message}" if step.error else show(step.value)
    lines = [f"{'  ' * depth}{render(step.node)} -> {value}"]
    for inner in step.steps:
        lines += _steps(inner, depth + 1)
    return lines
