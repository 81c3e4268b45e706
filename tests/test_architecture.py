"""Imports point one way: each room may import the rooms above it, never below or sideways."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# from the top of the house to the bottom; rooms on one line do not know each other
ROOMS = [
    {"enrolment", "errors", "interrupted", "registry", "version"},
    {"values", "whole_file"},
    {"schema", "assumptions", "certificates", "signature"},
    {"language"},
    {"objects", "rule"},
    {"options"},
    {"rulefiles", "sources", "find"},
    {"sync"},
    {"check", "compare", "doctor", "forecast"},
    {"results"},
    {"bulk", "change_traps", "current", "since"},
    {"gate", "where"},
    {"answers", "run", "single"},
    {"saved"},
    {"batches", "commands"},
    {"reports"},
    {"__init__", "cli"},
    {"__main__"},
]
LEVEL = {room: level for level, rooms in enumerate(ROOMS) for room in rooms}


def room_of(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
    return {name for name in found if name.split(".")[0] == "simulator"}


MODULES = sorted((ROOT / "simulator").rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_point_one_way(path: Path) -> None:
    here = room_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
    assert here in LEVEL, f"the room {here} has no place in the order of the house"
    for name in imports(path):
        there = room_of(name)
        assert there == here or LEVEL[there] < LEVEL[here], f"{here} imports {there}"
