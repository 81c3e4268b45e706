"""`@function`: the declaration of a function of the language, read off a typed Python function.

The annotations are the language's types, and everything else follows from them: what the checker
accepts, how the evaluator passes each argument, what the reference prints.

    str num bool bin dt ref     str, int, bool, bytes, datetime, Reference
    mvstr mvbin mvref           tuple[str, ...], tuple[bytes, ...], tuple[Reference, ...]
    any list; anything          tuple[Value, ...]; Value
    exp (a condition)           Condition: True or False, or a list of them; NULL counts as False
    enum                        Literal["UTF8", "ASCII", "Unicode"]
    on demand                   Lazy[Value]: called when the value is wanted
    with a variable bound       Variable names it, Body[...] is called with its value
    NULL is welcome             `| None`; without it NULL never reaches the function
    an optional argument        a default
    the surroundings            `*, context: Context`

Lifting over multi-valued arguments and NULL are handled before the call (specification 4.7 and 5).
"""

import inspect
import re
import types
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from functools import partial
from typing import (
    Any,
    Literal,
    NewType,
    TypeAlias,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    overload,
)

from simulator.registry import Registry
from simulator.values import Reference, Value

T = TypeVar("T")
R = TypeVar("R")
F = TypeVar("F", bound=Callable[..., Any])
Lazy: TypeAlias = Callable[[], T]
Body: TypeAlias = Callable[[Value], R]
Variable = NewType("Variable", str)
Condition: TypeAlias = bool | tuple[bool, ...]

SCALARS: dict[object, str] = {
    str: "str", int: "num", bool: "bool", bytes: "bin", datetime: "dt", Reference: "ref",
}  # fmt: skip
LISTS: dict[object, str] = {str: "mvstr", bytes: "mvbin", Reference: "mvref", int: "mvnum"}

# what turns one type into another: (wanted, given) -> the way out
CONVERSIONS = {
    ("ref", "str"): "wrap it in CRef",
    ("str", "num"): "wrap it in CStr",
    ("str", "ref"): "wrap it in CStr",
    ("str", "dt"): "wrap it in FormatDateTime",
    ("str", "bin"): "wrap it in ConvertToBase64 or StringFromGuid",
    ("num", "str"): "wrap it in CNum",
    ("dt", "str"): "wrap it in CDate",
    ("dt", "num"): "wrap it in DateFromNum",
    ("bin", "str"): "wrap it in CGuid",
}


class Kind(Enum):
    """How the evaluator passes an argument."""

    VALUE = auto()
    CONDITION = auto()
    LAZY = auto()
    LAZY_CONDITION = auto()
    BODY = auto()
    BODY_CONDITION = auto()
    VARIABLE = auto()
    WORD = auto()


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter: its name, how it is passed, and what it takes.

    *types* are the language's type names; empty for anything (`var`). *words* are the enumeration
    words of a WORD parameter. *variadic* marks the last, repeatable one.
    """

    name: str
    kind: Kind
    types: frozenset[str] = frozenset()
    nullable: bool = False
    optional: bool = False
    variadic: bool = False
    words: tuple[str, ...] = ()

    @property
    def published_type(self) -> str:
        """The type as the published reference writes it."""
        if self.kind is Kind.WORD:
            return "enum"
        if self.kind in (Kind.CONDITION, Kind.LAZY_CONDITION, Kind.BODY_CONDITION):
            return "exp"
        if self.kind is Kind.VARIABLE:
            return "variable"
        return " or ".join(sorted(self.types)) or "var"


@dataclass(frozen=True, slots=True)
class Function:
    """A declared function: all that checker, evaluator, reference and completion need.

    *null_observed* says that a published rule shows its answer for NULL in the first argument, so
    that the answer does not rest on A-08.
    """

    name: str
    group: str
    body: Callable[..., Any]
    parameters: tuple[Parameter, ...]
    returns: frozenset[str]
    wants_context: bool
    null_observed: bool
    documented: bool

    @property
    def summary(self) -> str:
        """The first sentence of its description."""
        return self.description.split("\n\n", 1)[0].replace("\n", " ")

    @property
    def description(self) -> str:
        """The docstring, without indentation."""
        return inspect.cleandoc(self.body.__doc__ or "")

    @property
    def signature(self) -> str:
        """The signature as the published reference writes one."""
        required = [f"{p.published_type} {p.name}" for p in self.parameters if not p.optional]
        text = ", ".join(required)
        for parameter in self.parameters:
            if parameter.optional:
                dots = ", ..." if parameter.variadic else ""
                comma = ", " if text else ""
                text += f"[{comma}{parameter.published_type} {parameter.name}{dots}]"
        return f"{' or '.join(sorted(self.returns)) or 'var'} {self.name}({text})"

    @property
    def examples(self) -> tuple[tuple[str, str], ...]:
        """The lines `expression  -> value` of the docstring."""
        pairs = (
            line.split("  -> ", 1) for line in self.description.splitlines() if "  -> " in line
        )
        return tuple((left.strip(), right.strip()) for left, right in pairs)

    @property
    def assumptions(self) -> tuple[str, ...]:
        """The assumptions that the description names."""
        return tuple(dict.fromkeys(re.findall(r"A-\d\d", self.description)))

    @property
    def minimum(self) -> int:
        """The least number of arguments."""
        return sum(not p.optional for p in self.parameters)

    @property
    def maximum(self) -> int | None:
        """The greatest number of arguments; `None` where there is no limit."""
        if self.parameters and self.parameters[-1].variadic:
            return None
        return len(self.parameters)

    def parameter(self, index: int) -> Parameter:
        """The parameter that takes the argument at *index*; variadic ones repeat in turn."""
        if index < len(self.parameters):
            return self.parameters[index]
        repeated = [p for p in self.parameters if p.variadic]
        first = len(self.parameters) - len(repeated)
        return repeated[(index - first) % len(repeated)]


FUNCTIONS: Registry[Function] = Registry("simulator.language.functions")


@overload
def function(body: F) -> F: ...


@overload
def function(
    *, alias: str | None = None, null_observed: bool = False, documented: bool = True
) -> Callable[[F], F]: ...


def function(
    body: Callable[..., Any] | None = None,
    *,
    alias: str | None = None,
    null_observed: bool = False,
    documented: bool = True,
) -> Any:
    """Declares *body* as the function of its name, and as *alias* too.

    *documented* is False for functions seen in published rules but in no reference page.
    """

    def declare(body: Callable[..., Any]) -> Callable[..., Any]:
        group = body.__module__.rpartition(".")[2]
        for name in filter(None, (body.__name__, alias)):
            read = partial(_read, name, group, body, null_observed, documented)
            FUNCTIONS.add_later(name, read)
        return body

    return declare if body is None else declare(body)


def _read(
    name: str, group: str, body: Callable[..., Any], null_observed: bool, documented: bool
) -> Function:
    hints = get_type_hints(body)
    parameters: list[Parameter] = []
    wants_context = False
    for each in inspect.signature(body).parameters.values():
        if each.kind is each.KEYWORD_ONLY:
            wants_context = each.name == "context"
            continue
        variadic = each.kind is each.VAR_POSITIONAL
        optional = variadic or each.default is not each.empty
        if variadic and get_origin(hints[each.name]) is tuple:  # pairs, as in Switch
            pair = get_args(hints[each.name])
            for part, suffix in zip(pair, ("condition", "value"), strict=True):
                parameters.append(_parameter(suffix, part, True, True))
            continue
        parameters.append(_parameter(each.name, hints[each.name], optional, variadic))
    returns, _ = _types(hints["return"])
    return Function(
        name, group, body, tuple(parameters), returns, wants_context, null_observed, documented
    )


def _parameter(name: str, hint: object, optional: bool, variadic: bool) -> Parameter:
    if hint is Variable:
        return Parameter(name, Kind.VARIABLE)
    if hint == Condition:
        return Parameter(name, Kind.CONDITION, nullable=True, optional=optional, variadic=variadic)
    if get_origin(hint) is Literal:
        return Parameter(name, Kind.WORD, optional=optional, words=get_args(hint))
    if (
        get_origin(hint) is Callable
        or get_origin(hint) is types.GenericAlias
        or _is_callable(hint)
    ):
        takes, gives = get_args(hint)
        condition = gives == Condition or gives is bool
        if takes:
            kind = Kind.BODY_CONDITION if condition else Kind.BODY
        else:
            kind = Kind.LAZY_CONDITION if condition else Kind.LAZY
        return Parameter(name, kind, nullable=True, optional=optional, variadic=variadic)
    names, nullable = _types(hint)
    return Parameter(name, Kind.VALUE, names, nullable, optional, variadic)


def _is_callable(hint: object) -> bool:
    return get_origin(hint) is not None and getattr(get_origin(hint), "__name__", "") == "Callable"


def _types(hint: object) -> tuple[frozenset[str], bool]:
    """The language's type names in *hint*, and whether NULL is among them; none: anything."""
    if hint == Value:
        return frozenset(), True
    if hint is type(None):
        return frozenset(), True
    if get_origin(hint) in (Union, types.UnionType):
        names: set[str] = set()
        nullable = False
        for part in get_args(hint):
            more, null = _types(part)
            names |= more
            nullable = nullable or null
        return frozenset(names), nullable
    if get_origin(hint) is tuple:
        inner = get_args(hint)[0]
        return frozenset({LISTS.get(inner, "mv")}), False
    return frozenset({SCALARS[hint]}), False
