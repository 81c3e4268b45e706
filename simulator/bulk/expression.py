"""One expression over a batch: its value for every row, or the error that it ends in."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from simulator.bulk.columns import Columns
from simulator.bulk.decided import Recorder
from simulator.bulk.observe import UNUSUAL, FlowObserver, Numbers
from simulator.bulk.others import by_other
from simulator.bulk.statistics import Statistics
from simulator.errors import ObjectError, Source
from simulator.language.nodes import Node, attributes_of
from simulator.language.parse import parse
from simulator.objects import ConnectorObject
from simulator.rule import AttributeFlow, Direction, FlowType, LinkType, SyncRule, rule_set
from simulator.schema import standard_schema
from simulator.sync.engine import Settings
from simulator.sync.flow import contribution
from simulator.sync.outcome import Contribution
from simulator.sync.situation import FILTER
from simulator.values import Value

if TYPE_CHECKING:
    import pyarrow

Answers: TypeAlias = list[Value | ObjectError]


def batch_function(
    expression: str | Node, now: datetime
) -> "Callable[[pyarrow.RecordBatch], Answers]":
    """A function that gives, for each row of a batch, the value of *expression* as cloudFiltered.

    The batch has columns as a snapshot has them; those that are no attributes may be missing.
    """
    node = parse(Source("expression", expression)) if isinstance(expression, str) else expression
    flow = AttributeFlow(FILTER, FlowType.EXPRESSION, node=node)
    rule = SyncRule(
        "expression", Direction.INBOUND, "computer", "device", LinkType.PROVISION, 1, (flow,)
    )
    engine = Recorder(rule_set((rule,)), Settings(now))
    observer = FlowObserver(engine, {}, rule, flow, True, None, Statistics(), False)
    numbers, costly, read = Numbers(), set[str](), attributes_of(node)

    def reference(subject: ConnectorObject) -> Value | ObjectError:
        schema = standard_schema("metaverse")
        return _answer(contribution(rule, flow, engine.context(subject, {}), schema, False))

    def run(batch: "pyarrow.RecordBatch") -> Answers:
        columns = Columns(batch, costly)
        codes = observer.observe(columns, numbers, None).to_pylist()
        answers = {number: _told(numbers, number) for number in set(codes)}
        found = [answers[number] for number in codes]
        alike, rest = by_other(columns, read)
        told = [
            row for rows, fixed in alike if fixed and rows is not None for row in rows.to_pylist()
        ]
        unusual = (row for row, number in enumerate(codes) if number == UNUSUAL)
        rows = sorted({*rest, *told, *unusual})
        if rows:
            for row, subject in zip(rows, columns.subjects(rows), strict=True):
                found[row] = reference(subject)
        return found

    return run


def _told(numbers: Numbers, number: int) -> Value | ObjectError:
    """The value in the summary of that *number*."""
    summary = numbers[number]
    if summary is None:
        return None
    assert isinstance(summary.answer, tuple)
    if summary.answer[0] == "error":
        return ObjectError(summary.answer[1], summary.answer[2])
    value: Value = summary.answer[0][1]
    return value


def _answer(given: Contribution) -> Value | ObjectError:
    if given.error is not None:
        return ObjectError(given.error.kind, given.error.message)
    return given.value
