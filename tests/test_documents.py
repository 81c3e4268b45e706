"""README cannot fall behind: its commands run, print what it says, and its tables are complete."""

import re
import shlex
import sys
from pathlib import Path

import pytest

from simulator import audit, load_objects, load_rules
from simulator.results.counts import outcome_counts
from simulator.sources.snapshot_write import write_snapshot
from simulator.sources.source import open_objects
from simulator.sync.reason import CODES
from tests.running import Command

ROOT = Path(__file__).parent.parent
FLEET = str(ROOT / "fixtures" / "fleet.jsonl")
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```(?:\n\n```text\n(.*?)```)?", README, re.DOTALL)
SHELL = [(command.strip(), output) for kind, command, output in BLOCKS if kind == "sh"]


def test_the_first_two_command_blocks_set_up_everything() -> None:
    for command, _ in SHELL[:2]:
        assert "\n" not in command
        assert command.startswith("python3 -m venv .venv && ")
    assert SHELL[0][0].split(" && ")[-1].startswith(".venv/bin/aadsim preview")
    assert SHELL[1][0].split(" && ")[-1].startswith(".venv/bin/python -m pytest")


EXAMPLES = [code for kind, code, _ in BLOCKS if kind == "python"]
COMMANDS = [(command.split(" && ")[-1], output) for command, output in SHELL]


@pytest.mark.parametrize(
    ("command", "output"), [c for c in COMMANDS if "aadsim" in c[0]], ids=lambda c: c[:60]
)
def test_a_command_prints_what_the_readme_says(
    command: str,
    output: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(ROOT)
    program, *arguments = shlex.split(command)
    assert program in ("aadsim", ".venv/bin/aadsim")
    ran = Command(monkeypatch, capsys)(*arguments)
    assert ran.status == 0, ran.err
    pattern = "".join(
        "(?:.*\n)*" if line == "..." else re.escape(line) + "\n" for line in output.splitlines()
    )
    assert re.fullmatch(pattern, ran.out), ran.out


def test_the_library_example_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    exec(compile(EXAMPLES[0], "README.md", "exec"), {})
    assert "SRV2012R2-EXPIRED" in capsys.readouterr().out


@pytest.mark.parametrize(("example", "package"), [(1, "pyspark"), (2, "dask")])
@pytest.mark.filterwarnings("ignore")  # those of the packages
def test_the_examples_of_a_cluster_give_the_outcomes(
    example: int,
    package: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    pytest.importorskip(package)
    assert len(EXAMPLES) == 3 and package in EXAMPLES[example]
    head, *lines = Path(FLEET).read_text(encoding="utf-8").splitlines()
    (tmp_path / "snapshots").mkdir()
    for start in (0, 200):
        part = tmp_path / f"{start}.jsonl"
        part.write_text("\n".join([head, *lines[start : start + 200]]), encoding="utf-8")
        write_snapshot(open_objects(str(part)), tmp_path / "snapshots" / f"{start}.parquet")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    monkeypatch.setenv("PYSPARK_PYTHON", sys.executable)
    exec(compile(EXAMPLES[example], "README.md", "exec"), {})
    told = dict(line.split() for line in capsys.readouterr().out.splitlines())
    results = audit(load_rules("standard-1.4", "server-2012-r2"), load_objects(FLEET)).results
    assert told == {str(d): str(n) for d, n in outcome_counts(results).items()}


def test_every_reason_code_is_in_the_readme() -> None:
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", README, re.MULTILINE))
    assert rows == dict(CODES)
