"""The reader of our own form: TOML, a rule per file or several, and the connectors beside them.

A file is one rule, or a clone of one (`clone_of`), or holds several in `[[rule]]` tables;
`[[connector]]` tables describe the connected directories. Keys are described in `rules/README.md`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from simulator.errors import Diagnostic, Source
from simulator.rule import (
    AttributeFlow,
    Direction,
    JoinCondition,
    LinkType,
    ScopeCondition,
    SyncRule,
)
from simulator.rulefiles.draft import scope_condition
from simulator.rulefiles.native_connector import read_connector_table
from simulator.rulefiles.native_flow import Reading, read_flows
from simulator.rulefiles.native_shapes import (
    ClauseTable,
    CloneTable,
    JoinTable,
    RuleTable,
)
from simulator.rulefiles.rulefile import (
    CloneRule,
    Contents,
    RuleFile,
    known_guid,
    problem,
    reader,
)
from simulator.rulefiles.table import Tables, read_table, tables, word_of
from simulator.rulefiles.toml_text import expression_starts, fault_span, is_toml


@reader("TOML", is_toml)
def read_native(file: RuleFile) -> Contents:
    """Rules and connectors as TOML, the form of the shipped sets."""
    try:
        table = tomllib.loads(file.text)
    except (ValueError, RecursionError) as error:
        sentence, span = fault_span(str(error), file.text)
        help = "a text stands in quotes, an expression between two lines of three quotes: '''"
        fault = Diagnostic("not-toml", sentence, Source(file.name, file.text), span, help)
        return Contents(problems=(fault,))
    problems: list[Diagnostic] = []
    rules, connectors = _tables_of_file(table, file, problems)
    flows = [
        flow
        for rule in rules
        for flow in tables(rule.get("flow"))
        if isinstance(flow.get("expression"), str)
    ]
    starts = expression_starts(file.text, [flow["expression"] for flow in flows])
    reading = Reading(file, {id(f): s for f, s in zip(flows, starts, strict=True)}, problems)
    read = [_rule(rule, number, reading) for number, rule in enumerate(rules, start=1)]
    read_connectors = [read_connector_table(each, file.name, problems) for each in connectors]
    return Contents(
        tuple(each for each in read if isinstance(each, SyncRule)),
        tuple(each for each in read if isinstance(each, CloneRule)),
        tuple(each for each in read_connectors if each),
        tuple(reading.findings),
        tuple(reading.problems),
    )


def _tables_of_file(
    table: dict[str, Any], file: RuleFile, problems: list[Diagnostic]
) -> tuple[Tables, Tables]:
    """The rules and the connectors in a file; a file without such tables is one rule."""
    listed = {key: table[key] for key in ("rule", "connector") if isinstance(table.get(key), list)}
    if not listed:
        return [table], []
    for key in sorted(table.keys() - listed.keys()):
        problems.append(
            problem(
                "unknown-key",
                f"the key `{key}` stands outside of the tables of the file",
                Source(key, "", file=file.name),
                help="put it below [[rule]] or [[connector]]; a file without these is one rule",
            )
        )
    return tables(listed.get("rule")), tables(listed.get("connector"))


def _rule(table: dict[str, Any], number: int, reading: Reading) -> SyncRule | CloneRule | None:
    named = table.get("name")
    name = named if isinstance(named, str) and named.strip() else f"rule {number}"
    place = Source(name, "", file=reading.file.name)
    problems = reading.problems
    before = len(problems)
    if named == "":
        problems.append(problem("missing-key", "`name` is empty", place, "give the rule a name"))
    outbound = table.get("direction") == Direction.OUTBOUND
    direction = Direction.OUTBOUND if outbound else Direction.INBOUND
    if "clone_of" in table:
        clone = read_table(CloneTable, table, place, problems)
        flows = read_flows(table, name, direction, reading)
        if clone is None or before != len(problems):
            return None
        return _finished_clone(clone, flows, reading)
    rule = read_table(RuleTable, table, place, problems)
    flows = read_flows(table, name, direction, reading)
    direction_read = word_of(table, Direction, "direction", place, problems)
    link = word_of(table, LinkType, "link_type", place, problems)
    scope = _scope(table, place, problems)
    join = _join(table, place, problems)
    if rule is None or direction_read is None or link is None or before != len(problems):
        return None
    return SyncRule(
        name=rule.name,
        direction=direction_read,
        source_type=rule.source_object_type,
        target_type=rule.target_object_type,
        link_type=link,
        precedence=rule.precedence,
        flows=flows,
        scope=scope,
        join=join,
        connector=known_guid(rule.connector),
        id=known_guid(rule.id),
        description=rule.description,
        immutable_tag=rule.immutable_tag,
        disabled=rule.disabled,
        password_sync=rule.enable_password_sync,
        soft_delete_expiry=rule.soft_delete_expiry_interval,
        precedence_after=known_guid(rule.precedence_after),
        precedence_before=known_guid(rule.precedence_before),
        reconstruction=rule.reconstruction,
        origin=reading.file.name,
    )


def _finished_clone(
    clone: CloneTable, flows: tuple[AttributeFlow, ...], reading: Reading
) -> CloneRule:
    return CloneRule(
        original=clone.clone_of,
        name=clone.name,
        flows=flows,
        description=clone.description,
        precedence=clone.precedence,
        connector=known_guid(clone.connector),
        disabled=clone.disabled,
        origin=reading.file.name,
    )


def _groups(value: object) -> list[Tables]:
    return [tables(group) for group in value] if isinstance(value, list) else []


def _scope(
    table: Mapping[str, Any], place: Source, problems: list[Diagnostic]
) -> tuple[tuple[ScopeCondition, ...], ...]:
    groups = []
    for number, group in enumerate(_groups(table.get("scope")), start=1):
        conditions = []
        for position, each in enumerate(group, start=1):
            here = replace(place, name=f"{place.name} > scope {number}.{position}")
            clause = read_table(ClauseTable, each, here, problems)
            condition = None
            if clause:
                condition = scope_condition(
                    clause.attribute, clause.operator, clause.value, "operator", here, problems
                )
            if condition:
                conditions.append(condition)
        groups.append(tuple(conditions))
    return tuple(groups)


def _join(
    table: Mapping[str, Any], place: Source, problems: list[Diagnostic]
) -> tuple[tuple[JoinCondition, ...], ...]:
    groups = []
    for number, group in enumerate(_groups(table.get("join")), start=1):
        conditions = []
        for position, each in enumerate(group, start=1):
            here = replace(place, name=f"{place.name} > join {number}.{position}")
            pair = read_table(JoinTable, each, here, problems)
            if pair:
                conditions.append(JoinCondition(pair.source, pair.target, pair.case_sensitive))
        groups.append(tuple(conditions))
    return tuple(groups)
