"""P1 to P4, P6 and P14: the published expression over 20,000 computers in memory.

As it is compiled for batches, as closures that take one object at a time (there is no other
compiled form over dicts), and as careful and naive people write it by hand.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pyarrow.parquet as parquet

from simulator import load_rules
from simulator.bulk import Program
from simulator.bulk.expression import batch_function
from simulator.errors import Source
from simulator.language.compile import prepared
from simulator.language.context import Context
from simulator.language.frame import run
from simulator.language.parse import parse
from simulator.rule import RuleSet
from simulator.sync.engine import Settings
from simulator.sync.situation import FILTER
from tests.benchmarks.bench import Bench, Times, ratios
from tests.benchmarks.floor import (
    CHAIN,
    NEED,
    NOW,
    PUBLISHED,
    REACHES,
    by_version,
    careful,
    facts,
    load,
    naive,
)
from tests.benchmarks.goal import goal

ROWS = 20_000


@goal("P1", "expression over a batch / careful function, objects without a certificate test", 1.3)
def _(bench: Bench) -> list[float]:
    return ratios(_hand_written(bench, False), "batch", "careful")


@goal("P1", "closures, object by object / careful function, the same objects", 2.0)
def _(bench: Bench) -> list[float]:
    return ratios(_hand_written(bench, False), "closures", "careful")


@goal("P2", "expression over a batch / careful function, all objects", 1.15)
def _(bench: Bench) -> list[float]:
    return ratios(_hand_written(bench), "batch", "careful")


@goal("P2", "closures, object by object / careful function, all objects", 1.25)
def _(bench: Bench) -> list[float]:
    return ratios(_hand_written(bench), "closures", "careful")


@goal("P3", "expression over a batch / naive script, all objects", 0.25)
def _(bench: Bench) -> list[float]:
    return ratios(_hand_written(bench), "batch", "naive")


@goal("P4", "outcome and reason of two rules with that expression alone / its bare value", 1.05)
def _(bench: Bench) -> list[float]:
    return ratios(_programs(bench), "reasons", "value")


@goal("P6", "expression over a batch of objects that it tests certificates of / load alone", 3.2)
def _(bench: Bench) -> list[float]:
    batch, compiled = _batch(bench, True), batch_function(PUBLISHED, NOW)
    values = [value for held in batch["userCertificate"].to_pylist() for value in held or ()]
    certificates = [value for value in values if facts(value)]
    works = {"batch": lambda: compiled(batch), "load": lambda: [load(c) for c in certificates]}
    return ratios(bench.in_turns(works), "batch", "load")


@goal("P14", "all rules of the chain / the one expression, all objects", 5.0)
def _(bench: Bench) -> list[float]:
    return ratios(_programs(bench), "rules", "value")


@goal("P14", "all rules of the chain / the one expression, without a certificate test", 5.0)
def _(bench: Bench) -> list[float]:
    return ratios(_programs(bench, False), "rules", "value")


@cache
def _hand_written(bench: Bench, tested: bool | None = None) -> Times:
    batch = _batch(bench, tested).select(NEED)
    objects = batch.to_pylist()
    compiled, closures = batch_function(PUBLISHED, NOW), _closures()
    attributes = [{n: tuple(v) if type(v) is list else v for n, v in o.items()} for o in objects]
    answers = compiled(batch)
    assert answers == [careful(o) for o in objects] == [naive(o) for o in objects]
    assert answers == [closures(each) for each in attributes]
    return bench.in_turns(
        {
            "batch": lambda: compiled(batch),
            "closures": lambda: [closures(each) for each in attributes],
            "careful": lambda: [careful(o) for o in objects],
            "naive": lambda: [naive(o) for o in objects],
        }
    )


def _closures() -> Callable[[dict[str, Any]], object]:
    closure = prepared(parse(Source("published", PUBLISHED)))
    return lambda attributes: run(closure, Context(NOW, attributes))


@cache
def _programs(bench: Bench, tested: bool | None = None) -> Times:
    batch = _batch(bench, tested)
    chain = load_rules(*CHAIN)
    value = batch_function(PUBLISHED, NOW)
    reasons, rules = (Program(r, Settings(NOW)) for r in (_filtering(chain), chain))
    return bench.in_turns(
        {
            "value": lambda: value(batch),
            "reasons": lambda: reasons(batch),
            "rules": lambda: rules(batch),
        }
    )


def _filtering(rules: RuleSet) -> RuleSet:
    """*rules* with no other flows than that of cloudFiltered."""
    few = tuple(
        replace(rule, flows=tuple(f for f in rule.flows if f.target == FILTER))
        for rule in rules.rules
    )
    return replace(rules, rules=few)


def _batch(bench: Bench, tested: bool | None = None) -> Any:
    """Computers as rows; or those alone of which the expression tests certificates, or none."""
    file = parquet.ParquetFile(bench.snapshot(bench.sizes.middle))
    table = file.read_row_groups([*range(min(2, file.num_row_groups))]).slice(0, ROWS)
    pairs = zip(*(table[name].to_pylist() for name in NEED[1:3]), strict=True)
    wanted = [n for n, pair in enumerate(pairs) if tested in (None, by_version(*pair) == REACHES)]
    return table.take(wanted).combine_chunks().to_batches()[0]
