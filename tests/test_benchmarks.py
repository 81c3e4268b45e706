"""The benchmarks still run: all but those with servers, with too few computers to say anything."""

import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.benchmarks import commands
from tests.benchmarks.__main__ import identifiers, measure
from tests.benchmarks.bench import Bench, Sizes
from tests.benchmarks.figures import BEGIN, END
from tests.benchmarks.goal import GOALS
from tests.benchmarks.goals import start

SERVERS = {"P18", "pull"}
NOT_THERE = "the program keeps no compiled rules"


def test_every_goal_is_declared() -> None:
    assert identifiers() == [*(f"P{number}" for number in range(1, 21)), "pull", "commands"]


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux what processes take")
def test_goals_are_measured_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(start, "OFTEN", 1)
    monkeypatch.setattr(commands, "FORMS", ("csv",))
    monkeypatch.delitem(commands.COMMANDS, "audit")
    page = tmp_path / "README.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", encoding="utf-8")
    ids = [id for id in identifiers() if id not in SERVERS]
    failed = measure(Bench(tmp_path / "data", Sizes(100, 200, 400), 1), ids, tmp_path)

    missing = [line for line in capsys.readouterr().out.splitlines() if "not measured" in line]
    assert not failed, missing
    assert len(missing) == 1 and NOT_THERE in missing[0]
    told = page.read_text(encoding="utf-8")
    assert told.startswith("before\n") and told.endswith("\nafter\n") and "old" not in told
    goals = [goal for goal in GOALS if goal.id in ids]
    assert all(f"| {goal.id} | {goal.text} |" in told for goal in goals)
    assert told.count("| preview | csv |") == 3
    bars = ElementTree.parse(tmp_path / "figures.svg").findall("{*}g")
    assert len(bars) == sum(goal.limit is not None for goal in goals)
