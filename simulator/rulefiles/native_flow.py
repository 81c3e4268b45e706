"""`[[flow]]` tables of our own form: attribute flows, and where their expressions stand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from simulator.errors import Diagnostic, Source
from simulator.rule import AttributeFlow, Direction, FlowType, MergeType
from simulator.rulefiles.draft import constant_finding, expression, repeated_targets
from simulator.rulefiles.native_shapes import FlowTable
from simulator.rulefiles.rulefile import RuleFile, problem
from simulator.rulefiles.table import read_table, tables, word_of
from simulator.rulefiles.toml_text import placed


@dataclass(frozen=True, slots=True)
class Reading:
    """A file while it is read: where its expressions begin, and what was found so far.

    *starts* is by the identity of the flow's table.
    """

    file: RuleFile
    starts: Mapping[int, int]
    problems: list[Diagnostic] = field(default_factory=list)
    findings: list[Diagnostic] = field(default_factory=list)


def read_flows(
    table: Mapping[str, Any], name: str, direction: Direction, reading: Reading
) -> tuple[AttributeFlow, ...]:
    """The flows of the rule *table*, as far as they are in order."""
    flows = []
    for number, each in enumerate(tables(table.get("flow")), start=1):
        target = each.get("target")
        shown = target if isinstance(target, str) and target else f"flow {number}"
        place = Source(f"{name} > {shown}", "", file=reading.file.name)
        flow = _flow(each, place, reading)
        if flow:
            flows.append(flow)
            reading.findings.extend(constant_finding(flow, direction, place))
    place = Source(name, "", file=reading.file.name)
    reading.findings.extend(repeated_targets(flows, place))
    return tuple(flows)


_KEY_OF = {
    FlowType.DIRECT: "source",
    FlowType.CONSTANT: "constant",
    FlowType.EXPRESSION: "expression",
}


def _flow(table: dict[str, Any], place: Source, reading: Reading) -> AttributeFlow | None:
    problems = reading.problems
    before = len(problems)
    flow = read_table(FlowTable, table, place, problems)
    type = word_of(table, FlowType, "type", place, problems)
    merge = word_of({"merge": MergeType.UPDATE, **table}, MergeType, "merge", place, problems)
    if type is not None:
        problems.extend(_contradictions(table, type, place))
    text, node = table.get("expression"), None
    source = None
    if isinstance(text, str):
        source = placed(place.name, text, reading.file, reading.starts[id(table)])
        node = expression(source, problems)
    if flow is None or type is None or merge is None or before != len(problems):
        return None
    return AttributeFlow(
        target=flow.target,
        type=type,
        sources=(flow.source,) if flow.source is not None else tuple(flow.sources),
        constant=flow.constant or "",
        expression=source,
        node=node,
        merge=merge,
        once=flow.once,
    )


def _contradictions(
    table: Mapping[str, Any], type: FlowType, place: Source
) -> Iterator[Diagnostic]:
    """The key that a flow of this type needs and lacks, and those that it has of another type."""
    needed = _KEY_OF[type]
    empty = table.get(needed) == "" and type is not FlowType.EXPRESSION  # the parser says so there
    if needed not in table or empty:
        message = f"a flow of type {type} needs `{needed}`"
        yield problem("flow-type", message, place, help=f"add {needed} = ..., or change the type")
    for other, key in _KEY_OF.items():
        if other is not type and key in table:
            message = f"`{key}` does not belong to a flow of type {type}"
            way_out = f'write type = "{other}", or remove {key}'
            yield problem("flow-type", message, place, help=way_out)
    if "sources" in table and type is not FlowType.EXPRESSION:
        message = f"`sources` does not belong to a flow of type {type}"
        yield problem("flow-type", message, place, help="a direct flow has one `source`")
