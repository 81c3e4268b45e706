"""Every question of QUESTIONS.md has a command that answers it on the shipped fleet."""

import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.running import Command

ROOT = Path(__file__).parent.parent
QUESTIONS = (ROOT / "simulator" / "QUESTIONS.md").read_text(encoding="utf-8")
COMMANDS = dict(re.findall(r"^(.+\?)\n\n```sh\n(.+)\n```$", QUESTIONS, re.MULTILINE))
EXPECTED = tomllib.loads((ROOT / "tests" / "questions.toml").read_text(encoding="utf-8"))


def test_the_questions_are_those_with_an_answer() -> None:
    assert list(COMMANDS) == [each["ask"] for each in EXPECTED["question"]]
    assert QUESTIONS.count("```sh") == len(COMMANDS) >= 25


@pytest.mark.parametrize("question", EXPECTED["question"], ids=lambda each: each["ask"])
def test_the_command_answers(
    question: dict[str, Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "fixtures").symlink_to(ROOT / "fixtures")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AADSIM_REDACTION_KEY", "a key for this test alone, long enough")
    program, *arguments = shlex.split(COMMANDS[question["ask"]])
    assert program == "aadsim"
    ran = Command(monkeypatch, capsys)(*arguments)
    assert ran.status == question.get("status", 0), ran.err
    text = Path(question["file"]).read_text(encoding="utf-8") if "file" in question else ran.out
    if "line" in question:
        assert question["line"] in text.splitlines()
    else:
        assert question["part"] in text
