"""The options of a .NET pattern, and why one is refused."""

from enum import IntFlag, auto

SECONDS = 1.0  # .NET Framework has no limit of its own; its server would hang


class Options(IntFlag):
    """RegexOptions, with .NET's names."""

    NONE = 0
    IGNORE_CASE = auto()
    MULTILINE = auto()
    EXPLICIT_CAPTURE = auto()
    COMPILED = auto()
    SINGLELINE = auto()
    IGNORE_PATTERN_WHITESPACE = auto()
    RIGHT_TO_LEFT = auto()
    ECMA_SCRIPT = auto()
    CULTURE_INVARIANT = auto()


class PatternError(ValueError):
    """The pattern is wrong: .NET refuses it too."""


class NotPortable(PatternError):  # noqa: N818 - it says what the pattern is
    """The pattern may be right, but what it means cannot be found out here."""


class PatternTimeoutError(Exception):
    """The match took longer than `SECONDS`."""
