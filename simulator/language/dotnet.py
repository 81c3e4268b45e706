"""Text as .NET sees it: UTF-16 code units, white space, casing, title case, numbers in text.

Written from the published class library reference and compared with the answers of real .NET
runtimes (`tests/golden`). The culture is the invariant one.
"""

import re
import unicodedata
from collections.abc import Iterator

INT64_MIN, INT64_MAX = -(1 << 63), (1 << 63) - 1

# What String.Trim takes off: Unicode white space, but not U+001C to U+001F, as Python does.
WHITE_SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)


def units(text: str) -> str:
    """*text* with each character outside the BMP as its two UTF-16 code units."""
    if text.isascii() or not text or max(text) <= "\uffff":
        return text
    return "".join(_units(text))


def _units(text: str) -> Iterator[str]:
    for character in text:
        point = ord(character)
        if point <= 0xFFFF:
            yield character
        else:
            yield chr(0xD800 + ((point - 0x10000) >> 10))
            yield chr(0xDC00 + ((point - 0x10000) & 0x3FF))


_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def characters(code_units: str) -> str:
    """The text whose UTF-16 code units are given; half a pair stays alone, as in .NET."""
    if code_units.isascii():
        return code_units
    return _PAIR.sub(
        lambda pair: chr(
            0x10000 + ((ord(pair[0][0]) - 0xD800) << 10) + (ord(pair[0][1]) - 0xDC00)
        ),
        code_units,
    )


# Small letters with iota below: their capital is one letter, though Unicode writes two.
_CAPITAL_IOTA = {
    chr(point): chr(point + 8)
    for first in (0x1F80, 0x1F90, 0x1FA0)
    for point in range(first, first + 8)
} | {"\u1fb3": "\u1fbc", "\u1fc3": "\u1fcc", "\u1ff3": "\u1ffc"}


def upper(text: str) -> str:
    """String.ToUpperInvariant: letter by letter, so that the length never changes."""
    return text.upper() if text.isascii() else "".join(map(_upper, text))


def lower(text: str) -> str:
    """String.ToLowerInvariant: letter by letter, so that the length never changes."""
    return text.lower() if text.isascii() else "".join(map(_lower, text))


# The invariant culture maps a letter only where the way back leads to it: the Kelvin sign, the
# dotless i and the final sigma stay.
def _upper(letter: str) -> str:
    capital = _capital(letter)
    return capital if _small(capital) == letter else letter


def _lower(letter: str) -> str:
    small = _small(letter)
    return small if _capital(small) == letter else letter


def _capital(letter: str) -> str:
    """The capital of *letter* if it is one letter of the BMP, else *letter*."""
    if letter > "\uffff" or "\u1c80" <= letter <= "\u1c88":  # younger than Windows' table
        return letter
    capital = letter.upper()
    return capital if len(capital) == 1 else _CAPITAL_IOTA.get(letter, letter)


def _small(letter: str) -> str:
    """The small form of *letter* if it is one letter of the BMP, else *letter*."""
    small = letter.lower()
    return small if len(small) == 1 and letter <= "\uffff" else letter


_SEPARATORS = frozenset(("Zs", "Zl", "Zp", "Cc", "Cf", "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po",
                         "Sm", "Sc", "Sk", "So"))  # fmt: skip
_TITLE = {c: title for title, all in (("\u01c5", "\u01c4\u01c5\u01c6"),
          ("\u01c8", "\u01c7\u01c8\u01c9"), ("\u01cb", "\u01ca\u01cb\u01cc"),
          ("\u01f2", "\u01f1\u01f2\u01f3")) for c in all}  # fmt: skip


def title_case(text: str, *, keep_capitals: bool = True) -> tuple[str, tuple[str, ...]]:
    """TextInfo.ToTitleCase of *text*, and the words it left alone for being all in capitals.

    A word begins at a letter and ends before a separator; marks and digits belong to it.
    """
    result: list[str] = []
    acronyms: list[str] = []
    position = 0
    while position < len(text):
        first = text[position]
        if not unicodedata.category(first).startswith("L"):
            result.append(first)
            position += 1
            continue
        end = _word_end(text, position + 1)
        rest = text[position + 1 : end]
        all_capitals = not any(unicodedata.category(c) == "Ll" for c in first + rest)
        if all_capitals and keep_capitals and "'" in rest:
            # What follows an apostrophe is small even in a word of capitals.
            head, _, tail = rest.partition("'")
            rest = f"{head}'{_linguistic_lower(tail)}"
        elif not all_capitals or not keep_capitals:
            rest = _linguistic_lower(rest)
        if all_capitals and len(text[position:end]) > 1:
            acronyms.append(text[position:end])
        result += [_TITLE.get(first) or _capital(first), rest]
        position = end
    return "".join(result), tuple(acronyms)


def _word_end(text: str, position: int) -> int:
    while position < len(text):
        character = text[position]
        if character != "'" and unicodedata.category(character) in _SEPARATORS:
            break
        position += 1
    return position


# Title case goes by a culture, whose casing knows more letters than the invariant one.
def _linguistic_lower(text: str) -> str:
    return "".join("i" if letter == "\u0130" else _small(letter) for letter in text)


_INTEGER = re.compile(r"[\t-\r ]*([+-]?[0-9]+)[\t-\r ]*\0*")


def parse_integer(text: str) -> int | None:
    """The whole number that Int64.Parse reads from *text*, of any size; `None` if it is none."""
    match = _INTEGER.fullmatch(text)
    return int(match[1]) if match else None


_GUID = re.compile(
    r"(\{)?([0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12})(?(1)\})"
)


def guid_digits(text: str) -> str | None:
    """The GUID in *text* without braces, if it is one of the two published patterns."""
    match = _GUID.fullmatch(text)
    return match[2] if match else None
