"""Several processes for one snapshot: each reads its own row groups and gives back results."""

import multiprocessing
import signal
import traceback
from collections.abc import Iterator, Sequence
from itertools import islice
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any, TypeAlias

from simulator.bulk.snapshot import Job, Meetings, Part, Result, Runner
from simulator.bulk.statistics import Statistics
from simulator.bulk.undisturbed import start_fork_server, undisturbed
from simulator.errors import IncompleteError
from simulator.results.verdict import Verdict

if TYPE_CHECKING:
    import pyarrow

Sent: TypeAlias = tuple[int, bytes, list[tuple[bytes, list[Verdict]]]]
Answer: TypeAlias = tuple[list[Sent], list[Statistics]]
Pipe: TypeAlias = "Connection[Any, Any]"

_AT_ONCE = 2  # row groups of one task
_AHEAD = 2  # tasks that a worker has, so that it need not wait for the next


def run_parts(
    job: Job, more: Sequence[str], meetings: Meetings, numbers: Sequence[int], processes: int,
    statistics: Sequence[Statistics],
) -> Iterator[Part]:  # fmt: skip
    """The parts *numbers* of the file of *job*, in their order, made by *processes* processes.

    These end when the last part has come, when this is closed, and when this process is gone.
    Raises `IncompleteError` if one of them was ended from outside.
    """
    forks = "forkserver" in multiprocessing.get_all_start_methods()
    get = multiprocessing.get_context
    context = get("forkserver") if forks else get("spawn")
    tasks = [numbers[at : at + _AT_ONCE] for at in range(0, len(numbers), _AT_ONCE)]
    workers = []
    connections = []
    try:
        with undisturbed():
            if forks:
                start_fork_server()
            for _ in range(min(processes, len(tasks))):
                connection, its = context.Pipe()
                connections.append(connection)
                given = (its, job, tuple(more), meetings)
                worker = context.Process(target=_serve, args=given, daemon=True)
                worker.start()
                workers.append(worker)
                its.close()
        for parts, counted in _answers(connections, tasks, job):
            for total, each in zip(statistics, counted, strict=False):
                total.add(each)
            for number, rows, results in parts:
                read = tuple(Result(_read(data), verdicts) for data, verdicts in results)
                yield Part(number, _read(rows), read)
    finally:
        for connection in connections:
            connection.close()
        for worker in workers:
            worker.terminate()
        for worker in workers:
            worker.join()


def _answers(
    connections: Sequence[Pipe], tasks: Sequence[Sequence[int]], job: Job
) -> Iterator[Answer]:
    """What the workers at *connections* make of *tasks*, in the order of these."""
    left = iter(enumerate(tasks))
    came: dict[int, Answer] = {}
    try:
        for _ in range(_AHEAD):
            for connection, task in zip(connections, left, strict=False):
                connection.send(task)
        for wanted in range(len(tasks)):
            while wanted not in came:
                ready: list[Any] = wait(connections)
                for connection in ready:
                    number, answer = connection.recv()
                    if isinstance(answer, Exception):
                        raise answer
                    came[number] = answer
                    for task in islice(left, 1):
                        connection.send(task)
            yield came.pop(wanted)
    except (EOFError, ConnectionError):
        raise IncompleteError(
            f"{job.path}: a process that read it was ended, probably for want of memory",
            "use fewer processes, for example --jobs 1",
        ) from None


def _serve(connection: Pipe, job: Job, more: Sequence[str], meetings: Meetings) -> None:
    """Does the tasks that come over *connection*, until the process at its other end is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    runner = None
    try:
        while True:
            number, numbers = connection.recv()
            try:
                runner = runner or Runner(job, more, meetings)
                connection.send((number, _work(runner, numbers)))
            except ConnectionError:
                raise
            except Exception as error:
                error.add_note(traceback.format_exc())  # it is raised elsewhere
                connection.send((number, error))
    except (EOFError, ConnectionError):
        return


def _work(runner: Runner, numbers: Sequence[int]) -> Answer:
    """The parts *numbers* as Arrow streams, and what was counted on the way."""
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
