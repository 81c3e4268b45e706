"""Rows that can be gone through again are the objects of the source, every time."""

from dataclasses import replace
from pathlib import Path

import pytest

from simulator.errors import IncompleteError, InputError
from simulator.objects import ConnectorObject, Provenance
from simulator.sources import load_objects, spool
from simulator.sources.snapshot_layout import objects_of
from simulator.sources.snapshot_write import write_snapshot
from simulator.sources.source import open_objects, stream_of
from simulator.sources.spool import spooled

FLEET = str(Path(__file__).parent.parent / "fixtures" / "fleet.jsonl")


@pytest.fixture(params=["memory", "file", "snapshot"])
def location(request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The fleet: little enough for memory, or too much for it, or in a snapshot."""
    if request.param == "file":
        monkeypatch.setattr(spool, "_IN_MEMORY", 100_000)
        monkeypatch.setattr("simulator.sources.snapshot_layout.ROWS", 50)
    if request.param == "snapshot":
        write_snapshot(open_objects(FLEET), tmp_path / "f.parquet")
        return str(tmp_path / "f.parquet")
    return FLEET


def test_each_time_all_objects_come(location: str) -> None:
    expected = [replace(o, origin="") for o in load_objects(location).objects]
    with spooled(open_objects(location)) as rows:
        for _ in range(2):
            found = [o for batch in rows.batches(None) for o in objects_of(batch, "", 1)]
            assert [replace(o, origin="") for o in found] == expected
        provenance = rows.provenance
    assert provenance == load_objects(location).provenance


def test_columns_that_are_asked_for_are_there(location: str) -> None:
    with spooled(open_objects(location)) as rows:
        for batch in rows.batches(["operatingSystem", "objectGUID"]):
            names = {"dn", "type", "classes", "other", "operatingSystem", "objectGUID"}
            assert names <= set(batch.schema.names)
            assert batch.num_rows


def test_a_snapshot_gives_no_other_columns(tmp_path: Path) -> None:
    path = tmp_path / "f.parquet"
    write_snapshot(open_objects(FLEET), path)
    with spooled(open_objects(str(path))) as rows:
        (batch,) = rows.batches(["cn"])
        assert set(batch.schema.names) == {"dn", "type", "classes", "other", "cn"}


TWINS = [
    ConnectorObject("CN=a", "computer", {"objectGUID": bytes(16)}, ("computer",)),
    ConnectorObject("CN=b", "computer", {"objectGUID": bytes(16)}, ("computer",)),
]


def test_an_object_that_comes_twice_is_refused() -> None:
    stream = stream_of(Provenance("x"), iter(TWINS))
    with pytest.raises(InputError, match="CN=b has the objectGUID of CN=a"), spooled(stream):
        pass


def test_an_object_that_moves_meanwhile_makes_the_reading_incomplete() -> None:
    stream = replace(stream_of(Provenance("ldaps://dc1"), iter(TWINS)), live=True)
    with pytest.raises(IncompleteError, match="came twice"), spooled(stream):
        pass
