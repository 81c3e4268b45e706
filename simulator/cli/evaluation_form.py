"""An evaluation as JSON."""

from typing import Any

from simulator.cli.evaluation import Evaluation
from simulator.errors import Diagnostic, DiagnosticsError, Source
from simulator.language.context import Context
from simulator.reports.json_parts import (
    SCHEMA_VERSION,
    diagnostic_form,
    dump,
    step_form,
    value_form,
)
from simulator.values import time_text, type_name


def evaluation_text(evaluation: Evaluation, traced: bool) -> str:
    """The *evaluation*, every step if *traced*."""
    step, context = evaluation.step, evaluation.context
    document = {
        **_head(evaluation.source.text, context),
        "type": type_name(step.value),
        "value": value_form(step.value),
        "assumptions": sorted(context.used),
        "notes": [{"code": c, "message": m} for c, m in context.notes.items()],
        "findings": [diagnostic_form(f) for f in evaluation.findings],
        "error": _error_form(evaluation.error) if evaluation.error else None,
    }
    if traced:
        document["steps"] = step_form(step)
    return dump(document)


def refusal_text(text: str, context: Context, error: DiagnosticsError) -> str:
    """The same for an expression that is no good one: its first error, and all as findings."""
    source = Source("expression", text)
    found = [d.at(source) for d in error.diagnostics]
    document = {
        **_head(text, context),
        "type": "null",
        "value": None,
        "assumptions": [],
        "notes": [],
        "findings": [diagnostic_form(d) for d in found],
        "error": _error_form(found[0]),
    }
    return dump(document)


def _head(text: str, context: Context) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "command": "eval",
        "expression": text,
        "as_of": time_text(context.now),
    }


def _error_form(error: Diagnostic) -> dict[str, Any]:
    form = diagnostic_form(error)
    return {key: form[key] for key in ("code", "message", "line", "column", "hint")}
