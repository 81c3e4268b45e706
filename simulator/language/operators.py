"""What the operators do with values: comparison, `&`, arithmetic, conditions, lifting over lists.

Source: expression-language specification, sections 2, 4.3 to 4.6 and 5.
"""

from collections.abc import Callable
from datetime import datetime

from simulator.errors import ObjectError
from simulator.language.context import Context
from simulator.values import FlowLiteral, Reference, Value, dn_key, show, type_name

MINIMUM, MAXIMUM = -(2**63), 2**63 - 1

Operation = Callable[[Value, Value, Context], Value]


def lift(operation: Operation) -> Operation:
    """*operation* on single values, applied value by value where an operand is a list (A-11)."""

    def lifted(left: Value, right: Value, context: Context) -> Value:
        many_left, many_right = isinstance(left, tuple), isinstance(right, tuple)
        if not many_left and not many_right:
            return operation(left, right, context)
        context.reading("A-11")
        lefts = left if isinstance(left, tuple) else None
        rights = right if isinstance(right, tuple) else None
        if lefts is not None and rights is not None and len(lefts) != len(rights):
            raise ObjectError(
                "type-mismatch",
                f"lists of {len(lefts)} and {len(rights)} values cannot be combined",
            )
        pairs = (
            zip(lefts, rights, strict=True)
            if lefts is not None and rights is not None
            else ((v, right) for v in lefts)
            if lefts is not None
            else ((left, v) for v in rights or ())
        )
        # scalars in, scalars out
        return tuple(operation(a, b, context) for a, b in pairs)  # type: ignore[misc]

    return lifted


def _equal(left: Value, right: Value, context: Context) -> bool | None:
    """Whether the two are equal; NULL only under the other reading of A-06."""
    if left is None or right is None:
        if context.reading("A-06") == "three-valued":
            return None
        return left is None and right is None
    match left, right:
        case (str(), str()):
            if left == right:
                return True
            if left.casefold() == right.casefold():
                context.note("case-matters", f"{show(left)} and {show(right)} differ only by case")
                return context.reading("A-05") == "ignore-case"
            return False
        case (bool(), bool()) | (bytes(), bytes()):
            return left == right
        case (datetime(), datetime()):
            return left == right
        case (Reference(), Reference()):
            return dn_key(left.dn) == dn_key(right.dn)
        case (Reference(), str()):
            return dn_key(left.dn) == dn_key(right)
        case (str(), Reference()):
            return dn_key(left) == dn_key(right.dn)
    if _is_number(left) and _is_number(right):
        return left == right
    raise _mismatch("compare", left, right)


def _compare_unequal(left: Value, right: Value, context: Context) -> Value:
    if left is None or right is None:
        context.note("null-compare", "`<>` met NULL, and took it as different")
    equal = _equal(left, right, context)
    return None if equal is None else not equal


def _order(test: Callable[[int], bool]) -> Operation:
    def compare(left: Value, right: Value, context: Context) -> Value:
        if left is None or right is None:
            return None if context.reading("A-06") == "three-valued" else False
        match left, right:
            case (str(), str()) | (datetime(), datetime()):
                return test((left > right) - (left < right))  # type: ignore[operator]  # same type
        if _is_number(left) and _is_number(right):
            return test((left > right) - (left < right))  # type: ignore[operator]
        raise _mismatch("order", left, right)

    return compare


def _join(left: Value, right: Value, context: Context) -> Value:
    if left is None or right is None:
        if left is None and right is None:
            return None
        # NULL beside `&`: OBS in shipped rules only where the other side is text
        if context.reading("A-08") == "error":
            raise ObjectError("type-mismatch", "`&` met NULL (A-08)")
        left, right = (right, None) if left is None else (left, None)
    if isinstance(left, bytes) and isinstance(right, bytes | None):
        return left + (right or b"")
    return _joinable(left) + ("" if right is None else _joinable(right))


def _joinable(value: Value) -> str:
    match value:
        case str():
            return value
        case Reference():
            return value.dn
        case datetime():
            help = "wrap it in FormatDateTime"
        case bytes():
            help = "wrap it in ConvertToBase64 or StringFromGuid"
        case _:
            help = "wrap it in CStr"
    raise ObjectError("type-mismatch", f"`&` joins text, not {type_name(value)}", help)


def _arithmetic(symbol: str, compute: Callable[[int, int], int]) -> Operation:
    def operate(left: Value, right: Value, context: Context) -> Value:
        if left is None or right is None:
            return None
        if not (_is_number(left) and _is_number(right)):
            text = isinstance(left, str) or isinstance(right, str)
            raise ObjectError(
                "type-mismatch",
                f"`{symbol}` takes numbers, not {type_name(left)} and {type_name(right)}",
                "join text with `&`" if text and symbol == "+" else None,
            )
        result = in_range(compute(left, right))  # type: ignore[arg-type]  # both are numbers
        if not -(2**31) <= result < 2**31:
            context.reading("A-18")
        return result

    return operate


def negate(value: Value, context: Context) -> Value:
    """Unary minus: a number, each number of a list, or NULL."""
    match value:
        case tuple():
            return tuple(negate(v, context) for v in value)  # type: ignore[misc]
        case None:
            return None
        case int() if not isinstance(value, bool):
            return in_range(-value)
    raise ObjectError("type-mismatch", f"`-` takes a number, not {type_name(value)}")


def in_range(number: int) -> int:
    """*number*, if 64 bits hold it."""
    if MINIMUM <= number <= MAXIMUM:
        return number
    raise ObjectError("overflow", f"{number} does not fit into 64 bits")


def condition(value: Value, context: Context) -> bool | tuple[bool, ...]:
    """*value* as a condition: NULL counts as False (A-07), a number as whether it is not zero."""
    match value:
        case bool():
            return value
        case None:
            context.note("null-condition", "a condition was NULL, and counts as False")
            if context.reading("A-07") == "error":
                raise ObjectError("type-mismatch", "a condition is NULL (A-07)")
            return False
        case FlowLiteral():
            raise ObjectError("type-mismatch", f"{value} is no condition")
        case int():
            return value != 0
        case tuple():
            context.note("mv-condition", "a condition was a list, taken value by value")
            return tuple(bool(condition(v, context)) for v in value)
    raise ObjectError(
        "type-mismatch",
        f"a condition must be True or False, not {type_name(value)}",
        "compare it with something, or ask IsPresent",
    )


def _is_number(value: Value) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _mismatch(verb: str, left: Value, right: Value) -> ObjectError:
    help = None
    kinds = {type_name(left), type_name(right)}
    if kinds == {"num", "str"}:
        help = "turn one into the other with CStr or CNum"
    elif kinds == {"bin", "str"}:
        help = "turn the bytes into text with ConvertToBase64 or StringFromGuid"
    elif kinds == {"dt", "str"}:
        help = "turn the text into a date with CDate"
    elif kinds == {"bool", "str"}:
        help = "write True and False without quotes"
    return ObjectError(
        "type-mismatch", f"cannot {verb} {type_name(left)} and {type_name(right)}", help
    )


OPERATIONS: dict[str, Operation] = {
    "=": lift(_equal),
    "<>": lift(_compare_unequal),
    "<": lift(_order(lambda sign: sign < 0)),
    "<=": lift(_order(lambda sign: sign <= 0)),
    ">": lift(_order(lambda sign: sign > 0)),
    ">=": lift(_order(lambda sign: sign >= 0)),
    "&": lift(_join),
    "+": lift(_arithmetic("+", lambda a, b: a + b)),
    "-": lift(_arithmetic("-", lambda a, b: a - b)),
    "*": lift(_arithmetic("*", lambda a, b: a * b)),
}
