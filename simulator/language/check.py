"""Static findings: names, number and types of arguments, before anything runs.

Types are those of the language; `None` stands for one that is not known (`var`, an unknown
attribute). Source: expression-language specification, sections 1 to 7 and 13.
"""

import difflib
from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, replace
from typing import TypeAlias

from simulator.errors import Diagnostic, Severity, Span
from simulator.language.foreign import FOREIGN_FUNCTIONS
from simulator.language.function import CONVERSIONS, FUNCTIONS, Function, Kind, Parameter
from simulator.language.nodes import (
    NAMES_ATTRIBUTE,
    WORDS,
    Attribute,
    Binary,
    Call,
    Constant,
    Group,
    Literal,
    Logical,
    Node,
    Unary,
    Variable,
    walk,
)
from simulator.language.nodes import Parameter as ParameterNode
from simulator.language.readings import flat, product_first
from simulator.schema import Schema

Types: TypeAlias = frozenset[str] | None

PUBLISHED_PARAMETERS = frozenset(
    {
        "Domain.Netbios", "Domain.FQDN", "Domain.LDAP", "Forest.Netbios", "Forest.FQDN",
        "Forest.LDAP", "Connector.ID",
    }
)  # fmt: skip

_CONSTANT_TYPES = {
    "True": "bool", "False": "bool", "NULL": "null", "CRLF": "str", "IgnoreThisFlow": "literal",
    "AuthoritativeNull": "literal",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Surroundings:
    schema: Schema | None
    attributes: Set[str]
    parameters: Set[str]
    imported: Set[str] | None


def check(
    node: Node,
    schema: Schema | None = None,
    *,
    attributes: Set[str] = frozenset(),
    parameters: Mapping[str, str] | Set[str] = frozenset(),
    imported: Set[str] | None = None,
) -> tuple[Diagnostic, ...]:
    """Everything that can be said of *node* without an object, in the order of the text.

    *schema* gives the attributes of the source object and their types; *attributes* are further
    known names. *parameters* are those that have a value. *imported* is the connector's attribute
    inclusion list, if it is known.
    """
    surroundings = _Surroundings(
        schema, attributes, PUBLISHED_PARAMETERS | set(parameters), imported
    )
    findings = [*_names(node, surroundings), *_structure(node, {})]
    if not any(f.severity is Severity.ERROR for f in findings):
        findings += _Typing(surroundings).findings(node)
        findings += _doubtful(node)
    return tuple(sorted(findings, key=lambda f: f.span or Span(0, 0)))


# -- names ------------------------------------------------------------------------------------


def _names(node: Node, known: _Surroundings) -> Iterator[Diagnostic]:
    for each in walk(node):
        match each:
            case Attribute(name=name, span=span):
                yield from _attribute(name, span, known)
            case Call(name=name, arguments=(Literal(value=str(quoted), span=span), *_)) if (
                name in NAMES_ATTRIBUTE
            ):
                yield from _attribute(quoted, span, known)
            case ParameterNode(name=name, span=span):
                yield from _parameter(name, span, known)
            case Call(name=name, name_span=span) if name not in FUNCTIONS:
                yield _unknown_function(name, span)


def _attribute(name: str, span: Span, known: _Surroundings) -> Iterator[Diagnostic]:
    if name == "dn" or name in known.attributes or (known.schema and known.schema.get(name)):
        if known.imported is not None and name != "dn" and name not in known.imported:
            yield Diagnostic(
                "not-imported",
                f"the connector does not import `{name}`: it is NULL for every object",
                span=span,
                help="add it to the connector's attributes; then a full import is due",
                severity=Severity.WARNING,
            )
        return
    spelling = next((a for a in known.attributes if a.casefold() == name.casefold()), None)
    if spelling is None and known.schema is not None:
        spelling = known.schema.spelling(name)
    if spelling is not None:
        yield Diagnostic(
            "unknown-attribute",
            f"no attribute `{name}`: case matters",
            span=span,
            help=f"write [{spelling}]",
        )
    elif known.schema is not None:
        near = known.schema.near(name)
        yield Diagnostic(
            "unknown-attribute-name",
            f"`{name}` is not among the attributes known to this tool",
            span=span,
            help=f"did you mean `{near}`?" if near else None,
            severity=Severity.WARNING,
        )


def _parameter(name: str, span: Span, known: _Surroundings) -> Iterator[Diagnostic]:
    if name in known.parameters:
        return
    same = next((p for p in known.parameters if p.casefold() == name.casefold()), None)
    if same:
        yield Diagnostic(
            "parameter-case",
            f"the parameter is spelt `%{same}%`",
            span=span,
            severity=Severity.WARNING,
        )
        return
    near = difflib.get_close_matches(name, known.parameters, n=1)
    yield Diagnostic(
        "unknown-parameter",
        f"no parameter `%{name}%`",
        span=span,
        help=f"did you mean %{near[0]}%?" if near else "give its value with the connector",
    )


def _unknown_function(name: str, span: Span) -> Diagnostic:
    same = next((f for f in FUNCTIONS if f.casefold() == name.casefold()), None)
    if same:
        help: str | None = f"write {same}: case matters"
    elif name in FOREIGN_FUNCTIONS:
        help = FOREIGN_FUNCTIONS[name]
    else:
        near = difflib.get_close_matches(name, list(FUNCTIONS), n=1)
        help = f"did you mean {near[0]}?" if near else "`aadsim functions` lists all there are"
    return Diagnostic("unknown-function", f"no function `{name}`", span=span, help=help)


# -- structure --------------------------------------------------------------------------------


def _structure(node: Node, bound: Mapping[str, Span]) -> Iterator[Diagnostic]:
    """Number of arguments, places of variables and enumeration words."""
    match node:
        case Constant(name=name, span=span) if name in WORDS:
            yield _syntax(
                f"`{name}` is only meant as an argument of a function that takes it", span
            )
        case Variable(name=name, span=span) if name not in bound:
            near = difflib.get_close_matches(name, bound, n=1)
            yield Diagnostic(
                "unknown-variable",
                f"no variable `${name}` is defined here",
                span=span,
                help=f"did you mean ${near[0]}?" if near else "With, Where and Select define one",
            )
        case Call():
            yield from _call_structure(node, bound)
        case Group(inner=inner):
            yield from _structure(inner, bound)
        case Unary(operand=operand):
            yield from _structure(operand, bound)
        case Binary(left=left, right=right):
            yield from _structure(left, bound)
            yield from _structure(right, bound)
        case Logical(operands=operands):
            for operand in operands:
                yield from _structure(operand, bound)


def _call_structure(node: Call, bound: Mapping[str, Span]) -> Iterator[Diagnostic]:
    declared = FUNCTIONS.get(node.name)
    if declared is None:
        for argument in node.arguments:
            if not (isinstance(argument, Variable) or isinstance(argument, Constant)):
                yield from _structure(argument, bound)
        return
    arity = _arity(declared, node)
    if arity is not None:
        yield arity
        return
    inner = dict(bound)
    for index, argument in enumerate(node.arguments):
        parameter = declared.parameter(index)
        match parameter.kind:
            case Kind.VARIABLE:
                if not isinstance(argument, Variable):
                    yield _syntax(
                        f"{node.name} needs a variable here",
                        argument.span,
                        "write $ and a name, for example $item",
                    )
                    return
                if argument.name in bound:
                    yield Diagnostic(
                        "variable-hidden",
                        f"`${argument.name}` hides an outer variable of that name",
                        span=argument.span,
                        severity=Severity.WARNING,
                    )
                inner[argument.name] = argument.span
            case Kind.WORD:
                yield from _word(node, parameter, argument)
            case Kind.BODY | Kind.BODY_CONDITION:
                yield from _structure(argument, inner)
            case _:
                yield from _structure(argument, bound)


def _arity(declared: Function, node: Call) -> Diagnostic | None:
    count, least, most = len(node.arguments), declared.minimum, declared.maximum
    pairs = sum(p.variadic for p in declared.parameters)
    if count < least or (most is not None and count > most):
        wanted = (
            str(least)
            if most == least
            else f"{least} or more"
            if most is None
            else f"{least} to {most}"
        )
        message = f"{node.name} takes {wanted} argument{'' if wanted == '1' else 's'}, not {count}"
    elif pairs > 1 and (count - least) % pairs:
        message = f"{node.name} takes its arguments in pairs, and got {count}"
    else:
        return None
    return Diagnostic("arity", message, span=node.name_span, help=declared.signature)


def _word(node: Call, parameter: Parameter, argument: Node) -> Iterator[Diagnostic]:
    if isinstance(argument, Constant) and argument.name in parameter.words:
        return
    yield Diagnostic(
        "type-mismatch",
        f"{node.name} takes a word for `{parameter.name}`",
        span=argument.span,
        help=f"write {' or '.join(parameter.words)}, without quotes",
    )


# -- types ------------------------------------------------------------------------------------


class _Typing:
    """Finds the types that each node can have, and what cannot be by them."""

    def __init__(self, known: _Surroundings) -> None:
        self._known = known
        self._found: list[Diagnostic] = []
        self._reached = True  # False inside a part that is evaluated only under a condition

    def _report(self, finding: Diagnostic) -> None:
        """Keeps *finding*; where its place need not be reached it is a warning.

        A shipped rule turns bytes into text in the branch that IsString has excluded.
        """
        if not self._reached:
            finding = replace(finding, severity=Severity.WARNING)
        self._found += [finding]

    def _conditionally(self, node: Node, variables: Mapping[str, Types]) -> Types:
        """The types of *node*, which is evaluated only under a condition."""
        reached, self._reached = self._reached, False
        try:
            return self._types(node, variables)
        finally:
            self._reached = reached

    def findings(self, node: Node) -> list[Diagnostic]:
        self._types(node, {})
        return self._found

    def _types(self, node: Node, variables: Mapping[str, Types]) -> Types:
        match node:
            case Literal(value=value):
                return frozenset({"str" if isinstance(value, str) else "num"})
            case Constant(name=name):
                return frozenset({_CONSTANT_TYPES.get(name, "enum")})
            case Attribute(name="dn"):
                return frozenset({"str"})
            case Attribute(name=name):
                found = self._known.schema.get(name) if self._known.schema else None
                return frozenset({found.language_type, "null"}) if found else None
            case ParameterNode():
                return frozenset({"str"})
            case Variable(name=name):
                return variables.get(name)
            case Group(inner=inner):
                return self._types(inner, variables)
            case Unary(operand=operand):
                self._need(node, self._types(operand, variables), {"num"}, "`-` takes a number")
                return frozenset({"num", "null"})
            case Binary():
                return self._binary(node, variables)
            case Logical(operands=operands):
                kinds = [self._condition(o, variables) for o in operands]
                lists = any(k is None or any(t.startswith("mv") for t in k) for k in kinds)
                return None if lists else frozenset({"bool"})
            case Call():
                return self._call(node, variables)

    def _condition(self, node: Node, variables: Mapping[str, Types]) -> Types:
        kinds = self._types(node, variables)
        self._need(
            node, kinds, {"bool", "num", "null", "mvbool", "mvnum", "mv"},
            "a condition must be True or False",
            "compare it with something, or ask IsPresent",
        )  # fmt: skip
        return kinds

    def _need(
        self, node: Node, kinds: Types, wanted: Set[str], message: str, help: str | None = None
    ) -> None:
        """A finding where none of the possible *kinds* is *wanted*, value by value in lists."""
        if kinds is None:
            return
        scalars = {k.removeprefix("mv") or "mv" for k in kinds} - {"null"}
        if (
            not scalars
            or scalars & {w.removeprefix("mv") or "mv" for w in wanted}
            or "mv" in scalars
        ):
            if kinds != {"literal"}:
                return
        found = " or ".join(sorted(kinds - {"null"}))
        self._report(
            Diagnostic("type-mismatch", f"{message}, not {found}", span=node.span, help=help)
        )

    def _binary(self, node: Binary, variables: Mapping[str, Types]) -> Types:
        left, right = self._types(node.left, variables), self._types(node.right, variables)
        lists = [k is None or any(t.startswith("mv") for t in k) for k in (left, right)]
        match node.operator:
            case "+" | "-" | "*":
                help = "join text with `&`" if node.operator == "+" else None
                for side, kinds in ((node.left, left), (node.right, right)):
                    self._need(side, kinds, {"num"}, f"`{node.operator}` takes numbers", help)
                result = "num"
            case "&":
                for side, kinds in ((node.left, left), (node.right, right)):
                    self._need(
                        side, kinds, {"str", "ref", "bin"}, "`&` joins text",
                        "wrap a number in CStr, a date in FormatDateTime",
                    )  # fmt: skip
                if any(lists):
                    return None
                binary = all(k is not None and k <= {"bin", "null"} for k in (left, right))
                return frozenset({"bin" if binary else "str", "null"})
            case _:
                self._comparable(node, left, right)
                result = "bool"
        return None if any(lists) else frozenset({result, "null"})

    def _comparable(self, node: Binary, left: Types, right: Types) -> None:
        if left is None or right is None:
            return
        a = {k.removeprefix("mv") for k in left} - {"null"}
        b = {k.removeprefix("mv") for k in right} - {"null"}
        if not a or not b or "" in a | b:
            return
        pairs = {(x, y) for x in a for y in b}
        equal = node.operator in ("=", "<>")
        fits = any(
            x == y if equal else x == y and x in ("num", "dt", "str") for x, y in pairs
        ) or (equal and any({x, y} == {"str", "ref"} for x, y in pairs))
        if fits:
            return
        kinds = f"{' or '.join(sorted(a))} and {' or '.join(sorted(b))}"
        help = {
            frozenset({"num", "str"}): "turn one into the other with CStr or CNum",
            frozenset({"bool", "str"}): "write True and False without quotes",
            frozenset({"dt", "str"}): "turn the text into a date with CDate",
            frozenset(
                {"bin", "str"}
            ): "turn the bytes into text with ConvertToBase64 or StringFromGuid",
        }.get(frozenset(a | b))
        verb = "compare" if equal else "order"
        self._report(
            Diagnostic(
                "type-mismatch", f"cannot {verb} {kinds}", span=node.operator_span, help=help
            )
        )

    def _call(self, node: Call, variables: Mapping[str, Types]) -> Types:
        declared = FUNCTIONS[node.name]
        inner = dict(variables)
        lifted = False
        bodies: list[Types] = []
        for index, argument in enumerate(node.arguments):
            parameter = declared.parameter(index)
            match parameter.kind:
                case Kind.VARIABLE:
                    inner[argument.name] = None  # type: ignore[union-attr]  # structure was checked
                case Kind.WORD:
                    pass
                case Kind.CONDITION | Kind.LAZY_CONDITION:
                    kinds = self._condition(argument, variables)
                    lifted = lifted or kinds is None or any(k.startswith("mv") for k in kinds)
                case Kind.BODY_CONDITION:
                    self._condition(argument, inner)
                case Kind.BODY:
                    bodies.append(self._types(argument, inner))
                case Kind.LAZY:
                    bodies.append(self._conditionally(argument, variables))
                case Kind.VALUE:
                    kinds = self._types(argument, variables)
                    if index == 1 and declared.parameters[0].kind is Kind.VARIABLE:
                        self._bind(inner, node.arguments[0], kinds)
                    if index == 0 and kinds is not None and parameter.types:
                        scalar = not any(t.startswith("mv") for t in parameter.types)
                        lifted = scalar and any(k.startswith("mv") for k in kinds)
                    elif index == 0 and kinds is None:
                        lifted = bool(parameter.types)
                    self._argument(declared, parameter, argument, kinds)
        if declared.name in ("IIF", "Switch") and not lifted:
            return _union(bodies)
        if declared.name == "With":
            return bodies[-1]
        if lifted or not declared.returns:
            return None
        return declared.returns | {"null"}

    def _bind(self, inner: dict[str, Types], variable: Node, kinds: Types) -> None:
        if kinds is not None:
            single = frozenset(k.removeprefix("mv") for k in kinds)
            inner[variable.name] = None if "" in single else single  # type: ignore[union-attr]

    def _argument(
        self, declared: Function, parameter: Parameter, argument: Node, kinds: Types
    ) -> None:
        if not parameter.types or kinds is None or kinds == {"null"}:
            return
        wanted = {t.removeprefix("mv") for t in parameter.types}
        given = {k.removeprefix("mv") for k in kinds} - {"null"}
        if "" in wanted or "" in given or wanted & given:
            return
        pairs = ((w, g) for w in sorted(wanted) for g in sorted(given))
        help = next((CONVERSIONS[pair] for pair in pairs if pair in CONVERSIONS), None)
        self._report(
            Diagnostic(
                "type-mismatch",
                f"{declared.name} takes {' or '.join(sorted(parameter.types))} for "
                f"`{parameter.name}`, not {' or '.join(sorted(given))}",
                span=argument.span,
                help=help or declared.signature,
            )
        )


def _union(kinds: list[Types]) -> Types:
    known = [k for k in kinds if k is not None]
    return frozenset().union(*known) if known and len(known) == len(kinds) else None


# -- what parses, but is doubtful -------------------------------------------------------------


def _doubtful(node: Node) -> Iterator[Diagnostic]:
    for each in walk(node):
        match each:
            case Logical() if flat(each) is not None:
                yield _warning(
                    "prec-logic", "`&&` and `||` stand side by side without brackets (A-01)", each.span,
                    "put brackets around what belongs together",
                )  # fmt: skip
            case Binary() if product_first(each) is not None:
                yield _warning(
                    "prec-arith", "`*` stands beside `+` or `-` without brackets (A-02)", each.span,
                    "put brackets around what belongs together",
                )  # fmt: skip
            case Binary(operator="=" | "<>", left=left, right=right) if any(
                isinstance(side, Constant) and side.name == "NULL" for side in (left, right)
            ):
                yield _warning(
                    "null-compare", "a comparison with NULL rests on A-06", each.span,
                    "ask IsPresent or IsNullOrEmpty",
                )  # fmt: skip
            case Call(name=name, name_span=span) if not FUNCTIONS[name].documented:
                yield _warning("undocumented", f"{name} is in no reference page", span, None)


def _warning(code: str, message: str, span: Span, help: str | None) -> Diagnostic:
    return Diagnostic(code, message, span=span, help=help, severity=Severity.WARNING)


def _syntax(message: str, span: Span, help: str | None = None) -> Diagnostic:
    return Diagnostic("syntax", message, span=span, help=help)
