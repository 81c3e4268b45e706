"""Several processes for one snapshot: each reads its own row groups and gives back results."""

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, TypeAlias

from simulator.bulk.snapshot import Job, Meetings, Part, Result, Runner
from simulator.bulk.statistics import Statistics
from simulator.results.verdict import Verdict

if TYPE_CHECKING:
    import pyarrow

Sent: TypeAlias = tuple[int, bytes, list[tuple[bytes, list[Verdict]]]]

_AT_ONCE = 2  # row groups of one task
_runner: list[Runner] = []  # of this process, if it is a worker


def run_parts(
    job: Job, more: Sequence[str], meetings: Meetings, numbers: Sequence[int], processes: int,
    statistics: Sequence[Statistics],
) -> Iterator[Part]:  # fmt: skip
    """The parts *numbers* of the file of *job*, in their order, made by *processes* processes."""
    methods = multiprocessing.get_all_start_methods()
    context = multiprocessing.get_context("forkserver" if "forkserver" in methods else "spawn")
    tasks = [numbers[at : at + _AT_ONCE] for at in range(0, len(numbers), _AT_ONCE)]
    with ProcessPoolExecutor(
        min(processes, len(tasks)), context, _start, (job, tuple(more), meetings)
    ) as pool:
        for parts, counted in pool.map(_work, tasks):
            for total, each in zip(statistics, counted, strict=False):
                total.add(each)
            for number, rows, results in parts:
                read = tuple(Result(_read(data), verdicts) for data, verdicts in results)
                yield Part(number, _read(rows), read)


def _start(job: Job, more: Sequence[str], meetings: Meetings) -> None:
    _runner.append(Runner(job, more, meetings))


def _work(numbers: Sequence[int]) -> tuple[list[Sent], list[Statistics]]:
    """The parts *numbers* as Arrow streams, and what was counted on the way."""
    runner = _runner[0]
    parts = []
    for number in numbers:
        part = runner.part(number)
        parts.append((number, _written(part.rows), [_sent(r) for r in part.results]))
    counted = []
    for program in runner.programs:
        counted.append(program.statistics.taken())
    return parts, counted


def _sent(result: Result) -> tuple[bytes, list[Verdict]]:
    """*result* with those verdicts alone that it names, by numbers among them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    codes = result.columns["verdict"].dictionary_encode()
    named = [result.verdicts[number] for number in codes.dictionary.to_pylist()]
    columns = result.columns.set_column(
        0, result.columns.schema.field(0), pc.cast(codes.indices, pa.int32())
    )
    return _written(columns), named


def _written(batch: "pyarrow.RecordBatch") -> bytes:
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as stream:
        stream.write_batch(batch)
    return bytes(sink.getvalue())


def _read(data: bytes) -> "pyarrow.RecordBatch":
    import pyarrow as pa

    with pa.ipc.open_stream(data) as stream:
        return stream.read_next_batch()
