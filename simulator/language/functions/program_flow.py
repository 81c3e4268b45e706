"""Functions that choose what is evaluated, bind a name, or stop. Specification 5, 6 and 10."""

from collections.abc import Callable
from typing import Any, cast

from simulator.errors import ObjectError
from simulator.language.function import Body, Condition, Lazy, Variable, function
from simulator.values import FlowLiteral, Scalar, Value


@function
def Error(message: str | None) -> None:
    """Stops the evaluation for this object, with *message* as the reason.

    IIF(True, "fine", Error("not evaluated"))  -> "fine"
    Switch(1 = 1, 1, True, Error("not evaluated"))  -> 1
    """
    raise ObjectError("error-function", message or "")


@function
def IIF(condition: Condition, then: Lazy[Value], otherwise: Lazy[Value]) -> Value:
    """*then* if *condition* holds, else *otherwise*; only that one is evaluated.

    With a list as the condition the result is a list, chosen value by value; a list as a branch is
    taken value by value too, anything else is the same for all.

    IIF(5 > 3, "yes", "no")  -> "yes"
    IIF(NULL, "yes", "no")  -> "no"
    IIF(InStr(Split("SIP:a,SMTP:b", ","), "SIP:") = 1, "sip", "other")  -> ["sip", "other"]

    Assumed: A-07, NULL counts as False.
    """
    if not isinstance(condition, tuple):
        return then() if condition else otherwise()
    branches = {holds: branch() for holds, branch in ((True, then), (False, otherwise))
                if holds in condition}  # fmt: skip
    return tuple(
        _choice(branches[holds], index, len(condition)) for index, holds in enumerate(condition)
    )


def _choice(branch: Value, index: int, length: int) -> Scalar | None:
    """The value of *branch* for the value of a list at *index*."""
    if isinstance(branch, FlowLiteral):
        raise ObjectError(
            "type-mismatch",
            f"IIF with a list as its condition cannot give {branch}",
            "reduce the list to one condition, for example with Count(Where(...)) > 0",
        )
    if not isinstance(branch, tuple):
        return branch
    if len(branch) != length:
        raise ObjectError(
            "type-mismatch",
            f"IIF got a list of {length} conditions and one of {len(branch)} values",
        )
    return branch[index]


@function
def Switch(
    condition: Condition, value: Lazy[Value], *more: tuple[Condition, Lazy[Value]]
) -> Value:
    """The value that belongs to the first condition that holds, or NULL if none does.

    All conditions are evaluated, from left to right; of the values only the chosen one.

    Switch("a" = "b", 1, "a" = "a", 2)  -> 2
    Switch("a" = "b", 1)  -> NULL
    Switch("a" = "b", 1, True, "else")  -> "else"
    """
    flat: tuple[Any, ...] = (condition, value, *more)  # the evaluator passes no pairs
    conditions, values = flat[::2], flat[1::2]
    if any(isinstance(each, tuple) for each in conditions):
        raise ObjectError(
            "type-mismatch",
            "a condition of Switch is a list",
            "IIF can choose value by value",
        )
    chosen: Callable[[], Value] | None = next(
        (then for holds, then in zip(conditions, values, strict=True) if holds), None
    )
    return None if chosen is None else chosen()


@function
def With(variable: Variable, value: Lazy[Value], expression: Body[Value]) -> Value:
    """What *expression* gives while *variable* stands for *value*.

    The value is evaluated once at most, when it is first needed.

    With($n, Len("abc"), $n * $n)  -> 9
    With($n, Error("not needed"), "fine")  -> "fine"
    """
    # The evaluator binds a variable to what is called at its first use, and keeps the result.
    return expression(cast("Value", value))
