"""`aadsim rules`."""

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from simulator.cli.options import output_options, settings_of
from simulator.cli.output import FINDINGS, deliver, tell
from simulator.cli.swapped import telling_swaps
from simulator.errors import Diagnostic, Severity, UsageError
from simulator.reports.json_parts import SCHEMA_VERSION, diagnostic_form, dump
from simulator.rule import RuleSet, SyncRule
from simulator.rulefiles import load_rules
from simulator.rulefiles.difference import conflicts, difference
from simulator.rulefiles.listing import (
    change_form,
    conflict_lines,
    difference_lines,
    list_form,
    list_lines,
    rule_lines,
    rules_called,
    whole_form,
)
from simulator.rulefiles.reads import read_form, read_lines
from simulator.rulefiles.reads import reads as reads_of
from simulator.rulefiles.writer import WRITERS, Written, renamed, write_rules


@click.command()
@click.argument("rules", nargs=-1, required=True, metavar="R...")
@click.option("--show", metavar="NAME", help="Show one rule whole: by name, tag or identifier.")
@click.option(
    "--reads",
    is_flag=True,
    help="List the attributes of the directory that are read: those that an account needs.",
)
@click.option("--to", metavar="FORMAT", help="Convert: to toml, ps1, json or xml.")
@click.option(
    "--new-identifiers", is_flag=True, help="With --to: give every rule a new identifier."
)
@click.option(
    "--diff", "other", metavar="R2", multiple=True, help="What differs from R to R2, by meaning."
)
@click.option(
    "--base", metavar="R0", multiple=True, help="With --diff: what both sides changed since R0."
)
@click.option(
    "--set",
    "settings",
    metavar="NAME=VALUE",
    multiple=True,
    help="The value of something that only the server knows.",
)
@output_options
@telling_swaps
def rules(
    rules: tuple[str, ...],
    show: str | None,
    reads: bool,
    to: str | None,
    new_identifiers: bool,
    other: tuple[str, ...],
    base: tuple[str, ...],
    settings: tuple[str, ...],
    format_: str,
    output: Path | None,
) -> int:
    """Lists rules, shows one, converts them, tells what they read or how two sets differ.

    With --diff it exits with 1 where there is a difference (with --base: a conflict); with --to
    where something could not be written.

    \b
    aadsim rules export/ --to ps1 --output rules.ps1
    """
    given = {"--show": show, "--reads": reads, "--to": to, "--diff": other}
    chosen = [name for name, value in given.items() if value]
    if len(chosen) > 1 and chosen != ["--show", "--to"]:
        raise UsageError(f"{' and '.join(chosen)} are given", "use one of them at a time")
    if to and to not in WRITERS:
        raise UsageError(
            f"--to {to}: is no format to write", f"write one of: {', '.join(WRITERS)}"
        )
    if base and not other:
        raise UsageError("--base is given without --diff", "add --diff R2")
    rule_set = load_rules(*rules, settings=settings_of(settings))
    shown = rules_called(rule_set, show) if show else None
    if to:
        written = _written(shown or (*rule_set.rules, *rule_set.disabled), to, new_identifiers)
        if len(written.files) > 1 or to == "xml":
            _deliver_folder(written, output)
        else:
            deliver(next(iter(written.files.values())).removesuffix("\n").split("\n"), output)
        _tell((*rule_set.findings, *written.findings))
        return FINDINGS if written.findings else 0
    if reads:
        _deliver_reads(rule_set, format_, output)
        return 0
    if other:
        return _difference(rule_set, load_rules(*other), base, format_, output)
    if format_ == "json":
        found: dict[str, Any] = {
            "rules": [whole_form(r) for r in shown] if shown else list_form(rule_set),
            "findings": [diagnostic_form(f) for f in rule_set.findings],
        }
        deliver([dump({"schema_version": SCHEMA_VERSION, "command": "rules", **found})], output)
        return 0
    if shown:
        deliver((line for rule in shown for line in rule_lines(rule)), output)
        return 0
    deliver(list_lines(rule_set), output)
    _tell(rule_set.findings)
    return 0


def _written(rules: Sequence[SyncRule], to: str, new_identifiers: bool) -> Written:
    if new_identifiers:
        rules = renamed(rules, lambda: str(uuid.uuid4()))
    return write_rules(rules, to)


def _deliver_reads(rule_set: RuleSet, format_: str, output: Path | None) -> None:
    from simulator.sources.ldap_server import ALWAYS_READ

    found = reads_of(rule_set, ALWAYS_READ)
    if format_ == "json":
        document = {
            "schema_version": SCHEMA_VERSION,
            "command": "rules",
            "reads": [read_form(each) for each in found],
        }
        deliver([dump(document)], output)
    else:
        deliver(read_lines(found), output)


def _tell(findings: tuple[Diagnostic, ...]) -> None:
    """Says on standard error what is worth knowing; what was asked for are the rules."""
    for each in findings:
        if each.severity is not Severity.NOTE:
            tell(f"{each.severity}: {each.render()}")


def _deliver_folder(written: Written, output: Path | None) -> None:
    """Writes files into a new folder; several cannot go to standard output."""
    if output is None:
        raise UsageError(
            f"--to gives {len(written.files)} files", "name a folder for them: --output FOLDER"
        )
    if output.exists() and (not output.is_dir() or any(output.iterdir())):
        raise UsageError(f"--output {output}: is there and not empty", "name a new folder")
    for name, text in written.files.items():
        path = output / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            message = f"--output {output}: cannot be made: {error.strerror}"
            raise UsageError(message, "name a folder of yours") from None
        deliver(text.removesuffix("\n").split("\n"), path)


def _difference(
    mine: RuleSet, theirs: RuleSet, base: tuple[str, ...], format_: str, output: Path | None
) -> int:
    document: dict[str, Any] = {"schema_version": SCHEMA_VERSION, "command": "rules"}
    if not base:
        changes = difference(mine, theirs)
        document["changes"] = [change_form(each) for each in changes]
        lines = list(difference_lines(changes))
        found = bool(changes)
    else:
        origin = load_rules(*base)
        here, there = difference(origin, mine), difference(origin, theirs)
        apart = conflicts(here, there)
        document["changes_here"] = [change_form(each) for each in here]
        document["changes_there"] = [change_form(each) for each in there]
        document["conflicts"] = [[change_form(one) for one in pair] for pair in apart]
        lines = ["here, since the base:", *difference_lines(here), ""]
        lines += ["there, since the base:", *difference_lines(there), "", *conflict_lines(apart)]
        found = bool(apart)
    deliver([dump(document)] if format_ == "json" else lines, output)
    return FINDINGS if found else 0
