"""What can stand at the cursor: functions, attributes, constants, parameters and variables."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from simulator.language.checking.names import PUBLISHED_PARAMETERS
from simulator.language.function import FUNCTIONS, Function, Kind
from simulator.language.nodes import CONSTANTS

_STRING = re.compile(r'"(?:\\["\\]|""|\\(?!["\\])|[^"\\])*("|$)')
_VARIABLE = re.compile(r"\$[A-Za-z_][0-9A-Za-z_]*")


@dataclass(frozen=True, slots=True)
class Completion:
    """A text to put between *start* and the cursor, and a word on what it is."""

    text: str
    start: int
    meaning: str


def completions(
    text: str,
    cursor: int,
    attributes: Iterable[str] = (),
    parameters: Iterable[str] = PUBLISHED_PARAMETERS,
) -> tuple[Completion, ...]:
    """What begins, in any case, with what is written before *cursor* in *text*, in order.

    Nothing inside a string, except the names that ValueCount and ImportedValue take.
    """
    before = text[:cursor]
    if (found := re.search(r'(?:ValueCount|ImportedValue)\s*\(\s*"([^"]*)$', before)) is not None:
        return _matching(found[1], found.start(1), ((a, "attribute") for a in attributes))
    if _is_inside_string(before):
        return ()
    if (found := re.search(r"\[([^\]\r\n]*)$", before)) is not None:
        named = ((f"[{a}]", "attribute") for a in attributes)
        return _matching(f"[{found[1]}", found.start(), named)
    if (found := re.search(r"%([0-9A-Za-z._-]*)$", before)) is not None:
        named = ((f"%{p}%", "parameter") for p in parameters)
        return _matching(found[0], found.start(), named)
    if (found := re.search(r"\$[0-9A-Za-z_]*$", before)) is not None:
        names = dict.fromkeys(_VARIABLE.findall(text[: found.start()]))
        return _matching(found[0], found.start(), ((n, "variable") for n in names))
    if (found := re.search(r"[A-Za-z][0-9A-Za-z]*$", before)) is not None:
        return _matching(found[0], found.start(), _words(call_at(text, found.start())))
    return ()


def call_at(text: str, cursor: int) -> tuple[Function, int] | None:
    """The function in whose arguments the cursor stands, and which argument it is, from 0."""
    masked = _STRING.sub(lambda m: " " * len(m[0]), text[:cursor])
    masked = re.sub(r"\[[^\]\r\n]*\]", lambda m: " " * len(m[0]), masked)
    open_calls: list[tuple[str, int]] = []
    for found in re.finditer(r"([A-Za-z][0-9A-Za-z]*)?\s*\(|\)|,", masked):
        if found[0].endswith("("):
            open_calls.append((found[1] or "", 0))
        elif found[0] == ")":
            open_calls = open_calls[:-1]
        elif open_calls:
            name, index = open_calls[-1]
            open_calls[-1] = (name, index + 1)
    if not open_calls or open_calls[-1][0] not in FUNCTIONS:
        return None
    declared, index = FUNCTIONS[open_calls[-1][0]], open_calls[-1][1]
    most = declared.maximum
    return (declared, index) if most is None or index < most else None


def _words(call: tuple[Function, int] | None) -> Iterator[tuple[str, str]]:
    if call is not None and call[0].parameters:
        parameter = call[0].parameter(call[1])
        if parameter.kind is Kind.WORD:
            yield from ((word, "word") for word in parameter.words)
            return
    yield from ((constant, "constant") for constant in CONSTANTS)
    for name, declared in FUNCTIONS.items():
        yield f"{name}(", declared.signature


def _is_inside_string(before: str) -> bool:
    return any(not found[1] for found in _STRING.finditer(before))


def _matching(
    written: str, start: int, candidates: Iterable[tuple[str, str]]
) -> tuple[Completion, ...]:
    folded = written.casefold()
    found = {
        text: Completion(text, start, meaning)
        for text, meaning in candidates
        if text.casefold().startswith(folded)
    }
    return tuple(found[text] for text in sorted(found, key=lambda t: (t.casefold(), t)))
