"""The tables of `language/*.toml`, and every example of every function's docstring.

A case of a table has an `expression` and what it gives: `result`, `null = true`, or `error` with
`at`, the text under the carets. Further keys: `name`; `given`, the attributes (and `dn`);
`parameters`; `now`; `readings` of assumptions; `notes`, codes that must be noted. A value is text,
a number, a Boolean, a moment, a list of those, or `{base64=}`, `{hex=}`, `{guid=}` for bytes,
`{dn=}` for a reference, `{literal=}` for IgnoreThisFlow and AuthoritativeNull.
"""

import base64
import re
import tomllib
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from simulator.errors import DiagnosticsError, ObjectError
from simulator.language.context import Context
from simulator.language.evaluate import evaluate
from simulator.language.function import FUNCTIONS
from simulator.values import FlowLiteral, Reference, Value

NOW = datetime(2024, 1, 15, 12, tzinfo=UTC)
KEYS = {
    "name", "given", "parameters", "now", "readings", "expression",
    "result", "null", "error", "at", "notes",
}  # fmt: skip


def read_cases() -> list[Any]:
    cases = []
    for table in sorted((Path(__file__).parent / "language").glob("*.toml")):
        for number, case in enumerate(
            tomllib.loads(table.read_text(encoding="utf-8"))["case"], start=1
        ):
            assert case.keys() <= KEYS, f"{table.name} case {number}: {case.keys() - KEYS}"
            outcomes = {"result", "null", "error"} & case.keys()
            assert len(outcomes) == 1, f"{table.name} case {number} has {outcomes or 'no outcome'}"
            label = case.get("name", case["expression"])[:60]
            cases.append(pytest.param(case, id=f"{table.stem}-{number}-{label}"))
    return cases


@pytest.mark.parametrize("case", read_cases())
def test_case(case: dict[str, Any]):
    context = context_of(case)
    try:
        value = evaluate(case["expression"], context)
    except DiagnosticsError as error:
        found = error.diagnostics[0]
        assert case.get("error") == found.code, found.render()
        assert case["at"] == covered(case["expression"], found.span), found.render()
    except ObjectError as error:
        assert case.get("error") == error.kind, error.message
        assert case["at"] == covered(case["expression"], error.span), error.message
    else:
        assert "error" not in case, f"gave {value!r}"
        check_same(value, typed(case["result"]) if "result" in case else None)
    for note in case.get("notes", ()):
        assert note in context.notes


def context_of(case: dict[str, Any]) -> Context:
    attributes = {name: typed(given) for name, given in case.get("given", {}).items()}
    dn = attributes.pop("dn", None)
    assert dn is None or isinstance(dn, str)
    return Context(
        now=case.get("now", NOW),
        attributes=attributes,
        dn=dn,
        parameters=case.get("parameters", {}),
        readings=case.get("readings", {}),
    )


def typed(given: Any) -> Value:
    """A value as a table writes it."""
    match given:
        case {"base64": text}:
            return base64.b64decode(text, validate=True)
        case {"hex": text}:
            return bytes.fromhex(text)
        case {"guid": text}:
            return uuid.UUID(text).bytes_le
        case {"dn": text}:
            return Reference(text)
        case {"literal": text}:
            return FlowLiteral(text)
        case list():
            return tuple(typed(each) for each in given)  # type: ignore[misc]
        case str() | int() | datetime():
            return given
    raise AssertionError(f"a table cannot say {given!r}")


def check_same(value: Value, wanted: Value) -> None:
    assert value == wanted
    assert type(value) is type(wanted)  # 1 and True are equal in Python, not in the language


def covered(text: str, span: Any) -> str:
    return text[span.start : span.end] if span else ""


EXAMPLES = [
    pytest.param(expression, result, id=f"{name}-{number}")
    for name, declared in FUNCTIONS.items()
    for number, (expression, result) in enumerate(declared.examples, start=1)
]


@pytest.mark.parametrize(("expression", "result"), EXAMPLES)
def test_example(expression: str, result: str):
    check_same(evaluate(expression, Context(now=NOW)), written(result))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_is_described(name: str):
    declared = FUNCTIONS[name]
    # An expression cannot write a certificate.
    assert len(declared.examples) >= 2 or declared.group == "certificate"
    assert declared.summary.endswith(".")


def written(text: str) -> Value:
    """A value as an example writes it."""
    if text in ("NULL", "True", "False"):
        return {"NULL": None, "True": True, "False": False}[text]
    if re.fullmatch(r"-?[0-9]+", text):
        return int(text)
    if re.fullmatch(r"[0-9]{4}-[0-9-]+T[0-9:.]+Z", text):
        return datetime.fromisoformat(text)
    if text.startswith("["):
        return tuple(written(each) for each in re.findall(r'"[^"]*"|[^\s,\[\]]+', text))  # type: ignore[misc]
    assert text.startswith('"') and text.endswith('"') and len(text) > 1, text
    return text[1:-1]
