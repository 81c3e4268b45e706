"""Runs the command line in this process: arguments in, exit status and both streams out."""

import sys
from dataclasses import dataclass

import pytest

from simulator.cli import main


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
