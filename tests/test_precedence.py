"""Precedence, the flow literals and merge types against the tables of tests/engine/precedence.toml."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from simulator.errors import DiagnosticsError
from simulator.rule import MergeType
from simulator.sync.outcome import Disposition, Outcome
from tests.building import BASE, OUT, computer, direct, expression, inbound, outcomes, rules

TABLE = tomllib.loads((Path(__file__).parent / "engine" / "precedence.toml").read_text("utf-8"))
TARGETS = {"filter": "cloudFiltered", "text": "displayName", "several": "proxyAddresses"}
CASES = [
    pytest.param(TARGETS[table], case, id=f"{case.get('merge', '')} {' '.join(case['gives'])}")
    for table, cases in TABLE.items()
    for case in cases
]


def result(target: str, gives: list[str], merge: str = "Update") -> Outcome:
    custom = [
        inbound(f"Rule {n}", 50 + n, expression(target, text, MergeType(merge)))
        for n, text in enumerate(gives)
    ]
    # A rule file may name rules in any order: the numbers decide.
    return outcomes(rules(BASE, OUT, *reversed(custom)), computer("PC"))["PC"]


@pytest.mark.parametrize("target, case", CASES)
def test_the_first_rule_that_speaks_decides(target: str, case: dict[str, Any]) -> None:
    outcome = result(target, case["gives"], case.get("merge", "Update"))
    expected = case.get("value")
    expected = tuple(expected) if isinstance(expected, list) else expected
    assert outcome.metaverse.get(target) == expected
    assert outcome.disposition == case.get("becomes", "SYNCS")
    assert case.get("uses") in {None, *outcome.assumptions}
    assert case.get("reason") in {None, outcome.reason.code}


def test_different_merge_types_of_one_attribute_are_an_error_of_the_object() -> None:
    one = inbound("One", 50, direct("proxyAddresses", "description"))
    two = inbound("Two", 51, direct("proxyAddresses", "description", MergeType.MERGE))
    outcome = outcomes(rules(BASE, OUT, one, two), computer("PC", description=("a",)))["PC"]
    assert outcome.disposition is Disposition.ERROR
    assert outcome.findings[0].code == "merge-type-mismatch"


def test_two_values_merged_into_a_single_valued_attribute_are_one_too_many() -> None:
    merged = [
        inbound(n, 50 + p, expression("displayName", f'"{n}"', MergeType.MERGE))
        for p, n in enumerate("ab")
    ]
    outcome = outcomes(rules(BASE, OUT, *merged), computer("PC"))["PC"]
    assert outcome.disposition is Disposition.UNCERTAIN
    assert outcome.readings[0].assumption == "A-31"
    assert outcome.readings[0].disposition is Disposition.ERROR
    first = outcomes(rules(BASE, OUT, *merged), computer("PC"), readings={"A-31": "first"})["PC"]
    assert first.metaverse["displayName"] == "a"


def test_two_rules_with_one_number_for_one_attribute_are_refused() -> None:
    from simulator.check import refuse_errors

    twins = [inbound(name, 50, expression("cloudFiltered", "True")) for name in "ab"]
    with pytest.raises(DiagnosticsError, match="precedence-collision"):
        refuse_errors(rules(BASE, OUT, *twins))
