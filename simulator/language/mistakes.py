"""What a person probably meant by text that is no expression: the pasted, mistyped and foreign.

One place for the way out of every syntax error. Evidence for each: published pages and the
questions of people who pasted from them (expression-language specification, section 1).
"""

import difflib
import re
from collections.abc import Iterator

from simulator.errors import Diagnostic, Span
from simulator.language.nodes import CONSTANTS, WORDS

ENTITY = re.compile(r"&(?:amp|lt|gt|quot|apos|nbsp|#\d+|#[xX][0-9A-Fa-f]+);")
_STRING = re.compile(r'"(?:\\[\\"]|""|\\(?![\\"])|[^"\\])*"')
_HYPHENATED = re.compile(r"([A-Za-z][0-9A-Za-z]*)-\s*([A-Za-z][0-9A-Za-z]*)\s*\(")

CONSTANT_NAMES = (*CONSTANTS, *WORDS)

# what stands at the fault -> (what is wrong, the way out)
_SIGNS: tuple[tuple[str, str, str], ...] = (
    ("“”„‟«»", "a curly quote is no string delimiter", 'type straight quotes: "'),
    ("‘’‚‛`´'", "text stands between straight double quotes", 'use " instead'),
    ("–—−‐‑‒―", "a typographic dash is no minus sign", "type - instead"),
    ("\u00a0\u2007\u202f\u200b\ufeff", "an invisible special space stands here", "type an ordinary blank instead"),
    ("\\", "a backslash has no meaning here", "it is markup of a web page: copy the expression without it"),
    ("!", "there is no operator `!`", "write `= False`, or `<>` for not equal"),
    ("/", "there is no division, and comments are not part of the language", "remove it"),
    ("#", "comments are not part of the language", "remove it"),
    ("{}", "braces have no meaning here", "function arguments stand in round brackets"),
    (";", "a semicolon has no meaning here", "arguments are separated by commas"),
    ("^", "there is no operator `^`", "the operators are + - * & = <> < <= > >= && ||"),
    ("|", "`|` alone is no operator", "write `||` for or"),
    ("?:", "there is no conditional operator", "write IIF(condition, then, otherwise)"),
    ("[", "this attribute has no closing `]`", "write [name] on one line"),
    ("]", "there is no attribute to close here", "an attribute is written [name]"),
    ("%", "this parameter has no closing `%`", "write %Name%, for example %Domain.FQDN%"),
    ("$", "a variable needs a name", "write $ and letters, for example $item"),
)  # fmt: skip

_WORDS = {
    "and": "write `&&`",
    "or": "write `||`",
    "not": "write `= False`",
    "mod": "there is no remainder operator",
    "nothing": "write NULL",
    "none": "write NULL",
    "empty": "write NULL, or ask IsNullOrEmpty",
}


def explain_mistake(text: str, span: Span) -> Diagnostic:
    """The finding for *text*, which stopped making sense at *span*."""
    return next(_explanations(text, span))


def _explanations(text: str, span: Span) -> Iterator[Diagnostic]:
    if not text.strip():
        yield _syntax("the expression is empty", Span(0, 1), "write a value, for example NULL")
    for entity in ENTITY.finditer(text):
        if entity.start() <= span.start <= entity.end() and not _inside_string(
            text, entity.start()
        ):
            meant = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"'}.get(
                entity[0], "the character itself"
            )
            yield _syntax(
                f"`{entity[0]}` is an HTML entity, not part of the language",
                Span(*entity.span()),
                f"write {meant}; the text was copied from a web page or an export file",
            )
    if span.start >= len(text):
        yield _at_end(text)
    here = text[span.start]
    if text.startswith("//", span.start) or text.startswith("/*", span.start):
        yield _syntax(
            "comments are not part of the language",
            Span(span.start, span.start + 2),
            "remove the remark (A-36)",
        )
    if text.startswith("==", max(0, span.start - 1)):
        yield _syntax(
            "there is no operator `==`", Span(span.start - 1, span.start + 1), "write `=`"
        )
    if here == '"':
        if not _STRING.match(text, span.start):
            yield _syntax(
                "this text has no closing quote", Span(span.start, span.start + 1), 'add "'
            )
        yield _syntax(
            "a text cannot stand here",
            Span(span.start, _end(text, span)),
            "is a comma or `&` missing before it?",
        )
    for signs, message, help in _SIGNS:
        if here in signs and not (here == "[" and re.match(r"\[[^\]\r\n]+\]", text[span.start :])):
            yield _syntax(message, Span(span.start, span.start + 1), help)
    if here.isalpha():
        yield _word(text, span)
    if here.isdigit():
        yield _number(text, span)
    if here == ")" and text[: span.start].count("(") <= text[: span.start].count(")"):
        yield _syntax("this bracket closes nothing", Span(span.start, span.start + 1), "remove it")
    yield _unexpected(text, span)


def _word(text: str, span: Span) -> Diagnostic:
    match = re.compile(r"[A-Za-z][0-9A-Za-z_]*").match(text, span.start)
    if match is None:
        return _syntax(
            f"`{text[span.start]}` has no meaning here",
            Span(span.start, span.start + 1),
            "function names and constants are in English",
        )
    name = match[0]
    whole = Span(*match.span())
    hyphenated = _HYPHENATED.match(text, span.start)
    if hyphenated:
        joined = hyphenated[1] + hyphenated[2]
        help = f"write {joined}"
        if joined == "StringFromGuid":
            help += ": the first printings of the Defender article broke the name at a line end"
        return _syntax(
            f"a hyphen cannot be part of a name: `{hyphenated[1]}-{hyphenated[2]}`",
            Span(hyphenated.start(), hyphenated.end(2)),
            help,
        )
    if name.casefold() in _WORDS:
        return _syntax(
            f"there is no operator or constant `{name}`", whole, _WORDS[name.casefold()]
        )
    for constant in CONSTANT_NAMES:
        if constant != name and constant.casefold() == name.casefold():
            return _syntax(
                f"there is no constant `{name}`", whole, f"write {constant}: case matters"
            )
    if name in CONSTANT_NAMES or _follows_operand(text, span.start):
        return _syntax(
            f"`{name}` cannot stand here", whole, "is an operator or a comma missing before it?"
        )
    near = difflib.get_close_matches(name, CONSTANT_NAMES, n=1)
    if near:
        return _syntax(f"there is no constant `{name}`", whole, f"did you mean {near[0]}?")
    return _syntax(
        f"`{name}` alone has no meaning",
        whole,
        f'an attribute is written [{name}], a text "{name}", a call {name}(...)',
    )


def _number(text: str, span: Span) -> Diagnostic:
    match = re.compile(r"[0-9]+[0-9A-Za-z_.]*").match(text, span.start)
    assert match is not None
    whole = Span(*match.span())
    if "." in match[0]:
        return _syntax("numbers are whole: there is no decimal point", whole, "use a whole number")
    if match[0].isdigit():
        return _syntax(
            "a number cannot stand here", whole, "is an operator or a comma missing before it?"
        )
    return _syntax(f"`{match[0]}` is no number", whole, "a text stands in double quotes")


def _at_end(text: str) -> Diagnostic:
    """The text ends too soon: at the opening bracket if one is open, else behind the last character."""
    open_brackets = []
    masked = _STRING.sub(lambda m: "x" * len(m[0]), text)
    masked = re.sub(r"\[[^\]\r\n]+\]", lambda m: "x" * len(m[0]), masked)
    for i, character in enumerate(masked):
        if character == "(":
            open_brackets.append(i)
        elif character == ")" and open_brackets:
            open_brackets.pop()
    if open_brackets:
        i = open_brackets[-1]
        return _syntax("this bracket is never closed", Span(i, i + 1), "add `)`")
    end = len(text.rstrip())
    return _syntax(
        "the expression ends too soon", Span(end, end + 1), "a value is missing at its end"
    )


def _unexpected(text: str, span: Span) -> Diagnostic:
    found = text[span.start : max(span.end, span.start + 1)]
    whole = Span(span.start, span.start + len(found))
    if found == "," and _before(text, span.start) in (",", "("):
        return _syntax("an argument is missing here", whole, 'write NULL or "" for an empty one')
    if _follows_operand(text, span.start):
        return _syntax(
            f"`{found}` cannot follow a value", whole, "is an operator or a comma missing?"
        )
    return _syntax(
        f"a value is missing before `{found}`", whole, "write one, or remove the sign before it"
    )


def _before(text: str, position: int) -> str:
    return text[:position].rstrip()[-1:]


def _follows_operand(text: str, position: int) -> bool:
    before = _before(text, position)
    return before != "" and (before.isalnum() or before in ')]"%_')


def _end(text: str, span: Span) -> int:
    match = _STRING.match(text, span.start)
    return match.end() if match else span.start + 1


def _inside_string(text: str, position: int) -> bool:
    return any(m.start() < position < m.end() for m in _STRING.finditer(text))


def _syntax(message: str, span: Span, help: str) -> Diagnostic:
    return Diagnostic("syntax", message, span=span, help=help)
