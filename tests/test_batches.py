"""Batch by batch an evaluator gives what audit and preview give."""

import pickle
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from simulator import Evaluator, Options, audit, load_objects, load_rules, preview, table
from simulator.errors import DiagnosticsError, InputError, Source, UsageError
from simulator.language.parse import parse
from simulator.results.results import Results
from simulator.rule import RuleSet
from tests.building import expression, inbound, rules
from tests.bulk_agreement import batches_of

ROOT = Path(__file__).parent.parent
OBJECTS = load_objects(str(ROOT / "fixtures" / "fleet.jsonl"))
OPTIONS = Options(now=datetime(2026, 1, 1, tzinfo=UTC), details=True)
BEFORE, AFTER = load_rules("standard-1.4"), load_rules("standard-1.4", "server-2012-r2")
CONTOSO = load_rules(str(ROOT / "tests" / "data" / "contoso-pilot"))
BATCHES = batches_of(OBJECTS.objects, 100)
COMPUTED: dict[str, tuple[tuple[RuleSet, ...], Results]] = {
    "audit": ((AFTER,), audit(AFTER, OBJECTS, OPTIONS).results),
    "preview": ((BEFORE, AFTER), preview(BEFORE, AFTER, OBJECTS, OPTIONS).results),
}


@pytest.mark.parametrize("name", COMPUTED)
@pytest.mark.parametrize("sent", [False, True])
def test_batches_give_what_the_command_gives(name: str, sent: bool) -> None:
    rule_sets, results = COMPUTED[name]
    evaluator = Evaluator(*rule_sets, options=OPTIONS)
    evaluator(BATCHES[0])
    if sent:
        evaluator = pickle.loads(pickle.dumps(evaluator))
    given = list(evaluator.each(BATCHES))
    assert {batch.schema for batch in given} == {evaluator.schema}
    found = pa.Table.from_batches(given).to_pylist()
    assert len(BATCHES) == 4 and len(found) == 349
    expected = {row["dn"]: row for row in table(results).to_pylist()}
    assert {row["dn"]: row for row in found} == expected


def test_a_batch_may_have_the_types_of_another_program() -> None:
    evaluator = Evaluator(AFTER, options=OPTIONS)
    at = BATCHES[0].schema.get_field_index("objectGUID")
    guids = BATCHES[0].column(at).cast(pa.binary())
    other = BATCHES[0].set_column(at, "objectGUID", guids)
    assert evaluator(other).equals(evaluator(BATCHES[0]))


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (Options(), "batches have no capture time"),
        (Options(now=OPTIONS.now, where=parse(Source("", "True"))), "batches take no condition"),
        (Options(now=OPTIONS.now, jobs=2, shard=(1, 2)), "takes no jobs, shard of Options"),
        (Options(now=OPTIONS.now, progress=print), "takes no progress of Options"),
    ],
)
def test_options_that_mean_nothing_for_batches_are_refused(options: Options, problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        Evaluator(AFTER, options=options)


def test_an_instant_without_a_time_zone_is_refused() -> None:
    with pytest.raises(UsageError, match="2026-01-01T00:00:00 has no time zone"):
        Options(now=datetime(2026, 1, 1))


@pytest.mark.parametrize("sides", [(), (AFTER,) * 3])
def test_there_are_one_or_two_rule_sets(sides: tuple[RuleSet, ...]) -> None:
    with pytest.raises(UsageError, match=f"{len(sides)} rule sets are given"):
        Evaluator(*sides, options=OPTIONS)


def test_rules_with_errors_are_refused() -> None:
    with pytest.raises(DiagnosticsError):
        Evaluator(rules(inbound("R", 1, expression("x", "NoSuch(1)"))), options=OPTIONS)


def test_objects_that_may_meet_across_batches_are_refused() -> None:
    at = BATCHES[0].schema.get_field_index("type")
    users = pa.array(["user"] * len(BATCHES[0]), pa.string())
    batch = BATCHES[0].set_column(at, BATCHES[0].schema.field(at), users)
    with pytest.raises(UsageError, match=r"may meet by .*objectSid"):
        Evaluator(CONTOSO, options=OPTIONS)(batch)


@pytest.mark.parametrize("name", ["userCertificate", "dn", "other"])
def test_a_batch_without_a_column_is_refused(name: str) -> None:
    batch = BATCHES[0].drop_columns([name])
    with pytest.raises(InputError, match=f"the batch has no column {name}"):
        Evaluator(AFTER, options=OPTIONS)(batch)


def test_columns_of_another_kind_are_refused() -> None:
    at = BATCHES[0].schema.get_field_index("cn")
    odd = BATCHES[0].set_column(at, "cn", pa.array([b"\xff"] * len(BATCHES[0]), pa.binary()))
    with pytest.raises(InputError, match="are not those of a snapshot"):
        Evaluator(AFTER, options=OPTIONS)(odd)
    more = BATCHES[0].append_column("part", pa.nulls(len(BATCHES[0]), pa.string()))
    with pytest.raises(InputError, match="columns that no snapshot has: part"):
        Evaluator(AFTER, options=OPTIONS)(more)


@pytest.mark.parametrize(("name", "cell"), [("classes", None), ("other", "{")])
def test_cells_that_no_snapshot_has_are_refused(name: str, cell: str | None) -> None:
    schema = BATCHES[0].schema
    at = schema.get_field_index(name)
    cells = pa.array([cell] * len(BATCHES[0]), schema.field(at).type)
    with pytest.raises(InputError, match=f"the batch: the column `{name}` holds"):
        Evaluator(AFTER, options=OPTIONS)(BATCHES[0].set_column(at, name, cells))
