"""The steps from words in a file to a `SyncRule` that are the same in every format.

Each gives the part, or `None` after it has added to *problems* what is wrong with the words.
"""

import difflib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import TypeVar

from simulator.errors import Diagnostic, DiagnosticsError, Severity, Source
from simulator.language.nodes import Node
from simulator.language.parse import parse
from simulator.rule import (
    MEMBERSHIP,
    OPERATOR_SPELLINGS,
    AttributeFlow,
    Direction,
    FlowType,
    ScopeCondition,
    ScopeOperator,
)
from simulator.rulefiles.rulefile import problem
from simulator.schema import standard_schema

Word = TypeVar("Word", bound=StrEnum)

# What a text in place of an expression was meant as: the literals that only expressions know.
LITERAL_WORDS = frozenset({"null", "authoritativenull", "ignorethisflow"})


def word(
    words: type[Word],
    text: str,
    key: str,
    place: Source,
    problems: list[Diagnostic],
    spellings: Mapping[str, Word] | None = None,
) -> Word | None:
    """The member of *words* that *text*, found at *key*, spells exactly."""
    known: dict[str, Word] = {each.value: each for each in words} | dict(spellings or {})
    found = known.get(text)
    if found is None:
        near = nearest(text, known)
        choice = ", ".join(each.value for each in words)
        problems.append(
            problem(
                _code(words),
                f"`{key}` is `{text}`" if text else f"`{key}` is empty",
                place,
                help=f"did you mean `{near}`?" if near else f"write one of: {choice}",
            )
        )
    return found


def _code(words: type[StrEnum]) -> str:
    """`unknown-link-type` for a word that is none of `LinkType`."""
    return "unknown" + re.sub("[A-Z]", lambda capital: f"-{capital[0].lower()}", words.__name__)


def scope_condition(
    attribute: str, operator: str, value: str, key: str, place: Source, problems: list[Diagnostic]
) -> ScopeCondition | None:
    """A clause of a scoping filter; its operator, found at *key*, may be in any known spelling."""
    found = word(ScopeOperator, operator, key, place, problems, OPERATOR_SPELLINGS)
    # exports leave the attribute empty where the value is a group (specification, section 4)
    if found is not None and not attribute.strip() and found not in MEMBERSHIP:
        problems.append(
            problem(
                "clause-without-attribute",
                f"the clause `{found}` names no attribute",
                place,
                help="name the attribute of the source object that it tests",
            )
        )
    return None if found is None else ScopeCondition(attribute.strip(), found, value)


def nearest(text: str, names: Iterable[str]) -> str | None:
    """The one of *names* most like *text*, compared without case, if one is like it."""
    folded = {name.casefold(): name for name in names}
    matches = difflib.get_close_matches(text.casefold(), folded, n=1, cutoff=0.7)
    return folded[matches[0]] if matches else None


def expression(source: Source, problems: list[Diagnostic]) -> Node | None:
    """The tree of an expression's text; every syntax finding becomes a problem."""
    try:
        return parse(source)
    except DiagnosticsError as error:
        problems.extend(each.at(source) for each in error.diagnostics)
        return None


def constant_finding(
    flow: AttributeFlow, direction: Direction, place: Source
) -> Iterable[Diagnostic]:
    """What to say of a constant that looks like a literal: it flows as that very text.

    Source: sync-engine specification, section 6; an administrator found the word in his data.
    """
    if flow.type is not FlowType.CONSTANT or flow.constant.strip().casefold() not in LITERAL_WORDS:
        return
    schema = standard_schema("metaverse" if direction is Direction.INBOUND else "entra")
    target = schema.get(flow.target)
    boolean = target is not None and target.type == "bool"
    yield Diagnostic(
        "constant-is-text",
        f"the constant `{flow.constant}` is a text of that spelling, not a literal"
        + (f", and `{flow.target}` is Boolean" if boolean else ""),
        place,
        help="make it a flow of type Expression",
        severity=Severity.ERROR if boolean else Severity.WARNING,
    )


def repeated_targets(flows: Iterable[AttributeFlow], place: Source) -> Iterable[Diagnostic]:
    """A finding for each attribute to which one rule flows twice: which one wins is not known."""
    counts = Counter(flow.target for flow in flows)
    for target in (each for each, count in counts.items() if count > 1):
        message = f"the rule has {counts[target]} flows to `{target}`"
        yield Diagnostic("repeated-target", message, place, help="keep one of them")
