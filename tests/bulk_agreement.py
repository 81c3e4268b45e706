"""The bulk engine beside the reference: the same of every object, or the test says where not."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from simulator.bulk import Program
from simulator.objects import ConnectorObject
from simulator.results.results import CERTIFICATE
from simulator.results.verdict import Verdict, told, verdict_of
from simulator.rule import RuleSet
from simulator.sources.snapshot_layout import arrow_schema, batch, columns_of, objects_of
from simulator.sync.engine import Settings, simulate
from simulator.sync.outcome import Outcome

BRIEF = ("verdict", "not_after")  # of a certificate


def batches_of(objects: Sequence[ConnectorObject], rows: int = 10_000) -> list[pa.RecordBatch]:
    """*objects* in the layout of a snapshot, in batches of *rows*."""
    names = columns_of(objects)
    schema = arrow_schema(names)
    starts = range(0, len(objects), rows)
    return [batch(objects[at : at + rows], names, schema) for at in starts]


def expected_of(outcome: Outcome, parts: Sequence[str]) -> tuple[Any, ...]:
    """What the bulk engine must say of an object with this *outcome*, and *parts* of certificates."""
    judged = [{name: getattr(c, name) for name in parts} for c in outcome.certificates]
    return told(verdict_of(outcome), outcome.subject.dn, None), judged if parts else None


def said(
    dns: Sequence[str], columns: pa.RecordBatch, verdicts: Sequence[Verdict]
) -> list[tuple[Any, ...]]:
    """What the bulk engine says of the objects *dns* in the *columns* of its result."""
    found = []
    for dn, row in zip(dns, columns.to_pylist(), strict=True):
        found.append((told(verdicts[row["verdict"]], dn, row["end"]), row.get("certificates")))
    return found


def marks(outcome: Outcome) -> set[str]:
    """What an *outcome* is by name: itself, its reason, the kind of its error, its readings."""
    code, text = outcome.reason.code, outcome.reason.text
    kind = {f"error: {text.partition(':')[0]}"} if code == "error" else set()
    return {str(outcome.disposition), code, *kind, *(r.assumption for r in outcome.readings)}


def assert_agrees(
    rules: RuleSet,
    objects: Sequence[ConnectorObject],
    settings: Settings,
    rows: int = 10_000,
    certificates: bool = True,
    seen: Counter[str] | None = None,
) -> Program:
    """Both engines say the same of each of *objects*; gives the program, for its statistics.

    Also of their *certificates*, briefly and in full. Outcomes, reason codes and kinds of error are
    counted in *seen*.
    """
    held = batches_of(objects, rows)
    subjects = [o for rows_ in held for o in objects_of(rows_, "", 1)]
    outcomes = {id(o.subject): o for o in simulate(subjects, rules, settings)}
    if seen is not None:
        for outcome in outcomes.values():
            seen.update(marks(outcome))
    for parts in (CERTIFICATE, BRIEF) if certificates else ((),):
        program = Program(rules, settings, bool(parts), details=parts == CERTIFICATE)
        met = program.meetings(held)
        found = [
            each
            for rows_, own in zip(held, met, strict=True)
            for each in said(rows_.column("dn").to_pylist(), program(rows_, own), program.verdicts)
        ]
        for subject, each in zip(subjects, found, strict=True):
            assert each == expected_of(outcomes[id(subject)], parts), subject.dn
    return program
