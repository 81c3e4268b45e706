"""Every JSON that a command prints has the shape that the shipped schema promises."""

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.running import Command

FLEET = str(Path(__file__).parent.parent / "fixtures" / "fleet.jsonl")
AFTER = ("--after", "standard-1.4", "--after", "server-2012-r2")

COMMANDS = {
    "audit": ("audit", "--rules", "standard-1.4", "--objects", FLEET),
    "preview": ("preview", "--before", "standard-1.4", *AFTER, "--objects", FLEET),
    "explain": ("explain", "SRV2012R2-VALID", "--rules", "standard-1.4", "--objects", FLEET),
    "explain both": (
        "explain", "SRV2012R2-VALID", "--rules", "standard-1.4", *AFTER, "--objects", FLEET,
    ),
    "eval": ("eval", "Count([userCertificate])"),
    "eval an error": ("eval", 'Error("no")'),
}  # fmt: skip


def schema_of(command: str) -> Any:
    file = files("simulator.reports") / "schemas" / f"{command}.schema.json"
    return json.loads(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_prints_what_its_schema_promises(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    command = COMMANDS[name]
    ran = Command(monkeypatch, capsys)(*command, "--format", "json")
    schema = schema_of(command[0])
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(json.loads(ran.out))
