"""README cannot fall behind: its commands run, print what it says, and its tables are complete."""

import re
import shlex
from pathlib import Path

import pytest

from simulator.sync.reason import CODES
from tests.running import Command

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```(?:\n\n```text\n(.*?)```)?", README, re.DOTALL)
SHELL = [(command.strip(), output) for kind, command, output in BLOCKS if kind == "sh"]


def test_the_first_two_command_blocks_set_up_everything() -> None:
    for command, _ in SHELL[:2]:
        assert "\n" not in command
        assert command.startswith("python3 -m venv .venv && ")
    assert SHELL[0][0].split(" && ")[-1].startswith(".venv/bin/aadsim preview")
    assert SHELL[1][0].split(" && ")[-1].startswith(".venv/bin/python -m pytest")


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
    (example,) = [code for kind, code, _ in BLOCKS if kind == "python"]
    exec(compile(example, "README.md", "exec"), {})
    assert "SRV2012R2-EXPIRED" in capsys.readouterr().out


def test_every_reason_code_is_in_the_readme() -> None:
    rows = dict(re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", README, re.MULTILINE))
    assert rows == dict(CODES)
