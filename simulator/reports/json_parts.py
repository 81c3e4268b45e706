"""Values, findings and evaluations as JSON: what the documents of all commands are made of."""

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from simulator.errors import Diagnostic
from simulator.language.explain import Step
from simulator.language.render import render
from simulator.values import FlowLiteral, Reference, Value, time_text

SCHEMA_VERSION = 1


def dump(document: Mapping[str, Any]) -> str:
    """*document* as the text that is printed: two blanks of indentation, not escaped to ASCII."""
    return json.dumps(document, ensure_ascii=False, indent=2)


def dump_streamed(
    document: Mapping[str, Any], name: str, items: Iterable[Mapping[str, Any]]
) -> Iterator[str]:
    """What `dump` gives of *document* with *items* under *name* at its end, item by item."""
    text, end = dump(document).removesuffix("\n}") + f',\n  "{name}": [', ""
    for item in items:
        yield text + end
        text, end = "    " + dump(item).replace("\n", "\n    "), ","
    yield f"{text}\n  ]\n}}" if end else f"{text}]\n}}"


def value_form(value: Value) -> Any:
    """A value: text, number, true, null; bytes as base64, a date as ISO 8601, a list as array."""
    match value:
        case bytes():
            return {"base64": b64encode(value).decode("ascii")}
        case Reference():
            return value.dn
        case datetime():
            return time_text(value)
        case FlowLiteral():
            return value.value
        case tuple():
            return [value_form(v) for v in value]
    return value


def diagnostic_form(finding: Diagnostic) -> dict[str, Any]:
    """A finding: code, severity, message, place, help."""
    position = finding.position()
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "message": finding.message,
        "source": finding.source.name if finding.source else None,
        "file": finding.source.file if finding.source else None,
        "line": position[0] if position else None,
        "column": position[1] if position else None,
        "hint": finding.help,
    }


def step_form(step: Step) -> dict[str, Any]:
    """The tree of an evaluation: expression, value or error, and the steps inside."""
    return {
        "expression": render(step.node),
        "value": value_form(step.value),
        "error": step.error.message if step.error else None,
        "steps": [step_form(s) for s in step.steps],
    }
