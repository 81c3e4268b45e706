"""The exit statuses of each command: nothing found, findings, wrong use, incomplete."""

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator import Options, load_rules, open_rows, preview
from simulator.cli import COMMANDS
from simulator.saved import save
from tests.conftest import DirectoryServer
from tests.running import Command

FLEET = str(Path(__file__).parent.parent / "fixtures" / "fleet.jsonl")
RULES = "--rules standard-2016"
CHANGE = "--before standard-2016 --after standard-1.4"
PC = "SRV2012R2-VALID"

# By command, an example of each status: 0 nothing found, 1 findings, 2 wrong use or unreadable
# input, 3 incomplete. Of objects `fleet` is whole, `partial` says that it is not, and `server`
# stops on its second page; what --save has kept of a preview has their names, with a gate that
# nothing or everything passes.
EXAMPLES = {
    "audit": {
        0: f"{RULES} --objects fleet",
        1: f"{RULES} --objects fleet --current portal --max-removed 0",
        2: f"{RULES} --objects nowhere",
        3: f"{RULES} --objects partial",
    },
    "preview": {
        0: f"{CHANGE} --objects fleet",
        1: f"{CHANGE} --objects fleet --max-removed 0",
        2: f"{RULES} --objects fleet",
        3: f"{CHANGE} --objects partial --max-removed 0",
    },
    "report": {
        0: "kept",
        1: "kept-none-may",
        2: "fleet",
        3: "kept-partial",
    },
    "merge": {
        0: "kept --output whole",
        1: "kept-none-may --output whole",
        2: "fleet --output whole",
        3: "kept-partial --output whole",
    },
    "explain": {
        0: f"PC {RULES} --objects fleet",
        2: f"NOBODY {RULES} --objects fleet",
        3: f"PC {RULES} --objects partial",
    },
    "eval": {
        0: "[cn] --object PC --objects fleet",
        1: "CNum([cn]) --object PC --objects fleet",
        2: "Foo(",
        3: "[cn] --object PC1 --objects server",
    },
    "check": {
        0: "standard-2016",
        1: "--expression Foo(1)",
        2: "nowhere",
    },
    "rules": {
        0: "standard-2016",
        1: "standard-2016 --diff standard-1.4",
        2: "nowhere",
    },
    "functions": {
        0: "InStr",
        2: "Foo",
    },
    "repl": {
        0: "",
        1: "",
        2: "--object X",
        3: "--objects server",
    },
    "snapshot": {
        0: "fleet --output new.parquet",
        2: "nowhere --output new.parquet",
        3: "partial --output new.parquet",
    },
    "doctor": {
        0: "--code 0",
        1: "other-server --tenant 00000000-0000-4000-8000-000000000001",
        2: "ldaps://127.0.0.1:1/DC=x",
        3: "server",
    },
}
TYPED = {0: "Left([cn], 1)\n", 1: 'CNum("x")\n', 2: ""}  # what `repl` gets
# What cannot happen.
NEVER = {
    "explain": {1: "an explanation has no gate"},
    "check": {3: "rules are read whole or not at all"},
    "rules": {3: "rules are read whole or not at all"},
    "functions": {1: "nothing is judged", 3: "nothing is read"},
    "snapshot": {1: "nothing is judged"},
}


def test_each_command_shows_each_status_or_says_why_it_has_none() -> None:
    for command in COMMANDS:
        shown, never = EXAMPLES[command].keys(), NEVER.get(command, {}).keys()
        assert shown | never == {0, 1, 2, 3} and not shown & never, command


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Where what the examples name is, but for servers."""
    folder = tmp_path_factory.mktemp("statuses")
    partial, portal = folder / "partial.jsonl", folder / "portal.csv"
    text = Path(FLEET).read_text(encoding="utf-8")
    partial.write_text(text.replace('"complete": true', '"complete": false', 1), encoding="utf-8")
    portal.write_text("deviceId,displayName\n6e716b66-0f6c-4b46-a332-81a5ff0073a2,XP-NO-CERT\n")
    names = {"fleet": FLEET, "partial": str(partial), "portal": str(portal)}
    old, new = load_rules("standard-2016"), load_rules("standard-1.4")
    options = Options(details=True)
    for name, source, most in (
        ("kept", FLEET, "100%"), ("kept-none-may", FLEET, "0"), ("kept-partial", str(partial), "0"),
    ):  # fmt: skip
        with open_rows(source) as rows:
            save(preview(old, new, rows, options, maximum_removed=most), folder / name)
        names[name] = str(folder / name)
    return {**names, **{name: str(folder / name) for name in ("whole", "new.parquet")}}


@pytest.mark.parametrize(
    ("command", "status"), [(c, status) for c in EXAMPLES for status in EXAMPLES[c]]
)
def test_the_exit_status_tells_what_has_come_of_it(
    command: str, status: int, places: dict[str, str], fake_ad: Callable[..., DirectoryServer],
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    words = EXAMPLES[command][status].split(" ")
    words = [PC if word == "PC" else word for word in words if word]
    for name, faults in {"server": ["--fault", "close@2"], "other-server": []}.items():
        if name in words:
            server = fake_ad(*faults)
            monkeypatch.setenv("AADSIM_PASSWORD", server.password)
            words[words.index(name)] = server.url()
            words += ["--user", server.user, "--ca-file", str(server.ca_file),
                      "--ldap-server-name", server.server_name]  # fmt: skip
    monkeypatch.setattr("sys.stdin", io.StringIO(TYPED.get(status, "")))
    ran = Command(monkeypatch, capsys)(command, *(places.get(word, word) for word in words))
    assert ran.status == status, ran.out + ran.err
    if status in (2, 3):
        assert "error: " in ran.err or "incomplete" in (ran.out + ran.err).casefold()
