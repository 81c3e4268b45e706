"""JSON read value by value, however large the document around them is.

By the standard library's decoder over a growing piece of text. The known streaming library loses
keys that come twice, makes `?` of half a surrogate pair and names no line of an error.
"""

import json
import re
from collections.abc import Iterator
from typing import NoReturn

from simulator.sources.textfile import LARGEST, too_large

_LONGEST_TOKEN = 16  # but for a text: a fault nearer to the end may be that more is to come
_BLANKS = re.compile(r"[ \t\r\n]*")
_HALF = re.compile(r"\\u[dD][89a-fA-F]")


class JsonError(Exception):
    """The text is not JSON; the message says why, *line* where."""

    def __init__(self, line: int, problem: str) -> None:
        super().__init__(problem)
        self.line, self.problem = line, problem


class JsonText:
    """JSON that comes in *pieces*, up to the first character that has not been taken."""

    def __init__(self, pieces: Iterator[str], name: str) -> None:
        self._pieces, self._name = pieces, name
        self._text, self._at, self._ended = "", 0, False
        self._line, self._counted = 1, 0
        self._decoder = json.JSONDecoder(parse_constant=no_constant)

    @property
    def line(self) -> int:
        """The line on which the next character stands."""
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def peek(self, between: str = "") -> str:
        """The next character that is no blank and none of *between*; empty at the end."""
        while True:
            match = _BLANKS.match(self._text, self._at)
            assert match is not None
            self._at = match.end()
            if self._at == len(self._text):
                if not self._more():
                    return ""
            elif self._text[self._at] in between:
                self._at += 1
            else:
                return self._text[self._at]

    def take(self, expected: str) -> bool:
        """Whether the next character is *expected*, which is then taken."""
        found = self.peek() == expected
        self._at += found
        return found

    def value(self) -> object:
        """The next value, whole."""
        self.peek()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except RecursionError:
                raise JsonError(self.line, "is nested too deeply") from None
            except json.JSONDecodeError as error:
                if not self._may_be_cut(error):
                    self._at = error.pos
                    self.fail(error.msg)
                self._more()
            except ValueError as error:
                self.fail(str(error))
            else:
                if self._ended or not _may_go_on(value, self._text[end : end + 4]):
                    break
                self._more()
        if _HALF.search(self._text, self._at, end) and is_torn(value):
            raise JsonError(self.line, "half a surrogate pair is no character")
        self._at = end
        return value

    def elements(self) -> Iterator[object]:
        """The elements of the list that comes next."""
        assert self.take("[")
        if self.take("]"):
            return
        while True:
            yield self.value()
            if self.take("]"):
                return
            if not self.take(","):
                self.fail("Expecting ',' delimiter")

    def members(self) -> Iterator[str]:
        """The keys of the object that comes next, each to be followed by taking its value."""
        assert self.take("{")
        if self.take("}"):
            return
        while True:
            if self.peek() != '"':
                self.fail("Expecting property name enclosed in double quotes")
            key = self.value()
            if not self.take(":"):
                self.fail("Expecting ':' delimiter")
            yield str(key)
            if self.take("}"):
                return
            if not self.take(","):
                self.fail("Expecting ',' delimiter")

    def fail(self, problem: str) -> NoReturn:
        """Raises the error that the text is not JSON here."""
        if self._ended and not self._text[self._at :].strip():
            problem = "the file ends too soon"
        raise JsonError(self.line, f"is not JSON: {plain_problem(problem)}")

    def _may_be_cut(self, error: json.JSONDecodeError) -> bool:
        near = len(self._text) - error.pos <= _LONGEST_TOKEN
        return not self._ended and (near or error.msg.startswith("Unterminated string"))

    def _more(self) -> bool:
        """Whether there is more text; it is read, at least as much as is held already."""
        line = self.line
        held = self._text[self._at :]
        if len(held) > LARGEST:
            raise too_large(f"{self._name}:{line}", "a value")
        parts, wanted = [held], max(len(held), 1)
        while wanted > 0 and (piece := next(self._pieces, None)) is not None:
            parts.append(piece)
            wanted -= len(piece)
        self._ended = wanted > 0
        self._text, self._at, self._counted = "".join(parts), 0, 0
        return len(self._text) > len(held)


def plain_problem(words: str) -> str:
    """What the standard library's decoder says, without the place that it goes on to give.

    Nor with its advice to those who write Python.
    """
    if words.startswith("Exceeds the limit"):
        return "a number has thousands of digits"
    return words.removesuffix(" at").removesuffix(" starting")


def _may_go_on(value: object, after: str) -> bool:
    """Whether *value* is a number that has more digits than there are yet."""
    return isinstance(value, int | float) and len(after) < 4


def is_torn(value: object) -> bool:
    """Whether *value* holds half a surrogate pair."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


def no_constant(text: str) -> NoReturn:
    """Refuses NaN and the infinities, which Python would take."""
    raise ValueError(f"{text} is not a number of JSON")
