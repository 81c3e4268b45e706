"""Whole runs of the chain of rules over a snapshot, as the library does them.

python -m tests.benchmarks.whole SNAPSHOT all|reached [JOBS]
"""

import sys
from pathlib import Path

from simulator import Options, audit, load_rules, open_rows
from simulator.answers import Audit
from simulator.bulk import Job, run_snapshot
from simulator.sync.engine import Settings
from tests.benchmarks.floor import CHAIN, NOW


def run(path: Path, certificates: bool = False, jobs: int = 1) -> int:
    """All results of *path* made, and let go; gives the number of rows.

    With *certificates* each gets a verdict; else those alone are read that a rule tests.
    """
    job = Job(path, (load_rules(*CHAIN),), Settings(NOW), certificates)
    return sum(part.rows.num_rows for part in run_snapshot(job, jobs=jobs))


def audited(path: Path) -> Audit:
    """All results of *path*, each certificate judged, in order."""
    with open_rows(str(path)) as rows:
        return audit(load_rules(*CHAIN), rows, Options(NOW, jobs=1))


def command(path: Path, certificates: bool, jobs: int = 1) -> list[str]:
    """The command line that does `run` in a process of its own."""
    which = "all" if certificates else "reached"
    return [sys.executable, "-m", "tests.benchmarks.whole", str(path), which, str(jobs)]


if __name__ == "__main__":
    run(Path(sys.argv[1]), sys.argv[2] == "all", int(sys.argv[3]))
