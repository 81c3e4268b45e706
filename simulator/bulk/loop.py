"""Recognises the part of an expression that goes through the certificates of an object.

That is `Where($c, [userCertificate], test && test ...)`, of which only is asked how many values
are left. What the expression gives then depends on the certificates through nothing but the first
test that each one fails, and a generated function can tell that.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TypeGuard

from simulator.assumptions import ledger
from simulator.bulk.staged import OF_SHAPE, shape_reads
from simulator.errors import ObjectError
from simulator.language.compile import prepared
from simulator.language.context import Context
from simulator.language.frame import run
from simulator.language.nodes import (
    CHANCE,
    Attribute,
    Binary,
    Call,
    Group,
    Literal,
    Logical,
    Node,
    Variable,
    attributes_of,
    bare,
    children,
    functions_of,
    walk,
)
from simulator.language.patterns import direct
from simulator.language.readings import flat
from simulator.schema import standard_schema
from simulator.sync.reason import cause_of

GUID = "objectGUID"
_DATES = {"CertNotAfter": "not_after", "CertNotBefore": "not_before"}
_SUBJECTS = frozenset({"CertSubject", "CertSubjectNameDN"})
_MIRRORED = {">": "<", "<": ">", ">=": "<=", "<=": ">="}


@dataclass(frozen=True, slots=True)
class Readable:
    """`IsCert($c)`."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A date of the certificate, `not_after` or `not_before`, against a moment."""

    date: str
    operator: str
    moment: datetime


@dataclass(frozen=True, slots=True)
class Named:
    """A pattern over the subject, whatever the case of letters; the object's GUID may be in it."""

    before: str
    guid: bool
    after: str
    options: str


Test = Readable | Dated | Named


@dataclass(frozen=True, slots=True)
class Loop:
    """The attribute whose values are gone through, and the tests that each must pass.

    *counted* tells that the expression also asks how many values the attribute has. *verdicts*
    are the codes for a value by the test that it fails first; the last for one that passes all.
    """

    attribute: str
    tests: tuple[Test, ...]
    counted: bool
    verdicts: tuple[str, ...]

    @property
    def costly(self) -> frozenset[str]:
        """The attributes that are read, each of which may have as many values as objects."""
        guided = any(isinstance(t, Named) and t.guid for t in self.tests)
        return frozenset({self.attribute, GUID} if guided else {self.attribute})


def find_loop(node: Node, context: Context) -> Loop | None:
    """The only loop of *node*, if all else that it reads of certificates is their shape.

    *context* gives the moment of `Now()`.
    """
    loops = [n for n in walk(node) if isinstance(n, Call) and n.name in ("Where", "Select")]
    if len(loops) != 1 or loops[0].name != "Where" or not _only_counted(node, loops[0]):
        return None
    variable, collection, body = loops[0].arguments
    read = bare(collection)
    if not isinstance(variable, Variable) or not isinstance(read, Attribute):
        return None
    known = standard_schema("ad").get(read.name)
    if known is None or known.language_type != "mvbin":
        return None
    tests = [_test(test, variable.name, context) for test in _tests(body)]
    told = tuple(t for t in tests if t is not None)
    counts = [bare(n.arguments[0]) for n in walk(node) if _asks(n) and n.name == "Count"]
    causes = [cause_of(test) for test in _tests(body)]
    verdicts = (*(cause[0] if cause else "" for cause in causes), "certificate-valid")
    loop = Loop(read.name, told, Attribute(read.name) in counts, verdicts)
    inside = {id(n) for n in walk(body)} | {id(read)} | {id(a) for a in shape_reads(node)}
    elsewhere = {a.name for a in walk(node) if isinstance(a, Attribute) and id(a) not in inside}
    if len(told) < len(tests) or elsewhere & loop.costly:
        return None
    return loop


def _only_counted(node: Node, loop: Call) -> bool:
    """Whether of the result of *loop* only is asked how many values it has."""
    for each in walk(node):
        below = [bare(child) for child in children(each)]
        if not any(child is loop for child in below):
            continue
        match each:
            case Call(name=name) if name in OF_SHAPE:
                return True
            case Call(name="With", arguments=(Variable(name=bound), value, body)) if (
                bare(value) is loop
            ):
                asked = {id(bare(n.arguments[0])) for n in walk(body) if _asks(n)}
                uses = [n for n in walk(body) if isinstance(n, Variable) and n.name == bound]
                return all(id(use) in asked for use in uses)
            case Group():
                continue
        return False
    return False


def _asks(node: Node) -> TypeGuard[Call]:
    return isinstance(node, Call) and node.name in OF_SHAPE and len(node.arguments) == 1


def _tests(body: Node) -> Iterator[Node]:
    body = bare(body)
    if isinstance(body, Logical) and body.operator == "&&" and flat(body) is None:
        for operand in body.operands:
            yield bare(operand)
    else:
        yield body


def _test(node: Node, variable: str, context: Context) -> Test | None:
    match node:
        case Call(name="IsCert", arguments=(argument,)) if _is(argument, variable):
            return Readable()
        case Binary(operator=operator, left=left, right=right) if operator in _MIRRORED:
            return _dated(bare(left), operator, right, variable, context) or _dated(
                bare(right), _MIRRORED[operator], left, variable, context
            )
        case Call(name="RegexIsMatch", arguments=(text, pattern, Literal(value=options))) if (
            _reads(bare(text), _SUBJECTS, variable)
        ):
            return _named(pattern, options)
    return None


def _is(node: Node, variable: str) -> bool:
    inner = bare(node)
    return isinstance(inner, Variable) and inner.name == variable


def _reads(node: Node, functions: frozenset[str], variable: str) -> bool:
    return isinstance(node, Call) and node.name in functions and _is(node.arguments[0], variable)


def _dated(
    date: Node, operator: str, moment: Node, variable: str, context: Context
) -> Dated | None:
    """The test of *date* against *moment*, if that is the same for all, under every reading."""
    if not _reads(date, frozenset(_DATES), variable) or not isinstance(date, Call):
        return None
    free = any(isinstance(n, Variable) for n in walk(moment))
    if free or attributes_of(moment) or functions_of(moment) & CHANCE:
        return None
    inner = Context(context.now, {}, None, context.parameters, context.readings)
    try:
        value = run(prepared(moment), inner)
    except ObjectError:
        return None
    if not isinstance(value, datetime) or any(ledger()[id].readings for id in inner.used):
        return None
    return Dated(_DATES[date.name], operator, value)


def _named(pattern: Node, options: object) -> Named | None:
    """The test of a pattern made of texts and, once at most, StringFromGuid([objectGUID])."""
    if not isinstance(options, str):
        return None
    before, after, guid = "", "", False
    for part in _joined(pattern):
        match part:
            case Literal(value=str(text)):
                before, after = (before, after + text) if guid else (before + text, after)
            case Call(name="StringFromGuid", arguments=(argument,)) if not guid and bare(
                argument
            ) == Attribute(GUID):
                guid = True
            case _:
                return None
    return (
        Named(before, guid, after, options)
        if not guid or _is_plain(before, after, options)
        else None
    )


def _is_plain(before: str, after: str, options: str) -> bool:
    """Whether both are plain for the reference: texts and sets, in which a text means itself.

    Then the letters and digits of a GUID between them mean themselves too, and do not change how
    the rest is read; and without regard to case the readings of A-13 make no difference.
    """
    chosen = set(options.split(","))
    return (
        "IgnoreCase" in chosen
        and chosen <= {"IgnoreCase", "Compiled", "CultureInvariant"}
        and direct.tokens(before, True) is not None
        and direct.tokens(after, True) is not None
        and "&&" not in before + after  # in a set Python's engine will give it a meaning
    )


def _joined(node: Node) -> Iterator[Node]:
    """The parts of *node* that `&` joins, in their order."""
    node = bare(node)
    if isinstance(node, Binary) and node.operator == "&":
        yield from _joined(node.left)
        yield from _joined(node.right)
    else:
        yield node
