"""One expression evaluated for a person: the value, the trace, and what is said beside it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.errors import Diagnostic, DiagnosticsError, ObjectError, Severity, Source
from simulator.language.check import check
from simulator.language.context import Context
from simulator.language.explain import Step, trace
from simulator.language.nodes import Constant, Literal, attributes_of
from simulator.language.parse import parse
from simulator.language.render import render
from simulator.objects import Provenance
from simulator.schema import standard_schema
from simulator.values import show

if TYPE_CHECKING:
    from simulator.rule import Connector

_LONGEST_VALUE = 10_000
_LONGEST_STEP = 100


@dataclass(frozen=True, slots=True)
class Evaluation:
    """An expression, what the check found, its steps, and the context that was used."""

    source: Source
    findings: tuple[Diagnostic, ...]
    step: Step
    context: Context

    @property
    def error(self) -> Diagnostic | None:
        """Why there is no value, with its place."""
        error = self.step.error
        return _located(error, self.source) if error else None


def evaluated(
    text: str,
    context: Context,
    imported: frozenset[str] | None = None,
    provenance: Provenance | None = None,
) -> Evaluation:
    """The evaluation of *text* in *context*; `DiagnosticsError` if it is no good expression.

    With the *provenance* of an object, what no directory was asked for is unknown.
    """
    source = Source("expression", text)
    node = parse(source)
    known = frozenset(context.attributes)
    findings = tuple(
        finding.at(source)
        for finding in check(
            node,
            standard_schema("ad"),
            attributes=known,
            parameters=context.parameters,
            imported=imported,
        )
    )
    errors = [f for f in findings if f.severity is Severity.ERROR]
    if errors:
        raise DiagnosticsError(errors)
    if provenance and provenance.details:
        from simulator.sources.unasked import unasked, with_unasked

        names = unasked(provenance, attributes_of(node))
        context.attributes = with_unasked(context.attributes, names)
    return Evaluation(source, findings, trace(node, context), context)


def parameters_of(connectors: "Iterable[Connector]", dn: str | None) -> Mapping[str, str]:
    """The values of `%...%` that *connectors* give, with those of the partition of *dn*."""
    given: dict[str, str] = {}
    for connector in connectors:
        given |= {**connector.parameters, "Connector.ID": f"{{{connector.id}}}"}
        for partition in connector.partitions:
            if dn is None or dn.casefold().endswith(partition.dn.casefold()):
                given |= partition.parameters
    return given


def imported_by(connectors: "Iterable[Connector]") -> frozenset[str] | None:
    """The attributes that *connectors* import; `None` where none tells."""
    return frozenset().union(*(c.attributes for c in connectors)) or None


def answer_lines(evaluation: Evaluation, traced: bool) -> list[str]:
    """The answer: with *traced* every step, then the value, if there is one."""
    lines = _steps(evaluation.step, 0) if traced else []
    if evaluation.error is None:
        lines.append(show(evaluation.step.value, _LONGEST_VALUE))
    return lines


def remark_lines(evaluation: Evaluation) -> list[str]:
    """What should be said beside the answer: error, findings, notes, assumptions, absent names."""
    context, error = evaluation.context, evaluation.error
    lines = [f"error: {error.render()}"] if error else []
    lines += [f"{f.severity}: {f.render()}" for f in evaluation.findings]
    found = {f.code for f in evaluation.findings}
    lines += [f"note: {c}: {m}" for c, m in context.notes.items() if c not in found]
    if context.used:
        lines.append(f"rests on {', '.join(sorted(context.used))}")
    names = attributes_of(evaluation.step.node)
    absent = sorted(a for a in names if a not in context.attributes and a != "dn")
    if "dn" in names and context.dn is None:
        absent.append("dn")
    if absent:
        lines.append(f"NULL, because not given: {', '.join(absent)}")
    return lines


def _located(error: ObjectError, source: Source) -> Diagnostic:
    return Diagnostic(error.kind, error.message, source, error.span, error.help)


def _steps(step: Step, depth: int) -> list[str]:
    """Each step on a line, the outer before the inner; literals are left out."""
    if isinstance(step.node, Literal | Constant) and depth:
        return []
    text = render(step.node)
    if len(text) > _LONGEST_STEP:  # the parts follow
        text = f"{text[: _LONGEST_STEP * 2 // 3]} … {text[-_LONGEST_STEP // 5 :]}"
    value = f"error: {step.error.message}" if step.error else show(step.value)
    lines = [f"{'  ' * depth}{text} -> {value}"]
    for inner in step.steps:
        lines += _steps(inner, depth + 1)
    return lines
