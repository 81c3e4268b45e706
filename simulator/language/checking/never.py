"""Comparisons and searches whose answer is settled by their form: they never, or always, hold."""

from collections.abc import Iterator

from simulator.errors import Diagnostic
from simulator.language.checking.findings import warning
from simulator.language.checking.shapes import always, contradiction, shape_of, text_of
from simulator.language.nodes import Attribute, Binary, Call, Node, walk
from simulator.language.render import render

_EQUALITY = ("=", "<>")
_ORDER = ("<", "<=", ">", ">=")


def never(node: Node) -> Iterator[Diagnostic]:
    """Comparisons in *node* that are decided before there is an object."""
    for each in walk(node):
        match each:
            case Binary(operator=operator) if operator in (*_EQUALITY, *_ORDER):
                yield from _comparison(each)
            case Call(name="InStr" | "InStrRev", arguments=(text, sought, *more)) if len(more) < 2:
                yield from _search(text, sought)


def _comparison(node: Binary) -> Iterator[Diagnostic]:
    settled = always(node)
    if settled:
        outcome, reason = settled
        code = "always-true" if outcome else "never-true"
        yield warning(code, f"this is {outcome} for every object: {reason}", node.span)
        return
    if node.operator not in _EQUALITY:
        return
    for side, other in ((node.left, node.right), (node.right, node.left)):
        text = text_of(other)
        if text is None:
            continue
        shape = shape_of(side)
        contradicted = contradiction(shape, text) if shape else None
        if contradicted:
            yield warning(
                "never-equal",
                f"these can never be equal: {contradicted}",
                other.span,
                "the comparison is False for every object"
                if node.operator == "="
                else "the comparison is True for every object",
            )
        elif text == "" and isinstance(side, Attribute):
            yield warning(
                "empty-text",
                "an attribute without a value is NULL, never an empty text",
                other.span,
                f"ask IsNullOrEmpty({render(side)})",
            )
        return
    parts = tuple(walk(node))
    same = node.left == node.right and any(isinstance(n, Attribute) for n in parts)
    if same and not any(isinstance(n, Call) for n in parts):
        yield warning("same-operands", "both sides of this comparison are the same", node.span)


def _search(text: Node, sought: Node) -> Iterator[Diagnostic]:
    """A search that compares case, in a text whose case is known."""
    wanted, shape = text_of(sought), shape_of(text)
    if not wanted or shape is None:
        return
    reason = contradiction(shape, wanted)
    if reason and not shape.trimmed:
        yield warning("never-found", f"this is never found: {reason}", sought.span)
