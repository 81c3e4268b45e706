"""Random trees and texts: they come back as they went, and nothing but the language's errors comes."""

import string
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simulator.errors import DiagnosticsError, ObjectError, Severity, Source
from simulator.language.check import check, errors
from simulator.language.compile import prepared
from simulator.language.complete import completions
from simulator.language.context import Context
from simulator.language.evaluate import evaluate
from simulator.language.explain import deciding, trace, why
from simulator.language.frame import finish, run
from simulator.language.function import FUNCTIONS, Function, Kind
from simulator.language.nodes import (
    CONSTANTS,
    Attribute,
    Binary,
    Call,
    Constant,
    Group,
    Literal,
    Logical,
    Node,
    Parameter,
    Unary,
    Variable,
)
from simulator.language.parse import parse
from simulator.language.render import render
from simulator.schema import standard_schema
from simulator.values import FlowLiteral, Reference, Unreadable, Value, type_name

NOW = datetime(2024, 1, 15, 12, tzinfo=UTC)
SLOW = settings(
    deadline=None,
    max_examples=200,
    derandomize=True,  # equal on every machine and day
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
ATTRIBUTES = ("cn", "userAccountControl", "isCriticalSystemObject", "objectGUID", "manager",
              "description", "userCertificate", "memberOf", "absent", "dn")  # fmt: skip

# -- trees by the grammar ----------------------------------------------------------------------

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=8) | st.sampled_from(
    ["\\", '"', '\\"', "\\\\", "6.3", "CN=a,DC=b", "2024-01-01", "[a", "\n", "(", "//", "&HFF"]
)
NUMBERS = st.integers(-1, 40).map(abs) | st.integers(0, 2**63 - 1)
LEAVES: st.SearchStrategy[Node] = st.one_of(
    st.builds(Literal, TEXTS),
    st.builds(Literal, NUMBERS),
    st.sampled_from(CONSTANTS).map(Constant),
    st.sampled_from(ATTRIBUTES).map(Attribute),
    st.text(string.ascii_letters + " -()\"'\\;é", min_size=1, max_size=6).map(Attribute),
    st.sampled_from(["Domain.FQDN", "x"]).map(Parameter),
    st.sampled_from(["a", "_b1"]).map(Variable),
)
# How tightly each kind of node binds; an operand that binds no tighter needs brackets.
RANK = {"||": 1, "&&": 2, "&": 4, "+": 5, "-": 5, "*": 5}


def rank(node: Node) -> int:
    match node:
        case Binary(operator=operator) | Logical(operator=operator):
            return RANK.get(operator, 3)
        case Unary():
            return 6
    return 7


def bracketed(node: Node, least: int) -> Node:
    return node if rank(node) >= least else Group(node)


def binary(operator: str, left: Node, right: Node) -> Node:
    mine = RANK.get(operator, 3)
    return Binary(operator, bracketed(left, mine), bracketed(right, mine + 1))


def logical(operator: str, operands: list[Node]) -> Node:
    return Logical(operator, tuple(bracketed(o, RANK[operator] + 1) for o in operands))


def branches(inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    names = st.sampled_from(sorted(FUNCTIONS)) | st.just("Unheard1")
    return st.one_of(
        st.builds(Group, inner),
        inner.map(lambda n: Unary("-", bracketed(n, 6))),
        st.builds(binary, st.sampled_from(["=", "<>", "<", "<=", ">", ">=", "&", "+", "-", "*"]),
                  inner, inner),
        st.builds(logical, st.sampled_from(["||", "&&"]), st.lists(inner, min_size=2, max_size=4)),
        st.builds(Call, names, st.lists(inner, max_size=4).map(tuple)),
    )  # fmt: skip


TREES = st.recursive(LEAVES, branches, max_leaves=12)


@SLOW
@given(TREES)
def test_a_tree_comes_back_from_its_text(tree: Node) -> None:
    text = render(tree)
    again = parse(Source("expression", text))
    assert again == tree
    assert render(again) == text


@SLOW
@given(TREES)
def test_spans_cover_the_text_they_came_from(tree: Node) -> None:
    text = render(tree)
    again = parse(Source("expression", text))
    assert (again.span.start, again.span.end) == (0, len(text))
    assert parse(Source("expression", text[again.span.start : again.span.end])) == again


@SLOW
@given(TREES)
def test_checking_never_fails(tree: Node) -> None:
    tree = parse(Source("expression", render(tree)))
    found = check(tree, standard_schema("ad"))
    assert [f for f in found if f.severity is Severity.ERROR] == sorted(
        errors(tree, standard_schema("ad")), key=lambda f: f.span or (0, 0)
    )  # fmt: skip


@SLOW
@given(st.text(alphabet="[]()\"“&|=<>,-+*%$\\;:.!/ \n\t'#{}^?_aHFxN0159Ü０𝒳", max_size=30))  # noqa: RUF001
def test_any_text_is_read_or_refused_with_a_place(text: str) -> None:
    try:
        tree = parse(Source("expression", text))
    except DiagnosticsError as error:
        (found,) = error.diagnostics
        assert found.code == "syntax" and found.span is not None and found.message
        assert 0 <= found.span.start <= found.span.end
        assert found.span.start <= max(len(text), 1)
        assert found.render()
    else:
        assert parse(Source("expression", render(tree))) == tree


@SLOW
@given(TREES, st.data())
def test_a_damaged_text_is_refused_or_means_something(tree: Node, data: st.DataObject) -> None:
    text = render(tree)
    start = data.draw(st.integers(0, len(text)))
    damaged = text[:start] + data.draw(st.sampled_from(["", '"', "(", "]", ";", "”"])) + text[
        start + data.draw(st.integers(0, 2)) :
    ]  # fmt: skip
    try:
        parse(Source("expression", damaged))
    except DiagnosticsError as error:
        assert error.diagnostics[0].code == "syntax"


@SLOW
@given(st.text(max_size=20), st.integers(0, 20))
def test_completion_never_fails(text: str, cursor: int) -> None:
    for found in completions(text, min(cursor, len(text)), ATTRIBUTES):
        assert found.text and 0 <= found.start <= cursor


# -- expressions that mostly have the types right ----------------------------------------------


@st.composite
def typed(draw: st.DrawFn, kind: str, depth: int) -> Node:
    """A tree whose value is of *kind*, or NULL, or a list of such."""
    leaves = _leaves(kind)
    if depth == 0 or (leaves and draw(st.integers(0, 3)) == 0):
        return draw(st.sampled_from(leaves)) if leaves else Constant("NULL")
    given_by = [f for f in FUNCTIONS.values() if kind in f.returns or not f.returns]
    choices: list[Any] = [*given_by, *_operators(kind)]
    chosen = draw(st.sampled_from(choices))
    if isinstance(chosen, Function):
        return draw(_call(chosen, kind, depth - 1))
    operator, sides = chosen
    if operator in ("&&", "||"):
        return logical(operator, [draw(typed("bool", depth - 1)) for _ in range(2)])
    side = draw(st.sampled_from(sides))
    return binary(operator, draw(typed(side, depth - 1)), draw(typed(side, depth - 1)))


def _leaves(kind: str) -> list[Node]:
    return {
        "str": [Literal(""), Literal("a"), Literal("Win 10"), Literal("CN=a,DC=b"), Constant("CRLF"),
                Attribute("cn"), Attribute("description"), Literal("2024-01-01"),
                Literal("3f2504e0-4f89-41d3-9a0c-0305e82c3301"), Literal("True"), Literal("41")],
        "num": [Literal(0), Literal(1), Literal(2), Literal(2**62), Unary("-", Literal(1)),
                Attribute("userAccountControl"), Constant("NULL")],
        "bool": [Constant("True"), Constant("False"), Attribute("isCriticalSystemObject")],
        "bin": [Attribute("objectGUID"), Attribute("userCertificate")],
        "ref": [Attribute("manager"), Attribute("memberOf")],
        "mvstr": [Attribute("description"), Constant("NULL")],
        "mvbin": [Attribute("userCertificate")],
        "mvref": [Attribute("memberOf")],
        "mv": [Attribute("userCertificate"), Attribute("description"), Attribute("absent")],
    }.get(kind, [])  # fmt: skip


def _operators(kind: str) -> list[tuple[str, list[str]]]:
    match kind:
        case "bool":
            orders = [(o, ["num", "dt", "str"]) for o in ("<", "<=", ">", ">=")]
            return [*orders, ("=", ["num", "str", "bool", "bin", "ref"]), ("<>", ["num", "str"]),
                    ("&&", []), ("||", [])]  # fmt: skip
        case "num":
            return [(o, ["num"]) for o in "+-*"]
        case "str":
            return [("&", ["str"])]
        case "bin":
            return [("&", ["bin"])]
    return []


@st.composite
def _call(draw: st.DrawFn, declared: Function, kind: str, depth: int) -> Node:
    most = declared.minimum + 2 if declared.maximum is None else declared.maximum
    count = draw(st.integers(declared.minimum, most))
    if declared.name == "Switch":
        count = 2 * draw(st.integers(1, 2))
    arguments: list[Node] = []
    for index in range(count):
        parameter = declared.parameter(index)
        match parameter.kind:
            case Kind.VARIABLE:
                arguments.append(Variable("v"))
            case Kind.WORD:
                arguments.append(Constant(draw(st.sampled_from(parameter.words))))
            case Kind.CONDITION | Kind.LAZY_CONDITION:
                arguments.append(draw(typed("bool", depth)))
            case Kind.BODY_CONDITION:
                of_variable = binary("=", Variable("v"), draw(typed("str", depth)))
                arguments.append(
                    draw(st.sampled_from([of_variable, Call("IsCert", (Variable("v"),))]))
                )
            case Kind.BODY:
                arguments.append(draw(st.sampled_from([Variable("v"), draw(typed(kind, depth))])))
            case Kind.LAZY:
                arguments.append(draw(typed(kind, depth)))
            case _:
                wanted = sorted(parameter.types) or ["str", "num", "mv", "bool"]
                arguments.append(draw(typed(draw(st.sampled_from(wanted)), depth)))
    return Call(declared.name, tuple(arguments))


def certificate_bytes() -> bytes:
    from tests.test_assumptions import certificate

    return certificate(NOW + timedelta(days=1))


CERTIFICATE = certificate_bytes()
OBJECTS: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {},
    optional={
        "cn": st.sampled_from(["", "PC1", "Win 10", "😀é", " a "]),
        "userAccountControl": st.sampled_from([0, 2, 4096, -1, 2**63 - 1, -(2**63)]),
        "isCriticalSystemObject": st.booleans(),
        "objectGUID": st.sampled_from([bytes(range(16)), b"", b"short"]),
        "manager": st.sampled_from([Reference("CN=a\\,b,DC=c"), Reference("")]),
        "description": st.sampled_from([("a",), ("a", "Win 10"), ("41", "", "2024-01-01")]),
        "userCertificate": st.sampled_from([(CERTIFICATE,), (b"x", CERTIFICATE), (b"",)]),
        "memberOf": st.sampled_from([(Reference("CN=g,DC=c"),), (Reference("x"), Reference("y"))]),
        "absent": st.just(Unreadable("no right")),
    },
)


@settings(SLOW, max_examples=1500)
@given(st.sampled_from(["str", "num", "bool", "bin", "mv", "dt", "ref", "mvstr"]).flatmap(
    lambda kind: typed(kind, 3)), OBJECTS)  # fmt: skip
def test_evaluation_gives_a_value_or_an_error_of_the_language(
    tree: Node, attributes: dict[str, Value | Unreadable]
) -> None:
    def context() -> Context:
        return Context(now=NOW, attributes=attributes, dn="CN=PC1,DC=c", parameters={"x": "y"})

    again = parse(Source("expression", render(tree)))
    assert again == tree
    check(tree, standard_schema("ad"))
    try:
        value = evaluate(tree, context())
    except DiagnosticsError:
        return
    except ObjectError as error:
        assert error.kind
        assert error.message or error.kind == "error-function"
        step = trace(tree, context())
        if not is_predictable(tree):
            return
        assert step.error is not None
        assert (step.error.kind, step.error.message) == (error.kind, error.message)
        return
    assert_is_value(value)
    if not is_predictable(tree):
        return
    assert finish(run(prepared(tree), context())) == value
    step = trace(tree, context())
    assert step.value == value
    why(step)
    deciding(step)


def is_predictable(tree: Node) -> bool:
    text = render(tree)
    return not any(name in text for name in ("Guid(", "GUID(", "RandomNum("))


def assert_is_value(value: Value) -> None:
    if isinstance(value, tuple):
        assert value, "an empty list is NULL at the end"
        for each in value:
            assert each is not None and not isinstance(each, tuple | FlowLiteral)
            assert_is_value(each)
    elif isinstance(value, int):
        assert -(2**63) <= value < 2**63
    type_name(value)


@settings(SLOW, max_examples=60)
@given(TREES, OBJECTS)
def test_any_tree_at_all_gives_a_value_or_an_error_of_the_language(
    tree: Node, attributes: dict[str, Value | Unreadable]
) -> None:
    with suppress(DiagnosticsError, ObjectError):
        assert_is_value(evaluate(tree, Context(now=NOW, attributes=attributes)))


@pytest.mark.parametrize("depth", [1, 50, 200])
def test_nesting(depth: int) -> None:
    tree: Node = Literal(1)
    for _ in range(depth):
        tree = Call("IIF", (Constant("True"), tree, Literal(2)))
    assert evaluate(render(tree), Context(now=NOW)) == 1
    assert trace(parse(Source("e", render(tree))), Context(now=NOW)).value == 1


@pytest.mark.parametrize(
    ("expression", "code"),
    [
        # a list without values, where one value is wanted
        ('IsBitSet(5, ImportedValue("none"))', "type-mismatch"),
        ('Left("abc", Where($v, [description], False))', "type-mismatch"),
        ('Replace([cn], Where($v, [description], False), "x")', "type-mismatch"),
    ],
)
def test_what_was_once_a_failure_of_ours(expression: str, code: str) -> None:
    context = Context(now=NOW, attributes={"cn": "a", "description": ("a",)})
    with pytest.raises(ObjectError) as raised:
        evaluate(expression, context)
    assert raised.value.kind == code
