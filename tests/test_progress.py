"""How far the work is, is told at a terminal alone, and not to those who asked for quiet."""

import re
import sys
from pathlib import Path

import pytest

from simulator import Options, audit, load_rules, open_rows
from simulator.cli import progress
from simulator.errors import Source
from simulator.language.parse import parse
from tests.running import Command

FLEET = str(Path(__file__).parent.parent / "fixtures" / "fleet.jsonl")
AUDIT = ("audit", "--rules", "standard-2016", "--limit", "1", "--objects")


@pytest.mark.parametrize(
    ("terminal", "more", "wait", "shown"),
    [
        (True, (), 0, True),
        (True, ("--quiet",), 0, False),
        (False, (), 0, False),
        (True, (), 3600, False),
    ],
)
def test_progress_is_for_a_terminal_and_for_long_work(
    terminal: bool,
    more: tuple[str, ...],
    wait: float,
    shown: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    run, snapshot = Command(monkeypatch, capsys), str(tmp_path / "fleet.parquet")
    told = run(*AUDIT, FLEET)
    monkeypatch.setattr(progress, "WAIT", wait)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    for command, stages in {
        ("snapshot", FLEET, "--output", snapshot): ("written",),
        (*AUDIT, FLEET): ("read", "judged"),
        (*AUDIT, snapshot): ("judged",),
    }.items():
        ran = run(*command, *more)
        assert ran.status == 0
        for stage in stages:
            assert (f"349 objects {stage}" in ran.err) == shown
        assert shown or ran.err == ""
    assert run(*AUDIT, FLEET, *more).out == told.out


@pytest.mark.parametrize(("more", "coloured"), [((), True), (("--no-color",), False)])
def test_progress_has_colour_for_those_who_want_it(
    more: tuple[str, ...],
    coloured: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(progress, "WAIT", 0)
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    ran = Command(monkeypatch, capsys)(*AUDIT, FLEET, *more)
    assert "349 objects judged" in ran.err
    assert bool(re.search(r"\x1b\[[\d;]*3[0-8]", ran.err)) == coloured


@pytest.mark.parametrize("where", [None, 'Left([operatingSystemVersion], 3) = "6.3"', "False"])
def test_progress_ends_at_the_number_of_objects_judged(where: str | None) -> None:
    told = [(0, 0)]
    options = Options(
        where=parse(Source("--where", where)) if where else None,
        progress=lambda done, total: told.append((done, total)),
    )
    with open_rows(FLEET) as rows:
        judged = len(audit(load_rules("standard-2016"), rows, options).results)
    assert told[-1] == (judged, judged)
