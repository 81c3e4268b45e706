"""The reference of the language, printed from the declarations of its functions."""

import difflib
from collections.abc import Iterator
from typing import Any

from simulator.assumptions import ledger
from simulator.errors import UsageError
from simulator.language.foreign import FOREIGN_FUNCTIONS
from simulator.language.function import FUNCTIONS, Function


def declared(name: str) -> Function:
    """The function *name*; an error tells the right spelling, or what is here instead."""
    if name in FUNCTIONS:
        return FUNCTIONS[name]
    same = next((f for f in FUNCTIONS if f.casefold() == name.casefold()), None)
    near = difflib.get_close_matches(name, list(FUNCTIONS), n=3)
    help = (
        f"write {same}: case matters"
        if same
        else FOREIGN_FUNCTIONS.get(name) or (f"did you mean {', '.join(near)}?" if near else None)
    )
    raise UsageError(f"no function `{name}`", help or "`aadsim functions` lists all there are")


def list_lines() -> Iterator[str]:
    """Every function by group, with its signature and summary."""
    groups: dict[str, list[Function]] = {}
    for function in FUNCTIONS.values():
        groups.setdefault(function.group, []).append(function)
    for group, members in sorted(groups.items()):
        yield f"{group.replace('_', ' ')}"
        for function in members:
            yield f"  {function.signature}"
            yield f"      {function.summary}"
        yield ""
    yield f"{len(FUNCTIONS)} names; `aadsim functions NAME` shows one whole."


def page_lines(function: Function) -> Iterator[str]:
    """The page of one function: signature, description, examples, what it rests on."""
    yield function.signature
    yield ""
    for line in function.description.splitlines():
        yield f"  {line}" if line else ""
    if function.assumptions:
        yield ""
        for id in function.assumptions:
            yield f"  {id}: {ledger()[id].statement} (or: {ledger()[id].other})"
    if not function.documented:
        yield ""
        yield "  In no reference page: seen in published rules only."
    yield ""
    yield f"  group: {function.group.replace('_', ' ')}"


def function_form(function: Function) -> dict[str, Any]:
    """One function as data."""
    return {
        "name": function.name,
        "group": function.group,
        "signature": function.signature,
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
        "examples": [{"expression": e, "value": v} for e, v in function.examples],
        "assumptions": list(function.assumptions),
        "documented": function.documented,
    }
