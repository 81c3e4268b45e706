"""Evaluates the expressions of a script that need no server: what `script_values` describes."""

import re
from typing import Any

from tree_sitter import Node

from simulator.rulefiles.properties import Open, Placed
from simulator.rulefiles.script_conditions import CONDITIONS, condition
from simulator.rulefiles.script_values import (
    MAXIMUM_LENGTH,
    Draft,
    Run,
    added,
    as_number,
    as_text,
    expanded,
    here,
    inner,
    name_of,
    variable_name,
    verbatim,
)

_CONSTANTS = {"true": True, "false": False, "null": None}
_SAME = ("guid", "value", "tostring")  # members that give the text itself


def evaluate(node: Node, run: Run) -> Any:
    """The value of the expression *node*."""
    node = inner(node)
    script = run.script
    match node.type:
        case "verbatim_string_characters":
            return verbatim(script.text(node), node.start_byte)
        case "verbatim_here_string_characters":
            return here(script.text(node), node.start_byte)
        case "expandable_string_literal" | "expandable_here_string_literal":
            parts = [c for c in node.named_children if c.type in ("variable", "sub_expression")]
            return expanded(
                script, node, {c.start_byte: (c.end_byte, evaluate(c, run)) for c in parts}
            )
        case "generic_token":
            return _bare(script.text(node), node, run)
        case "decimal_integer_literal":
            number = Placed(script.text(node), node.start_byte)
            return number if (known := as_number(number)) is None else known
        case "expression_with_unary_operator":
            operand = as_number(evaluate(node.named_children[-1], run))
            sign = script.text(node)[:1]
            return _open(node, run) if operand is None or sign != "-" else -operand
        case "variable" | "braced_variable":
            return _variable(node, run)
        case "element_access":
            return _element(node, run)
        case "member_access":
            return _member(node, run)
        case "invokation_expression":
            return _invocation(node, run)
        case "cast_expression":
            return _cast(node, run)
        case "array_literal_expression":
            return tuple(evaluate(each, run) for each in node.named_children)
        case "array_expression" | "sub_expression" | "parenthesized_expression":
            return _enclosed(node, run)
        case "hash_literal_expression":
            return _table(node, run)
        case "additive_expression" if len(node.children) == 3:
            return _sum(node, run)
        case "command" | "pipeline_chain" | "pipeline" | "assignment_expression":
            return run.pipeline(node, run)
        case _:
            return _open(node, run)


def _open(node: Node, run: Run) -> Placed | Open:
    return run.found.value(name_of(run.script, node))


def _bare(text: str, node: Node, run: Run) -> object:
    if re.search("[`'\"$]", text):
        return _open(node, run)
    if "," in text:
        return tuple(Placed(each.strip(), node.start_byte) for each in text.split(","))
    return Placed(text, node.start_byte)


def _variable(node: Node, run: Run) -> object:
    name = variable_name(run.script.text(node))
    if name in _CONSTANTS:
        return _CONSTANTS[name]
    return run.variables[name] if name in run.variables else _open(node, run)


def _element(node: Node, run: Run) -> object:
    if len(node.named_children) != 2:
        return _open(node, run)
    base, index = (evaluate(each, run) for each in node.named_children)
    match base, index:
        case tuple(), int() if -len(base) <= index < len(base):
            return base[index]
        case tuple(), int():
            return None
        case (Draft() | dict(), 0):
            return base
        case dict(), Placed(text=key):
            return base.get(key.casefold())
        case _:
            return _open(node, run)


def _member(node: Node, run: Run) -> object:
    owner, member = node.named_children[0], node.named_children[-1]
    name = run.script.text(member).casefold()
    if owner.type == "type_literal":  # a word of an enumeration
        return Placed("" if name == "empty" else run.script.text(member), member.start_byte)
    base = evaluate(owner, run)
    base = base[0] if isinstance(base, tuple) and len(base) == 1 else base
    match base:
        case Draft(properties=properties) if name in properties:
            return properties[name]
        case dict() if name in base:
            return base[name]
        case Placed() if name in _SAME:
            return base
        case _:
            return _open(node, run)


def _invocation(node: Node, run: Run) -> object:
    owner = node.named_children[0]
    lists = [each for each in node.named_children if each.type == "argument_list"]
    given = [
        each
        for list in lists
        for arguments in list.named_children
        for each in (arguments.named_children or [arguments])
    ]
    if owner.type == "type_literal":
        kind = run.script.text(owner).strip("[] ").rpartition(".")[2].casefold()
        if kind in CONDITIONS:
            values = [evaluate(each, run) for each in given]
            return condition(kind, values)
        return _open(node, run)
    base = evaluate(owner, run)
    if isinstance(base, Placed) and not given:
        match run.script.text(node.named_children[1]).casefold():
            case "tostring":
                return base
            case "trim":
                return Placed(base.text.strip(), base.start)
    return _open(node, run)


def _cast(node: Node, run: Run) -> object:
    kind = run.script.text(node.named_children[0]).strip("[] ").casefold()
    value = evaluate(node.named_children[-1], run)
    match kind.rpartition(".")[2]:
        case "int" | "int32" | "int64" | "long":
            number = as_number(value)
            return value if number is None else number
        case "string":
            return as_text(value)
        case "pscustomobject" | "ordered" | "hashtable" | "guid" | "bool":
            return value
        case "void":
            return None
        case _ if kind.endswith("[]") and not isinstance(value, tuple | Open):
            return (value,)
        case _:
            return value


def _enclosed(node: Node, run: Run) -> object:
    """What the statements within brackets give; `@(...)` gives a list always."""
    statements: list[Node] = []
    for child in node.named_children:
        statements += child.named_children if child.type == "statement_list" else [child]
    values: list[object] = []
    for statement in statements:
        value = evaluate(statement, run)
        values += value if isinstance(value, tuple) else [value]
        if len(values) > MAXIMUM_LENGTH:
            return Open(("a list of that size",))
    if node.type == "array_expression":
        return tuple(values)
    return values[0] if len(values) == 1 else tuple(values)


def _table(node: Node, run: Run) -> dict[str, object]:
    table: dict[str, object] = {}
    bodies = [each for each in node.named_children if each.type == "hash_literal_body"]
    for entry in (each for body in bodies for each in body.named_children):
        key = next((each for each in entry.named_children if each.type == "key_expression"), None)
        if key is None or entry.type != "hash_entry":
            continue
        name = inner(key)
        value = evaluate(name, run) if name.type != "simple_name" else None
        text = value.text if isinstance(value, Placed) else run.script.text(name)
        if text.casefold() in table:
            message = f"the key `{text}` is given twice"
            run.refuse(entry, "repeated-key", message, "keep one of them")
        table[text.strip().casefold()] = evaluate(entry.named_children[-1], run)
    return table


def _sum(node: Node, run: Run) -> object:
    left, sign, right = node.children
    values = evaluate(left, run), evaluate(right, run)
    if run.script.text(sign) == "+":
        return added(*values)
    first, second = (as_number(each) for each in values)
    if first is not None and second is not None:
        return first - second
    unknown = [name for each in values if isinstance(each, Open) for name in each.names]
    return Open(tuple(dict.fromkeys(unknown))) if unknown else _open(node, run)
