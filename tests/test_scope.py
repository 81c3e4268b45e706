"""Scoping filters against the tables of tests/engine/scope.toml."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from simulator.errors import ObjectError
from simulator.language.context import Context
from simulator.rule import Direction, LinkType, ScopeCondition, ScopeOperator, SyncRule
from simulator.sync.scope import OPERATORS, scope
from simulator.values import Reference, Unreadable

TABLE = tomllib.loads((Path(__file__).parent / "engine" / "scope.toml").read_text("utf-8"))
FILTERS = TABLE.pop("filters")
CASES = [pytest.param(c, id=f"{t}: {c['clause']}") for t, cases in TABLE.items() for c in cases]
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def value(given: Any) -> Any:
    match given:
        case {"dn": dn}:
            return Reference(dn)
        case {"hex": text}:
            return bytes.fromhex(text)
        case list():
            return tuple(value(each) for each in given)
    return given


def clause(text: str) -> ScopeCondition:
    attribute, operator, *rest = text.split(" ", 2)
    return ScopeCondition(attribute, ScopeOperator(operator), rest[0] if rest else "")


def rule(filter: list[list[str]], direction: Direction = Direction.INBOUND) -> SyncRule:
    groups = tuple(tuple(clause(text) for text in group) for group in filter)
    return SyncRule("Test", direction, "computer", "device", LinkType.PROVISION, 50, scope=groups)


def context(case: dict[str, Any], readings: dict[str, str]) -> Context:
    attributes = {}
    if "given" in case:
        attributes[case["clause"].split(" ")[0]] = value(case["given"])
    if case.get("unreadable"):
        attributes[case["clause"].split(" ")[0]] = Unreadable("no right to read it")
    return Context(NOW, attributes, case.get("dn"), case.get("parameters", {}), readings)


def other_reading(id: str) -> str:
    return {"A-24": "exact", "A-25": "text", "A-26": "less", "A-27": "any"}[id]


@pytest.mark.parametrize("case", CASES)
def test_a_clause_holds_as_the_table_says(case: dict[str, Any]) -> None:
    direction = Direction.OUTBOUND if case.get("outbound") else Direction.INBOUND
    tested = rule([[case["clause"]]], direction)
    surroundings = context(case, {})
    if "error" in case:
        with pytest.raises(ObjectError) as raised:
            scope(tested, surroundings)
        assert raised.value.kind == case["error"]
        return
    assert scope(tested, surroundings).applies is case["holds"]
    assert case.get("uses") in {None, *surroundings.used}
    if "other" in case:
        taken = {case["uses"]: other_reading(case["uses"])}
        assert scope(tested, context(case, taken)).applies is case["other"]


@pytest.mark.parametrize("case", FILTERS, ids=lambda c: str(c["given"]))
def test_one_group_of_clauses_that_all_hold_suffices(case: dict[str, Any]) -> None:
    surroundings = Context(NOW, {name: value(v) for name, v in case["given"].items()})
    assert scope(rule(case["filter"]), surroundings).applies is case["applies"]


def test_every_operator_has_cases() -> None:
    used = {clause(c["clause"]).operator for cases in TABLE.values() for c in cases}
    assert used == set(ScopeOperator)
    assert set(OPERATORS) | {ScopeOperator.ISMEMBEROF, ScopeOperator.ISNOTMEMBEROF} == used
    assert [c["number"] for c in TABLE["vectors"]] == list(range(1, 18))
