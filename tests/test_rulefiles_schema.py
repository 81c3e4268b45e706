"""The JSON Schema of our own rule form: up to date, named by each file, true of each file."""

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest

from simulator.rulefiles.json_schema import schema_text

ROOT = Path(__file__).parent.parent
SCHEMA = ROOT / "rules" / "rule.schema.json"
FILES = sorted((ROOT / "rules").glob("*/*.toml"))


def test_the_schema_is_up_to_date() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_text()


@pytest.mark.parametrize("path", FILES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_each_rule_file_names_it_and_fits_it(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    first = text.partition("\n")[0]
    assert (path.parent / first.removeprefix("#:schema ")).resolve() == SCHEMA
    validator().validate(tomllib.loads(text))


def validator() -> jsonschema.Draft202012Validator:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


RULE = {
    "name": "Lab",
    "direction": "Inbound",
    "source_object_type": "computer",
    "target_object_type": "device",
    "link_type": "Join",
    "precedence": 90,
}
FLOW = {"target": "cloudFiltered", "type": "Constant", "constant": "True"}
WRONG = [
    {"direction": "Inwards"},
    {"precedence": "90"},
    {"precedence": -1},
    {"colour": "red"},
    {"flow": [{**FLOW, "expresion": "NULL"}]},
    {"flow": [{**FLOW, "type": "Magic"}]},
    {"scope": [[{"attribute": "a", "operator": "LIKE"}]]},
    {"scope": [{"attribute": "a", "operator": "EQUAL"}]},
    {"join": [[{"source": "a"}]]},
]


def test_a_rule_fits() -> None:
    scope = [[{"attribute": "a", "operator": "EQUAL", "value": "b"}]]
    assert validator().is_valid({**RULE, "flow": [FLOW], "scope": scope})
    assert validator().is_valid({"rule": [RULE, {"clone_of": "Lab", "name": "other"}]})


@pytest.mark.parametrize("change", WRONG)
def test_what_the_reader_refuses_does_not_fit(change: dict[str, object]) -> None:
    assert not validator().is_valid({**RULE, **change})
