"""The commands of a script, and the values that their parameters have."""

from typing import Any

from tree_sitter import Node

from simulator.rulefiles.script_commands import (
    PARAMETERS,
    RULE_COMMANDS,
    SWITCHES,
    parameter,
    unknown_parameter,
)
from simulator.rulefiles.script_evaluate import evaluate
from simulator.rulefiles.script_tree import nodes
from simulator.rulefiles.script_values import Run, inner, variable_name


def rule_commands(node: Node, run: Run) -> list[Node]:
    """The commands below *node* that make rules or parts of them."""
    return [
        n for n in nodes(node) if n.type == "command" and command_name(n, run) in RULE_COMMANDS
    ]


def command_name(node: Node, run: Run) -> str:
    """The name of the command *node* in lower case, without the name of its module."""
    named = [c for c in node.named_children if c.type in ("command_name", "command_name_expr")]
    text = run.script.text(named[0]) if named else ""
    return text.strip("'\" ").rpartition("\\")[2].casefold()


def arguments(name: str, node: Node, run: Run) -> dict[str, Any]:
    """The values of the parameters of the command *node*, by their full names in lower case."""
    values: dict[str, Any] = {}
    positional: list[Any] = []
    elements = [e for c in node.named_children if c.type == "command_elements" for e in c.children]
    pending: str | None = None
    for each in elements:
        text = run.script.text(each)
        if each.type == "command_argument_sep":
            if text.strip() == ":" and pending is None and values:
                pending = next(reversed(values))
        elif each.type == "command_parameter":
            pending = parameter(name, text)
            if pending is None:
                unknown_parameter(name, text, each, run)
                pending = ""
            elif pending in values and pending not in SWITCHES:
                message = f"`{text}` is given twice"
                run.refuse(each, "repeated-parameter", message, "keep one of them")
            if pending in SWITCHES:
                values[pending] = True
                pending = None
        elif inner(each).type == "variable" and text.startswith("@"):
            values.update(_splatted(name, each, run))
        elif pending is not None:
            values[pending] = evaluate(each, run)
            pending = None
        else:
            positional.append(evaluate(each, run))
    values.pop("", None)
    free = [each for each in PARAMETERS[name] if each not in values]
    return {**values, **dict(zip(free, positional, strict=False))}


def _splatted(name: str, node: Node, run: Run) -> dict[str, Any]:
    table = run.variables.get(variable_name(run.script.text(node)))
    if not isinstance(table, dict):
        message = f"`{run.script.text(node)}` is no table that the script sets"
        run.refuse(node, "splatting", message, "write the parameters out, or set it before")
        return {}
    values = {}
    for key, value in table.items():
        meant = parameter(name, key)
        if meant is None:
            unknown_parameter(name, key, node, run)
        else:
            values[meant] = value
    return values
