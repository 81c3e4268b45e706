"""Static findings: what is wrong or doubtful in an expression, before anything runs.

`errors` is what keeps an expression from being evaluated, `check` all that can be said. The parts
are in `checking`, one module for each kind of mistake. Source: expression-language specification.
"""

from collections.abc import Mapping, Set

from simulator.errors import Diagnostic, Severity, Span
from simulator.language.checking.constants import constants
from simulator.language.checking.doubtful import doubtful
from simulator.language.checking.fitting import Types
from simulator.language.checking.kinds import Kinds
from simulator.language.checking.names import PUBLISHED_PARAMETERS, Known, names
from simulator.language.checking.never import never
from simulator.language.checking.probes import probes
from simulator.language.checking.structure import structure
from simulator.language.nodes import Node
from simulator.schema import Schema

_NONE: frozenset[str] = frozenset()


def check(
    node: Node,
    schema: Schema | None = None,
    *,
    attributes: Set[str] = _NONE,
    parameters: Mapping[str, str] | Set[str] = _NONE,
    imported: Set[str] | None = None,
) -> tuple[Diagnostic, ...]:
    """Everything that can be said of *node* without an object, in the order of the text.

    *schema* gives the attributes of the source object and their types; *attributes* are further
    known names. *parameters* are those that have a value. *imported* is the connector's attribute
    inclusion list, if it is known.
    """
    known = Known(schema, attributes, PUBLISHED_PARAMETERS | set(parameters), imported)
    findings = _refusals(node, known)
    if not any(f.severity is Severity.ERROR for f in findings):
        findings += [*doubtful(node), *never(node), *constants(node), *probes(node)]
    return tuple(sorted(dict.fromkeys(findings), key=lambda f: f.span or Span(0, 0)))


def errors(
    node: Node,
    schema: Schema | None = None,
    *,
    attributes: Set[str] = _NONE,
    parameters: Mapping[str, str] | Set[str] = _NONE,
) -> tuple[Diagnostic, ...]:
    """The findings of `check` that are errors; without the work for the others."""
    known = Known(schema, attributes, PUBLISHED_PARAMETERS | set(parameters), None)
    return tuple(f for f in _refusals(node, known) if f.severity is Severity.ERROR)


def types_of(node: Node, schema: Schema | None = None) -> Types:
    """The types that a checked *node* can have as a whole; `None` where that is not known."""
    return Kinds(Known(schema, _NONE, _NONE, None)).of(node, {})


def _refusals(node: Node, known: Known) -> list[Diagnostic]:
    findings = [*names(node, known), *structure(node)]
    if not any(f.severity is Severity.ERROR for f in findings):
        kinds = Kinds(known)
        kinds.of(node, {})
        findings += kinds.found
    return findings
