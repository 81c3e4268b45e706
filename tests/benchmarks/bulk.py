"""Measures the bulk engine against its floors, interleaved, and prints goal and ratio.

python -m tests.benchmarks.computers computers.parquet --rows 200000
python -m tests.benchmarks.bulk computers.parquet [--rounds 3] [--large million.parquet]
"""

import argparse
import resource
import time
from pathlib import Path

import pyarrow.parquet as parquet

from simulator import load_rules
from simulator.bulk import Job, run_snapshot
from simulator.bulk.expression import batch_function
from simulator.sync.engine import Settings
from tests.benchmarks.floor import NEED, NOW, PUBLISHED, careful, naive, pipeline, reading_alone
from tests.benchmarks.timing import medians

RULES = ("standard-1.4", "server-2012-r2")


def told(goal: str, what: str, ratio: float, limit: float) -> None:
    """Prints one line."""
    print(
        f"{goal:<4} {what:<66} {ratio:6.2f}   goal {limit:5.2f}   {'met' if ratio <= limit else '-'}"
    )


def expressions(path: Path, rounds: int) -> None:
    """P1 to P3: the published expression, compiled, against hand-written functions."""
    table = parquet.read_table(path, columns=NEED).slice(0, 20_000).combine_chunks()
    rows = table.to_pylist()
    cheap = [
        n for n, o in enumerate(rows) if not (o["operatingSystemVersion"] or "").startswith("6.3")
    ]
    compiled = batch_function(PUBLISHED, NOW)
    for goal, limit, places in (("P1", 1.3, cheap), ("P2", 1.15, range(len(rows)))):
        batch = table.take([*places]).combine_chunks().to_batches()[0]
        objects = [rows[n] for n in places]
        assert compiled(batch) == [careful(o) for o in objects] == [naive(o) for o in objects]
        taken = medians(
            {
                "compiled": lambda b=batch: compiled(b),  # type: ignore[misc]
                "careful": lambda some=objects: [careful(o) for o in some],  # type: ignore[misc]
                "naive": lambda some=objects: [naive(o) for o in some],  # type: ignore[misc]
            },
            rounds,
        )
        told(
            goal,
            "expression over a batch / careful function",
            taken["compiled"] / taken["careful"],
            limit,
        )
    told("P3", "the same / naive script", taken["compiled"] / taken["naive"], 0.25)


def run(path: Path, certificates: bool = False, jobs: int = 1) -> int:
    """A whole run of the rule chain, all results made; gives the number of rows."""
    sets = (load_rules(*RULES),)
    job = Job(path, sets, Settings(NOW), certificates)
    return sum(part.rows.num_rows for part in run_snapshot(job, jobs=jobs))


def runs(path: Path, rounds: int) -> None:
    """P8 to P10: a whole run from a file, all rules of the chain and all columns of results."""
    for goal, every, limit in (("P9", False, 3.3), ("P8", True, 2.2)):
        taken = medians(
            {
                "bulk": lambda e=every: run(path, e),  # type: ignore[misc]
                "floor": lambda e=every: pipeline(path, e),  # type: ignore[misc]
                "reading": reading_alone(path, every),
            },
            rounds,
        )
        which = "all" if every else "reached"
        told(
            goal,
            f"whole run / reading the certificates ({which})",
            taken["bulk"] / taken["reading"],
            limit,
        )
        told(
            "P10", f"whole run / leanest pipeline ({which})", taken["bulk"] / taken["floor"], 1.25
        )


def processes(path: Path, rounds: int) -> None:
    """P11: two processes against one, wall time, best of the rounds; it needs a quiet machine."""
    for certificates, limit in ((True, 0.60), (False, 0.72)):
        wall: dict[int, float] = {}
        for jobs in (1, 2):
            for _ in range(rounds):
                start = time.perf_counter()
                run(path, certificates, jobs)
                wall[jobs] = min(wall.get(jobs, 1e9), time.perf_counter() - start)
        which = "all" if certificates else "reached"
        told(
            "P11",
            f"two processes / one ({which}), wall, {wall[1]:.1f} s",
            wall[2] / wall[1],
            limit,
        )


def main() -> None:
    """Runs what the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("snapshot", type=Path)
    parser.add_argument("--large", type=Path, help="a snapshot of five times as many computers")
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    expressions(arguments.snapshot, arguments.rounds)
    runs(arguments.large or arguments.snapshot, arguments.rounds)
    if arguments.large:
        small = medians({"run": lambda: run(arguments.snapshot)}, arguments.rounds)["run"]
        large = medians({"run": lambda: run(arguments.large)}, arguments.rounds)["run"]
        told("P12", "time of the large snapshot / of the small one", large / small, 5.5)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"P13  peak of this process, certificates of the floor included: {peak:.0f} MB")
    processes(arguments.large or arguments.snapshot, arguments.rounds)


if __name__ == "__main__":
    main()
