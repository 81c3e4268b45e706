"""Follows the statements of a script in their order, as far as they make rules.

What makes a rule only sometimes, or several times, is refused: a file of rules has to say the same
each time it is read.
"""

from typing import Any

from tree_sitter import Node

from simulator.rulefiles.properties import Open, Placed
from simulator.rulefiles.script_arguments import arguments, command_name, rule_commands
from simulator.rulefiles.script_commands import (
    CHANGING,
    DASHES,
    PARAMETERS,
    Call,
    call,
)
from simulator.rulefiles.script_evaluate import evaluate
from simulator.rulefiles.script_tree import nodes
from simulator.rulefiles.script_values import Draft, Run, added, inner, variable_name

_BRANCHES = (
    "if_statement", "foreach_statement", "for_statement", "while_statement", "do_statement",
    "switch_statement", "trap_statement", "data_statement",
)  # fmt: skip
_WAY_OUT = "import it on a server and give the script that the rules editor exports there"


def follow(node: Node, run: Run) -> Any:
    """What the statement *node* gives, after its effects."""
    if node.type not in ("program", "statement_list", "script_block", "script_block_body"):
        node = inner(node)
    match node.type:
        case "program" | "statement_list" | "script_block" | "script_block_body":
            for each in node.named_children:
                follow(each, run)
        case "statement_block":
            for each in node.named_children:
                follow(each, run)
        case "param_block" | "function_parameter_declaration":
            _defaults(node, run)
        case "function_statement":
            names = [c for c in node.named_children if c.type == "function_name"]
            run.functions[run.script.text(names[0]).strip().casefold()] = node
        case "try_statement":
            follow(node.named_children[0], run)
        case "assignment_expression":
            return _assign(node, run)
        case "pipeline_chain" | "pipeline":
            return _pipe(node, run)
        case "command":
            return _command(node, run)
        case kind if kind in _BRANCHES:
            _branch(node, run)
        case "comment" | "empty_statement" | "flow_control_statement":
            pass
        case _:
            return evaluate(node, run)
    return None


def _branch(node: Node, run: Run) -> None:
    """A statement that is carried out sometimes, or several times."""
    if rule_commands(node, run):
        word = node.type.partition("_")[0]
        message = f"rules are made within `{word}`: which ones cannot be known from the script"
        run.refuse(node, "rule-in-branch", message, _WAY_OUT)
        return
    for each in nodes(node):
        if each.type == "left_assignment_expression":
            name = variable_name(run.script.text(each))
            run.variables[name] = run.found.value(name)


def _defaults(node: Node, run: Run, given: dict[str, Any] | None = None) -> None:
    """Sets the parameters of a script or function: those *given*, else `--set`, else defaults."""
    for each in (n for n in nodes(node) if n.type == "script_parameter"):
        name = next(c for c in each.named_children if c.type == "variable")
        default = [c for c in each.named_children if c.type == "script_parameter_default"]
        shown = variable_name(run.script.text(name))
        if given is not None and shown in given:
            run.variables[shown] = given[shown]
            continue
        value: object = run.found.value(run.script.text(name).lstrip("$"))
        if isinstance(value, Open) and default:
            value = evaluate(default[0].named_children[0], run)
        run.variables[shown] = value


def _assign(node: Node, run: Run) -> object:
    left, right = node.named_children[0], node.named_children[-1]
    sign = next((run.script.text(c) for c in node.children if "operator" in c.type), "=").strip()
    value = follow(right, run)
    targets = [n for n in nodes(left) if n.type in ("variable", "member_access", "element_access")]
    if not targets:
        return value
    target = targets[0]
    if target.type != "variable":
        _set_member(target, value, run)
        return None
    name = variable_name(run.script.text(target))
    if inner(left).type == "cast_expression" and isinstance(value, Placed):
        kind = run.script.text(left).partition("]")[0].strip("[ ").casefold()
        value = int(value.text) if kind == "int" and value.text.isdigit() else value
    if sign == "+=":
        value = added(run.variables.get(name), value)
    elif sign != "=":
        value = run.found.value(name)
    if isinstance(value, Open) and sign == "=":  # from now on it has the variable's name
        value = run.found.value(run.script.text(target).lstrip("$").strip("{}"))
    if name != "null":
        run.variables[name] = value
    return None


def _set_member(target: Node, value: object, run: Run) -> None:
    """`$table.Key = ...` of a hashtable, `$rule.Precedence = ...` of a rule in the making."""
    owner, member = target.named_children[0], target.named_children[-1]
    base = evaluate(owner, run)
    base = base[0] if isinstance(base, tuple) and len(base) == 1 else base
    name = run.script.text(member).strip("'\"").casefold()
    match base:
        case dict():
            base[name] = value
        case Draft() if name in PARAMETERS["new-adsyncrule"]:
            base.properties[name] = value
            base.changed = True
        case Draft():
            message = f"`{run.script.text(target)}` cannot be set here"
            run.refuse(target, "member-not-known", message, "use the commands of the rules editor")
        case _:
            pass


def _pipe(node: Node, run: Run) -> object:
    """A pipeline: only what stands first may make a rule; what follows may drop its output."""
    first, *others = node.named_children or [node]
    value = follow(first, run)
    names = [command_name(each, run) for each in others if each.type == "command"]
    for name, each in zip(names, others, strict=False):
        _tell_changing(name, each, run)
    if not others or (len(names) == len(others) and set(names) <= {"out-null", "out-default"}):
        return None if others else value
    if rule_commands(node, run):
        message = "a rule is passed on through `|`: what becomes of it is not known here"
        run.refuse(node, "rule-in-pipeline", message, "give it with -SynchronizationRule")
    return Open((" ".join(run.script.text(node).replace("$", "").split())[:60],))


def _command(node: Node, run: Run) -> object:
    name = command_name(node, run)
    if name in PARAMETERS:
        return call(Call(name, arguments(name, node, run), node), run)
    if name in run.functions:
        return _function(name, node, run)
    _tell_changing(name, node, run)
    operators = [c for c in node.children if c.type == "command_invokation_operator"]
    if operators and run.script.text(operators[0]).strip() == ".":
        message = "the script runs another one, which is not read"
        run.warn(node, "command-without-effect", message, "give that script too")
    return None if _stands_alone(node) else run.found.value(name)


def _tell_changing(name: str, node: Node, run: Run) -> None:
    if name in CHANGING:
        message = "this command changes rules of the server; it has no effect here"
        run.warn(node, "command-without-effect", message, "export the rules of that server")


def _stands_alone(node: Node) -> bool:
    """Whether nothing takes what the command *node* gives."""
    above = node.parent
    while above is not None and above.type in ("pipeline_chain", "pipeline"):
        above = above.parent
    if above is None or above.type != "statement_list" or above.parent is None:
        return False
    return above.parent.type in ("program", "script_block_body", "statement_block")


def _function(name: str, node: Node, run: Run) -> object:
    """A function of the script: its body, once; a rule made by several calls is refused."""
    body = run.functions[name]
    if not rule_commands(body, run):
        return run.found.value(name)
    calls = [n for n in nodes(run.script.root) if n.type == "command"]
    count = sum(command_name(each, run) == name for each in calls)
    if count > 1:
        message = f"rules are made by the function `{name}`, which is called {count} times"
        run.refuse(node, "rule-by-function", message, _WAY_OUT)
        return None
    words = [e for c in node.named_children if c.type == "command_elements" for e in c.children]
    given: dict[str, Any] = {}
    names = [
        variable_name(run.script.text(c))
        for n in nodes(body)
        if n.type == "script_parameter"
        for c in n.named_children
        if c.type == "variable"
    ]
    pending = None
    for each in (e for e in words if e.type != "command_argument_sep"):
        if each.type == "command_parameter":
            pending = run.script.text(each).lstrip(DASHES).casefold()
            given[pending] = True
        else:
            free = [each for each in names if each not in given]
            key = pending or (free[0] if free else "")
            given[key], pending = evaluate(each, run), None
    for each in body.named_children:
        for block in (n for n in nodes(each) if n.type in ("parameter_list",)):
            _defaults(block, run, given)
    for each in body.named_children:
        if each.type == "script_block":
            for part in each.named_children:
                if part.type != "param_block":  # its values are set already
                    follow(part, run)
    return None
