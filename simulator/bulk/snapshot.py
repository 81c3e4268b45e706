"""A snapshot file run through rule sets: row group by row group, in one process or in several.

Each process opens the file itself and reads its own row groups; only results are passed on.
"""

import os
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from simulator.bulk.columns import Columns
from simulator.bulk.decided import Decided
from simulator.bulk.meeting import rows_that_meet, types_of
from simulator.bulk.program import NONE, Program
from simulator.bulk.statistics import Statistics
from simulator.results.verdict import Verdict
from simulator.rule import RuleSet
from simulator.sources.object_form import NAME
from simulator.sources.snapshot_check import refuse_damage
from simulator.sources.snapshot_file import parquet_file
from simulator.sources.snapshot_layout import FIXED
from simulator.sources.unasked import rows_with_unasked
from simulator.sync.engine import Settings

if TYPE_CHECKING:
    import pyarrow
    import pyarrow.parquet

# The rows of each row group that may meet others, with their outcomes under each rule set.
Meetings: TypeAlias = dict[int, list[dict[int, Decided]]]
# What is written with dictionaries is read with them.
_DICTIONARIES = [
    "type",
    "classes.list.element",
    "operatingSystem",
    "operatingSystemVersion",
    "other",
]
_WORTH = 1.5  # seconds of work left, from which on further processes pay


@dataclass(frozen=True, slots=True)
class Job:
    """What is run: a file, rule sets, their settings; and whether certificates are judged.

    With *details* all is told of them. *unasked* attributes without a value are unknown.
    *distinct* are columns known to hold no value twice.
    """

    path: Path
    rule_sets: tuple[RuleSet, ...]
    settings: Settings
    certificates: bool = False
    details: bool = False
    unasked: frozenset[str] = frozenset()
    distinct: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Result:
    """What becomes of the rows of a part: *columns*, which name the *verdicts* by number."""

    columns: "pyarrow.RecordBatch"
    verdicts: Sequence[Verdict]


@dataclass(frozen=True, slots=True)
class Part:
    """A row group of the file: its number, its rows as read, and a result for each rule set."""

    number: int
    rows: "pyarrow.RecordBatch"
    results: tuple[Result, ...]


class Runner:
    """The programs of a job, and the file that they read: one in each process."""

    def __init__(
        self, job: Job, more: Sequence[str] = (), meetings: Meetings | None = None
    ) -> None:
        self.programs = [
            Program(rules, job.settings, job.certificates, job.details) for rules in job.rule_sets
        ]
        self.meetings = meetings or {}
        self._distinct = job.distinct
        self._path = str(job.path)
        self._unasked = job.unasked
        self._file = parquet_file(self._path, read_dictionary=_DICTIONARIES)
        held = self._file.schema_arrow.names
        read = {*FIXED, *more}.union(*(p.attributes for p in self.programs))
        self._columns = [name for name in held if name in read]
        self._more = [name for name in held if name in {"dn", *more}]
        self._costly: set[str] = set()

    @property
    def groups(self) -> range:
        """The numbers of the row groups."""
        return range(self._file.num_row_groups)

    def part(self, number: int) -> Part:
        """The row group *number*, read once for all rule sets."""
        import pyarrow as pa

        # what the group before has left: allocators keep it, and it adds up
        pa.default_memory_pool().release_unused()
        batch = self.read(number, self._columns)
        columns = Columns(batch, self._costly)
        own = self.meetings.get(number, [NONE] * len(self.programs))
        results = tuple(
            Result(program(columns, met), program.verdicts)
            for program, met in zip(self.programs, own, strict=True)
        )
        return Part(number, batch.select(self._more), results)

    def read(self, number: int, names: Sequence[str]) -> "pyarrow.RecordBatch":
        """The columns *names* of the row group *number*."""
        import pyarrow as pa

        unasked = self._unasked if "other" in names else ()
        read = [n for n in self._file.schema_arrow.names if n in names or n in unasked]
        table = self._file.read_row_group(number, columns=read, use_threads=False)
        whole = [column.combine_chunks() for column in table.columns]
        rows = pa.RecordBatch.from_arrays(whole, schema=table.schema)
        refuse_damage(rows, self._path)
        return rows_with_unasked(rows, unasked) if unasked else rows

    def meet(self) -> Meetings:
        """The objects of the file that may meet others: read from as few columns as tell it."""
        types = types_of(self.read(n, ["type", "classes"]) for n in self.groups)
        found: Meetings = {}
        for at, program in enumerate(self.programs):
            how = program.meeting(types)
            told = {*how.columns, "other", *({"dn"} if NAME in how.columns else ())}
            names = [n for n in self._columns if n in told or how.whole]
            sets = [Columns(self.read(n, names), self._costly) for n in self.groups]
            rows = rows_that_meet(sets, how, self._distinct)
            if not any(rows):
                continue
            whole = {n: Columns(self.read(n, self._columns), self._costly)
                     for n in self.groups if rows[n]}  # fmt: skip
            numbers = list(whole)
            outcomes = program.together([whole[n].subjects(rows[n]) for n in numbers])
            for number, decided in zip(numbers, outcomes, strict=True):
                own = found.setdefault(number, [{} for _ in self.programs])
                own[at] = dict(zip(rows[number], decided, strict=True))
        return found


def run_snapshot(
    job: Job, more: Sequence[str] = (), jobs: int | None = None, shard: tuple[int, int] = (0, 1),
    statistics: Sequence[Statistics] = (),
) -> Generator[Part, None, None]:  # fmt: skip
    """Each row group of a snapshot with a result for every rule set, in the order of the file.

    *more* are columns that the rows come with, beside `dn`. *jobs* is the number of processes;
    without it, it follows from the time that the first row groups take. *shard* (i, n) keeps only
    every n-th row group, from the one numbered i on; objects that meet are found in the whole
    file all the same. *statistics*, one for each rule set, are added to.
    """
    from simulator.bulk.pool import run_parts

    runner = Runner(job, more)
    runner.meetings = runner.meet()
    numbers = [n for n in runner.groups if n % shard[1] == shard[0]]
    left = numbers if jobs is not None and jobs > 1 else []
    seconds = 0.0
    for position, number in enumerate(numbers if not left else []):
        if jobs is None and position == 2 and seconds * (len(numbers) - position) > _WORTH:
            left = numbers[position:]
            break
        start = time.perf_counter()
        part = runner.part(number)
        seconds = time.perf_counter() - start
        yield part
    for total, program in zip(statistics, runner.programs, strict=False):
        total.add(program.statistics)
    if left:
        processes = min(jobs or os.cpu_count() or 1, len(left))
        yield from run_parts(job, more, runner.meetings, left, processes, statistics)
