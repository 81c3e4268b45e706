"""The password of a directory account: in no process list, no output, no file and no traceback."""

import os
import pty
import select
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import DirectoryServer

pytestmark = pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs /proc")

COMMAND = [sys.executable, "-m", "simulator"]
# Runs the command with functions that fail, and shows every variable of every frame.
PROVOKED = """
import importlib, sys, traceback, warnings

def fails(*arguments, **named):
    raise ZeroDivisionError("provoked")

warnings.simplefilter("ignore")
for place in sys.argv.pop(1).split(" "):
    module, name = place.split(":")
    holder = importlib.import_module(module)
    *path, name = name.split(".")
    for part in path:
        holder = getattr(holder, part)
    assert hasattr(holder, name)
    setattr(holder, name, fails)
from simulator.cli import main
try:
    main()
except BaseException as error:
    shown = traceback.TracebackException.from_exception(error, capture_locals=True)
    print(*shown.format(), sep="", file=sys.stderr)
    while error is not None:  # what a traceback leaves out, too
        trace = error.__traceback__
        while trace:
            print(trace.tb_frame.f_locals, file=sys.stderr)
            trace = trace.tb_next
        print(repr(error), vars(error), file=sys.stderr)
        error = error.__context__
"""
BIND = "ldap3.core.connection:bind_operation"
FAILURES = [
    "simulator.sources.ldap_columns:Columns.batch",
    "simulator.sources.ldap_server:root_value",
    "simulator.sources.ldap_session:servers",
    "simulator.sources.ldap_session:target",
    "simulator.sources.ldap_session:_sign_in",
    f"{BIND} simulator.sources.ldap_session:connect_error",
    "ldap3:Connection.__init__",
    "ldap3:Connection.search",
    "ldap3:Connection.bind",
    BIND,
    "ldap3.strategy.sync:SyncStrategy.post_send_single_response",
]


@dataclass(frozen=True)
class Account:
    """A server, the options for it, and where a run may leave files."""

    server: DirectoryServer
    options: tuple[str, ...]
    folder: Path

    def audit(self) -> list[str]:
        server = self.server
        return [
            "audit", "--rules", "standard-1.4",
            "--objects", server.url("???(objectClass=computer)"), *self.options,
            "--ca-file", str(server.ca_file), "--ldap-server-name", server.server_name,
            "--format", "json", "--output", str(self.folder / "result.json"),
        ]  # fmt: skip

    def environment(self, **secrets: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if "AADSIM" not in name}
        places = dict.fromkeys(("HOME", "TMPDIR", "XDG_CACHE_HOME"), str(self.folder))
        return kept | places | secrets | {"PYTHONFAULTHANDLER": "1"}

    def files(self) -> bytes:
        return b"\n".join(p.read_bytes() for p in self.folder.rglob("*") if p.is_file())


@pytest.fixture(params=["simple", "ntlm"])
def signing_in(request: pytest.FixtureRequest, tmp_path: Path) -> Account:
    folder = tmp_path / "home"
    folder.mkdir()
    if request.param == "simple":
        server = request.getfixturevalue("openldap")
        return Account(server, ("--user", server.user), folder)
    server = request.getfixturevalue("fake_ad")("--ntlm", "free")
    return Account(server, ("--user", "CONTOSO\\reader", "--auth", "ntlm"), folder)


def processes(pid: int) -> Iterator[bytes]:
    """The command lines of a process and of those that it started."""
    try:
        yield Path(f"/proc/{pid}/cmdline").read_bytes()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:  # it has ended
        return
    for child in children.split():
        yield from processes(int(child))


@dataclass(frozen=True)
class Ran:
    status: int
    output: str
    command_lines: frozenset[bytes]


def run(command: Sequence[str], environment: dict[str, str], folder: Path) -> Ran:
    """Runs a command to its end, with an eye on the process list all the while."""
    seen: set[bytes] = set()
    log = folder.parent / "output"
    with log.open("wb") as out, subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out
    ) as process:  # fmt: skip
        while process.poll() is None:
            seen.update(processes(process.pid))
    return Ran(process.returncode, log.read_text(encoding="utf-8"), frozenset(seen))


def secrets(account: Account, kind: str, tmp_path: Path) -> dict[str, str]:
    if kind == "the environment":
        return {"AADSIM_PASSWORD": account.server.password}
    path = tmp_path / "password"
    path.write_text(account.server.password + "\n", encoding="utf-8")
    return {"AADSIM_PASSWORD_FILE": str(path)}


def signs_in(account: Account) -> bool:
    """Whether the sign-in succeeds here; NTLM needs MD4, which this Python may not have."""
    from simulator.sources.ldap_sign_in import binds_ntlm_to_tls

    return "ntlm" not in account.options or binds_ntlm_to_tls()


@pytest.mark.parametrize("kind", ["the environment", "a file"])
def test_a_run(signing_in: Account, tmp_path: Path, kind: str) -> None:
    secret = signing_in.server.password
    given = signing_in.environment(**secrets(signing_in, kind, tmp_path))
    ran = run([*COMMAND, *signing_in.audit()], given, signing_in.folder)
    assert any(b"--objects" in line for line in ran.command_lines), "it was not looked at"
    assert secret.encode() not in b"".join(ran.command_lines)
    assert secret not in ran.output
    assert secret.encode() not in signing_in.files()
    if signs_in(signing_in):
        assert ran.status == 0, ran.output
        assert (signing_in.folder / "result.json").exists()
    else:
        assert ran.status == 2, ran.output
        assert "MD4" in ran.output


def test_a_prompt(signing_in: Account) -> None:
    """At a terminal, the password is asked for and not echoed."""
    secret = signing_in.server.password
    master, slave = pty.openpty()
    # the shell, as the leader of a new session, makes the terminal that of the command
    at_terminal = ["sh", "-c", 'exec "$@" <>"$0" 1>&0 2>&0', os.ttyname(slave)]
    process = subprocess.Popen(
        [*at_terminal, *COMMAND, *signing_in.audit()],
        env=signing_in.environment(), start_new_session=True,
    )  # fmt: skip
    shown, seen, answered = b"", set[bytes](), False
    while process.poll() is None or waiting(master):
        seen.update(processes(process.pid))
        shown += os.read(master, 4096) if waiting(master) else b""
        if not answered and b"Password of" in shown:
            os.write(master, secret.encode() + b"\n")
            answered = True
    os.close(slave)
    os.close(master)
    status = process.wait(timeout=60)
    assert answered, shown
    assert any(b"--objects" in line for line in seen)
    assert secret.encode() not in shown + b"".join(seen) + signing_in.files()
    assert status == (0 if signs_in(signing_in) else 2), shown


def waiting(terminal: int) -> bool:
    """Whether there is something to read, now or shortly."""
    return bool(select.select([terminal], [], [], 0.05)[0])


@pytest.mark.parametrize("places", FAILURES)
def test_an_internal_error_that_shows_all_variables(
    signing_in: Account, tmp_path: Path, places: str
) -> None:
    if not signs_in(signing_in):
        pytest.skip("this Python has no MD4 for NTLM: the extra ntlm")
    secret = signing_in.server.password
    given = signing_in.environment(**secrets(signing_in, "a file", tmp_path))
    script = tmp_path / "provoke.py"
    script.write_text(PROVOKED, encoding="utf-8")
    command = [sys.executable, str(script), places, *signing_in.audit()]
    ran = run(command, given, signing_in.folder)
    assert "provoked" in ran.output
    assert secret not in ran.output
    assert secret.encode() not in b"".join(ran.command_lines) + signing_in.files()
