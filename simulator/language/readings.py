"""Trees of the other readings of operators without brackets: A-01 (`&&` and `||`), A-02 (`*`).

For A-03 (`&` beside others) there is no other tree: it would nearly always be a type error.
"""

from itertools import pairwise

from simulator.language.nodes import Binary, Group, Logical, Node

_SUM = ("+", "-", "*")


def flat(node: Logical) -> Node | None:
    """*node* read strictly from left to right; `None` where it does not mix `&&` with `||`."""
    if not any(isinstance(operand, Logical) for operand in node.operands):
        return None
    terms: list[Node] = []
    signs: list[str] = []
    for operand in node.operands:
        if terms:
            signs.append(node.operator)
        if isinstance(operand, Logical):
            terms += operand.operands
            signs += [operand.operator] * (len(operand.operands) - 1)
        else:
            terms.append(operand)
    result = terms[0]
    for sign, term in zip(signs, terms[1:], strict=True):
        left = Group(result, result.span) if isinstance(result, Logical) else result
        result = Logical(sign, (left, term), node.span)
    return result


def joins_without_brackets(node: Binary) -> bool:
    """Whether *node* would mean something else if `&` had the rank of its neighbours (A-03)."""
    if not isinstance(node.right, Binary):
        return False
    if node.operator == "&":
        return node.right.operator in _SUM
    return node.operator not in _SUM and node.right.operator == "&"


def product_first(node: Binary) -> Node | None:
    """*node* read with `*` before `+` and `-`; `None` where that changes nothing."""
    if node.operator not in _SUM:
        return None
    terms: list[Node] = [node.right]
    signs: list[Binary] = [node]
    left = node.left
    while isinstance(left, Binary) and left.operator in _SUM:
        terms.insert(0, left.right)
        signs.insert(0, left)
        left = left.left
    terms.insert(0, left)
    order = [s.operator for s in signs]
    if not any(a in "+-" and b == "*" for a, b in pairwise(order)):
        return None
    sums: list[Node] = [terms[0]]
    outer: list[Binary] = []
    for sign, term in zip(signs, terms[1:], strict=True):
        if sign.operator == "*":
            sums[-1] = Binary("*", sums[-1], term, node.span, sign.operator_span)
        else:
            outer.append(sign)
            sums.append(term)
    result = sums[0]
    for sign, term in zip(outer, sums[1:], strict=True):
        # a product on the right is one operand: brackets keep it apart from the chain
        right = Group(term, term.span) if isinstance(term, Binary) else term
        result = Binary(sign.operator, result, right, node.span, sign.operator_span)
    return result
