"""Whether a .NET pattern matches a text: .NET's Regex.IsMatch(text, pattern, options)."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from simulator.language.patterns import direct
from simulator.language.patterns.case import Case, case_of
from simulator.language.patterns.literal import longest_literal
from simulator.language.patterns.parser import parse_pattern
from simulator.language.patterns.rewrite import rewrite
from simulator.language.patterns.tree import NotPortable, Options, Pattern, PatternError
from simulator.language.patterns.units import LAST, code_units, fold

if TYPE_CHECKING:
    import regex

SECONDS = 1.0  # .NET Framework has no limit of its own; its server would hang

_NAMES = {
    "None": Options.NONE,
    "IgnoreCase": Options.IGNORE_CASE,
    "Multiline": Options.MULTILINE,
    "ExplicitCapture": Options.EXPLICIT_CAPTURE,
    "Compiled": Options.COMPILED,
    "Singleline": Options.SINGLELINE,
    "IgnorePatternWhitespace": Options.IGNORE_PATTERN_WHITESPACE,
    "RightToLeft": Options.RIGHT_TO_LEFT,
    "ECMAScript": Options.ECMA_SCRIPT,
    "CultureInvariant": Options.CULTURE_INVARIANT,
}
OPTION_NAMES = tuple(_NAMES)

_WITH_ECMA_SCRIPT = (
    Options.ECMA_SCRIPT
    | Options.IGNORE_CASE
    | Options.MULTILINE
    | Options.COMPILED
    | Options.CULTURE_INVARIANT
)
_PLAIN_OPTIONS = Options.IGNORE_CASE | Options.COMPILED | Options.CULTURE_INVARIANT


class PatternTimeoutError(Exception):
    """The match took longer than `SECONDS`."""


@lru_cache(maxsize=64)
def parse_options(text: str) -> Options:
    """The options that *text* names, divided by commas."""
    options = Options.NONE
    for part in text.split(","):
        option = _NAMES.get(part.strip())
        if option is None:
            raise PatternError(f"there is no option `{part.strip()}`")
        options |= option
    if options & Options.ECMA_SCRIPT and options & ~_WITH_ECMA_SCRIPT:
        raise PatternError("ECMAScript goes only with IgnoreCase, Multiline and Compiled")
    return options


def is_match(pattern: str, text: str, options: str = "None") -> bool:
    """Whether *pattern* matches anywhere in *text*.

    Raises `PatternError` if .NET would refuse the pattern, `NotPortable` if its meaning cannot be
    found out here, and `PatternTimeoutError` if matching takes too long.
    """
    chosen = parse_options(options)
    if not chosen & ~_PLAIN_OPTIONS and text.isascii():
        ignore_case = bool(chosen & Options.IGNORE_CASE)
        plain = direct.tokens(pattern, ignore_case)
        if plain is not None:
            return direct.occurs(plain, text.lower() if ignore_case else text)
    prepared = _prepared(code_units(pattern), chosen)
    units = code_units(text)
    if prepared.case is Case.FOLDED:
        units = fold(units, bool(chosen & Options.CULTURE_INVARIANT))
    if prepared.literal not in units:
        return False
    compiled = _compiled(prepared, units.isascii())
    try:
        return compiled.search(units, timeout=SECONDS) is not None
    except TimeoutError:
        raise PatternTimeoutError from None


@dataclass(frozen=True, slots=True, eq=False)
class _Prepared:
    """A pattern that has been read, and what can be known of it before it is compiled.

    *written* is the pattern for texts in ASCII, which has much shorter sets; *literal* is in
    every text that it matches.
    """

    pattern: Pattern
    case: Case
    written: str
    literal: str


@lru_cache(maxsize=256)
def _prepared(text: str, options: Options) -> _Prepared:
    pattern = parse_pattern(text, options)
    case = case_of(pattern)
    written = rewrite(pattern, case, 127)
    return _Prepared(pattern, case, written, longest_literal(pattern.root, case))


@lru_cache(maxsize=256)
def _compiled(prepared: _Prepared, ascii_only: bool) -> "regex.Pattern[str]":
    import regex

    written = prepared.written if ascii_only else rewrite(prepared.pattern, prepared.case, LAST)
    flags = regex.VERSION0
    if prepared.pattern.options & Options.RIGHT_TO_LEFT and _is_directed(written):
        flags |= regex.REVERSE
    try:
        return regex.compile(written, flags, cache_pattern=False)
    except (regex.error, RecursionError, OverflowError, MemoryError) as error:
        raise NotPortable(f"the engine here does not take it ({error})") from None


def _is_directed(written: str) -> bool:
    """Whether it matters from which end a pattern is matched: with references, atomic groups."""
    return "(?P" in written or "(?>" in written
