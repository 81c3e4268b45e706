"""What each flow of a rule gives for its target: direct, constant or expression, in its type.

Source: synchronization specification, section 6.
"""

from collections.abc import Callable, Set
from datetime import datetime

from simulator.errors import Diagnostic, ObjectError, Source, Span
from simulator.language.compile import attribute, prepared
from simulator.language.context import Context
from simulator.language.explain import Step, trace
from simulator.language.frame import finish, run
from simulator.rule import AttributeFlow, FlowType, SyncRule
from simulator.schema import AttributeType, Schema
from simulator.sync.outcome import Contribution, FlowError
from simulator.values import FlowLiteral, Reference, Value, type_name

MAXIMUM_LENGTH = 448  # of an indexable text in the metaverse, by default (CC)


def contributions(
    rule: SyncRule,
    context: Context,
    schema: Schema,
    traced: Callable[[AttributeFlow], bool] = lambda flow: False,
    only: Set[str] | None = None,
) -> tuple[Contribution, ...]:
    """The contribution of every flow of *rule*, errors included; *schema* is the target's.

    With *only*, those of flows to these targets.
    """
    return tuple(
        contribution(rule, flow, context, schema, traced(flow))
        for flow in rule.flows
        if only is None or flow.target in only
    )


def contribution(
    rule: SyncRule, flow: AttributeFlow, context: Context, schema: Schema, traced: bool
) -> Contribution:
    """What *flow* of *rule* gives, or its error; with its steps, if *traced*."""
    step: Step | None = None
    try:
        if flow.once:
            context.reading("A-29")
        match flow.type:
            case FlowType.DIRECT:
                value = attribute(context, flow.sources[0])
            case FlowType.CONSTANT:
                value = _constant(flow.constant, schema.get(flow.target))
            case FlowType.EXPRESSION:
                assert flow.node is not None
                if traced:
                    step = trace(flow.node, context)
                    if step.error is not None:
                        raise step.error
                    value = step.value
                else:
                    value = finish(run(prepared(flow.node), context))
        value = converted(value, schema.get(flow.target), context)
        if schema.name == "metaverse":
            short_enough(value, flow.target)
    except ObjectError as error:
        return Contribution(rule, flow, None, _error(rule, flow, error), step)
    return Contribution(rule, flow, value, None, step)


def _constant(text: str, target: AttributeType | None) -> Value:
    """The text of a constant flow in the type of its target."""
    match target.type if target else "str":
        case "bool" if text.casefold() in ("true", "false"):
            return text.casefold() == "true"
        case "num" if text.lstrip("-").isdecimal():
            return int(text)
        case "ref":
            return Reference(text)
        case "str":
            return text
    assert target is not None
    raise ObjectError(
        "constant-type", f"the constant `{text}` is no {target.type} for `{target.name}`"
    )


def converted(value: Value, target: AttributeType | None, context: Context) -> Value:
    """*value* as its target takes it; an empty text is no value (A-23)."""
    if isinstance(value, FlowLiteral):
        return value
    if value == "":
        if context.reading("A-23") != "flows":
            return None
        return value
    if isinstance(value, datetime):
        raise ObjectError(
            "type-mismatch", "a date is no attribute's type", "wrap it in FormatDateTime"
        )
    if target is None or value is None:
        return value
    if isinstance(value, tuple):
        if not target.multi:
            if len(value) > 1 and context.reading("A-31") != "first":
                raise ObjectError(
                    "multi-to-single",
                    f"{len(value)} values for the single-valued `{target.name}`",
                    "reduce them with Item",
                )
            return _scalar(value[0], target)
        return tuple(_scalar(v, target) for v in value)  # type: ignore[misc]  # scalars
    single = _scalar(value, target)
    return (single,) if target.multi else single  # type: ignore[return-value]


def _scalar(value: Value, target: AttributeType) -> Value:
    kind = type_name(value)
    if kind == target.type:
        return value
    match target.type, value:
        case "str", Reference():
            return value.dn
        case "ref", str():
            return Reference(value)
    raise ObjectError("type-mismatch", f"`{target.name}` takes {target.type}, not {kind}")


def short_enough(value: Value, target: str) -> None:
    """Refuses a text that is longer than a metaverse attribute holds."""
    for each in value if isinstance(value, tuple) else (value,):
        if isinstance(each, str) and len(each) > MAXIMUM_LENGTH:
            raise ObjectError(
                "too-long",
                f"{len(each)} characters for `{target}`, which holds {MAXIMUM_LENGTH}",
                f"cut it with Left(..., {MAXIMUM_LENGTH})",
            )


def _error(rule: SyncRule, flow: AttributeFlow, error: ObjectError) -> FlowError:
    source = flow.expression or Source(
        f"{rule.name} > {flow.target}", "", file=rule.origin or None
    )
    span: Span | None = error.span if flow.expression else None
    diagnostic = Diagnostic(error.kind, error.message, source, span, error.help)
    return FlowError(error.kind, error.message, rule, flow.target, diagnostic)
