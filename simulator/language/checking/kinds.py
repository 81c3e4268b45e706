"""The types that each part of an expression can have, and what cannot be by them.

Source: expression-language specification, sections 4 to 6.
"""

from collections.abc import Mapping
from dataclasses import replace

from simulator.errors import Diagnostic, Severity
from simulator.language.checking.findings import warning
from simulator.language.checking.fitting import (
    Types,
    incomparable,
    is_list,
    lifted,
    may_be_list,
    needed,
    single,
    unfit,
)
from simulator.language.checking.names import Known
from simulator.language.function import FUNCTIONS, Kind
from simulator.language.nodes import (
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

Variables = Mapping[str, Types]

_CONSTANTS = {
    "True": "bool", "False": "bool", "NULL": "null", "CRLF": "str", "IgnoreThisFlow": "literal",
    "AuthoritativeNull": "literal",
}  # fmt: skip
_CONDITIONS = frozenset({"bool", "num", "null", "mvbool", "mvnum", "mv"})


class Kinds:
    """Finds types; what cannot be is gathered in *found*."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._reached = True  # False inside a part that is evaluated only under a condition
        self._told: dict[Node, Types] = {}  # what a condition says of a part, in its branch
        self.found: list[Diagnostic] = []

    def of(self, node: Node, variables: Variables) -> Types:
        """The types that *node* can have where *variables* have theirs."""
        if self._told and node in self._told:
            return self._told[node]
        match node:
            case Literal(value=value):
                return frozenset({"str" if isinstance(value, str) else "num"})
            case Constant(name=name):
                return frozenset({_CONSTANTS.get(name, "enum")})
            case Attribute(name="dn") | Parameter():
                return frozenset({"str"})
            case Attribute(name=name):
                return self._attribute(name)
            case Variable(name=name):
                return variables.get(name)
            case Group(inner=inner):
                return self.of(inner, variables)
            case Unary(operand=operand):
                kinds = self.of(operand, variables)
                self._report(needed(node, kinds, {"num"}, "`-` takes a number"))
                return lifted(frozenset({"num"}), kinds)
            case Binary():
                return self._binary(node, variables)
            case Logical(operands=operands):
                kinds_of = [self._condition(o, variables) for o in operands]
                for operand, kinds in zip(operands, kinds_of, strict=True):
                    if is_list(kinds):
                        self._report(_many(operand))
                return lifted(frozenset({"bool"}), *kinds_of)
            case Call():
                return self._call(node, variables)

    def _report(self, finding: Diagnostic | None) -> None:
        """Keeps *finding*; where its place need not be reached it is a warning.

        A shipped rule turns bytes into text in the branch that IsString has excluded.
        """
        if finding is None:
            return
        if not self._reached and finding.severity is Severity.ERROR:
            finding = replace(finding, severity=Severity.WARNING)
        self.found.append(finding)

    def _attribute(self, name: str) -> Types:
        found = self._known.schema.get(name) if self._known.schema else None
        return frozenset({found.language_type, "null"}) if found else None

    def _conditionally(self, node: Node, variables: Variables, told: Node | None) -> Types:
        """The types of *node*, which is evaluated only under a condition: *told* that it holds."""
        reached, self._reached = self._reached, False
        kept = self._told
        match told:
            case Call(name="IsString", arguments=(text,)):
                self._told = {**kept, text: frozenset({"str"})}
        try:
            return self.of(node, variables)
        finally:
            self._reached, self._told = reached, kept

    def _condition(self, node: Node, variables: Variables) -> Types:
        kinds = self.of(node, variables)
        message = "a condition must be True or False"
        help = "compare it with something, or ask IsPresent"
        self._report(needed(node, kinds, _CONDITIONS, message, help))
        if kinds is not None and "num" in kinds and kinds <= {"num", "null"}:
            self._report(
                warning(
                    "number-condition",
                    "this condition is a number; it holds unless the number is 0",
                    node.span,
                    "say so: compare it with `<> 0` or `> 0`",
                )
            )
        return kinds

    def _binary(self, node: Binary, variables: Variables) -> Types:
        sides = [(side, self.of(side, variables)) for side in (node.left, node.right)]
        (_, left), (_, right) = sides
        result: Types
        match node.operator:
            case "+" | "-" | "*":
                help = "join text with `&`" if node.operator == "+" else None
                for side, kinds in sides:
                    message = f"`{node.operator}` takes numbers"
                    self._report(needed(side, kinds, {"num"}, message, help))
                result = frozenset({"num"})
            case "&":
                help = "wrap a number in CStr, a date in FormatDateTime"
                for side, kinds in sides:
                    texts = {"str", "ref", "bin"}
                    self._report(needed(side, kinds, texts, "`&` joins text", help))
                binary = all(k is not None and single(k) <= {"bin"} for k in (left, right))
                result = frozenset({"bin" if binary else "str"})
            case _:
                self._report(incomparable(node, left, right))
                result = frozenset({"bool"})
        return lifted(result, left, right)

    def _call(self, node: Call, variables: Variables) -> Types:
        declared = FUNCTIONS[node.name]
        inner = dict(variables)
        lifting: Types = frozenset()
        bodies: list[Types] = []
        values: list[Types] = []
        for index, argument in enumerate(node.arguments):
            parameter = declared.parameter(index)
            match parameter.kind:
                case Kind.VARIABLE:
                    inner[argument.name] = None  # type: ignore[union-attr]  # structure was checked
                case Kind.WORD:
                    pass
                case Kind.CONDITION | Kind.LAZY_CONDITION:
                    kinds = self._condition(argument, variables)
                    lifting = kinds if may_be_list(kinds) else lifting
                case Kind.BODY_CONDITION:
                    self._condition(argument, inner)
                case Kind.BODY:
                    bodies.append(self.of(argument, inner))
                case Kind.LAZY:
                    told = node.arguments[0] if (declared.name, index) == ("IIF", 1) else None
                    bodies.append(self._conditionally(argument, variables, told))
                    if declared.name == "With":
                        inner[node.arguments[0].name] = bodies.pop()  # type: ignore[union-attr]
                case Kind.VALUE:
                    kinds = self.of(argument, variables)
                    values.append(kinds)
                    if index == 1 and kinds and declared.parameters[0].kind is Kind.VARIABLE:
                        each = single(kinds)
                        inner[node.arguments[0].name] = None if "" in each else each  # type: ignore[union-attr]
                    takes_list = any(t.startswith("mv") for t in parameter.types)
                    if index == 0 and parameter.types and not takes_list:
                        lifting = kinds
                    self._report(unfit(declared, parameter, argument, kinds))
        match declared.name:
            case "IIF":
                lists = is_list(lifting)
                if lists and not any(b is not None and may_be_list(b) for b in bodies):
                    self._report(_many(node.arguments[0]))
                return None if may_be_list(lifting) else _union(bodies)
            case "Switch":
                return None if may_be_list(lifting) else _union(bodies)
            case "With":
                return bodies[-1]
            case "CBool":
                return lifted(frozenset({"bool"}), values[0])
            case "Where" if values and is_list(values[0]):
                return values[0]
            case "Item" | "ItemOrNull" if values[0] and "" not in single(values[0]):
                return single(values[0]) | {"null"}
            case "ImportedValue" if isinstance(node.arguments[0], Literal):
                return self._attribute(str(node.arguments[0].value))
        return lifted(declared.returns or None, lifting)


def _many(node: Node) -> Diagnostic:
    return warning(
        "mv-condition",
        "this condition has an answer for each of several values, and so has the result",
        node.span,
        "count those that fulfil it: Count(Where($v, [attribute], ...)) > 0",
    )


def _union(kinds: list[Types]) -> Types:
    known = [k for k in kinds if k is not None]
    return frozenset().union(*known) if known and len(known) == len(kinds) else None
