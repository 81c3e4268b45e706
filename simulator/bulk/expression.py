"""One expression over a batch: its value for every row, or the error that it ends in."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from simulator.bulk.columns import Columns
from simulator.bulk.decided import Recorder
from simulator.bulk.flow_observer import FlowObserver
from simulator.bulk.numbers import UNUSUAL, Numbers
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
        import pyarrow.compute as pc

        columns = Columns(batch, costly)
        observed = observer.observe(columns, numbers, None)
        answers = {number: _told(numbers, number) for number in pc.unique(observed).to_pylist()}
        found = list(map(answers.__getitem__, observed.to_pylist()))
        alike, rest = by_other(columns, read)
        alone = {*rest}
        for places, fixed in alike:
            alone |= {*places.to_pylist()} if fixed and places is not None else set()
        if UNUSUAL in answers:
            alone |= {*pc.indices_nonzero(pc.equal(observed, UNUSUAL)).to_pylist()}
        rows = sorted(alone)
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
