"""Text that is no expression: where it stops making sense, what is wrong, and the way out.

The cases are what people paste and mistype: from web pages, exports, other products' languages.
"""

import time

import pytest

from simulator.errors import Diagnostic, DiagnosticsError, ObjectError, Source
from simulator.language.check import check
from simulator.language.context import Context
from simulator.language.evaluate import evaluate
from simulator.language.nodes import Literal, Unary
from simulator.language.parse import parse
from tests.parse_table import TABLE, table_text
from tests.test_language import NOW


def test_the_parser_is_that_of_the_grammar() -> None:
    assert TABLE.read_text(encoding="utf-8") == table_text(), (
        "make it anew: python -m tests.parse_table"
    )


def mistake(text: str) -> Diagnostic:
    with pytest.raises(DiagnosticsError) as raised:
        parse(Source("expression", text))
    (found,) = raised.value.diagnostics
    assert found.code == "syntax"
    return found


# text, what the carets cover, words of the message, words of the help
CASES = [
    # quotes
    ("[cn] = “x”", "“", "curly quote", "straight quotes"),
    ("[cn] = „x“", "„", "curly quote", "straight quotes"),
    ("[cn] = ‘x’", "‘", "double quotes", 'use "'),  # noqa: RUF001
    ("[cn] = 'x'", "'", "double quotes", 'use "'),
    ('[cn] = "x”', '"', "no closing quote", "a curly quote does not close it"),
    ('"abc', '"', "no closing quote", 'add "'),
    ('IIF([a] = "x, 1, 2)', '"', "no closing quote", 'add "'),
    ('"a" "b"', '"b"', "a text cannot stand here", "`&` missing"),
    ('[a] "x"', '"x"', "a text cannot stand here", "comma"),
    # HTML entities and markup
    ("IsPresent([a]) &amp;&amp; True", "&amp;", "HTML entity", "write &;"),
    ("[a] &gt; 5", "&gt;", "HTML entity", "write >;"),
    ("[a] &lt;&gt; 5", "&lt;", "HTML entity", "write <;"),
    ("[cn] = &quot;x&quot;", "&quot;", "HTML entity", 'write ";'),
    ("BitAnd([a],&amp;HFF)", "&amp;", "HTML entity", "write &;"),
    ("&nbsp;[cn]", "&nbsp;", "HTML entity", "web page"),
    ("&#91;cn]", "&#91;", "HTML entity", "web page"),
    ('\\[cn\\] = "x"', "\\", "backslash", "markup of a web page"),
    ("[a] \\&\\& [b]", "\\", "backslash", "markup of a web page"),
    ('\\"x\\"', "\\", "backslash", "markup of a web page"),
    ("**Left**([cn], 1)", "**", "markup", "without the markup"),
    ("<b>[a]</b>", "<b>", "markup", "without the markup"),
    ("```Left([cn], 1)```", "```Left", "markup", "without the markup"),
    ("IIF(True, 1, 2) …", "…", "markup", ""),
    ("\u00a0[a]", "\u00a0", "invisible special space", "ordinary blank"),
    ("[a]\u200b", "\u200b", "invisible special space", "ordinary blank"),
    # the misprint of the Defender article
    ("String-FromGuid([objectGUID])", "String-FromGuid", "hyphen", "write StringFromGuid: the first printings of the Defender article"),
    ('"CN=[{]*" & String-FromGuid([objectGUID])', "String-FromGuid", "hyphen", "StringFromGuid"),
    ("String-\nFromGuid([objectGUID])", "String-\nFromGuid", "hyphen", "StringFromGuid"),
    ("Cert-Subject([c])", "Cert-Subject", "hyphen", "write CertSubject"),
    # remarks
    ("IIF(True, // remark\n 1, 2)", "//", "comments are not part", "A-36"),
    ("IIF(True, 1, 2) // done", "//", "comments are not part", "A-36"),
    ("/* x */ True", "/*", "comments are not part", "A-36"),
    ("# remark\nTrue", "#", "comments are not part", "remove"),
    # constants in the wrong case, constants of other languages
    ("IIF(True, 1, null)", "null", "no constant `null`", "write NULL: case matters"),
    ("Null", "Null", "no constant `Null`", "write NULL"),
    ("IIF(IsPresent([a]), TRUE, NULL)", "TRUE", "no constant `TRUE`", "write True"),
    ("IIF(IsPresent([a]), true, NULL)", "true", "no constant `true`", "write True"),
    ("false", "false", "no constant `false`", "write False"),
    ("crlf", "crlf", "no constant `crlf`", "write CRLF"),
    ("authoritativenull", "authoritativenull", "no constant", "write AuthoritativeNull"),
    ("AuthoritativNull", "AuthoritativNull", "no constant", "did you mean AuthoritativeNull?"),
    ("Nothing", "Nothing", "no operator or constant", "write NULL"),
    # signs
    ("5 – 3", "–", "typographic dash", "type -"),  # noqa: RUF001
    ("5 — 3", "—", "typographic dash", "type -"),
    ("[a] − 1", "−", "typographic dash", "type -"),  # noqa: RUF001
    ('[a] == "x"', "==", "no operator `==`", "write `=`"),
    ('[a] != "x"', "!", "no operator `!`", "`<>` for not equal"),
    ("!IsPresent([a])", "!", "no operator `!`", "`= False`"),
    ("[a] => 5", "=>", "no operator `=>`", "write `>=`"),
    ("[a] =< 5", "=<", "no operator `=<`", "write `<=`"),
    ("[a] >< 5", "><", "no operator `><`", "write `<>`"),
    ("IsPresent([a]) And True", "And", "no operator", "write `&&`"),
    ("IsPresent([a]) AND True", "AND", "no operator", "write `&&`"),
    ("True Or False", "Or", "no operator", "write `||`"),
    ("NOT IsPresent([a])", "NOT", "no operator", "write `= False`"),
    ("[a] Mod 2", "Mod", "no operator", "remainder"),
    ("[a] -eq 1", "eq", "no operator", "write `=`"),
    ('[a] -like "x"', "like", "no operator", "InStr"),
    ("[a] | [b]", "|", "no operator", "`||`"),
    ("[a] ^ 2", "^", "no operator", "the operators are"),
    ("[a] / 2", "/", "no division", ""),
    ("[a] ? 1 : 2", "?", "no conditional operator", "IIF"),
    ("IIF(True; 1; 2)", ";", "semicolon", "commas"),
    ("[a];", ";", "semicolon", "commas"),
    ("{a}", "{", "braces", "round brackets"),
    # brackets: the opening one is to blame
    ("IIF(True,1,2", "(", "never closed", "add `)`"),
    ("Left(Trim([cn],2)", "(", "never closed", "add `)`"),
    ("(([a])", "(", "never closed", "add `)`"),
    ("IIF((True, 1, 2)", "(", "never closed", "add `)`"),
    ('Left("(", 2', "(", "never closed", "add `)`"),
    ("IIF(True,1,2))", ")", "closes nothing", "remove"),
    ("()", ")", "nothing between", "value"),
    ("[a", "[", "no closing `]`", "[name]"),
    ("[a\n]", "[", "no closing `]`", "one line"),
    ("[]", "[]", "needs a name", "[name]"),
    ("[a]]", "]", "no attribute to close", "[name]"),
    ("%Domain.FQDN", "%", "no closing `%`", "%Name%"),
    ("$", "$", "needs a name", "$item"),
    # numbers
    ("1.5", "1.5", "no decimal point", "whole"),
    ("0x10", "0x10", "no number", ""),
    ("1 2", "2", "a number cannot stand here", "operator or a comma"),
    ("9223372036854775809", "9223372036854775809", "64 bits", "largest"),
    ("1 + 99999999999999999999", "99999999999999999999", "64 bits", "largest"),
    ("&H10000000000000000", "&H10000000000000000", "64 bits", "largest"),
    ("&HFG", "&", "a value is missing before `&`", ""),
    ("９", "９", "a value is missing", ""),  # noqa: RUF001
    # something is missing
    ("", "", "the expression is empty", "NULL"),
    ("  \n", " ", "the expression is empty", "NULL"),
    ("1 +", "", "ends too soon", "value is missing"),
    ("[a] &", "", "ends too soon", "value is missing"),
    ("&& True", "&&", "a value is missing before `&&`", ""),
    ("[a] && && [b]", "&&", "a value is missing before `&&`", ""),
    ("IIF(True,,2)", ",", "an argument is missing", "NULL"),
    ("IIF(True,1,)", ")", "an argument is missing", "NULL"),
    ('Replace([a],,"x")', ",", "an argument is missing", '""'),
    ("[a] [b]", "[b]", "cannot follow a value", "operator or a comma"),
    ("Left([cn] 2)", "2", "a number cannot stand here", "comma"),
    ("True False", "False", "cannot stand here", "comma"),
    ("cn", "cn", "`cn` alone has no meaning", "an attribute is written [cn]"),
    ("IIF([a] = cn, 1, 2)", "cn", "`cn` alone has no meaning", "[cn]"),
    ("a b", "a", "`a` alone has no meaning", "[a]"),
    ("Left[cn]", "Left", "`Left` alone has no meaning", "Left(...)"),
    ("With(c, 1, 2)", "c", "`c` alone has no meaning", ""),
    ("Člen([a])", "Člen", "no meaning here", "in English"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "at", "message", "help"), CASES, ids=[repr(c[0]) for c in CASES])
def test_mistake(text: str, at: str, message: str, help: str) -> None:
    found = mistake(text)
    assert found.span is not None and found.help
    assert text[found.span.start : found.span.end] == at
    assert message in found.message
    assert help in found.help


@pytest.mark.parametrize(
    ("text", "position"),
    [("Left(Trim([cn],2)", 4), ("(([a])", 0), ("IIF((True, 1, 2)", 4), ('Left("(", 2', 4)],
)
def test_the_bracket_that_is_not_closed_is_the_one_to_blame(text: str, position: int) -> None:
    span = mistake(text).span
    assert span is not None and span.start == position


def test_the_end_is_pointed_past() -> None:
    source = Source("expression", "1 +")
    assert mistake("1 +").at(source).render().splitlines()[2] == "  |    ^"


# -- what must parse ---------------------------------------------------------------------------

VALUES = [
    ('"a\\\\b"', "a\\b"),
    ('"a\\"b"', 'a"b'),
    ('"a""b"', 'a"b'),
    ('"\\d+"', "\\d+"),
    ('"\\n"', "\\n"),
    ('"\\\\\\\\"', "\\\\"),
    ('"(["', "(["),
    ('"// no remark"', "// no remark"),
    ('"&amp;"', "&amp;"),
    ('"“"', "“"),
    ('"a\nb"', "a\nb"),
    ('""', ""),
    ("&HFF", 255),
    ("&hff", 255),
    ("&H80000000", 2147483648),
    ("&HFFFFFFFFFFFFFFFF", -1),
    ("&H7FFFFFFFFFFFFFFF", 9223372036854775807),
    ("-9223372036854775808", -9223372036854775808),
    ("007", 7),
    ('"x"&"HFF"', "xHFF"),
    ('"x" &CStr(5)', "x5"),
    ('"x"&Hex', None),
    ("- -5", 5),
    ("--5", 5),
    ("10-2*3", 24),
    ("2 - -2", 4),
    ("1+1=2", True),
    ('"a"&"b"="ab"', True),
    ("True || True && False", True),
    ("IIF\n(True\t,\r\n1, 2)", 1),
    ("  5  ", 5),
]


@pytest.mark.parametrize(("text", "value"), VALUES, ids=[repr(v[0]) for v in VALUES])
def test_value(text: str, value: object) -> None:
    if value is None:
        assert "Hex" in mistake(text).message
        return
    result = evaluate(text, Context(now=NOW))
    assert (result, type(result)) == (value, type(value))


def test_the_least_number_has_its_sign_apart() -> None:
    assert parse(Source("e", "-9223372036854775808")) == Unary("-", Literal(2**63))
    with pytest.raises(ObjectError, match="64 bits"):
        evaluate("9223372036854775808 + 0", Context(now=NOW))


def test_attributes_keep_any_characters() -> None:
    attributes = {"mS-DS-ConsistencyGuid": "x", " odd (name) ": "y"}
    context = Context(now=NOW, attributes=attributes)
    assert evaluate("[mS-DS-ConsistencyGuid] & [ odd (name) ]", context) == "xy"


# -- text without end --------------------------------------------------------------------------

ENDLESS = {
    "a megabyte of text": ('"' + "x" * 1_000_000 + '"', "too-long"),
    "a megabyte of sums": ("+".join(["1"] * 500_000), "too-long"),
    "a long sum": ("+".join(["1"] * 24_000), "too-deep"),
    "brackets 10,000 deep": ("(" * 10_000 + "1" + ")" * 10_000, "too-deep"),
    "calls 8,000 deep": ("Trim(" * 8_000 + "[a]" + ")" * 8_000, "too-deep"),
    "signs 10,000 deep": ("-" * 10_000 + "1", "too-deep"),
    "brackets that stay open": ("(" * 49_000, "syntax"),
    "attributes that stay open": ("[" * 49_000, "syntax"),
    "quotes": ('"' * 49_999, "syntax"),
    "backslashes": ('"' + "\\" * 49_997, "syntax"),
    "words": ("a " * 24_000, "syntax"),
    "hyphens": ("a-" * 24_000, "syntax"),
    "entities": ("&amp;" * 9_000, "syntax"),
    "blanks": ("1" + " " * 49_000 + "b", "syntax"),
    "a long name": ("a" * 49_999, "syntax"),
    "digits": ("1" * 49_999, "syntax"),
    "many arguments": ("Left(" + ",".join(["1"] * 20_000) + ")", "arity"),
}


@pytest.mark.parametrize("name", ENDLESS)
def test_text_without_end_is_refused_within_a_second(name: str) -> None:
    text, code = ENDLESS[name]
    parse(Source("warm", "1"))
    before = time.process_time()
    try:
        found = check(parse(Source("expression", text)))
    except DiagnosticsError as error:
        found = error.diagnostics
        assert len(error.message) < 1000
    assert time.process_time() - before < 1
    assert [f.code for f in found] == [code]


def test_200_levels_are_understood() -> None:
    text = "IIF(IsPresent([a]), " * 200 + "1" + ", 2)" * 200
    assert evaluate(text, Context(now=NOW, attributes={"a": "x"})) == 1
    assert evaluate("(" * 240 + "5" + ")" * 240, Context(now=NOW)) == 5
    assert (
        evaluate(" & ".join(["[a]"] * 200), Context(now=NOW, attributes={"a": "x"})) == "x" * 200
    )


def test_a_pattern_that_explodes_ends_in_an_error() -> None:
    text = 'RegexIsMatch([cn], "(a+)+$")'
    before = time.process_time()
    with pytest.raises(ObjectError) as raised:
        evaluate(text, Context(now=NOW, attributes={"cn": "a" * 5000 + "!"}))
    assert raised.value.kind == "bad-regex"
    assert time.process_time() - before < 2


@pytest.mark.parametrize(
    ("text", "line", "carets"),
    [
        ('"\u202e" = [a]\u200b', '"\\u202e" = [a]\\u200b', " " * 14 + "^^^^^^"),
        ('"\x1b" = ', '"\\u001b" =', "          ^"),
        ("[a] = ‘x’", "[a] = ‘x’", " " * 6 + "^"),  # noqa: RUF001
    ],
)
def test_carets_stand_below_what_is_spelt_out(text: str, line: str, carets: str) -> None:
    shown, below = mistake(text).render().splitlines()[1:3]
    assert (shown.rstrip(), below) == (f"  | {line}", f"  | {carets}")
