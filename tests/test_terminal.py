"""At a terminal text has colour, and tables that fit; nothing of it is left out."""

import re
import sys
from collections import Counter
from pathlib import Path

import pytest

from simulator.cli.terminal import show
from simulator.reports.table import Table, plain
from tests.running import Command

FLEET = str(Path(__file__).parent.parent / "fixtures" / "fleet.jsonl")
PREVIEW = ("preview", "--before", "standard-1.4", "--after", "standard-1.4", "--after",
           "server-2012-r2", "--objects", FLEET, "--quiet")  # fmt: skip
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def at_terminal(monkeypatch: pytest.MonkeyPatch, columns: int) -> None:
    """Makes standard output a terminal that knows colours."""
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)


TABLE = Table(
    ("objects", "name", "[reason]"),
    (
        (
            "7",
            "SRV01",
            "FILTERED because [userCertificate] is empty, and nothing else is to be said",
        ),
        ("12", "[red]SRV02[/red]", "SYNCS"),
        ("345", "A" * 70, "\x1b[31mCN=hostile\u202e"),
    ),
    "... and 3 more",
)


def test_a_table_fits_the_width_and_leaves_nothing_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at_terminal(monkeypatch, 60)
    show([TABLE], None)
    told = COLOUR.sub("", capsys.readouterr().out)
    lines = told.splitlines()
    assert max(map(len, lines)) <= 60
    assert [line.split()[0] for line in lines if line[:7].strip().isdigit()] == ["7", "12", "345"]
    for word in ("[reason]", "FILTERED", "[userCertificate]", "[red]SRV02[/red]", "SYNCS"):
        assert word in told
    assert (
        told.count("A") == 70 and "\\u001b[31mCN=" in told and not {"\x1b", "\u202e"} & set(told)
    )
    assert lines[-1] == "... and 3 more"


@pytest.mark.parametrize("columns", [24, 40, 60, 80])
def test_no_word_of_a_head_and_no_number_is_broken(
    columns: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    head = ("SYNCS", "FILTERED", "UNCERTAIN", "operating system")
    row = ("1000000", "7", "12", "Windows Server 2012 R2 Standard, 6.3 (9600)")
    at_terminal(monkeypatch, columns)
    show([Table(head, (row, row))], None)
    lines = COLOUR.sub("", capsys.readouterr().out).splitlines()
    words = " ".join(lines).split()
    assert max(map(len, lines)) <= columns
    assert set(" ".join((*head, *row)).split()) == set(words)
    assert words.count("1000000") == words.count("R2") == 2


@pytest.mark.parametrize("columns", [1, 10, 14, 20, 24, 30, 40, 60])
def test_however_narrow_it_is_no_character_is_left_out(
    columns: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    head = ("SYNCS", "operating system", "reason")
    row = ("1000", "Windows Server 2012 R2 Standard, 6.3 (9600)", "certificate-not-tested")
    at_terminal(monkeypatch, columns)
    show([Table(head, (row, row, row))], None)
    told = COLOUR.sub("", capsys.readouterr().out)
    assert not Counter("".join(row * 3).replace(" ", "")) - Counter(told)


def test_a_line_is_the_plain_one_with_colour(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at_terminal(monkeypatch, 60)
    lines = [
        "LEAVES: 3",
        "a line that is far longer than the sixty columns of this terminal, it is",
    ]
    show(lines, None)
    told = capsys.readouterr().out
    assert COLOUR.sub("", told).splitlines() == lines == list(plain(lines))
    assert told.startswith("\x1b[1;31mLEAVES\x1b[0m: 3\n")


@pytest.mark.parametrize("way", ["option", "variable", "pipe"])
def test_colour_is_for_those_who_want_it(
    way: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at_terminal(monkeypatch, 60)
    run = Command(monkeypatch, capsys)
    assert "\x1b[32mSYNCS" in run(*PREVIEW).out
    if way == "variable":
        monkeypatch.setenv("NO_COLOR", "1")
    if way == "pipe":
        monkeypatch.setattr(sys.stdout, "isatty", lambda: False)
    ran = run(*PREVIEW, *(("--no-color",) if way == "option" else ()))
    assert ran.status == 0 and "SYNCS" in ran.out and "\x1b[3" not in ran.out


@pytest.mark.parametrize(
    "command",
    [
        PREVIEW,
        ("audit", "--rules", "standard-2016", "--objects", FLEET, "--quiet", "--limit", "9"),
        ("explain", "SRV2012R2-VALID", "--rules", "standard-1.4", "--objects", FLEET, "--full"),
        ("check", "standard-1.4", "server-2012-r2"),
    ],
    ids=lambda command: command[0],
)
def test_every_word_of_the_plain_text_is_at_the_terminal(
    command: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run = Command(monkeypatch, capsys)
    told = run(*command)
    at_terminal(monkeypatch, 200)
    shown = run(*command)
    assert shown.status == told.status and "\x1b[" in shown.out
    assert COLOUR.sub("", shown.out).split() == told.out.split()
