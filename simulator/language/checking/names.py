"""Names: attributes, parameters and functions that do not exist, or are spelt otherwise.

Source: expression-language specification, sections 1 and 13.
"""

import difflib
from collections.abc import Iterator, Set
from dataclasses import dataclass

from simulator.errors import Diagnostic, Span
from simulator.language.checking.findings import syntax, warning
from simulator.language.foreign import FOREIGN_FOLDED, FOREIGN_FUNCTIONS
from simulator.language.function import FUNCTIONS
from simulator.language.nodes import NAMES_ATTRIBUTE, Attribute, Call, Node, quoted_name, walk
from simulator.language.nodes import Parameter as ParameterNode
from simulator.schema import Schema

PUBLISHED_PARAMETERS = frozenset(
    {
        "Domain.Netbios", "Domain.FQDN", "Domain.LDAP", "Forest.Netbios", "Forest.FQDN",
        "Forest.LDAP", "Connector.ID",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the surroundings: attributes and their types, parameters, the import list.

    *imported* is `None` where the connector's attribute inclusion list is not known.
    """

    schema: Schema | None
    attributes: Set[str]
    parameters: Set[str]
    imported: Set[str] | None


def names(node: Node, known: Known) -> Iterator[Diagnostic]:
    """Attributes, parameters and functions of *node* that are not *known*."""
    for each in walk(node):
        match each:
            case Attribute(name=name, span=span):
                yield from _attribute(name, span, known)
            case Call(name=name, arguments=(first, *_)) if name in NAMES_ATTRIBUTE:
                if quoted := quoted_name(each):
                    yield from _attribute(str(quoted.value), quoted.span, known)
                else:  # a name that is computed would be one that nobody knows to read
                    yield syntax(
                        f"{name} needs the name of an attribute, in quotation marks",
                        first.span,
                        f'for example {name}("member")',
                    )
            case ParameterNode(name=name, span=span):
                yield from _parameter(name, span, known)
            case Call(name=name, name_span=span) if name not in FUNCTIONS:
                yield _unknown_function(name, span)


def _attribute(name: str, span: Span, known: Known) -> Iterator[Diagnostic]:
    if name == "dn" or name in known.attributes or (known.schema and known.schema.get(name)):
        if known.imported is not None and name != "dn" and name not in known.imported:
            yield warning(
                "not-imported",
                f"the connector does not import `{name}`: it is NULL for every object",
                span,
                "add it to the connector's attributes; then a full import is due",
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
        yield warning(
            "unknown-attribute-name",
            f"`{name}` is not among the attributes known to this tool",
            span,
            f"did you mean `{near}`?" if near else None,
        )


def _parameter(name: str, span: Span, known: Known) -> Iterator[Diagnostic]:
    if name in known.parameters:
        return
    same = next((p for p in known.parameters if p.casefold() == name.casefold()), None)
    if same:
        yield warning(
            "parameter-case",
            f"the parameter is spelt `%{same}%`",
            span,
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
    return Diagnostic(
        "unknown-function", f"no function `{name}`", span=span, help=instead_of(name)
    )


def instead_of(name: str) -> str:
    """What to write for *name*, which no function has."""
    same = next((f for f in FUNCTIONS if f.casefold() == name.casefold()), None)
    if same and name not in FOREIGN_FUNCTIONS:
        return f"write {same}: case matters"
    foreign = FOREIGN_FUNCTIONS.get(name) or FOREIGN_FOLDED.get(name.casefold())
    if foreign:
        return foreign
    near = difflib.get_close_matches(name, list(FUNCTIONS), n=1)
    return f"did you mean {near[0]}?" if near else "`aadsim functions` lists all there are"
