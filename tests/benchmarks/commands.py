"""The commands as users run them: what audit and preview take from a snapshot to a file."""

import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.benchmarks.bench import Bench
from tests.benchmarks.child import Usage, aadsim, chain, usage
from tests.benchmarks.floor import CHAIN
from tests.benchmarks.goal import attempted

COMMANDS = {
    "audit": ["audit", *chain("--rules")],
    "preview": ["preview", "--before", CHAIN[0], *chain("--after"), "--max-removed", "100%"],
}
FORMS = ("csv", "html")


@dataclass(frozen=True, slots=True)
class Ran:
    """A command with so many computers to a *form*, and what it took in each round, or why not."""

    command: str
    form: str
    count: int
    rounds: tuple[Usage, ...]
    reason: str = ""
    failed: bool = False

    def median(self, figure: str) -> float:
        """The median of `wall`, `cpu` or `peak`."""
        return statistics.median(getattr(each, figure) for each in self.rounds)


def runs(bench: Bench) -> Iterator[Ran]:
    """Each command to each form, with small, middle and large data."""
    counts = (bench.sizes.small, bench.sizes.middle, bench.sizes.large)
    with tempfile.TemporaryDirectory(prefix="aadsim-") as folder:
        for command, words in COMMANDS.items():
            for form in FORMS:
                for count in counts:
                    line = aadsim(
                        *words, "--objects", bench.snapshot(count), "--format", form,
                        "--output", Path(folder) / f"result.{form}",
                    )  # fmt: skip
                    yield Ran(command, form, count, *attempted(partial(_rounds, line, bench)))


def _rounds(line: list[str], bench: Bench) -> list[Usage]:
    return [usage(line) for _ in range(bench.rounds)]
