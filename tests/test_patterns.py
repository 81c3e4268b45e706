"""Patterns against the answers of .NET (`golden/regex.json`), and the short ways against the long."""

import contextlib
import json
import random
import re
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from simulator.errors import ObjectError
from simulator.language.context import Context
from simulator.language.evaluate import evaluate
from simulator.language.patterns import (
    NotPortable,
    PatternError,
    PatternTimeoutError,
    direct,
    is_match,
    translated,
)
from simulator.language.patterns.units import Ranges, fold, table

FOLDER = Path(__file__).parent / "golden"
CASES = json.loads((FOLDER / "regex.json").read_text(encoding="utf-8"))["cases"]
TABLES = json.loads((FOLDER / "units.json").read_text(encoding="utf-8"))["tables"]
NOW = datetime(2025, 6, 1, tzinfo=UTC)

# Groups that balance each other, and a property that is documented nowhere.
NOT_PORTABLE = {"rx0266", "rx0268", "rx0274", "rx0276", "rx0573"}


@pytest.mark.parametrize(
    "case", [c for c in CASES if c["confidence"] != "low"], ids=lambda c: c["id"]
)
def test_as_dotnet(case: dict[str, Any]):
    expected = case["expected"]
    options = ", ".join(case["options"]) or "None"
    if case["id"] in NOT_PORTABLE:
        with pytest.raises(NotPortable):
            is_match(case["pattern"], case["input"], options)
    elif "error" in expected:
        with pytest.raises(PatternError):
            is_match(case["pattern"], case["input"], options)
    elif "timeout" in expected:  # .NET would come to the answer no, after centuries
        with contextlib.suppress(PatternTimeoutError):
            assert is_match(case["pattern"], case["input"], options) is False
    else:
        assert is_match(case["pattern"], case["input"], options) is expected["is_match"]


def test_nearly_all_patterns_are_portable():
    assert len(NOT_PORTABLE) <= 0.03 * len(CASES)


# Beside the golden cases: documented for .NET, and easily done wrong.
@pytest.mark.parametrize(
    ("pattern", "text", "options", "answer"),
    [
        ("", "", "None", True),
        ("a{,5}", "a", "None", False),
        ("a{,5}", "a{,5}", "None", True),
        (r"^\p{IsCyrillic}+$", "Сервер", "None", True),
        (r"[\w-[a-z]]", "a", "None", False),
        (r"(?<n>a)(b)\1\2", "abba", "None", True),
        (r"(?<n>a)(b)\1\2", "abab", "None", False),
        (r"(?<n>a)(b)\2\1", "abab", "None", True),
        ("k", "\u212a", "IgnoreCase", True),
        ("straße", "STRASSE", "IgnoreCase", False),
        (r"\d", "٣", "None", True),
        (r"\d", "٣", "ECMAScript", False),
        ("^b$", "a\nb\nc", "Multiline", True),
        ("a # comment", "a", "IgnorePatternWhitespace", True),
        ("A|(?i)b", "B", "None", True),
        ("(?i:a)b", "AB", "None", False),
        ("(?i:ä)b", "Äb", "None", True),
        ("(?>a+)ab", "aaab", "None", False),
        ("(?<=a{2,})b", "aab", "None", True),
        ("^.$", "😀", "None", False),
        ("(?>a|ab)c", "abc", "RightToLeft", True),
        ("(?(?=a)ab|cd)(x)", "cdx", "None", True),
        ("(a)?(?(1)b|c)", "ab", "None", True),
        ("[a-]", "-", "None", True),
        ("[]a]", "]", "None", True),
        (r"\<n>(?<n>a)", "aa", "None", False),
        (r"\8", "8", "ECMAScript", True),
        (r"[\s\S]", "\ud800", "None", True),
    ],
)
def test_more_of_dotnet(pattern: str, text: str, options: str, answer: bool):
    assert is_match(pattern, text, options) is answer


@pytest.mark.parametrize(
    ("pattern", "options"),
    [
        ("(", "None"),
        (")", "None"),
        ("[a", "None"),
        ("[z-a]", "None"),
        ("a**", "None"),
        ("a{2,1}", "None"),
        (r"\k<n>", "None"),
        (r"\1", "None"),
        ("(?P<n>a)", "None"),
        ("(?(a)b|c|d)", "None"),
        ("(?(?i:a)b|c)", "None"),
        (r"[a-\d]", "None"),
        ("[a-z-[b]c]", "None"),
        ("a", "ignorecase"),
        ("a", ""),
        ("a", "IgnoreCase|Multiline"),
        ("a", "ECMAScript, RightToLeft"),
    ],
)
def test_refused(pattern: str, options: str):
    with pytest.raises(PatternError) as raised:
        is_match(pattern, "a", options)
    assert not isinstance(raised.value, NotPortable)


@pytest.mark.parametrize(
    "pattern",
    [
        r"(?<a>x)(?<-a>y)",
        r"(?:(a\1))+",
        r"(?i:(a))\1",
        "a{1048577}",
        "(" * 3000 + ")" * 3000,
    ],
)
def test_not_portable(pattern: str):
    with pytest.raises(NotPortable):
        is_match(pattern, "aa")


def test_matching_ends():
    with pytest.raises(PatternTimeoutError):
        is_match("^(?:a|aa)+$", "a" * 200 + "!")


PUBLISHED = "CN=[{{]*{}[}}]*"


def test_the_published_pattern_is_not_compiled_for_every_object():
    before = translated._compiled.cache_info().misses, translated._prepared.cache_info().misses
    chance = random.Random(3)
    for _ in range(50):
        guid = str(uuid.UUID(int=chance.getrandbits(128)))
        pattern = PUBLISHED.format(guid)
        assert is_match(pattern, f"CN={{{guid.upper()}}}, O=x", "IgnoreCase")
        assert is_match(pattern, f"O=x, CN={guid}", "IgnoreCase")
        assert not is_match(pattern, f"CN=({guid})", "IgnoreCase")
        assert not is_match(pattern, f"CN=x{guid}", "IgnoreCase")
    after = translated._compiled.cache_info().misses, translated._prepared.cache_info().misses
    assert after == before


def test_a_pattern_whose_text_is_absent_is_not_compiled():
    before = translated._compiled.cache_info().misses
    assert not is_match(r"^CN=[^,]+, OU=(Servers|PCs)$", "CN=a, O=b")
    assert translated._compiled.cache_info().misses == before


def test_caches_are_bounded():
    for cached in (translated._compiled, translated._prepared, direct.tokens):
        assert cached.cache_info().maxsize == 256


def test_the_direct_way_agrees_with_python():
    chance = random.Random(11)
    pieces = ["a", "A", "CN=", "-", "}", "1", " ", "[{]*", "[}]*", "[aA]?", "[1a]+", "[C]"]
    for _ in range(5000):
        pattern = "".join(chance.choice(pieces) for _ in range(chance.randrange(6)))
        text = "".join(chance.choice("aA-{}CN= 1") for _ in range(chance.randrange(9)))
        ignore_case = chance.random() < 0.5
        tokens = direct.tokens(pattern, ignore_case)
        assert tokens is not None
        folded = text.lower() if ignore_case else text
        wanted = re.search(pattern, text, re.IGNORECASE if ignore_case else 0) is not None
        assert direct.occurs(tokens, folded) is wanted, (pattern, text, ignore_case)


def pattern_of(chance: random.Random, depth: int) -> str:
    """A pattern on which .NET and Python agree, for texts in ASCII."""
    if depth == 0 or chance.random() < 0.35:
        atoms = ["a", "b", "-", ".", "[ab]", "[^a]", "[a-c]", r"\d", r"\w", r"\s", "^", "$"]
        return chance.choice([*atoms, r"\b", r"\B"])
    inner = pattern_of(chance, depth - 1)
    other = pattern_of(chance, depth - 1)
    count = chance.choice(["*", "+", "?", "*?", "+?", "??", "{2}", "{1,2}", "{0,2}?"])
    forms = [
        inner + other,
        f"(?:{inner}|{other})",
        f"({inner})",
        f"(?={inner})",
        f"(?!{inner})",
        f"(?:{inner}){count}",
    ]
    return chance.choice(forms)


@pytest.mark.parametrize(
    ("options", "flags"),
    [("None", 0), ("IgnoreCase", re.I), ("Multiline, Singleline", re.M | re.S)],
)
def test_common_patterns_agree_with_python(options: str, flags: int):
    chance = random.Random(5)
    for _ in range(600):
        pattern = pattern_of(chance, 4)
        text = "".join(chance.choice("abcA- 1\n") for _ in range(chance.randrange(1, 8)))
        wanted = re.search(pattern, text, flags | re.ASCII) is not None
        assert is_match(pattern, text, options) is wanted, (pattern, text)


def ranges(text: str) -> Ranges:
    pairs = (pair.partition("-") for pair in text.split())
    return tuple((int(first, 16), int(last or first, 16)) for first, _, last in pairs)


@pytest.mark.parametrize("name", ["word", "digit", "space"])
def test_sets_are_those_of_dotnet(name: str):
    assert table(name) == ranges(TABLES[name])


@pytest.mark.parametrize(
    ("invariant", "name"), [(False, "windows_lower_linguistic"), (True, "windows_lower_simple")]
)
def test_lower_case_is_that_of_windows(invariant: bool, name: str):
    pairs = (pair.split(">") for pair in TABLES[name].split())
    wanted = {int(upper, 16): int(low, 16) for upper, low in pairs}
    units = [u for u in range(0x10000) if not 0xD800 <= u < 0xE000]
    folded = fold("".join(map(chr, units)), invariant)
    assert {u: ord(low) for u, low in zip(units, folded, strict=True) if ord(low) != u} == wanted


def run(expression: str) -> tuple[Any, Context]:
    context = Context(now=NOW)
    return evaluate(expression, context), context


def test_the_function_records_what_it_assumes():
    value, context = run('RegexIsMatch("PC1", "^pc", "IgnoreCase")')
    assert value is True
    assert context.used == {"A-14"}
    assert "RegexIsMatch" in context.notes["undocumented"]


@pytest.mark.parametrize(
    ("expression", "words", "help"),
    [
        ('RegexIsMatch("a", "(")', "is not closed", None),
        ('RegexIsMatch("a", "a", "Ignorecase")', "no option `Ignorecase`", "IgnoreCase"),
        ('RegexIsMatch("a", "(?<a>x)(?<-a>y)")', "not portable", "simpler"),
        (f'RegexIsMatch("{"a" * 200}!", "^(?:a|aa)+$")', "longer than 1 s", "(a+)+"),
    ],
)
def test_the_function_says_what_is_wrong(expression: str, words: str, help: str | None):
    with pytest.raises(ObjectError) as raised:
        run(expression)
    assert raised.value.kind == "bad-regex"
    assert words in raised.value.message
    assert help is None or help in (raised.value.help or "")
