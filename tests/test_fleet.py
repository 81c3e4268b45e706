"""Every computer of the shipped fleet gets its independently written outcome and reason."""

import csv
from datetime import datetime
from pathlib import Path

import pytest

from simulator import Options, audit, load_connector, load_objects, load_rules

FIXTURES = Path(__file__).parent.parent / "fixtures"
RULE_SETS = (
    "standard-2016",
    "standard-1.4",
    "standard-1.4-three-clauses",
    "standard-1.4 server-2012-r2",
)


def expected(rule_set: str) -> dict[str, str]:
    with (FIXTURES / "expected.csv").open(encoding="utf-8", newline="") as file:
        return {row["object_guid"]: row[rule_set] for row in csv.DictReader(file)}


def found(rule_set: str, file: str) -> dict[str, str]:
    """Outcome and reason by GUID; of an uncertain one also the assumptions that decide."""
    as_of = load_objects(str(FIXTURES / "fleet.jsonl")).captured_at
    options = Options(
        now=datetime.fromisoformat(as_of),
        connectors=load_connector(str(FIXTURES / "connector.toml")),
    )
    result = audit(load_rules(*rule_set.split()), load_objects(str(FIXTURES / file)), options)
    return {
        r.subject.object_guid: " ".join(
            [
                r.verdict.disposition,
                r.verdict.reason.code,
                *sorted({other.assumption for other in r.verdict.readings}),
            ]
        )
        for r in result
    }


@pytest.mark.parametrize("file", ["fleet.jsonl", "fleet.ldif"])
@pytest.mark.parametrize("rule_set", RULE_SETS)
def test_every_computer_gets_its_outcome_and_reason(rule_set: str, file: str) -> None:
    assert found(rule_set, file) == expected(rule_set)


@pytest.mark.parametrize("base", ["standard-2016", "standard-1.4-three-clauses"])
def test_the_published_change_gives_the_same_over_any_base(base: str) -> None:
    assert found(f"{base} server-2012-r2", "fleet.jsonl") == expected(
        "standard-1.4 server-2012-r2"
    )
