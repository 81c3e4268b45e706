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
_LONGEST_MESSAGE = 200
_MASK = '"'
_MARKUP = re.compile(r"</?[A-Za-z][A-Za-z0-9]*\s*/?>|\*\*|```\w*|…|\.\.\.")
_BARE_WORD = re.compile(r"(?<![\w$%.])[A-Za-z][0-9A-Za-z_]*\s*$")
_NUMBER = re.compile(r"&[Hh][0-9A-Fa-f]+|[0-9]+")
_HYPHENATED = re.compile(r"([A-Za-z][0-9A-Za-z]*)-\s*([A-Za-z][0-9A-Za-z]*)\s*\(")

CONSTANT_NAMES = (*CONSTANTS, *WORDS)

# what stands at the fault -> (what is wrong, the way out)
_SIGNS: tuple[tuple[str, str, str], ...] = (
    ("“”„‟«»", "a curly quote is no string delimiter", 'type straight quotes: "'),
    ("‘’‚‛`´'", "text stands between straight double quotes", 'use " instead'),  # noqa: RUF001
    ("–—−‐‑‒―", "a typographic dash is no minus sign", "type - instead"),  # noqa: RUF001
    ("\u00a0\u2007\u202f\u200b\ufeff", "an invisible special space stands here",
     "type an ordinary blank instead"),
    ("\\", "a backslash has no meaning here",
     "it is markup of a web page: copy the expression without it"),
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
    "is": "write `=`, or ask IsPresent",
    "eq": "write `=`",
    "ne": "write `<>`",
    "gt": "write `>`",
    "ge": "write `>=`",
    "lt": "write `<`",
    "le": "write `<=`",
    "like": "use InStr or Left",
    "match": "use InStr or RegexIsMatch",
}
_DOUBLE_SIGNS = {"==": "=", "=>": ">=", "=<": "<=", "><": "<>", "!=": "<>"}


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
    before = _BARE_WORD.search(_masked(text[: span.start]))
    if before is not None and before[0].strip() not in CONSTANT_NAMES:
        yield _word(text, Span(*before.span()))
    if span.start >= len(text):
        yield _at_end(text)
    here = text[span.start]
    if (number := _NUMBER.match(text, span.start)) is not None and _is_too_large(number[0]):
        message = f"`{number[0]}` does not fit into 64 bits"
        yield _syntax(message, Span(*number.span()), "the largest number is 9223372036854775807")
    if text.startswith("//", span.start) or text.startswith("/*", span.start):
        yield _syntax(
            "comments are not part of the language",
            Span(span.start, span.start + 2),
            "remove the remark (A-36)",
        )
    for sign, meant in _DOUBLE_SIGNS.items():
        if span.start and text.startswith(sign, span.start - 1):
            place = Span(span.start - 1, span.start + 1)
            yield _syntax(f"there is no operator `{sign}`", place, f"write `{meant}`")
    if here == '"':
        if not _STRING.match(text, span.start):
            curly = re.search("[“”„‟]", text[span.start :])
            help = 'add "' if curly is None else 'a curly quote does not close it: type "'
            place = Span(span.start, span.start + 1)
            yield _syntax("this text has no closing quote", place, help)
        yield _syntax(
            "a text cannot stand here",
            Span(span.start, _end(text, span)),
            "is a comma or `&` missing before it?",
        )
    if (markup := _MARKUP.match(text, span.start)) is not None:
        help = "copy the expression without the markup of the page"
        yield _syntax(
            f"`{markup[0]}` is markup, not part of the language", Span(*markup.span()), help
        )
    if text.startswith("[]", span.start):
        place = Span(span.start, span.start + 2)
        yield _syntax("an attribute needs a name", place, "write [name], for example [cn]")
    for signs, message, help in _SIGNS:
        if here in signs and not (here == "[" and re.match(r"\[[^\]\r\n]+\]", text[span.start :])):
            yield _syntax(message, Span(span.start, span.start + 1), help)
    if here.isalpha():
        yield _word(text, span)
    if here.isascii() and here.isdigit():
        yield _number(text, span)
    if here in ",)" and (open_at := _open_group(text, span.start)) is not None and here == ",":
        help = "add `)` before the comma, or the name of a function before the bracket"
        yield _syntax("this bracket is never closed", Span(open_at, open_at + 1), help)
    if here == ")" and text[: span.start].count("(") <= text[: span.start].count(")"):
        yield _syntax("this bracket closes nothing", Span(span.start, span.start + 1), "remove it")
    yield _unexpected(text, span)


def _word(text: str, span: Span) -> Diagnostic:
    match = re.compile(r"[A-Za-z][0-9A-Za-z_]*(?!\w)").match(text, span.start)
    if match is None:
        word = re.compile(r"\w+").match(text, span.start)
        assert word is not None
        return _syntax(
            f"`{word[0]}` has no meaning here",
            Span(*word.span()),
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
    if name in CONSTANT_NAMES or _follows_operand(text, whole.start):
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
    """The text ends too soon: at the open bracket if there is one, else behind its end."""
    open_brackets = []
    for i, character in enumerate(_masked(text)):
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
    before = _before(text, span.start)
    if (found == "," and before in (",", "(")) or (found == ")" and before == ","):
        return _syntax("an argument is missing here", whole, 'write NULL or "" for an empty one')
    if found == ")" and before == "(":
        return _syntax("there is nothing between these brackets", whole, "write a value")
    if _follows_operand(text, span.start):
        return _syntax(
            f"`{found}` cannot follow a value", whole, "is an operator or a comma missing?"
        )
    return _syntax(
        f"a value is missing before `{found}`", whole, "write one, or remove the sign before it"
    )


def _is_too_large(number: str) -> bool:
    if number.startswith("&"):
        return len(number) > 18
    return len(number) > 18 and int(number[:30]) >= 2**63


def _open_group(text: str, end: int) -> int | None:
    """Where the innermost open bracket before *end* is, if it groups and calls no function."""
    masked, opened = _masked(text[:end]), []
    for i, character in enumerate(masked):
        if character == "(":
            opened.append(i)
        elif character == ")" and opened:
            opened.pop()
    if not opened or re.search(r"[0-9A-Za-z_]\s*$", masked[: opened[-1]]):
        return None
    return opened[-1]


def _masked(text: str) -> str:
    """*text* with its strings and attributes made meaningless, at the same length."""
    masked = _STRING.sub(lambda m: _MASK * len(m[0]), text)
    return re.sub(r"\[[^\]\r\n]+\]", lambda m: _MASK * len(m[0]), masked)


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
    if len(message) > _LONGEST_MESSAGE:
        message = message[: _LONGEST_MESSAGE - 1] + "…"
    return Diagnostic("syntax", message, span=span, help=help[:_LONGEST_MESSAGE])
