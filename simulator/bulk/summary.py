"""What the outcome of an object can depend on, of one part of its evaluation.

A summary holds the answer under the readings chosen and under every other reading of an assumption
that was used on the way. Objects whose summaries are all equal have equal outcomes.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from simulator.assumptions import ledger
from simulator.bulk.shape import shape_of
from simulator.errors import ObjectError
from simulator.language.context import Context
from simulator.language.explain import Step, deciding
from simulator.language.render import render
from simulator.objects import ConnectorObject
from simulator.rule import PRESENCE, AttributeFlow, SyncRule
from simulator.schema import standard_schema
from simulator.sync import reason as reasons
from simulator.sync.engine import Engine
from simulator.sync.flow import contribution
from simulator.sync.outcome import CertificateVerdict, Contribution, FlowError
from simulator.sync.rulebook import RuleBook
from simulator.sync.scope import scope
from simulator.sync.situation import FILTER
from simulator.values import type_name

Readings: TypeAlias = Mapping[str, str]
# What a part gives under one reading, with the context that it was evaluated in.
Part: TypeAlias = Callable[[Readings], tuple[Hashable, Context]]
# Certificates near their expiry are shifted by the readings of A-12 even where it was not used.
SHIFTING = "A-12"
EXPIRED = "certificate-expired"


@dataclass(frozen=True, slots=True)
class Summary:
    """The answers, the assumptions used, and the codes of the notes taken."""

    answer: Hashable
    used: frozenset[str]
    notes: frozenset[str]
    others: tuple[tuple[str, str, Hashable], ...]


def summarise(part: Part, chosen: Readings) -> Summary:
    """The summary of *part*, with the readings *chosen* and all others that could matter."""
    answer, context = part(chosen)
    others = tuple(
        (id, reading, part({**chosen, id: reading})[0])
        for id in sorted(context.used - set(chosen))
        for reading in ledger()[id].readings
    )
    return Summary(answer, frozenset(context.used), frozenset(context.notes), others)


def scope_part(engine: Engine, rule: SyncRule, subject: ConnectorObject) -> Part:
    """Whether the scope of *rule* takes *subject*, and the clause that fails."""

    def part(readings: Readings) -> tuple[Hashable, Context]:
        context = engine.context(subject, readings)
        try:
            scoping = scope(rule, context)
        except ObjectError as error:
            return failure(error), context
        failed = scoping.failed
        return (scoping.applies, str(failed.condition) if failed else ""), context

    return part


def flow_part(
    engine: Engine, rule: SyncRule, flow: AttributeFlow, by_value: bool, subject: ConnectorObject
) -> Part:
    """What *flow* contributes for *subject*: the value itself if *by_value*, else its shape."""
    traced = flow.target == FILTER and FILTER in engine.book.tested_outbound

    def part(readings: Readings) -> tuple[Hashable, Context]:
        context = engine.context(subject, readings)
        given = contribution(rule, flow, context, standard_schema("metaverse"), traced)
        return _told(given, subject, context, by_value), context

    return part


def _told(
    given: Contribution, subject: ConnectorObject, context: Context, by_value: bool
) -> Hashable:
    """What of the contribution *given* an outcome can depend on."""
    if given.error is not None:
        return failure(given.error)
    value = (type_name(given.value), given.value) if by_value else shape_of(given.value)
    return value, _steps(given.step, subject, context)


def _steps(step: Step | None, subject: ConnectorObject, context: Context) -> Hashable:
    """What a reason tells of the steps of the expression that filters objects."""
    if step is None:
        return None
    selection = reasons.selection_of(step)
    verdicts: tuple[CertificateVerdict, ...] = ()
    count = None
    if selection is not None:
        verdicts = reasons.certificate_verdicts(subject, step, context.now)
        count = sum(s.value is True for s in selection.steps[1:])
    decided = deciding(step)
    code, text = reasons.condition_reason(decided, verdicts)
    if code == EXPIRED and len(verdicts) == 1:
        text = text.removesuffix(verdicts[0].not_after)  # each row has its own
    return (
        render(decided.node),
        code,
        text,
        count,
        tuple((v.verdict, v.text if v.verdict == reasons.REJECTED else "") for v in verdicts),
    )


def failure(error: ObjectError | FlowError) -> Hashable:
    """The answer of a part that ends in *error*."""
    return "error", error.kind, error.message


def tested_by_value(book: RuleBook) -> frozenset[str]:
    """The metaverse attributes whose value an outcome can depend on, and not only their shape.

    Those that a clause of an outbound rule compares, those that objects are joined on otherwise
    than by being present, and those where values of several rules are united into a single one.
    """
    compared = {
        c.attribute
        for r in book.outbound
        for group in r.scope
        for c in group
        if c.operator not in PRESENCE
    }
    united = {
        f.target for r in book.inbound for f in r.flows if f.merge not in ("Update", "Replace")
    }
    return frozenset({FILTER} | compared | united)
