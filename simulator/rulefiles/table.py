"""A TOML table as a msgspec Struct, key by key, so that every wrong key is told at once."""

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, TypeAlias, TypeVar

import msgspec

from simulator.errors import Diagnostic, Source
from simulator.rulefiles.draft import nearest, word
from simulator.rulefiles.rulefile import problem

Word = TypeVar("Word", bound=StrEnum)
Tables: TypeAlias = list[dict[str, Any]]
Shape = TypeVar("Shape", bound=msgspec.Struct)

_TYPES = {
    "str": "a text in quotes",
    "int": "a whole number",
    "bool": "true or false, without quotes",
    "array": "a list in square brackets",
    "object": "a table",
    "float": "a number with a decimal point",
    "null": "nothing",
}


_FORMS = {
    "scope": "write groups of clauses: scope = [[{ attribute = ..., operator = ... }], ...]",
    "join": "write groups of pairs: join = [[{ source = ..., target = ... }], ...]",
    "flow": "write each flow as a table of its own, below [[flow]]",
    "constant": "write a constant as a text in quotes, also a number, True or False",
}


def read_table(
    shape: type[Shape], table: Mapping[str, Any], place: Source, problems: list[Diagnostic]
) -> Shape | None:
    """*table* as a *shape*, or `None` after a problem for each of its keys that does not fit."""
    fields = {each.encode_name: each for each in msgspec.structs.fields(shape)}
    before = len(problems)
    values: dict[str, Any] = {}
    for key, value in table.items():
        if key not in fields:
            problems.append(_unknown(key, fields, place))
            continue
        try:
            values[fields[key].name] = msgspec.convert(value, fields[key].type)
        except msgspec.ValidationError as error:
            problems.append(_misfit(key, str(error), place))
    for key, each in fields.items():
        if each.required and key not in table:
            problems.append(
                problem(
                    "missing-key", f"the key `{key}` is missing", place, help=f"add {key} = ..."
                )
            )
    return shape(**values) if len(problems) == before else None


def _unknown(key: str, fields: Mapping[str, Any], place: Source) -> Diagnostic:
    near = nearest(key, fields)
    known = ", ".join(fields)
    return problem(
        "unknown-key",
        f"there is no key `{key}` here",
        place,
        help=f"did you mean `{near}`?" if near else f"the keys are: {known}",
    )


def _misfit(key: str, message: str, place: Source) -> Diagnostic:
    match = re.match(r"Expected `(\w+)(?: \| null)?`, got `(\w+)`", message)
    if match is None:  # the one limit that there is
        message = f"`{key}` is below zero"
        return problem("wrong-value", message, place, help=f"write {key} as 0 or more")
    wanted, given = (_TYPES.get(name, name) for name in match.groups())
    within = " (in one of its entries)" if "at `$[" in message else ""
    way_out = _FORMS.get(key, f"write {key} as {wanted}")
    return problem("wrong-type", f"`{key}` is {given}{within}", place, help=way_out)


def tables(value: object) -> Tables:
    """The tables in *value*, if it is a list; what else is in it fails where it is converted."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def word_of(
    table: Mapping[str, Any],
    words: type[Word],
    key: str,
    place: Source,
    problems: list[Diagnostic],
) -> Word | None:
    """The word at *key*; where it is missing or no text, `read_table` has said so."""
    value = table.get(key)
    return word(words, value, key, place, problems) if isinstance(value, str) else None
