"""The processes of a run end with it, however it ends, and leave the last word to one of them.

All of them hold the pipes of the first: once these are at their end, no process is left.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.sources.snapshot_write import write_snapshot
from simulator.sources.source import open_objects

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")
ROOT = Path(__file__).parent.parent
AUDIT = ("audit", "--rules", "standard-2016", "--jobs", "2")

# Runs the command; what is called first on the way is followed by Ctrl-C for all.
INTERRUPTED = """
import multiprocessing.context, multiprocessing.forkserver, os, signal, sys
from simulator.cli import main

home, name = {
    "server": (multiprocessing.forkserver, "ensure_running"),
    "worker": (multiprocessing.context.ForkServerProcess, "start"),
    "result": (multiprocessing.connection.Connection, "recv"),
}[sys.argv.pop(1)]
original = getattr(home, name)

def followed(*arguments):
    result = original(*arguments)
    os.killpg(0, signal.SIGINT)
    return result

setattr(home, name, followed)
main()
"""
# Tells of the processes that work for it, and waits for what is to come.
WAITING = """
import multiprocessing, sys
from datetime import UTC, datetime
from pathlib import Path
from simulator import load_rules
from simulator.bulk import Job, run_snapshot
from simulator.sync.engine import Settings

settings = Settings(datetime(2026, 1, 1, tzinfo=UTC))
parts = run_snapshot(Job(Path(sys.argv[1]), (load_rules("standard-2016"),), settings), jobs=2)
next(parts)
print(*(each.pid for each in multiprocessing.active_children()), flush=True)
sys.stdin.read()
try:
    list(parts)
except Exception as error:
    print(type(error).__name__, error.status, error.message)
"""


@pytest.fixture
def snapshot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A snapshot of several row groups."""
    for module in ("snapshot_layout", "snapshot_write"):
        monkeypatch.setattr(f"simulator.sources.{module}.ROWS", 20)
    write_snapshot(open_objects(str(ROOT / "fixtures" / "fleet.jsonl")), tmp_path / "f.parquet")
    return str(tmp_path / "f.parquet")


def begun(program: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


@pytest.mark.parametrize("moment", ["server", "worker", "result"])
def test_ctrl_c_ends_all_with_one_line(snapshot: str, tmp_path: Path, moment: str) -> None:
    output = tmp_path / "result"
    arguments = (*AUDIT, "--objects", snapshot, "--output", str(output))
    with begun(INTERRUPTED, moment, *arguments) as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err.split("\n")) == (
        130,
        "",
        ["", "interrupted: nothing was written", ""],
    )
    assert not output.exists()


def test_workers_end_with_a_process_that_is_killed(snapshot: str) -> None:
    with begun(WAITING, snapshot) as process:
        assert process.stdout is not None
        assert len(process.stdout.readline().split()) == 2
        process.kill()
        assert process.communicate(timeout=60) == ("", "")


def test_a_worker_that_is_killed_is_told(snapshot: str) -> None:
    with begun(WAITING, snapshot) as process:
        assert process.stdout is not None
        for number in process.stdout.readline().split():
            os.kill(int(number), signal.SIGKILL)
        out, err = process.communicate(timeout=60)
    assert (out.split(":")[0], err) == (f"IncompleteError 3 {snapshot}", "")
    assert "a process that read it was ended" in out
