"""The commands as users run them: what audit and preview take from a snapshot to a file."""

import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.bench import Bench
from tests.benchmarks.child import Usage, aadsim, usage
from tests.benchmarks.floor import CHAIN

_AFTER = [word for name in CHAIN for word in ("--after", name)]
COMMANDS = {
    "audit": ["audit", *(word for name in CHAIN for word in ("--rules", name))],
    "preview": ["preview", "--before", CHAIN[0], *_AFTER, "--max-removed", "100%"],
}
FORMS = ("csv", "html")


@dataclass(frozen=True, slots=True)
class Ran:
    """A command with so many computers to a *form*, and what it took in each round."""

    command: str
    form: str
    count: int
    rounds: tuple[Usage, ...]

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
                    taken = tuple(usage(line) for _ in range(bench.rounds))
                    yield Ran(command, form, count, taken)
