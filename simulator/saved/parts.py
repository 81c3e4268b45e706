"""A result put together from its parts, each computed by itself, on one machine or on several."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from simulator.answers import Audit, Preview
from simulator.errors import UsageError
from simulator.results.gather import Gatherer
from simulator.results.origin import differing
from simulator.results.results import SUBJECT, Columns
from simulator.saved.file import PARTS, Head, answer, column, read

if TYPE_CHECKING:
    import pyarrow


def merge(paths: Sequence[str]) -> Audit | Preview:
    """The whole result of which the files at *paths* are all parts.

    Raises `UsageError` where a part is missing or is there twice, or was computed otherwise.
    """
    first: Head | None = None
    came: dict[int, str] = {}
    for path in paths:
        head, table = read(path)
        if first is None:
            first, gatherer = head, Gatherer(len(head.sides))
        _refuse_other(first, head, paths[0], path)
        number, total = head.origin.part
        if number in came:
            raise UsageError(
                f"{path}: is part {number} of {total}, and so is {came[number]}",
                "give each part once",
            )
        came[number] = path
        _gather(gatherer, head, table)
    if first is None:
        raise UsageError("no part is given", "name the files that --shard has saved")
    _, total = first.origin.part
    missing = [f"{number}/{total}" for number in range(1, total + 1) if number not in came]
    if missing:
        raise UsageError(
            f"the parts are not all: missing {', '.join(missing)}",
            f"compute what is missing, with --shard {missing[0]}",
        )
    whole = replace(first, origin=replace(first.origin, part=(1, 1)))
    return answer(whole, gatherer.finish())


def _gather(gatherer: Gatherer, head: Head, table: "pyarrow.Table") -> None:
    """Hands the rows of one part to *gatherer*, with its numbers of verdicts."""
    import pyarrow as pa

    numbers = pa.array([gatherer.number(verdict) for verdict in head.verdicts], pa.int32())
    for batch in table.to_batches():
        sides = []
        for side in head.sides:
            one = Columns(*(batch[column(side, part)] for part in PARTS))
            sides.append(replace(one, verdicts=numbers.take(one.verdicts)))
        gatherer.columns(batch.select(list(SUBJECT)), *sides)


def _refuse_other(first: Head, head: Head, name: str, path: str) -> None:
    """Refuses the part *head* of a computation that is not that of *first*."""
    differs = list(differing(first.origin, head.origin))
    if head.command != first.command:
        differs.append("command")
    if head.origin.part[1] != first.origin.part[1]:
        differs.append("number of parts")
    if (head.maximum_removed, head.limits) != (first.maximum_removed, first.limits):
        differs.append("--max-removed")
    if differs:
        raise UsageError(
            f"{path}: was computed otherwise than {name}: differing {', '.join(differs)}",
            "put parts together that differ in --shard alone",
        )
