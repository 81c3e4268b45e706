"""What every goal measures with: data of some sizes, a number of rounds, works that take turns.

Each work runs once a round, and the order rotates; figures are processor seconds of this process.
"""

import gc
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.benchmarks import data

Work = Callable[[], object]
Times = Mapping[str, Sequence[float]]


@dataclass(frozen=True, slots=True)
class Sizes:
    """How many computers there are in small, middle and large data."""

    small: int
    middle: int
    large: int


FULL = Sizes(10_000, 200_000, 1_000_000)
QUICK = Sizes(1_000, 4_000, 20_000)


@dataclass(frozen=True, eq=False)
class Bench:
    """A run of the benchmarks: where its data are, how large, and how many rounds."""

    folder: Path
    sizes: Sizes
    rounds: int

    def snapshot(self, count: int) -> Path:
        """A snapshot of *count* computers."""
        return data.snapshot(self.folder, count)

    def lines(self, count: int) -> Path:
        """The same computers as JSON Lines."""
        return data.lines(self.folder, count)

    def one(self) -> Path:
        """One computer, whose certificates the rules look at, as JSON Lines."""
        return data.one(self.folder, self.sizes.small)

    def in_turns(self, works: Mapping[str, Work], warm: bool = True) -> Times:
        """The seconds of each of *works* in each round; with *warm* after a run that is not told."""
        for work in works.values() if warm else ():
            work()
        return self.figures({name: partial(_seconds, work) for name, work in works.items()})

    def figures(self, works: Mapping[str, Callable[[], float]]) -> Times:
        """What each of *works* gives in each round."""
        names, given = list(works), {name: list[float]() for name in works}
        for turn in range(self.rounds):
            first = turn % len(names)
            for name in names[first:] + names[:first]:
                given[name].append(works[name]())
        return given


def _seconds(work: Work) -> float:
    gc.collect()
    start = time.process_time()
    work()
    return time.process_time() - start


def ratios(times: Times, above: str, below: str) -> list[float]:
    """How often what is *below* fits into what is *above*, round by round."""
    return [a / b for a, b in zip(times[above], times[below], strict=True)]
