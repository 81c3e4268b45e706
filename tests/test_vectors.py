"""Every vector of `vectors/documented-examples.json` through parsing, checking and evaluation."""

import base64
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from simulator.errors import DiagnosticsError, ObjectError
from simulator.language.context import Context
from simulator.language.evaluate import evaluate
from simulator.values import FlowLiteral, Reference, Value

VECTORS = json.loads(
    (Path(__file__).parent / "vectors" / "documented-examples.json").read_text(encoding="utf-8")
)
NOW = datetime(2024, 1, 15, 12, tzinfo=UTC)


def test_there_are_vectors():
    assert len(VECTORS) == 243
    assert len({v["id"] for v in VECTORS}) == len(VECTORS)


@pytest.mark.parametrize("vector", VECTORS, ids=[v["id"] for v in VECTORS])
def test_vector(vector: dict[str, Any]):
    expected = vector["expected"]
    try:
        value = evaluate(vector["expression"], context_of(vector))
    except DiagnosticsError as error:
        assert "error" in expected, error.message
        assert error.diagnostics[0].code == expected["error"]["kind"], error.message
    except ObjectError as error:
        assert "error" in expected, f"{error.kind}: {error.message}"
        assert error.kind == expected["error"]["kind"], error.message
        if "message" in expected["error"]:
            assert error.message == expected["error"]["message"]
    else:
        assert "error" not in expected, f"gave {value!r}"
        if "match" in expected:
            assert isinstance(value, str) and re.search(expected["match"], value)
        elif "min" in expected:
            assert isinstance(value, int) and expected["min"] <= value <= expected["max"]
        else:
            wanted = typed(expected)
            assert value == wanted
            assert type(value) is type(wanted)


def context_of(vector: dict[str, Any]) -> Context:
    attributes = {name: typed(given) for name, given in vector["attributes"].items()}
    dn = attributes.pop("dn", None)
    assert dn is None or isinstance(dn, str)
    now = datetime.fromisoformat(vector["now"]) if vector["now"] else NOW
    return Context(now=now, attributes=attributes, dn=dn, parameters=vector["parameters"])


def typed(given: dict[str, Any]) -> Value:
    """A value as a vector writes it."""
    kind, value = given["type"], given.get("value")
    if kind == "null":
        return None
    if kind.startswith("mv"):
        single = {"type": kind[2:], "encoding": given.get("encoding")}
        return tuple(typed({**single, "value": v}) for v in value)  # type: ignore[misc]
    match kind:
        case "bin":
            assert given["encoding"] == "base64"
            return base64.b64decode(value, validate=True)
        case "ref":
            return Reference(value)
        case "dt":
            return datetime.fromisoformat(value)
        case "literal":
            return FlowLiteral(value)
    assert kind in ("str", "num", "bool")
    return value  # type: ignore[no-any-return]
