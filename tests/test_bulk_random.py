"""Bulk engine and reference agree on 100,000 random pairs of a rule set and an object."""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest

from simulator.assumptions import ledger
from simulator.bulk import Statistics
from simulator.objects import ConnectorObject
from simulator.rule import RuleSet
from simulator.sync.engine import Settings
from simulator.sync.outcome import Disposition
from simulator.sync.reason import CODES
from tests.building import NOW
from tests.bulk_agreement import assert_agrees
from tests.random_objects import FLEET, random_objects
from tests.random_rules import random_forests, random_rules

SETS, OBJECTS = 160, 625


@dataclass(frozen=True)
class Case:
    """Rules, objects, and how to run them."""

    rules: RuleSet
    objects: Sequence[ConnectorObject]
    settings: Settings
    rows: int
    certificates: bool


def random_case(seed: int, objects: int) -> Case:
    """The case of *seed*, with that number of *objects*."""
    chance = random.Random(seed)
    forests = random_forests(chance)
    fleet = chance.sample(FLEET, objects // 6) if chance.random() < 0.2 else []
    made = [*fleet, *random_objects(chance, objects - len(fleet))]
    readings = chance.choice([
        {}, {}, {}, {"A-06": "three-valued"}, {"A-23": "flows", "A-13": "upper-case"},
        {"A-12": "utc-12"}, {"A-33": "any", "A-30": "error"}, {"A-31": "first"},
    ])  # fmt: skip
    moment = NOW + timedelta(days=chance.choice([0, 0, 400, 3000]))
    filters = tuple(forests) if chance.random() < 0.25 else ()
    certificates = chance.random() < 0.5
    return Case(
        random_rules(chance, forests), made, Settings(moment, readings, filters),
        chance.choice([objects // 4, objects, objects]), certificates,
    )  # fmt: skip


@pytest.mark.timeout(900)
def test_100_000_random_pairs_of_a_rule_set_and_an_object() -> None:
    total, seen = Statistics(), Counter[str]()
    for seed in range(SETS):
        try:
            case = random_case(seed, OBJECTS)
            program = assert_agrees(
                case.rules, case.objects, case.settings, case.rows, case.certificates, seen
            )
        except Exception as error:
            error.add_note(f"in random_case({seed}, {OBJECTS})")
            raise
        total.add(program.statistics)
    assert sum(seen[d] for d in Disposition) == SETS * OBJECTS >= 100_000
    # whatever an object can end in has occurred, and often
    assert all(seen[d] > 3_000 for d in Disposition)
    assert len(CODES.keys() - seen.keys()) <= 2
    assert sum(each.startswith("error: ") for each in seen) > 12
    assert sum(each in ledger() for each in seen) > 5
    # and whichever way the bulk engine takes
    alone = total.by_reference
    assert total.keys < total.rows - alone.total() < total.rows * 0.9
    assert len(alone) == 3 and min(alone.values()) > 10
    assert min(total.observed["certificates"], total.observed["closures"]) > 3_000
