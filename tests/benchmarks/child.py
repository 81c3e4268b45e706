"""Commands as processes of their own, with the time and the memory that they take.

A small process starts the command and waits for it: the peak that the system tells of a process
counts the one that started it. Orphans of the command come to it as well, as the server of a pool
of processes is one.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.floor import CHAIN
from tests.benchmarks.goal import NotMeasuredError

ROOT = Path(__file__).parents[2]
_LAUNCHER = """
import ctypes, json, os, sys, time
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER
silent = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
begin = time.perf_counter()
main = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=silent)
told = {"cpu": 0.0, "peak": 0.0}
while True:
    try:
        pid, status, usage = os.wait4(-1, 0)
    except ChildProcessError:
        break
    if pid == main:
        told["wall"] = time.perf_counter() - begin
        told["status"] = os.waitstatus_to_exitcode(status)
    told["cpu"] += usage.ru_utime + usage.ru_stime
    told["peak"] = max(told["peak"], usage.ru_maxrss / 1024)
print(json.dumps(told))
"""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a command took: seconds, processor seconds of all its processes, MB of the largest."""

    wall: float
    cpu: float
    peak: float


def aadsim(*arguments: object) -> list[str]:
    """The command line of `aadsim` with *arguments*, as it is installed beside this Python."""
    script = shutil.which("aadsim", path=str(Path(sys.executable).parent))
    tool = [script] if script else [sys.executable, "-m", "simulator"]
    return [*tool, *map(str, arguments)]


def chain(option: str) -> list[str]:
    """The words that give a command the chain of rules, each set as *option*."""
    return [word for name in CHAIN for word in (option, name)]


def usage(command: list[str], environment: dict[str, str] | None = None) -> Usage:
    """Runs *command*, whose output is thrown away, and tells what it took."""
    if sys.platform != "linux":
        raise NotMeasuredError("what processes take is asked of Linux")
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _LAUNCHER, *command], cwd=ROOT,
        env=kept | (environment or {}), stdin=subprocess.DEVNULL, capture_output=True, text=True,
    )  # fmt: skip
    told = json.loads(done.stdout) if done.returncode == 0 else {"status": done.returncode}
    if status := told.pop("status"):
        raise RuntimeError(f"{' '.join(command)} ended with {status}: {done.stderr.strip()}")
    return Usage(**told)
