"""Tree to text: what explanations quote, and the way back that the round-trip test walks."""

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


def render(node: Node) -> str:
    """*node* as one line of text that parses to the same tree."""
    match node:
        case Literal(value=value, text=text):
            return text or (_quoted(value) if isinstance(value, str) else str(value))
        case Constant(name=name):
            return name
        case Attribute(name=name):
            return f"[{name}]"
        case Parameter(name=name):
            return f"%{name}%"
        case Variable(name=name):
            return f"${name}"
        case Call(name=name, arguments=arguments):
            return f"{name}({', '.join(render(a) for a in arguments)})"
        case Group(inner=inner):
            return f"({render(inner)})"
        case Unary(operand=operand):
            return f"-{render(operand)}"
        case Binary(operator=operator, left=left, right=right):
            return f"{render(left)} {operator} {render(right)}"
        case Logical(operator=operator, operands=operands):
            return f" {operator} ".join(render(o) for o in operands)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
