"""The attribute flows of a rule in a server export: what kind each is, and where it stands."""

from collections.abc import Mapping
from dataclasses import replace
from xml.etree.ElementTree import Element

from simulator.errors import Diagnostic, Source
from simulator.language.nodes import Node
from simulator.rule import AttributeFlow, Direction, FlowType, MergeType
from simulator.rulefiles.draft import constant_finding, expression, repeated_targets, word
from simulator.rulefiles.rulefile import RuleFile, problem
from simulator.rulefiles.server_xml import EXPORT_AGAIN, expression_places, text_of


def read_flows(
    root: Element,
    direction: Direction,
    file: RuleFile,
    place: Source,
    problems: list[Diagnostic],
    findings: list[Diagnostic],
) -> tuple[AttributeFlow, ...]:
    """The flows of the rule *root*, as far as they are in order."""
    places = expression_places(root, file)
    flows = []
    for number, mapping in enumerate(root.iterfind("attribute-mappings/mapping"), start=1):
        target = text_of(mapping, "dest").strip()
        here = replace(place, name=f"{place.name} > {target or f'flow {number}'}")
        if not target:
            problems.append(
                problem("missing-element", "the flow has no `dest`", here, EXPORT_AGAIN)
            )
        flow = _flow(mapping, target, here, places, problems)
        if flow:
            flows.append(flow)
            findings.extend(constant_finding(flow, direction, here))
    findings.extend(repeated_targets(flows, place))
    return tuple(flows)


def _flow(
    mapping: Element,
    target: str,
    place: Source,
    places: Mapping[int, tuple[int, int]],
    problems: list[Diagnostic],
) -> AttributeFlow | None:
    """One flow. Its kind is not written: an expression, else an attribute, else a constant."""
    merge_text = text_of(mapping, "valueMergeType").strip() or MergeType.UPDATE
    merge = word(MergeType, merge_text, "valueMergeType", place, problems)
    sources = tuple((each.text or "").strip() for each in mapping.iterfind("src/attr"))
    constant = text_of(mapping, "src")
    source: Source | None = None
    node: Node | None = None
    if text_of(mapping, "expression").strip():
        type, constant = FlowType.EXPRESSION, ""
        element = mapping.find("expression")
        assert element is not None and element.text is not None
        line, column = places.get(id(element), (1, 1))
        source = Source(place.name, element.text, line, column, place.file)
        node = expression(source, problems)
    elif sources:
        type, constant = FlowType.DIRECT, ""
        if len(sources) > 1:
            message = f"a direct flow copies one attribute; this one names {len(sources)}"
            problems.append(problem("flow-type", message, place, "write an `expression`"))
    elif constant.strip():
        type = FlowType.CONSTANT
    else:
        help = "give it an `expression`, a `src/attr`, or a constant as the text of `src`"
        problems.append(problem("flow-type", "the flow has no source", place, help))
        return None
    if merge is None:
        return None
    once = (mapping.get("execute-once") or "").strip().casefold() == "true"
    return AttributeFlow(target, type, sources, constant, source, node, merge, once)
