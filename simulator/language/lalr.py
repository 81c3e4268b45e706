"""Reads text by the parser's table: a lexer that knows what can follow, and LALR(1).

Nothing here knows the language: that is in `grammar.lark`, from which `table.py` is made.
"""

import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

from simulator.errors import Span
from simulator.language.table import RULES, STATES, TERMINALS

_END, _BLANK = "$END", "WS"


class Token(NamedTuple):
    """A terminal as it stands in the text."""

    kind: str
    text: str
    span: Span


class UnexpectedError(Exception):
    """No expression goes on with what stands at *span*."""

    def __init__(self, span: Span) -> None:
        super().__init__()
        self.span = span


def read(text: str, build: Mapping[str, Callable[[list[Any]], Any]]) -> Any:
    """What *build* makes of *text*, bottom-up, so that depth costs no recursion.

    It has for each rule of the grammar a function of its parts: tokens, and what was built of
    others. Rules whose name begins with `_` only hand their parts on. Raises `UnexpectedError`.
    """
    states, parts = [0], list[list[Any]]()
    position = 0
    while True:
        token = _token(text, position, states[-1])
        position = token.span.end
        action = STATES[states[-1]].get(token.kind)
        while action is not None and action < 0:
            symbol, count, name = RULES[-1 - action]
            made = parts[-count]  # which nothing else holds
            for each in parts[len(parts) - count + 1 :]:
                made += each
            if symbol == "start":
                return made[0]
            del parts[-count:], states[-count:]
            parts.append(made if symbol.startswith("_") else [build[name](made)])
            states.append(STATES[states[-1]][symbol])
            action = STATES[states[-1]].get(token.kind)
        if action is None:
            raise UnexpectedError(token.span)
        parts.append([token])
        states.append(action)


def _token(text: str, position: int, state: int) -> Token:
    """The next token from *position* on, blanks passed over."""
    expected = _expected(state)
    while position < len(text):
        found = expected(text, position) or _pattern(tuple(TERMINALS))(text, position)
        if found is None:
            raise UnexpectedError(Span(position, position + 1))
        kind = found.lastgroup or ""
        if kind != _BLANK:
            return Token(kind, found[0], Span(position, found.end()))
        position = found.end()
    return Token(_END, "", Span(len(text), len(text) + 1))


@cache
def _expected(state: int) -> Callable[[str, int], re.Match[str] | None]:
    return _pattern(tuple(t for t in TERMINALS if t in STATES[state] or t == _BLANK))


@cache
def _pattern(kinds: tuple[str, ...]) -> Callable[[str, int], re.Match[str] | None]:
    """Finds a terminal of these *kinds* at a position of a text."""
    return re.compile("|".join(f"(?P<{kind}>{TERMINALS[kind]})" for kind in kinds)).match
