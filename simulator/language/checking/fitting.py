"""Which types go together: what operators, conditions and parameters accept.

Types are those of the language; `None` stands for one that is not known (`var`, an unknown
attribute). Source: expression-language specification, sections 4.3 to 4.6.
"""

from collections.abc import Set
from typing import TypeAlias

from simulator.errors import Diagnostic
from simulator.language.checking.findings import warning
from simulator.language.function import CONVERSIONS, Function, Parameter
from simulator.language.nodes import Binary, Node

Types: TypeAlias = frozenset[str] | None


def is_list(kinds: Types) -> bool:
    """Whether *kinds* are known, and lists only."""
    known = (kinds or frozenset()) - {"null"}
    return bool(known) and all(k.startswith("mv") for k in known)


def may_be_list(kinds: Types) -> bool:
    """Whether a list may be among *kinds*."""
    return kinds is None or any(k.startswith("mv") for k in kinds)


def single(kinds: Set[str]) -> frozenset[str]:
    """The types of the single values of *kinds*; `""` for any."""
    return frozenset(k.removeprefix("mv") for k in kinds) - {"null"}


def lifted(result: Types, *operands: Types) -> Types:
    """The types that an operation gives that makes *result* of single values (A-11)."""
    if result is None or any(is_list(o) for o in operands):
        return None if result is None else frozenset(f"mv{t}" for t in result) | {"null"}
    return None if any(may_be_list(o) for o in operands) else result | {"null"}


def needed(
    node: Node, kinds: Types, wanted: Set[str], message: str, help: str | None = None
) -> Diagnostic | None:
    """A finding where none of the *kinds* of *node* is *wanted*, value by value in lists."""
    if kinds is None:
        return None
    found = single(kinds)
    fits = not found or found & single(wanted) or "" in found
    if fits and kinds != {"literal"}:
        return None
    shown = " or ".join(sorted(kinds - {"null"}))
    return Diagnostic("type-mismatch", f"{message}, not {shown}", span=node.span, help=help)


def incomparable(node: Binary, left: Types, right: Types) -> Diagnostic | None:
    """A finding where no type of *left* can be compared with one of *right*."""
    if left is None or right is None:
        return None
    a, b = single(left), single(right)
    if not a or not b or "" in a | b:
        return None
    pairs = {(x, y) for x in a for y in b}
    equal = node.operator in ("=", "<>")
    if any(x == y and (equal or x in ("num", "dt", "str")) for x, y in pairs):
        return None
    if equal and any({x, y} == {"str", "ref"} for x, y in pairs):
        return None
    help = {
        frozenset({"num", "str"}): "turn one into the other with CStr or CNum",
        frozenset({"bool", "str"}): "write True and False without quotes",
        frozenset({"dt", "str"}): "turn the text into a date with CDate",
        frozenset({"bin", "str"}): (
            "turn the bytes into text with ConvertToBase64 or StringFromGuid"
        ),
    }.get(a | b)
    return Diagnostic(
        "type-mismatch",
        f"cannot {'compare' if equal else 'order'} "
        f"{' or '.join(sorted(a))} and {' or '.join(sorted(b))}",
        span=node.operator_span,
        help=help,
    )


def unfit(
    declared: Function, parameter: Parameter, argument: Node, kinds: Types
) -> Diagnostic | None:
    """A finding where *parameter* takes none of the *kinds* of *argument*, or only lists."""
    if not parameter.types or kinds is None or kinds == {"null"}:
        return None
    wanted, given = single(parameter.types), single(kinds)
    if not ("" in wanted or "" in given or wanted & given):
        pairs = ((w, g) for w in sorted(wanted) for g in sorted(given))
        help = next((CONVERSIONS[pair] for pair in pairs if pair in CONVERSIONS), None)
        return Diagnostic(
            "type-mismatch",
            f"{declared.name} takes {' or '.join(sorted(parameter.types))} for "
            f"`{parameter.name}`, not {' or '.join(sorted(given))}",
            span=argument.span,
            help=help or declared.signature,
        )
    lists_only = all(t.startswith("mv") for t in parameter.types)
    if lists_only and not may_be_list(kinds):
        return warning(
            "single-value",
            f"{declared.name} takes several values; this is one, and counts as a list of one",
            argument.span,
            "check the attribute's name: is a multi-valued one meant?",
        )
    return None
