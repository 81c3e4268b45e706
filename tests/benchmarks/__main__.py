"""Measures the goals, prints a line for each, and renews the page and its chart.

    python -m tests.benchmarks [--rounds 3] [--only P8,P10] [--quick]

Data are made into a folder once. All goals at full size renew README.md and figures.svg beside
this file; other runs write them where --figures says, or nowhere.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.benchmarks import goals  # noqa: F401  # they declare themselves
from tests.benchmarks.bench import FULL, QUICK, Bench
from tests.benchmarks.chart import svg
from tests.benchmarks.commands import runs
from tests.benchmarks.figures import (
    NOT_COMPARABLE,
    machine,
    markdown,
    occasion,
    renewed,
    told,
    told_command,
)
from tests.benchmarks.goal import GOALS, measured

HERE = Path(__file__).parent
COMMANDS = "commands"


def measure(bench: Bench, ids: Sequence[str], figures: Path | None) -> int:
    """Measures the goals with these *ids*; gives 1 if one failed, which none should.

    The page and the chart are written into the folder *figures*.
    """
    found = []
    for goal in sorted((g for g in GOALS if g.id in ids), key=lambda g: ids.index(g.id)):
        found.append(measured(goal, bench))
        print(told(found[-1]), flush=True)
    ran = []
    for each in runs(bench) if COMMANDS in ids else ():
        ran.append(each)
        print(told_command(each), flush=True)
    print(machine(bench) if bench.sizes == FULL else NOT_COMPARABLE)
    if figures:
        figures.mkdir(parents=True, exist_ok=True)
        page = figures / "README.md"
        text = page.read_text(encoding="utf-8") if page.exists() else ""
        page.write_text(renewed(text, markdown(bench, found, ran)), encoding="utf-8")
        title = "What was measured, as a multiple of its limit"
        note = occasion(bench) if bench.sizes == FULL else NOT_COMPARABLE
        (figures / "figures.svg").write_text(svg(found, title, note), encoding="utf-8")
    return int(any(each.failed for each in (*found, *ran)))


def identifiers() -> list[str]:
    """What may be asked for: the goals by their number, the pull, the commands."""
    named = {goal.id for goal in GOALS}
    return [*sorted(named, key=lambda id: id[1:].zfill(2) if id[0] == "P" else id), COMMANDS]


def main() -> int:
    """Runs what the arguments ask for."""
    known = identifiers()
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--data", type=Path, default=Path(tempfile.gettempdir()) / "aadsim-data",
                        metavar="FOLDER", help="where the data are, or are made [%(default)s]")  # fmt: skip
    parser.add_argument("--figures", type=Path, metavar="FOLDER", help="where to write figures")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", metavar="P8,P10", help=f"some of {', '.join(known)}")
    parser.add_argument("--quick", action="store_true", help="few computers: a try of everything")
    given = parser.parse_args()
    asked = given.only.split(",") if given.only else known
    if unknown := set(asked) - set(known):
        parser.error(f"--only: {', '.join(sorted(unknown))} is none of {', '.join(known)}")
    if given.rounds < 1:
        parser.error("--rounds: at least 1")
    whole = not given.only and not given.quick
    begin = time.perf_counter()
    bench = Bench(given.data.resolve(), QUICK if given.quick else FULL, given.rounds)
    ids = [id for id in known if id in asked]
    status = measure(bench, ids, given.figures or (HERE if whole else None))
    print(f"{time.perf_counter() - begin:.0f} s", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
