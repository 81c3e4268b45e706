"""The bulk engine beside the reference: the same of every object, or the test says where not."""

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from simulator.bulk import Program
from simulator.objects import ConnectorObject
from simulator.rule import RuleSet
from simulator.sources.snapshot_layout import arrow_schema, batch, columns_of, objects_of
from simulator.sync.engine import Settings, simulate
from simulator.sync.outcome import Outcome


def batches_of(objects: Sequence[ConnectorObject], rows: int = 10_000) -> list[pa.RecordBatch]:
    """*objects* in the layout of a snapshot, in batches of *rows*."""
    names = columns_of(objects)
    schema = arrow_schema(names)
    starts = range(0, len(objects), rows)
    return [batch(objects[at : at + rows], names, schema) for at in starts]


def told(outcome: Outcome, certificates: bool) -> dict[str, Any]:
    """What the bulk engine must say of an object with this *outcome*."""
    reason = outcome.reason
    judged = {
        "verdicts": [c.verdict for c in outcome.certificates],
        "expiries": [c.not_after for c in outcome.certificates],
    }
    return {
        **(judged if certificates else {}),
        "outcome": str(outcome.disposition),
        "reason": reason.code,
        "text": reason.text,
        "rule": reason.rule,
        "attribute": reason.attribute,
        "clause": reason.clause,
        "assumptions": " ".join(outcome.assumptions),
        "findings": " ".join(sorted({f.code for f in outcome.findings})),
    }


def assert_agrees(
    rules: RuleSet,
    objects: Sequence[ConnectorObject],
    settings: Settings,
    rows: int = 10_000,
    certificates: bool = True,
) -> Program:
    """Both engines say the same of each of *objects*; gives the program, for its statistics."""
    held = batches_of(objects, rows)
    program = Program(rules, settings, certificates)
    met = program.meetings(held)
    found = [
        row
        for rows_, own in zip(held, met, strict=True)
        for row in program(rows_, own).to_pylist()
    ]
    subjects = [o for rows_ in held for o in objects_of(rows_, "", 1)]
    expected = {id(o.subject): told(o, certificates) for o in simulate(subjects, rules, settings)}
    for subject, row in zip(subjects, found, strict=True):
        assert row == expected[id(subject)], subject.dn
    return program
