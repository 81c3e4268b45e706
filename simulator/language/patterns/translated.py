"""Matching by `regex`: a pattern is read, written anew for it, and compiled once."""

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from simulator.language.patterns.case import Case, case_of
from simulator.language.patterns.literal import longest_literal
from simulator.language.patterns.options import SECONDS, NotPortable, Options, PatternTimeoutError
from simulator.language.patterns.parser import parse_pattern
from simulator.language.patterns.rewrite import rewrite
from simulator.language.patterns.tree import Pattern
from simulator.language.patterns.units import LAST, code_units, fold

if TYPE_CHECKING:
    import regex


def occurs(pattern: str, text: str, options: Options) -> bool:
    """Whether *pattern* with *options* matches anywhere in *text*; raises as `is_match` does."""
    prepared = _prepared(code_units(pattern), options)
    units = code_units(text)
    if prepared.case is Case.FOLDED:
        units = fold(units, bool(options & Options.CULTURE_INVARIANT))
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
