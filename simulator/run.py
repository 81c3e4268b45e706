"""Runs rule sets over rows of objects, however many: by columns, in one process or in several."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.bulk import Job, Program, Result, Statistics, run_snapshot
from simulator.bulk.columns import Columns as Batch
from simulator.bulk.decided import Decided
from simulator.bulk.meeting import rows_that_meet, types_of
from simulator.results.gather import Gatherer, certificates_array, certificates_type
from simulator.results.results import Columns, Results
from simulator.results.subjects import READ, subjects_of
from simulator.rule import RuleSet
from simulator.sources.snapshot_file import reading
from simulator.sources.spool import Rows
from simulator.sync.engine import Settings
from simulator.sync.reason import CERTIFICATES, described

if TYPE_CHECKING:
    import pyarrow

_TOLD = ("verdict", "not_after")  # of a certificate, where no details are wanted
Keep = Callable[["pyarrow.RecordBatch"], "pyarrow.RecordBatch"]


def run_rows(
    rule_sets: Sequence[RuleSet],
    rows: Rows,
    settings: Settings,
    keep: Keep | None = None,
    jobs: int | None = None,
    details: bool = False,
) -> tuple[Results, tuple[Statistics, ...]]:
    """What each of *rule_sets* makes of all *rows*, and what it took to find that out.

    *keep* leaves of each batch the rows that are wanted. *jobs* is the number of processes for a
    snapshot; without it, it follows from the work. With *details* all is told of certificates,
    and not their verdict and end alone.
    """
    at = settings.now if details else None
    more = (*READ, CERTIFICATES) if details else READ
    statistics = tuple(Statistics() for _ in rule_sets)
    gatherer = Gatherer(len(rule_sets))
    if rows.path and keep is None:
        job = Job(Path(rows.path), tuple(rule_sets), settings, certificates=True)
        parts = run_snapshot(job, more, jobs, statistics=statistics)
        with reading(rows.path), closing(parts):
            for part in parts:
                _take(gatherer, part.rows, part.results, at)
    else:
        programs = [Program(rules, settings, certificates=True) for rules in rule_sets]
        for batch, results in _here(programs, rows, keep):
            _take(gatherer, batch, results, at)
        for total, program in zip(statistics, programs, strict=True):
            total.add(program.statistics)
    return gatherer.finish(), statistics


def _here(
    programs: Sequence[Program], rows: Rows, keep: Keep | None
) -> Iterator[tuple["pyarrow.RecordBatch", list[Result]]]:
    """Each batch with what every program makes of it, in this process."""

    def batches(columns: Collection[str] | None) -> Iterator["pyarrow.RecordBatch"]:
        return map(keep, rows.batches(None)) if keep else rows.batches(columns)

    wanted = {*READ}.union(*(p.attributes for p in programs))
    types = types_of(batches(()))
    costly: set[str] = set()
    met = []
    for program in programs:
        how = program.meeting(types)
        sets = [Batch(b, costly) for b in batches(how.columns)]
        met.append(_met(program, batches(wanted), rows_that_meet(sets, how)))
    for position, batch in enumerate(batches(wanted)):
        columns = Batch(batch, costly)
        yield (
            batch,
            [
                Result(program(columns, own[position]), program.verdicts)
                for program, own in zip(programs, met, strict=True)
            ],
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


def _take(
    gatherer: Gatherer,
    rows: "pyarrow.RecordBatch",
    results: Sequence[Result],
    described_at: datetime | None,
) -> None:
    """Hands *results*, one for each rule set, on to *gatherer*."""
    sides = [_columns(gatherer, result) for result in results]
    if described_at is not None:
        values = rows.column(CERTIFICATES).to_pylist() if CERTIFICATES in rows.schema.names else []
        sides = [replace(s, certificates=_described(s, values, described_at)) for s in sides]
    gatherer.columns(subjects_of(rows), *sides)


def _columns(gatherer: Gatherer, result: Result) -> Columns:
    """*result* with the numbers by which *gatherer* knows its verdicts."""
    import pyarrow as pa
    import pyarrow.compute as pc

    codes = result.columns["verdict"].dictionary_encode()
    numbers = [gatherer.number(result.verdicts[n]) for n in codes.dictionary.to_pylist()]
    verdicts = pa.array(numbers, pa.int32()).take(codes.indices)
    judged, ends = result.columns["verdicts"], result.columns["expiries"]
    parts = [judged.flatten(), ends.flatten()]
    held = pa.StructArray.from_arrays(parts, fields=list(certificates_type(_TOLD).value_type))
    offsets = pc.subtract(judged.offsets, judged.offsets[0])
    return Columns(verdicts, result.columns["end"], pa.ListArray.from_arrays(offsets, held))


def _described(
    side: Columns, values: Sequence[Sequence[bytes] | None], now: datetime
) -> "pyarrow.ListArray":
    """The certificates of *side* with all that can be told of them; *values* are their bytes."""
    judged = side.certificates.to_pylist()
    return certificates_array(
        [
            described(value, told["verdict"], "", now)
            for told, value in zip(each, held or (), strict=False)
        ]
        for each, held in zip(judged, values or [()] * len(judged), strict=True)
    )
