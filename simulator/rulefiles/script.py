"""The reader of PowerShell scripts that make rules: what the rules editor exports, and its kin.

A script is read by PowerShell's grammar and never run. Also reads DSC rule definitions as
hashtables. Source: rule-format specification, sections 3 and 5.
"""

import re
from dataclasses import replace

from tree_sitter import Node

from simulator.errors import Diagnostic, Source, Span
from simulator.rule import SyncRule
from simulator.rulefiles.properties import Found
from simulator.rulefiles.property_rule import rule_of
from simulator.rulefiles.rulefile import Contents, RuleFile, problem, reader
from simulator.rulefiles.script_arguments import command_name, rule_commands
from simulator.rulefiles.script_run import follow
from simulator.rulefiles.script_tables import tables_in
from simulator.rulefiles.script_tree import Script, nodes, parse_script
from simulator.rulefiles.script_values import Run
from simulator.rulefiles.toml_text import is_toml

_COMMAND = re.compile(
    r"\b(?:New-ADSyncRule|Add-ADSync\w+|New-Object|AADSyncRule)\b|^\s*(?:param\s*\(|Configuration\s)",
    re.MULTILINE | re.IGNORECASE,
)


def _is_script(file: RuleFile) -> bool:
    text = re.sub(r"\A(?:\s*#(?!requires)[^\n]*\n)+", "", file.text.lstrip(), flags=re.I).lstrip()
    if text.startswith(("<#", "$", "@{", "@(")) or re.match(r"(?i)#requires\b", text):
        return True
    if is_toml(file) or text.startswith(("<", "{", "[{")):  # a text in it may name the commands
        return False
    if re.match(r"(?i)(?:---|%YAML|Items\s*:)", text):
        return False
    return bool(_COMMAND.search(text))


@reader("PowerShell script", _is_script)
def read_script(file: RuleFile) -> Contents:
    """Scripts of the Synchronization Rules Editor, and DSC definitions as hashtables."""
    script = parse_script(file)
    if isinstance(script, Diagnostic):
        return Contents(problems=(script,))
    found = Found(file, findings=list(script.findings))
    run = Run(script, found, follow)
    try:
        follow(script.root, run)
        rules = _rules(run) + _tables(script, run)
    except RecursionError:
        fault = problem("too-deep", "the script is nested too deeply", Source(file.name, ""))
        return Contents(problems=(fault,))
    _not_read(script.root, run)
    if not (rules or found.problems):
        fault = problem(
            "no-rule",
            "no rule is made in this script",
            Source(file.name, ""),
            "a rule begins with New-ADSyncRule and is saved by Add-ADSyncRule; comments do not",
        )
        found.problems.append(fault)
    return Contents(
        tuple(rules),
        findings=tuple(found.findings),
        problems=tuple(found.problems),
        opened=frozenset(found.opened),
    )


def _rules(run: Run) -> list[SyncRule]:
    """The rules that the script saves, each as it was saved last."""
    rules = []
    for number, draft in enumerate(run.drafts, start=1):
        if draft.saved is None:
            message = "the rule is made, and never saved with Add-ADSyncRule: it does not exist"
            run.warn(draft.node, "not-saved", message, "end it with Add-ADSyncRule")
            continue
        if draft.changed:
            message = "the rule is changed after Add-ADSyncRule: the server never sees that"
            run.warn(draft.node, "not-saved", message, "move Add-ADSyncRule to the end")
        rule = _rule(draft.saved, number, run)
        if rule:
            rules.append(rule)
    return rules


def _rule(values: dict[str, object], number: int, run: Run) -> SyncRule | None:
    found = run.found
    problems, findings = len(found.problems), len(found.findings)
    rule = rule_of(values, found, f"rule {number}")
    found.problems[problems:] = [_spanned(each) for each in found.problems[problems:]]
    found.findings[findings:] = [_spanned(each) for each in found.findings[findings:]]
    return rule


def _spanned(finding: Diagnostic) -> Diagnostic:
    """*finding* with its whole line as its place, where it has none within it."""
    if finding.source is None or not finding.source.text or finding.span is not None:
        return finding
    return replace(finding, span=Span(0, len(finding.source.text)))


def _tables(script: Script, run: Run) -> list[SyncRule]:
    """The rules that stand in the script as tables, where no command makes any."""
    if rule_commands(script.root, run):
        return []
    read = [rule_of(t, run.found, f"rule {n}") for n, t in enumerate(tables_in(script, run), 1)]
    return [each for each in read if each]


def _not_read(root: Node, run: Run) -> None:
    """Says of each command that makes rules and was not followed that it was not."""
    functions = [(n.start_byte, n.end_byte) for n in nodes(root) if n.type == "function_statement"]
    for each in rule_commands(root, run):
        start = each.start_byte
        if start in run.read or any(a <= start < b for a, b in run.refused):
            continue
        name = command_name(each, run)
        if any(a <= start < b for a, b in functions):
            if not run.found.problems:
                message = f"`{name}` stands in a function that is never called"
                run.warn(each, "function-not-called", message, "call the function in the script")
            continue
        message = f"`{name}` stands where this reader does not follow it"
        run.refuse(each, "command-not-followed", message, "write the commands one below the other")
