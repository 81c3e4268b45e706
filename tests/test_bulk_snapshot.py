"""A snapshot file through the bulk engine: processes, shards, two rule sets, and what it never does."""

import builtins
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
import regex

from simulator import Options, audit, load_rules, open_rows
from simulator.bulk import Job, Part, Program, Statistics, generate, meeting, run_snapshot
from simulator.bulk.columns import Columns
from simulator.certificates import loads, strict
from simulator.language import compile as compiling
from simulator.language import parse as parsing
from simulator.objects import ConnectorObject
from simulator.rule import LinkType
from simulator.sources.snapshot_layout import arrow_schema, batch, columns_of, objects_of
from simulator.sources.snapshot_write import write_snapshot
from simulator.sources.source import open_objects
from simulator.sync.engine import Settings, simulate
from simulator.values import Unreadable
from tests.building import BASE, NOW, OUT, computer, direct, inbound
from tests.building import rules as rule_set
from tests.bulk_agreement import BRIEF, batches_of, expected_of, said
from tests.random_objects import FLEET

BEFORE, AFTER = load_rules("standard-1.4"), load_rules("standard-1.4", "server-2012-r2")
ROWS = 40
ROOT = Path(__file__).parent.parent


def written(objects: list[ConnectorObject], path: Path) -> Path:
    """*objects* in a file of small row groups."""
    names = columns_of(objects)
    schema = arrow_schema(names)
    with parquet.ParquetWriter(path, schema) as writer:
        for start in range(0, len(objects), ROWS):
            writer.write_batch(batch(objects[start : start + ROWS], names, schema))
    return path


def objects_in(path: Path) -> list[ConnectorObject]:
    return [o for b in parquet.ParquetFile(path).iter_batches() for o in objects_of(b, "", 1)]


def twins() -> list[ConnectorObject]:
    """The fleet, and far behind it a second object with the GUID of its first computer."""
    first = FLEET[0]
    again = replace(first, dn=f"CN=Again,{first.dn}")
    return [*FLEET, *(computer(f"Z{n}") for n in range(20)), again]


def expected(objects: list[ConnectorObject], rules: Any) -> list[tuple[Any, ...]]:
    by_dn = {o.subject.dn: expected_of(o, BRIEF) for o in simulate(objects, rules, Settings(NOW))}
    return [by_dn[o.dn] for o in objects]


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(twins(), tmp_path_factory.mktemp("bulk") / "fleet.parquet")


@pytest.mark.parametrize("jobs", [None, 1, 2])
def test_a_file_gives_the_reference_outcomes_in_its_order(
    snapshot: Path, jobs: int | None
) -> None:
    job = Job(snapshot, (BEFORE, AFTER), Settings(NOW), certificates=True)
    counted = [Statistics(), Statistics()]
    parts = list(run_snapshot(job, jobs=jobs, statistics=counted))
    assert [part.number for part in parts] == sorted(part.number for part in parts)
    objects = objects_in(snapshot)
    assert [name for p in parts for name in p.rows.column("dn").to_pylist()] == [
        o.dn for o in objects
    ]
    for side, rules in enumerate((BEFORE, AFTER)):
        found = [each for part in parts for each in said_of(part, side)]
        assert found == expected(objects, rules)
        assert counted[side].rows == len(objects)


def test_shards_are_the_file_in_parts(snapshot: Path) -> None:
    job = Job(snapshot, (AFTER,), Settings(NOW))
    whole = {part.number: said_of(part, 0) for part in run_snapshot(job, jobs=1)}
    shards = [list(run_snapshot(job, jobs=1, shard=(i, 3))) for i in range(3)]
    assert Counter(part.number for shard in shards for part in shard) == Counter(whole.keys())
    for part in (part for shard in shards for part in shard):
        assert said_of(part, 0) == whole[part.number]


def said_of(part: Part, side: int) -> list[tuple[Any, ...]]:
    result = part.results[side]
    return said(part.rows.column("dn").to_pylist(), result.columns, result.verdicts)


@pytest.mark.parametrize("source", ["distinguishedName", "displayName"])
def test_objects_of_a_file_meet_by_their_dn_or_by_what_no_column_holds(
    tmp_path: Path, source: str
) -> None:
    told = inbound("Base", 159, *BASE.flows, direct("displayName", "displayName"),
                   link=LinkType.PROVISION, join=f"{source}=displayName")  # fmt: skip
    reads = rule_set(told, OUT)
    odd = [Unreadable("no right"), ("a", "b"), "a", "a", None]
    objects = [computer(f"P{n}", displayName=value) for n, value in enumerate(odd)]
    objects.append(computer("Q", displayName=objects[0].dn))
    path = written(objects, tmp_path / "odd.parquet")
    (part,) = run_snapshot(Job(path, (reads,), Settings(NOW), certificates=True), jobs=1)
    assert said_of(part, 0) == expected(objects_in(path), reads)


def test_what_is_known_to_differ_is_not_compared_again(
    snapshot: Path, tmp_path: Path, calls: "Calls"
) -> None:
    """Nobody looks for equal objectGUIDs where opening the snapshot has shown that there are none."""
    calls.of(meeting, "has_equal")
    path = tmp_path / "fleet.parquet"
    write_snapshot(open_objects(str(ROOT / "fixtures" / "fleet.jsonl")), path)
    with open_rows(str(path)) as rows:
        assert len(audit(AFTER, rows, Options(NOW)).results) == rows.count > 0
    assert not calls.counted
    list(run_snapshot(Job(snapshot, (AFTER,), Settings(NOW)), jobs=1))
    assert calls.counted


class Calls:
    """Counts the calls of functions that it stands in for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._patch, self.counted = monkeypatch, Counter[str]()

    def of(self, module: Any, name: str) -> None:
        function = getattr(module, name)

        def counting(*arguments: Any, **named: Any) -> Any:
            self.counted[f"{module.__name__}.{name}"] += 1
            return function(*arguments, **named)

        self._patch.setattr(module, name, counting)


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Iterator[Calls]:
    yield Calls(monkeypatch)


def many(times: int) -> list[pa.RecordBatch]:
    """The fleet, *times* over; every copy with GUIDs of its own."""
    copies = [
        replace(o, dn=f"CN={n}-{o.dn[3:]}", attributes={**o.attributes, "objectGUID": guid})
        for n in range(times)
        for o in FLEET
        if isinstance(guid := o.attributes.get("objectGUID"), bytes)
        and (guid := n.to_bytes(2, "big") + guid[2:])
    ]
    return batches_of(copies)


def test_nothing_is_parsed_compiled_or_made_a_pattern_for_an_object(calls: Calls) -> None:
    """For a run over any number of objects one function is generated, and that is all."""
    for one in many(1):
        Program(AFTER, Settings(NOW))(one)  # what is kept from run to run is known after this
    for module, name in (
        (parsing, "parse"),
        (compiling, "prepare"),
        (builtins, "compile"),
        (re._compiler, "compile"),  # type: ignore[attr-defined]  # where `re` makes a pattern it has not kept
        (regex, "compile"),
    ):
        calls.of(module, name)
    for batches in (many(1), many(10)):
        calls.counted.clear()
        program = Program(AFTER, Settings(NOW))
        for one in batches:
            program(one)
        assert calls.counted == {"builtins.compile": 1}


@pytest.fixture
def loaded(monkeypatch: pytest.MonkeyPatch) -> Counter[bytes]:
    """How often the strict reader is given each value."""
    counted: Counter[bytes] = Counter()
    reader, refusals = strict.strict_reader()

    def load(data: bytes) -> object:
        counted[data] += 1
        return reader(data)

    monkeypatch.setattr(strict, "strict_reader", lambda: (load, refusals))
    monkeypatch.setattr(generate, "strict_reader", lambda: (load, refusals))
    return counted


def test_a_certificate_is_read_once_and_only_where_a_rule_looks_at_it(
    loaded: Counter[bytes],
) -> None:
    program = Program(AFTER, Settings(NOW + timedelta(days=3)))
    batches = many(3)
    tested = {
        v
        for one in batches
        for o in objects_of(one, "", 1)
        if str(o.attributes.get("operatingSystemVersion")).startswith("6.3")
        for v in o.attributes.get("userCertificate") or ()  # type: ignore[union-attr]
    }
    for one in batches:
        program(one)
        assert set(loaded.values()) == {1}
        loaded.clear()
    keys = program.statistics.keys
    for one in batches:
        program(one)  # every combination is known
        assert set(loaded.values()) == {1}
        assert set(loaded) <= tested
        loaded.clear()
    assert program.statistics.keys == keys


@pytest.mark.parametrize("details", [False, True])
def test_a_certificate_is_read_once_for_all_objects_and_rules_of_a_batch(
    loaded: Counter[bytes], details: bool
) -> None:
    held = {v for o in FLEET for v in o.attributes.get("userCertificate") or ()}  # type: ignore[union-attr]
    good = sorted(v for v in held if isinstance(v, bytes) and loads(v))[:8]
    broken = [v[:40] + bytes(len(v) - 40) for v in good]  # all end alike
    systems = [("Windows Server 2012 R2 Standard", "6.3 (9600)"), ("Windows 10 Pro", "10.0")]
    objects = [
        computer(f"{n}-{turn}-{version}", operatingSystem=system, operatingSystemVersion=version,
                 userCertificate=(good[n], good[n - 1], broken[n], broken[n - 1]))
        for n in range(len(good))
        for turn in range(3)
        for system, version in systems
    ]  # fmt: skip
    loaded.clear()
    columns = Columns(*batches_of(objects), set())
    for rules in (BEFORE, AFTER):
        Program(rules, Settings(NOW), True, details)(columns)
    assert set(loaded.values()) == {1}
    assert loaded.keys() >= {*good, *broken}


def test_the_certificates_of_objects_that_meet_are_read_when_they_are_simulated_together(
    loaded: Counter[bytes],
) -> None:
    certified = [o for o in FLEET if o.attributes.get("userCertificate")]
    objects = [*FLEET, *(replace(o, dn=f"CN=Again,{o.dn}") for o in certified[::9])]
    (batch_of_all,) = batches_of(objects)
    program = Program(AFTER, Settings(NOW), certificates=True)
    (met,) = program.meetings([batch_of_all])
    assert loaded and set(loaded.values()) == {1}
    once = {*loaded}
    program(batch_of_all, met)
    alone = {
        v
        for row, o in enumerate(objects)
        if row not in met
        for v in o.attributes.get("userCertificate") or ()  # type: ignore[union-attr]
    }
    assert {v for v, n in loaded.items() if n > 1} <= once & alone
