"""The lists within the properties of a rule: its flows, scoping groups and join groups."""

from collections.abc import Mapping
from dataclasses import replace

from simulator.errors import Source
from simulator.rule import (
    AttributeFlow,
    Direction,
    FlowType,
    JoinCondition,
    MergeType,
    ScopeCondition,
    ScopeOperator,
)
from simulator.rulefiles.draft import (
    constant_finding,
    expression,
    repeated_targets,
    scope_condition,
)
from simulator.rulefiles.properties import DEEPER, Open, Placed, Properties

_FLOW = (
    "source", "destination", "flowtype", "expression", "valuemergetype", "executeonce",
    "mappingsourceasstring", "mergetype",
)  # fmt: skip


def flows_of(rule: Properties, direction: Direction) -> tuple[AttributeFlow, ...]:
    """The attribute flows of *rule*, as far as they are in order."""
    flows = []
    for number, values in enumerate(rule.each("attributeflowmappings"), start=1):
        target = values.get("destination")
        target = target.text if isinstance(target, Placed) else target
        shown = target if isinstance(target, str) and target else f"flow {number}"
        flow = _flow(_part(rule, values, shown))
        if flow:
            flows.append(flow)
            for finding in constant_finding(flow, direction, _part(rule, values, shown).place):
                rule.found.tell(finding)
    rule.found.findings.extend(repeated_targets(flows, rule.place))
    return tuple(flows)


def _part(rule: Properties, values: Mapping[str, object], name: str) -> Properties:
    here = values.get("")  # where it stands, in formats that tell
    place = here if isinstance(here, Source) else rule.place
    return Properties(values, replace(place, name=f"{rule.place.name} > {name}"), rule.found)


def _flow(flow: Properties) -> AttributeFlow | None:
    before = len(flow.found.problems)
    flow.unknown(_FLOW)
    target = flow.text("destination", needed=True).strip()
    text = flow.get("expression")
    has_expression = not (text is None or (isinstance(text, str) and not text.strip()))
    if isinstance(flow.get("flowtype"), int) and has_expression:
        type: FlowType | None = FlowType.EXPRESSION
    else:
        type = flow.word(FlowType, "flowtype")
    merge = flow.word(MergeType, "valuemergetype", MergeType.UPDATE)
    once = flow.flag("executeonce")
    sources = _sources(flow, type)
    source, node, constant = None, None, ""
    match type:
        case FlowType.EXPRESSION:
            written = len(flow.found.problems)
            source = _source(flow, flow.text("expression"))
            if len(flow.found.problems) == written:
                node = expression(source, flow.found.problems)
        case FlowType.DIRECT if len(sources) != 1 or not sources[0].strip():
            message = f"a direct flow copies one attribute; this one names {len(sources)}"
            flow.problem("flow-type", message, "give it one source, or an expression")
        case FlowType.CONSTANT if len(sources) != 1:
            message = f"a constant flow has one text; this one has {len(sources)}"
            flow.problem("flow-type", message, "give it one source")
        case FlowType.CONSTANT:
            constant, sources = sources[0], ()
        case _:
            pass
    if type is not FlowType.EXPRESSION and has_expression:
        message = f"a flow of type {type} has an expression"
        flow.problem("flow-type", message, "make it a flow of type Expression, or remove it")
    if type is None or merge is None or before != len(flow.found.problems):
        return None
    return AttributeFlow(target, type, sources, constant, source, node, merge, once)


def _source(flow: Properties, text: str) -> Source:
    """The expression as a source, with its place in the file where that is known."""
    placed, file = flow.get("expression"), flow.found.file
    if not isinstance(placed, Placed):
        return Source(flow.place.name, text, file=file.name)
    line = file.text.count("\n", 0, placed.start) + 1
    column = placed.start - file.text.rfind("\n", 0, placed.start)
    return Source(flow.place.name, text, line, column, file.name)


def _sources(flow: Properties, type: FlowType | None) -> tuple[str, ...]:
    """The names, or the constant, at `Source`, which may be a list or one text."""
    value = flow.get("source")
    listed = value if isinstance(value, list | tuple) else [] if value is None else [value]
    texts = []
    for each in listed:
        one = replace(flow, values={"source": each})
        if isinstance(each, Mapping | list | tuple):
            flow.problem("depth-ran-out", "`source` is no text", DEEPER)
        elif isinstance(each, Open) and type is FlowType.EXPRESSION:
            one.text("source", guess="")  # decides nothing beside an expression
        else:
            texts.append(one.text("source"))
    if type is FlowType.EXPRESSION:
        return tuple(text for text in texts if text)
    return tuple(text if type is FlowType.CONSTANT else text.strip() for text in texts)


def scope_of(rule: Properties) -> tuple[tuple[ScopeCondition, ...], ...]:
    """The groups of the scoping filter of *rule*."""
    groups = []
    for number, group in enumerate(rule.each("scopefilter"), start=1):
        conditions = []
        listed = _part(rule, group, f"scope {number}")
        listed.unknown(("scopeconditionlist",))
        for position, values in enumerate(listed.each("scopeconditionlist"), start=1):
            clause = _part(rule, values, f"scope {number}.{position}")
            clause.unknown(("attribute", "comparisonvalue", "comparisonoperator"))
            condition = _clause(clause)
            if condition:
                conditions.append(condition)
        groups.append(tuple(conditions))
    return tuple(groups)


def _clause(clause: Properties) -> ScopeCondition | None:
    attribute = clause.text("attribute")
    value = clause.text("comparisonvalue")
    given = clause.get("comparisonoperator")
    key = "comparisonoperator"
    if isinstance(given, int):
        operator = clause.word(ScopeOperator, key)
        spelling = operator.value if operator else ""
    else:
        spelling = clause.text(key).strip().upper()
    problems = clause.found.problems
    return scope_condition(attribute, spelling, value, key, clause.place, problems)


def join_of(rule: Properties, direction: Direction) -> tuple[tuple[JoinCondition, ...], ...]:
    """The groups of the join rules of *rule*."""
    groups = []
    for number, group in enumerate(rule.each("joinfilter"), start=1):
        conditions = []
        listed = _part(rule, group, f"join {number}")
        listed.unknown(("joinconditionlist",))
        for position, values in enumerate(listed.each("joinconditionlist"), start=1):
            pair = _part(rule, values, f"join {number}.{position}")
            pair.unknown(("csattribute", "mvattribute", "casesensitive"))
            connector_side = pair.text("csattribute", needed=True).strip()
            metaverse_side = pair.text("mvattribute", needed=True).strip()
            sides = (connector_side, metaverse_side)
            source, target = sides if direction is Direction.INBOUND else sides[::-1]
            conditions.append(JoinCondition(source, target, pair.flag("casesensitive")))
        groups.append(tuple(conditions))
    return tuple(groups)
