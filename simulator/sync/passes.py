"""One pass over one object: scope, link, flows, winners; run inbound, then outbound."""

from collections.abc import Callable, Mapping, Set
from dataclasses import replace

from simulator.errors import Diagnostic, ObjectError
from simulator.language.context import Context
from simulator.objects import ConnectorObject
from simulator.rule import AttributeFlow, LinkType, SyncRule
from simulator.schema import Schema, standard_schema
from simulator.sync.flow import contributions
from simulator.sync.join import joined_flows, joining_rule
from simulator.sync.outcome import FlowError, Joining, Pass
from simulator.sync.precedence import winners
from simulator.sync.rulebook import RuleBook
from simulator.sync.scope import scope
from simulator.values import NOT_CARRIED, Value

Traced = Callable[[AttributeFlow], bool]
Errors = tuple[FlowError, ...]


def inbound_pass(
    book: RuleBook, subject: ConnectorObject, context: Context, traced: Traced,
    only: Set[str] | None = None, target_type: str = "",
) -> tuple[Pass, Errors]:  # fmt: skip
    """What the inbound rules make of *subject* alone; *only* keeps the flows to those targets.

    *target_type* is that of the metaverse object it is linked to, where that is known.
    """
    derived = subject.type not in book.inbound_types and book.inbound_types & set(subject.classes)
    any_class = bool(derived) and context.reading("A-33") == "any"
    rules = book.rules_for(subject, book.home(subject), any_class)
    return _run(rules, context, standard_schema("metaverse"), traced, only, target_type)


def outbound_passes(
    book: RuleBook, type: str, metaverse: Mapping[str, Value], context: Context, traced: Traced
) -> tuple[tuple[Pass, ...], Errors]:
    """What the outbound rules make of a metaverse object, for each Entra connector."""
    passes: list[Pass] = []
    errors: list[FlowError] = []
    for rules in book.outbound_for(type):
        connector = book.connector(rules[0])
        parameters = dict(context.parameters)
        if connector is not None:
            parameters["Connector.ID"] = f"{{{connector.id}}}"
        outer = Context(
            context.now, metaverse, None, parameters, context.readings, context.used, context.notes
        )
        done, failed = _run(rules, outer, standard_schema("entra"), traced, None)
        passes.append(done)
        errors += failed
    return tuple(passes), tuple(errors)


def _run(
    rules: list[SyncRule],
    context: Context,
    schema: Schema,
    traced: Traced,
    only: Set[str] | None,
    target_type: str = "",
) -> tuple[Pass, Errors]:
    nothing = Joining(())
    try:
        scopings = tuple(scope(rule, context) for rule in rules)
    except ObjectError as error:
        return Pass((), nothing, (), {}), (object_error(error),)
    try:
        by = joining_rule(scopings, context)
    except ObjectError as error:
        return Pass(scopings, nothing, (), {}), (object_error(error),)
    if by is None:
        return Pass(scopings, nothing, (), {}), ()
    type = target_type or by.target_type
    flowing = joined_flows(scopings, type)
    joining = Joining(
        flowing, type, by.link_type is LinkType.PROVISION, by,
        by.join[0] if by.join else (), f"{by.link_type} by {by.name}",
    )  # fmt: skip
    given = tuple(c for r in flowing for c in contributions(r, context, schema, traced, only))
    errors = tuple(c.error for c in given if c.error is not None)
    won, merge_errors = winners(given, context)
    # what is wrong comes before what is only not known
    found = sorted((*errors, *merge_errors), key=lambda error: error.kind == NOT_CARRIED)
    return Pass(scopings, joining, given, won), tuple(found)


def object_error(error: ObjectError) -> FlowError:
    """An error outside any flow: of a scoping filter or a join."""
    diagnostic = Diagnostic(error.kind, error.message, help=error.help)
    return FlowError(error.kind, error.message, None, "", diagnostic)


def of_member(error: FlowError, member: ConnectorObject) -> FlowError:
    """*error* of *member*, said of an object that shares its metaverse object."""
    return replace(
        error, message=f"{member.dn}, with which it shares a metaverse object: {error.message}"
    )
