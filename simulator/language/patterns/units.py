"""Sets of UTF-16 code units, and the sets and cases that .NET's patterns know by name.

A set is a tuple of ranges, first and last unit included, in order and apart.
"""

import tomllib
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, TypeAlias

Ranges: TypeAlias = tuple[tuple[int, int], ...]

LAST = 0xFFFF
EVERYTHING: Ranges = ((0, LAST),)
ECMA_DIGIT: Ranges = ((48, 57),)
ECMA_SPACE: Ranges = ((9, 13), (32, 32))
# The dotted capital I counts, because its lower case is i.
ECMA_WORD: Ranges = ((48, 57), (65, 90), (95, 95), (97, 122), (0x130, 0x130))
JOINERS: Ranges = ((0x200C, 0x200D),)  # part of a word for \b and in names, but not for \w


def union(*sets: Iterable[tuple[int, int]]) -> Ranges:
    """The units in any of *sets*, which may be unordered and overlap."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(pair for each in sets for pair in each):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return tuple(merged)


def complement(ranges: Ranges) -> Ranges:
    """The units not in *ranges*."""
    gaps = []
    start = 0
    for first, last in ranges:
        if start < first:
            gaps.append((start, first - 1))
        start = last + 1
    if start <= LAST:
        gaps.append((start, LAST))
    return tuple(gaps)


def difference(ranges: Ranges, without: Ranges) -> Ranges:
    """The units in *ranges* that are not in *without*."""
    return complement(union(complement(ranges), without))


def clip(ranges: Ranges, limit: int) -> Ranges:
    """The units in *ranges* up to *limit*."""
    return tuple((first, min(last, limit)) for first, last in ranges if first <= limit)


def contains(ranges: Ranges, unit: int) -> bool:
    """Whether *unit* is in *ranges*."""
    return any(first <= unit <= last for first, last in ranges)


@cache
def _tables() -> dict[str, Any]:
    text = (files("simulator.language.patterns") / "units.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@cache
def table(name: str) -> Ranges:
    """A set of `units.toml`: `word`, `digit`, `space`, or `uncased`."""
    return _parsed(_tables()[name])


@lru_cache(maxsize=32)
def block(name: str) -> Ranges | None:
    """The units of the Unicode block that .NET knows as `Is` and *name*."""
    text = _tables()["blocks"].get(name)
    return None if text is None else _parsed(text)


def _parsed(text: str) -> Ranges:
    pairs = (pair.partition("-") for pair in text.split())
    return tuple((int(first, 16), int(last or first, 16)) for first, _, last in pairs)


_KINDS = {
    "L": "ultmo", "M": "nce", "N": "dlo", "P": "cdseifo", "S": "mcko", "Z": "slp", "C": "cfson",
}  # fmt: skip
CATEGORIES = frozenset(kind + each for kind, more in _KINDS.items() for each in ("", *more))


@lru_cache(maxsize=64)
def category(name: str) -> Ranges:
    """The units of the general category *name*, of one letter or two."""
    units = (u for u in range(LAST + 1) if unicodedata.category(chr(u)).startswith(name))
    return union((u, u) for u in units)


# The lower cases that only the language's rules know, not those of the invariant culture.
_CULTURAL = frozenset([0x130, 0x1C5, 0x1C8, 0x1CB, 0x1F2, 0x3F4, 0x1E9E, 0x2126, 0x212A, 0x212B])


def lower(unit: int, invariant: bool) -> int:
    """*unit* in lower case, as Windows knows it for English or the *invariant* culture."""
    if unit < 128:
        return unit + 32 if 65 <= unit <= 90 else unit
    if unit in _CULTURAL and invariant:
        return unit
    if unit == 0x130:
        return 0x69
    text = chr(unit).lower()
    return ord(text) if len(text) == 1 else unit


@lru_cache(maxsize=8)
def _folding(invariant: bool) -> dict[int, int]:
    cased = ((u, lower(u, invariant)) for u in range(LAST + 1))
    return {upper: low for upper, low in cased if upper != low}


def fold(text: str, invariant: bool) -> str:
    """*text*, of code units, in lower case, each unit for itself."""
    return text.lower() if text.isascii() else text.translate(_folding(invariant))


def with_lower(ranges: Ranges, invariant: bool) -> Ranges:
    """*ranges* as a class compares them with lower-case text: their lower case added.

    A single unit becomes its lower case. A range gets the lower case only of letters that .NET
    has known from the beginning; three old mistakes in its table are kept.
    """
    result: list[tuple[int, int]] = []
    for first, last in ranges:
        if first == last:
            low = lower(first, invariant)
            result.append((low, low))
            continue
        result.append((first, last))
        result += _lower_in_range(first, last)
    return union(result)


_MISTAKES = {0xD7: 0xF7, 0x24D0: 0x24EA, **{u: u + 48 for u in range(0x10A0, 0x10C6)}}


def _lower_in_range(first: int, last: int) -> Iterable[tuple[int, int]]:
    if first <= 90 and last >= 65:  # most often all there is
        yield max(first, 65) + 32, min(last, 90) + 32
    if last < 0xC0:
        return
    units = {**_folding(False), **_MISTAKES}
    uncased = table("uncased")
    for unit, low in units.items():
        if unit >= 0xC0 and first <= unit <= last and not contains(uncased, unit):
            yield low, low


def expanded(ranges: Ranges, invariant: bool) -> Ranges:
    """The units whose lower case is in *ranges*."""
    folding = _folding(invariant)
    kept = difference(ranges, union((u, u) for u in folding))
    return union(kept, ((u, u) for u, low in folding.items() if contains(ranges, low)))


def code_units(text: str) -> str:
    """*text* with each character beyond U+FFFF as its two surrogates, as .NET sees it."""
    if text.isascii() or max(text) <= "\uffff":
        return text
    encoded = text.encode("utf-16-le", "surrogatepass")
    return "".join(chr(encoded[i] | encoded[i + 1] << 8) for i in range(0, len(encoded), 2))
