"""Writes rules as the script that the Synchronization Rules Editor exports: ready to import.

Source of the shape: rule-format specification, section 3.
"""

import re
from collections.abc import Iterable, Sequence

from simulator.errors import Diagnostic, Source
from simulator.rule import AttributeFlow, FlowType, SyncRule
from simulator.rulefiles.rulefile import problem
from simulator.rulefiles.writer import (
    GUID,
    NO_GUID,
    Written,
    left_out,
    not_held,
    sides,
    source_list,
    writer,
)

_MODEL = "Microsoft.IdentityManagement.PowerShell.ObjectModel"
_QUOTES = re.compile("(['\u2018\u2019\u201a\u201b])")


@writer("ps1")
def write_script(rules: Sequence[SyncRule]) -> Written:
    """One PowerShell script that makes every rule."""
    paragraphs = [paragraph for rule in rules for paragraph in _paragraphs(rule)]
    findings = tuple(finding for rule in rules for finding in _findings(rule))
    text = "\n\n\n".join(paragraphs) + "\n"
    mark = "" if text.isascii() else "\ufeff"  # without one, Windows PowerShell reads it as ANSI
    return Written({"rules.ps1": mark + text}, findings)


def quoted(text: str) -> str:
    """*text* in single quotes; each sign that PowerShell takes for such a quote is doubled."""
    return f"'{_QUOTES.sub(chr(92) + '1' + chr(92) + '1', text)}'"


def _listed(texts: Iterable[str]) -> str:
    return f"@({','.join(texts)})"


def _command(name: str, *parameters: str) -> str:
    return " `\n".join((f"{name} ", *parameters))


def _paragraphs(rule: SyncRule) -> Iterable[str]:
    yield _command(
        "New-ADSyncRule",
        f"-Name {quoted(rule.name)}",
        *([f"-Identifier {quoted(rule.id)}"] if rule.id else []),
        f"-Description {quoted(rule.description)}",
        f"-Direction {quoted(rule.direction)}",
        f"-Precedence {rule.precedence}",
        f"-PrecedenceAfter {quoted(rule.precedence_after or NO_GUID)}",
        f"-PrecedenceBefore {quoted(rule.precedence_before or NO_GUID)}",
        f"-SourceObjectType {quoted(rule.source_type)}",
        f"-TargetObjectType {quoted(rule.target_type)}",
        f"-Connector {quoted(rule.connector)}",
        f"-LinkType {quoted(rule.link_type)}",
        f"-SoftDeleteExpiryInterval {_interval(rule)}",
        f"-ImmutableTag {quoted(rule.immutable_tag)}",
        *(["-EnablePasswordSync"] if rule.password_sync else []),
        *(["-Disabled"] if rule.disabled else []),
        "-OutVariable syncRule",
    )
    for flow in rule.flows:
        yield _flow(flow)
    for group in rule.scope:
        arguments = [
            f"{quoted(c.attribute)},{quoted(c.value)},{quoted(c.operator)}" for c in group
        ]
        yield from _group("Scope", arguments)
    for pairs in rule.join:
        arguments = [
            f"{','.join(quoted(side) for side in sides(c, rule.direction))},"
            f"{'$true' if c.case_sensitive else '$false'}"
            for c in pairs
        ]
        yield from _group("Join", arguments)
    yield _command("Add-ADSyncRule", "-SynchronizationRule $syncRule[0]")
    if rule.id:
        yield _command("Get-ADSyncRule", f"-Identifier {quoted(rule.id)}")


def _flow(flow: AttributeFlow) -> str:
    sources = source_list(flow)
    return _command(
        "Add-ADSyncAttributeFlowMapping",
        "-SynchronizationRule $syncRule[0]",
        *([f"-Source {_listed(quoted(each) for each in sources)}"] if sources else []),
        f"-Destination {quoted(flow.target)}",
        f"-FlowType {quoted(flow.type)}",
        f"-ValueMergeType {quoted(flow.merge)}",
        *(["-ExecuteOnce"] if flow.once else []),
        *([f"-Expression {quoted(flow.expression.text)}"] if flow.expression else []),
        "-OutVariable syncRule",
    )


def _group(kind: str, arguments: list[str]) -> Iterable[str]:
    """The conditions of a group, numbered from 0 in each, and the command that closes it."""
    for number, each in enumerate(arguments):
        yield _command(
            "New-Object",
            f"-TypeName '{_MODEL}.{kind}Condition'",
            f"-ArgumentList {each}",
            f"-OutVariable condition{number}",
        )
    yield _command(
        f"Add-ADSync{kind}ConditionGroup",
        "-SynchronizationRule $syncRule[0]",
        f"-{kind}Conditions {_listed(f'$condition{n}[0]' for n in range(len(arguments)))}",
        "-OutVariable syncRule",
    )


def _interval(rule: SyncRule) -> str:
    return rule.soft_delete_expiry if rule.soft_delete_expiry.isdecimal() else "0"


def _findings(rule: SyncRule) -> Iterable[Diagnostic]:
    yield from not_held(rule, "a script")
    if _interval(rule) == "0" and rule.soft_delete_expiry.strip("0:"):
        interval = f"the soft-delete expiry {rule.soft_delete_expiry}"
        yield left_out(rule, interval, "a script", "set it on the server after the import")
    if not GUID.fullmatch(rule.connector):
        shown = f"`{rule.connector}`" if rule.connector else "none"
        help = "lay the connectors of your server over it, or replace it in the script"
        yield left_out(rule, f"a connector without identifier ({shown})", "a script", help)
    texts = [f.expression.text for f in rule.flows if f.expression]
    texts += [f.constant for f in rule.flows if f.type is FlowType.CONSTANT]
    if any("\r" in text or "\0" in text for text in (rule.name, rule.description, *texts)):
        message = "a text of the rule has a sign that a script cannot hold"
        yield problem("cannot-hold", message, _place(rule), "remove it, or write TOML or JSON")


def _place(rule: SyncRule) -> Source:
    return Source(rule.name, "", file=rule.origin or None)
