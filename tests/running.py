"""Runs the command line in this process: arguments in, exit status and both streams out."""

import sys
from dataclasses import dataclass, replace

import pytest

from simulator.cli import main
from simulator.sources import SourceRequest, load_objects
from simulator.sources.snapshot_layout import objects_of
from simulator.sources.source import open_objects


@dataclass(frozen=True)
class Ran:
    status: int
    out: str
    err: str


class Command:
    """`run("audit", "--rules", ...)` behaves as the command `aadsim audit --rules ...`."""

    def __init__(
        self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self._monkeypatch = monkeypatch
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Ran:
        self._monkeypatch.setattr(sys, "argv", ["aadsim", *arguments])
        self._capsys.readouterr()
        with pytest.raises(SystemExit) as exit:
            main()
        captured = self._capsys.readouterr()
        status = exit.value.code
        return Ran(status if isinstance(status, int) else 1, captured.out, captured.err)


def rows_are_the_objects(location: str, request: SourceRequest | None = None) -> None:
    """Asserts that the rows of a source hold the objects that it gives one by one."""
    stream = open_objects(location, request)
    found = [o for rows in stream.rows for o in objects_of(rows, "", 1)]
    expected = load_objects(location, request)
    by_guid = {o.guid: replace(o, origin="") for o in found}
    assert len(by_guid) == len(found)
    assert by_guid == {o.guid: replace(o, origin="") for o in expected.objects}
    assert set(stream.provenance.notes) == set(expected.provenance.notes)
    assert stream.provenance.details == expected.provenance.details
