"""The reference of the language, printed from the declarations of its functions."""

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from simulator.assumptions import ledger
from simulator.errors import UsageError
from simulator.language.checking.names import instead_of
from simulator.language.function import FUNCTIONS, Function, Kind, Parameter

_WIDTH = 88
_FILE = "simulator/language/FUNCTIONS.md"
_GENERATED = f"<!-- generated: aadsim functions --format markdown --output {_FILE} -->"
_TYPES = {
    "str": "text", "num": "a whole number", "bool": "True or False", "bin": "bytes",
    "dt": "a moment", "ref": "a reference (a DN)", "mvstr": "several texts",
    "mvbin": "several byte values", "mvref": "several references", "mv": "a list of any type",
}  # fmt: skip


def declared(name: str) -> Function:
    """The function *name*; an error tells the right spelling, or what is here instead."""
    if name in FUNCTIONS:
        return FUNCTIONS[name]
    raise UsageError(f"no function `{name}`", instead_of(name))


def list_lines() -> Iterator[str]:
    """Every function by group, with its signature and summary."""
    for group, members in _groups().items():
        yield group
        for function in members:
            yield f"  {function.signature}"
            yield f"      {_plain(function.summary)}"
        yield ""
    yield f"{len(FUNCTIONS)} names; `aadsim functions NAME` shows one whole."


def page_lines(function: Function) -> Iterator[str]:
    """The page of one function, as a manual has it."""
    yield f"{function.name} - {_plain(function.summary)}"
    for title, paragraphs in _sections(function).items():
        yield ""
        yield title.upper()
        for paragraph in paragraphs:
            yield from (f"    {_plain(x)}" if x else "" for x in paragraph.splitlines())


def markdown_lines(functions: Iterable[Function] | None = None) -> Iterator[str]:
    """The whole reference, or the pages of *functions*, as Markdown."""
    if functions is None:
        yield "# Functions of the expression language"
        yield ""
        yield _GENERATED
        yield ""
        yield f"{len(FUNCTIONS)} names. Names are case-sensitive; positions count from 1."
        for group, members in _groups().items():
            yield ""
            yield f"- **{group}**: " + ", ".join(f"[{f.name}](#{f.name.lower()})" for f in members)
        functions = [f for members in _groups().values() for f in members]
    for function in functions:
        yield from _markdown_page(function)


def function_form(function: Function) -> dict[str, Any]:
    """One function as data."""
    return {
        "name": function.name,
        "group": function.group,
        "signature": function.signature,
        "summary": function.summary,
        "description": function.description,
        "parameters": [
            {
                "name": p.name,
                "type": p.published_type,
                "optional": p.optional,
                "repeatable": p.variadic,
                "words": list(p.words),
            }
            for p in function.parameters
        ],
        "returns": sorted(function.returns) or ["var"],
        "null": null_behaviour(function),
        "lists": list_behaviour(function),
        "examples": [{"expression": e, "value": v} for e, v in function.examples],
        "assumptions": list(function.assumptions),
        "documented": function.documented,
    }


def null_behaviour(function: Function) -> str:
    """What NULL does as an argument."""
    values = [p for p in function.parameters if p.kind is Kind.VALUE]
    if not values or not values[0].types:
        shown = _null_example(function)
        return f"NULL gives {shown}." if shown else ""
    first, later = values[0], [p for p in values[1:] if not p.nullable and p.types]
    if first.nullable:
        shown = _null_example(function)
        text = f"NULL as `{first.name}` gives {shown}." if shown else ""
        if not shown and first is not function.parameters[0]:
            text = f"NULL as `{first.name}` counts as a list without values."
    elif first is not function.parameters[0]:
        text = f"NULL as `{first.name}` is an error."
    else:
        why = "published rules show it" if function.null_observed else "A-08"
        text = f"NULL as `{first.name}` gives NULL ({why})."
    if later:
        names = " or ".join(f"`{p.name}`" for p in later)
        text += f" As {names} it is an error."
    return text


def list_behaviour(function: Function) -> str:
    """What several values do as an argument."""
    if not function.parameters:
        return ""
    first = function.parameters[0]
    if first.kind is Kind.VARIABLE:
        first = function.parameters[1]
    match first.kind:
        case Kind.VALUE if any(t.startswith("mv") for t in first.types):
            return f"`{first.name}` is the whole list; a single value counts as a list of one."
        case Kind.VALUE if first.types:
            return f"Of a list as `{first.name}` each value is taken by itself (A-11)."
        case Kind.VALUE:
            return f"A list as `{first.name}` is taken as a whole."
    return ""


def _groups() -> Mapping[str, Sequence[Function]]:
    groups: dict[str, list[Function]] = {}
    for function in FUNCTIONS.values():
        groups.setdefault(function.group.replace("_", " "), []).append(function)
    return dict(sorted(groups.items()))


def _sections(function: Function) -> dict[str, list[str]]:
    """The parts of a page by their titles; empty ones are left out."""
    behaviour = [null_behaviour(function), list_behaviour(function)]
    sections = {
        "Signature": [function.signature],
        "Description": ["\n\n".join(_paragraphs(function))],
        "Arguments": _arguments(function),
        "NULL and lists": [_filled(" ".join(filter(None, behaviour)))],
        "Examples": [f"{expression}\n    {value}" for expression, value in function.examples],
        "Assumptions": [_assumption(id) for id in function.assumptions],
        "Source": [_source(function)],
        "See also": [_filled(", ".join(_neighbours(function)))],
    }
    return {title: kept for title, parts in sections.items() if (kept := [p for p in parts if p])}


def _paragraphs(function: Function) -> Iterator[str]:
    """The description without its first sentence, examples and assumptions, newly filled."""
    for paragraph in function.description.split("\n\n")[1:]:
        lines = [line for line in paragraph.splitlines() if "  -> " not in line]
        text = " ".join(line.strip() for line in lines)
        if text and not text.startswith("Assumed:"):
            yield _filled(text)


def _arguments(function: Function) -> list[str]:
    width = max((len(p.name) for p in function.parameters), default=0)
    return [f"{p.name:{width}}  {_argument(p)}" for p in function.parameters]


def _argument(parameter: Parameter) -> str:
    match parameter.kind:
        case Kind.WORD:
            text = f"one of {', '.join(parameter.words)}"
        case Kind.VARIABLE:
            text = "a variable: $ and a name"
        case Kind.CONDITION | Kind.LAZY_CONDITION:
            text = "a condition"
        case Kind.BODY_CONDITION:
            text = "a condition, in which the variable can be used"
        case Kind.BODY:
            text = "an expression, in which the variable can be used"
        case Kind.LAZY:
            text = "any value, evaluated only if it is wanted"
        case Kind.VALUE:
            kinds = [_TYPES.get(t, t) for t in sorted(parameter.types, reverse=True)]
            text = " or ".join(kinds) or "any value"
    if parameter.variadic:
        return f"{text}; repeatable"
    return f"{text}; optional" if parameter.optional else text


def _assumption(id: str) -> str:
    entry = ledger()[id]
    readings = ", ".join(f"--assume {id}={reading}" for reading in entry.readings)
    other = "" if entry.other == "unknown" else f" It could be otherwise: {entry.other}."
    text = f"{id}: {entry.statement}.{other} Why so: {entry.evidence}."
    return _filled(text) + (f"\n    the other reading: {readings}" if readings else "")


def _source(function: Function) -> str:
    if function.documented:
        return "Microsoft's published documentation of the expression language."
    return "In no reference page: seen in published rules only."


def _neighbours(function: Function) -> list[str]:
    group = function.group
    return [f.name for f in FUNCTIONS.values() if f.group == group and f.name != function.name]


def _null_example(function: Function) -> str:
    return next((v for e, v in function.examples if e.startswith(f"{function.name}(NULL")), "")


def _filled(text: str) -> str:
    return textwrap.fill(text, _WIDTH, break_long_words=False, break_on_hyphens=False)


def _plain(text: str) -> str:
    """*text* with the names of arguments in backquotes, as a terminal shows them."""
    return re.sub(r"(?<![\w*])\*([a-z_]+)\*(?!\*)", r"`\1`", text)


def _markdown_page(function: Function) -> Iterator[str]:
    yield ""
    yield f"## {function.name}"
    yield ""
    yield f"{function.summary} *({function.group.replace('_', ' ')})*"
    for title, paragraphs in _sections(function).items():
        if title == "See also":
            continue
        yield ""
        if title not in ("Signature", "Description"):
            yield f"**{title}**"
            yield ""
        match title:
            case "Signature" | "Examples":
                yield "```"
                yield from (line for p in paragraphs for line in p.splitlines())
                yield "```"
            case "Arguments":
                yield "| argument | |"
                yield "|---|---|"
                for paragraph in paragraphs:
                    name, _, text = paragraph.partition("  ")
                    yield f"| {name} | {text.strip()} |"
            case "Description":
                yield from (line for p in paragraphs for line in p.splitlines())
            case _:
                for paragraph in paragraphs:
                    yield f"- {' '.join(paragraph.split())}"
