"""Clauses of scoping filters that cannot hold, cannot be tested, or mean something else."""

from collections.abc import Iterator

from simulator.errors import Diagnostic, Severity, Source
from simulator.rule import MEMBERSHIP, PRESENCE, Direction, ScopeCondition, ScopeOperator, SyncRule
from simulator.schema import AttributeType, standard_schema

_BITS = (ScopeOperator.ISBITSET, ScopeOperator.ISBITNOTSET)
_ORDER = (
    ScopeOperator.LESSTHAN,
    ScopeOperator.LESSTHAN_OR_EQUAL,
    ScopeOperator.GREATERTHAN,
    ScopeOperator.GREATERTHAN_OR_EQUAL,
)
_EQUALITY = (
    ScopeOperator.EQUAL,
    ScopeOperator.NOTEQUAL,
    ScopeOperator.ISIN,
    ScopeOperator.ISNOTIN,
)


def scope_traps(rule: SyncRule) -> Iterator[Diagnostic]:
    """Every trap in the scoping filter of *rule*."""
    if rule.scope and any(not group for group in rule.scope):
        yield _finding(
            rule,
            "empty-scope-group",
            "a group without clauses takes every object of the type, whatever the others say",
            "delete the group",
        )
    schema = standard_schema("ad" if rule.direction is Direction.INBOUND else "metaverse")
    for group in rule.scope:
        for clause in group:
            yield from _clause(rule, clause, schema.get(clause.attribute))


def _clause(
    rule: SyncRule, clause: ScopeCondition, attribute: AttributeType | None
) -> Iterator[Diagnostic]:
    said = f"`{clause}`"
    if clause.operator in MEMBERSHIP:
        if rule.direction is Direction.OUTBOUND:
            yield _finding(
                rule, "scope-operator", f"{said} has no meaning in an outbound rule", "",
                Severity.ERROR,
            )  # fmt: skip
        else:
            yield _finding(
                rule,
                "direct-members-only",
                f"{said} counts direct members of a group that is imported itself (A-28)",
                "",
            )
        return
    if clause.operator in (ScopeOperator.EQUAL, ScopeOperator.ISIN) and not clause.value:
        yield _finding(rule, "empty-clause-value", f"{said} never holds", "use ISNULL")
    if clause.operator in _ORDER and clause.attribute == "operatingSystemVersion":
        yield _finding(
            rule,
            "version-compared-as-text",
            f"{said} compares texts: 10.0 sorts before 6.3",
            "compare the beginning of the version with STARTSWITH",
        )
    if attribute is not None and clause.operator not in PRESENCE:
        yield from _typed(rule, clause, attribute)


def _typed(
    rule: SyncRule, clause: ScopeCondition, attribute: AttributeType
) -> Iterator[Diagnostic]:
    """Errors that every object with a value would meet."""
    error, said = Severity.ERROR, f"`{clause}`"
    undefined = (
        attribute.type == "bin"
        or (clause.operator in _BITS and (attribute.type != "num" or attribute.multi))
        or (attribute.type in ("bool", "ref") and clause.operator in _ORDER)
        or (attribute.type == "bool" and clause.operator not in _EQUALITY)
    )
    if undefined:
        yield _finding(
            rule, "scope-operator", f"{said} is not defined for {attribute.language_type}",
            "only ISNULL and ISNOTNULL are" if attribute.type == "bin" else "", error,
        )  # fmt: skip
        return
    if "%" in clause.value or not clause.value:
        return
    if attribute.type == "bool" and clause.value.strip().casefold() not in ("true", "false"):
        yield _finding(
            rule, "scope-value", f"{said}: the value is neither true nor false", "", error
        )
    if attribute.type == "num" and clause.operator in (*_EQUALITY, *_ORDER, *_BITS):
        try:
            int(clause.value.strip(), 10)
        except ValueError:
            yield _finding(rule, "scope-value", f"{said}: the value is no whole number", "", error)


def _finding(
    rule: SyncRule, code: str, message: str, help: str, severity: Severity = Severity.WARNING
) -> Diagnostic:
    source = Source(f"{rule.name} > scope", "", file=rule.origin or None)
    return Diagnostic(code, message, source, help=help or None, severity=severity)
