"""Audit and preview over rows say what they say over objects, for every report."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from simulator import Options, audit, load_connector, load_objects, load_rules, preview, table
from simulator.errors import Source
from simulator.language.parse import parse
from simulator.objects import ObjectSet
from simulator.results.results import Row, ended
from simulator.sources.snapshot_write import write_snapshot
from simulator.sources.source import open_objects
from simulator.sources.spool import Rows, spooled

FIXTURES = Path(__file__).parent.parent / "fixtures"
FLEET = str(FIXTURES / "fleet.jsonl")
NOW = datetime(2026, 1, 1, tzinfo=UTC)
BEFORE, AFTER = load_rules("standard-1.4"), load_rules("standard-1.4", "server-2012-r2")
OBJECTS = load_objects(FLEET)
CONNECTOR = load_connector(str(FIXTURES / "connector.toml"))


@pytest.fixture(params=["jsonl", "parquet"])
def location(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "jsonl":
        return FLEET
    write_snapshot(open_objects(FLEET), tmp_path / "f.parquet")
    return str(tmp_path / "f.parquet")


def without_details(rows: list[Row]) -> list[Row]:
    """*rows* with the verdict and the end of certificates alone."""
    return [
        replace(
            row,
            sides=tuple(
                replace(
                    side,
                    certificates=tuple(
                        replace(c, thumbprint="", subject="", issuer="", not_before="", text="")
                        for c in side.certificates
                    ),
                )
                for side in row.sides
            ),
        )
        for row in rows
    ]


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("filtered", [False, True])
def test_an_audit(location: str, filtered: bool, jobs: int) -> None:
    options = Options(now=NOW, connectors=CONNECTOR if filtered else (), jobs=jobs)
    expected = list(audit(AFTER, OBJECTS, options))
    with spooled(open_objects(location)) as rows:
        found = audit(AFTER, rows, options)
    assert list(found) == without_details(expected)
    assert found.read == 349
    assert found.statistics[0].rows == 349


def test_details_of_certificates(location: str) -> None:
    options = Options(now=NOW, details=True)
    with spooled(open_objects(location)) as rows:
        found = audit(AFTER, rows, options)
    assert list(found) == list(audit(AFTER, OBJECTS, options))


def test_a_preview(location: str) -> None:
    options = Options(now=NOW)
    expected = preview(BEFORE, AFTER, OBJECTS, options)
    with spooled(open_objects(location)) as rows:
        found = preview(BEFORE, AFTER, rows, options)
    assert list(found) == without_details(list(expected))
    assert (found.removed, found.findings) == (expected.removed, expected.findings)


def test_objects_that_are_wanted_alone(location: str) -> None:
    where = parse(Source("--where", 'Left([operatingSystemVersion], 3) = "6.3"'))
    options = Options(now=NOW, where=where)
    expected = without_details(list(audit(AFTER, OBJECTS, options)))
    with spooled(open_objects(location)) as rows:
        found = audit(AFTER, rows, options)
    assert list(found) == expected
    assert 0 < len(expected) < 349
    assert found.read == 349


def test_nothing_at_all(tmp_path: Path) -> None:
    empty = tmp_path / "none.jsonl"
    empty.write_text('{"snapshot": {"captured_at": "2026-01-01T00:00:00Z"}}\n')
    with spooled(open_objects(str(empty))) as rows:
        assert list(audit(AFTER, rows)) == []
        assert list(preview(BEFORE, AFTER, rows)) == []


@pytest.fixture(scope="module")
def both() -> tuple[Rows, ObjectSet]:
    with spooled(open_objects(FLEET)) as rows:
        yield rows, OBJECTS  # type: ignore[misc]


def test_the_table_has_the_same_facts(both: tuple[Rows, ObjectSet]) -> None:
    by_rows, by_objects = (
        table(preview(BEFORE, AFTER, o, Options(now=NOW)).results).drop_columns("certificates")
        for o in both
    )
    assert by_rows.to_pylist() == by_objects.to_pylist()


def test_ends_of_texts_can_be_put_into_verdicts(both: tuple[Rows, ObjectSet]) -> None:
    results = preview(BEFORE, AFTER, both[0], Options(now=NOW)).results
    assert any(side.ends.null_count < len(side.ends) for side in results.sides)
    whole = ended(results)
    assert all(side.ends.null_count == len(side.ends) for side in whole.sides)
    assert list(whole) == list(results)
    assert isinstance(whole.subjects, pa.Table)
