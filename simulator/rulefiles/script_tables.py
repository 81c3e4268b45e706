"""Rules that stand in a script as hashtables: DSC configurations and their data."""

from collections.abc import Iterator

from tree_sitter import Node

from simulator.rulefiles.script_arguments import command_name
from simulator.rulefiles.script_evaluate import evaluate
from simulator.rulefiles.script_tree import Script, nodes
from simulator.rulefiles.script_values import Run

RESOURCE = "aadsyncrule"


def tables_in(script: Script, run: Run) -> Iterator[dict[str, object]]:
    """The tables of rules: blocks of the resource, else hashtables with the keys of a rule."""
    blocks = [
        n for n in nodes(script.root) if n.type == "command" and command_name(n, run) == RESOURCE
    ]
    if blocks:
        for each in blocks:
            table = block(each, run)
            if table is not None:
                yield table
        return
    position = 0
    for node in nodes(script.root):
        if node.type == "hash_literal_expression" and node.start_byte >= position:
            table = evaluate(node, run)
            if {"direction", "linktype"} & table.keys():
                position = node.end_byte
                yield table


def block(command: Node, run: Run) -> dict[str, object] | None:
    """`Resource 'name' { Key = value ... }` as a table, where *command* is of that form."""
    bodies = [n for n in nodes(command) if n.type == "script_block_expression"]
    if not bodies:
        return None
    table: dict[str, object] = {}
    lists = [n for n in nodes(bodies[0]) if n.type == "statement_list"]
    for statement in lists[0].named_children if lists else []:
        single = statement
        while single.type != "command" and single.named_child_count == 1:
            single = single.named_children[0]
        words = [
            e
            for c in single.named_children
            if c.type == "command_elements"
            for e in c.named_children
            if e.type != "command_argument_sep"
        ]
        if single.type == "command" and len(words) == 2 and run.script.text(words[0]) == "=":
            table[command_name(single, run)] = evaluate(words[1], run)
        else:
            message = "this is no `Key = value` of a rule"
            run.refuse(
                statement, "not-a-key", message, "write Key = 'value', each on its own line"
            )
    return table
