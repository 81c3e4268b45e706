"""What is known of a value without looking at it: its kind, that it is not empty, how long it is.

Where nothing tests the value of an attribute, two values of one shape have the same effect.
"""

from dataclasses import dataclass
from typing import TypeAlias

from simulator.sync.flow import MAXIMUM_LENGTH
from simulator.values import FlowLiteral, Value, type_name


@dataclass(frozen=True, slots=True)
class Known:
    """A value that is the same for all objects in question."""

    value: Value


@dataclass(frozen=True, slots=True)
class Shape:
    """Some value of *kind*: neither NULL nor empty.

    *count* is the number of values of a multi-valued attribute, each of *kind* and not empty, or
    `SEVERAL` for any number above one; `None` for a single value. *longest* bounds the characters
    of each text, `None` where no bound is known; of bytes it is 16 where they can be a GUID.
    """

    kind: str
    count: int | None = None
    longest: int | None = None


@dataclass(frozen=True, slots=True)
class Odd:
    """Values of which no shape tells enough: too long, or with empty ones among several."""


ODD = Odd()
SEVERAL = 2
Seen: TypeAlias = Known | Shape
TEXTS = frozenset({"str", "ref"})


def shape_of(value: Value) -> Seen:
    """The shape of *value*, or the value itself where its shape would tell too little."""
    if value is None or value == "" or isinstance(value, FlowLiteral):
        return Known(value)
    if isinstance(value, tuple):
        kinds = {type_name(v) for v in value}
        if len(kinds) != 1 or any(v is None or v == "" for v in value):
            return Known(value)
        kind = kinds.pop()
        if kind == "str" and any(len(v) > MAXIMUM_LENGTH for v in value if isinstance(v, str)):
            return Known(value)
        return Shape(kind, min(len(value), SEVERAL), MAXIMUM_LENGTH if kind == "str" else None)
    kind = type_name(value)
    if isinstance(value, bytes):
        return Shape(kind, None, 16 if len(value) == 16 else None) if value else Known(value)
    if isinstance(value, str):
        return Shape(kind, None, MAXIMUM_LENGTH) if len(value) <= MAXIMUM_LENGTH else Known(value)
    return Shape(kind)
