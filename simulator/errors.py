"""What can go wrong, and how it is said: place, problem and way out.

A `Diagnostic` is about the user's rules, expressions or objects: data, collected and shown
together. An exception stops the work; every one derives from `SimulatorError` and carries the
exit status that the command line gives it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


class Severity(StrEnum):
    """How much a diagnostic matters; only an error keeps a rule from being evaluated."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Source:
    """A text with the name a reader knows it by, and where it begins in its file.

    *line* and *column* are those of the first character of *text* in the file, both 1-based.
    """

    name: str
    text: str
    line: int = 1
    column: int = 1
    file: str | None = None


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The characters of a text from *start* up to, not including, *end*; both 0-based."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: a stable kebab-case code, one sentence, where it is, and the way out."""

    code: str
    message: str
    source: Source | None = None
    span: Span | None = None
    help: str | None = None
    severity: Severity = Severity.ERROR

    def position(self) -> tuple[int, int] | None:
        """The line and column, 1-based, of the first character at fault, in its file."""
        if self.source is None or self.span is None:
            return None
        before = self.source.text[: self.span.start]
        lines = before.count("\n")
        column = len(before) - (before.rfind("\n") + 1)
        if lines == 0:
            return self.source.line, self.source.column + column
        return self.source.line + lines, column + 1

    def place(self) -> str:
        """`name:line:column`, as far as it is known."""
        if self.source is None:
            return ""
        position = self.position()
        name = self.source.name
        if self.source.file:
            name = f"{self.source.file}: {name}"
        return f"{name}:{position[0]}:{position[1]}" if position else name

    def render(self) -> str:
        """The finding as a person reads it: place, code, sentence, the line with carets, help."""
        head = f"{self.code}: {self.message}"
        place = self.place()
        lines = [f"{place}: {head}" if place else head]
        if self.source is not None and self.span is not None:
            lines += _excerpt(self.source.text, self.span)
        if self.help:
            lines.append(f"  = help: {self.help}")
        return "\n".join(lines)

    def at(self, source: Source | None, span: Span | None = None) -> "Diagnostic":
        """The same finding in *source*, at *span* unless it has a place already."""
        return replace(self, source=self.source or source, span=self.span or span)


# Characters that no reader sees, or that make him misread others: controls, blanks without width,
# marks that turn the direction of text. A pattern of Python and of JavaScript.
UNSEEN = (
    r"[\0-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    r"\ufeff\ufff9-\ufffb]"
)
_UNSEEN = re.compile(UNSEEN)
_EXCERPT_WIDTH = 100


def printable(text: str) -> str:
    """*text* as a person may get it: what is unseen, or would steer a terminal, is spelt out."""
    return _UNSEEN.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def _excerpt(text: str, span: Span) -> list[str]:
    """The line of *text* at which *span* begins, with carets under exactly what it covers."""
    start = text.rfind("\n", 0, span.start) + 1
    end = text.find("\n", span.start)
    line = text[start : end if end >= 0 else len(text)].rstrip("\r")
    column = span.start - start
    width = max(1, min(span.end, start + len(line)) - span.start)
    if len(line) > _EXCERPT_WIDTH:  # a window around the fault, so that the carets stay in sight
        cut = max(0, column - _EXCERPT_WIDTH // 2)
        line = ("…" if cut else "") + line[cut : cut + _EXCERPT_WIDTH]
        column = column - cut + (1 if cut else 0)
        width = min(width, max(1, len(line) - column))
    # spelt out here, so that the carets stay below what they mean
    before, covered = printable(line[:column]), printable(line[column : column + width])
    marker = "".join("\t" if c == "\t" else " " for c in before)
    return [f"  | {printable(line)}", f"  | {marker}{'^' * max(width, len(covered))}"]


class SimulatorError(Exception):
    """What stops the work, said to the user; *status* is the exit status of the command."""

    status = 2

    def __init__(self, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help

    def render(self) -> str:
        """The error as a person reads it, in which no character of a file steers the terminal."""
        text = f"{self.message}\n  = help: {self.help}" if self.help else self.message
        return printable(text)


class UsageError(SimulatorError):
    """The command, an option or an argument cannot be used as it was given."""


class InputError(SimulatorError):
    """A rule file or a file of objects cannot be read as what it should be."""


class IncompleteError(SimulatorError):
    """A source failed before everything was read; nothing of it is shown as the whole."""

    status = 3


class DiagnosticsError(SimulatorError):
    """Rules or expressions with errors, all of which are listed."""

    def __init__(self, diagnostics: Iterable[Diagnostic], help: str | None = None) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(d.render() for d in self.diagnostics), help)


class ObjectError(Exception):
    """An error of one object's evaluation: *kind* is one of the published error kinds.

    Raised by functions and operators; the evaluator adds the place.
    """

    def __init__(self, kind: str, message: str, help: str | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.help = help
        self.span: Span | None = None
