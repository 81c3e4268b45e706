"""Functions on numbers: bits, chance. Source: specification section 9."""

from simulator.errors import ObjectError
from simulator.language.context import Context
from simulator.language.function import function


@function
def BitAnd(first: int, second: int) -> int:
    """The number whose bits are set in both *first* and *second*.

    Numbers have 64 bits; a negative one has all the high bits set.

    BitAnd(&HF, &HF7)  -> 7
    BitAnd(4098, 2)  -> 2
    BitAnd(-2147483646, -2147483648)  -> -2147483648
    BitAnd(NULL, 2)  -> NULL
    """
    return first & second


@function
def BitOr(first: int, second: int) -> int:
    """The number whose bits are set in *first* or in *second*.

    BitOr(&HF0, &H0F)  -> 255
    BitOr(0, 0)  -> 0
    """
    return first | second


@function
def RandomNum(first: int, last: int, *, context: Context) -> int:
    """A number between *first* and *last*, both of which can come out.

    It is another one at every call, so nothing that depends on it can be predicted.

    RandomNum(5, 5)  -> 5
    RandomNum(100, 999) > 99  -> True
    """
    if first > last:
        raise ObjectError("type-mismatch", f"there is no number from {first} to {last}")
    context.note("nondeterministic", "RandomNum gives another value at every call")
    from random import SystemRandom

    return SystemRandom().randint(first, last)
