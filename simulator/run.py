"""Runs rule sets over rows of objects, however many: by columns, in one process or in several."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.bulk import Job, Program, Result, Statistics, run_snapshot
from simulator.bulk.columns import Columns as Batch
from simulator.bulk.decided import Decided
from simulator.bulk.meeting import rows_that_meet, types_of
from simulator.errors import UsageError
from simulator.options import Progress
from simulator.results.gather import Gatherer
from simulator.results.results import Columns, Results
from simulator.results.subjects import READ, subjects_of
from simulator.rule import RuleSet
from simulator.sources.snapshot_file import reading
from simulator.sources.spool import Rows
from simulator.sync.engine import Settings

if TYPE_CHECKING:
    import pyarrow

# For each batch which of its rows are wanted.
Keep = Callable[[Rows], Sequence["pyarrow.BooleanArray"]]


def run_rows(
    rule_sets: Sequence[RuleSet],
    rows: Rows,
    settings: Settings,
    keep: Keep | None = None,
    jobs: int | None = None,
    details: bool = False,
    shard: tuple[int, int] | None = None,
    progress: Progress | None = None,
) -> tuple[Results, tuple[Statistics, ...]]:
    """What each of *rule_sets* makes of all *rows*, and what it took to find that out.

    *keep* tells of each batch the rows that are wanted. *jobs* is the number of processes for a
    snapshot; without it, it follows from the work. With *details* all is told of certificates,
    and not their verdict and end alone. Of a snapshot *shard* takes a part: its number, from 1,
    and how many there are. *progress* is told after each batch.
    """
    if shard and (keep is not None or not rows.path):
        raise UsageError(
            "--shard takes a part of a snapshot, and the whole of it without --where",
            "take a snapshot of the objects that are wanted, with aadsim snapshot",
        )
    if not rows.path or keep is not None:
        programs = [
            Program(rules, settings, certificates=True, details=details) for rules in rule_sets
        ]
        results = run_programs(programs, rows, keep, progress)
        return results, tuple(program.statistics for program in programs)
    statistics = tuple(Statistics() for _ in rule_sets)
    gatherer, tell = Gatherer(len(rule_sets)), _teller(progress)
    total = rows.count // (shard[1] if shard else 1)
    job = Job(
        Path(rows.path),
        tuple(rule_sets),
        settings,
        certificates=True,
        details=details,
        unasked=rows.unasked,
        distinct=rows.distinct,
    )
    parts = run_snapshot(job, READ, jobs, _from_nought(shard), statistics)
    with reading(rows.path), closing(parts):
        for part in parts:
            _take(gatherer, part.rows, part.results)
            tell(part.rows.num_rows, total)
    return gatherer.finish(), statistics


def run_programs(
    programs: Sequence[Program],
    rows: Rows,
    keep: Keep | None = None,
    progress: Progress | None = None,
) -> Results:
    """What each of *programs*, which judge certificates, makes of all *rows*, in this process."""
    gatherer, tell = Gatherer(len(programs)), _teller(progress)
    for batch, results, total in _here(programs, rows, keep):
        _take(gatherer, batch, results)
        tell(batch.num_rows, total)
    return gatherer.finish()


def _teller(progress: Progress | None) -> Callable[[int, int], None]:
    """Tells *progress* that so many more objects are judged, of so many in all."""
    if progress is None:
        return lambda more, total: None
    done = 0

    def tell(more: int, total: int) -> None:
        nonlocal done
        done += more
        progress(done, total)

    return tell


def _from_nought(shard: tuple[int, int] | None) -> tuple[int, int]:
    return (shard[0] - 1, shard[1]) if shard else (0, 1)


def _here(
    programs: Sequence[Program], rows: Rows, keep: Keep | None
) -> Iterator[tuple["pyarrow.RecordBatch", list[Result], int]]:
    """Each batch with what every program makes of it here, and how many rows all of them have."""
    masks = keep(rows) if keep else None
    total = rows.count if masks is None else sum(mask.true_count for mask in masks)

    def batches(columns: Collection[str] | None) -> Iterator["pyarrow.RecordBatch"]:
        found = rows.batches(columns)
        if masks is None:
            return found
        return (batch.filter(mask) for batch, mask in zip(found, masks, strict=True))

    wanted = {*READ}.union(*(p.attributes for p in programs))
    types = types_of(batches(()))
    costly: set[str] = set()
    met = []
    for program in programs:
        how = program.meeting(types)
        sets = [Batch(b, costly) for b in batches(how.columns)]
        met.append(_met(program, batches(wanted), rows_that_meet(sets, how, rows.distinct)))
    for position, batch in enumerate(batches(wanted)):
        columns = Batch(batch, costly)
        yield (
            batch,
            [
                Result(program(columns, own[position]), program.verdicts)
                for program, own in zip(programs, met, strict=True)
            ],
            total,
        )


def _met(
    program: Program, batches: Iterator["pyarrow.RecordBatch"], numbers: Sequence[Sequence[int]]
) -> list[Mapping[int, Decided]]:
    """For each of *batches* the outcomes of the rows *numbers*, whose objects may meet others."""
    if not any(numbers):
        return [{} for _ in numbers]
    subjects = [Batch(b, set()).subjects(n) for b, n in zip(batches, numbers, strict=True)]
    together = program.together(subjects)
    return [dict(zip(n, found, strict=True)) for n, found in zip(numbers, together, strict=True)]


def _take(gatherer: Gatherer, rows: "pyarrow.RecordBatch", results: Sequence[Result]) -> None:
    """Hands *results*, one for each rule set, on to *gatherer*."""
    gatherer.columns(subjects_of(rows), *(_columns(gatherer, result) for result in results))


def _columns(gatherer: Gatherer, result: Result) -> Columns:
    """*result* with the numbers by which *gatherer* knows its verdicts."""
    import pyarrow as pa

    codes = result.columns["verdict"].dictionary_encode()
    numbers = [gatherer.number(result.verdicts[n]) for n in codes.dictionary.to_pylist()]
    verdicts = pa.array(numbers, pa.int32()).take(codes.indices)
    return Columns(verdicts, result.columns["end"], result.columns["certificates"])
