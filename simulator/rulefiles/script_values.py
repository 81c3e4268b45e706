"""The values that expressions of a script have: literals, variables set to them, sums of these.

Texts come as `Placed`, lists as tuples, hashtables as dictionaries, a rule in the making as its
`Draft`; what cannot be known without the server is `Open`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tree_sitter import Node

from simulator.errors import Diagnostic, Severity
from simulator.rulefiles.properties import Found, Open, Placed
from simulator.rulefiles.script_tree import Script

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
MAXIMUM_LENGTH = 1_000_000  # signs of a text, or entries of a list
_SINGLE = "'\u2018\u2019\u201a\u201b"
_DOUBLE = '"\u201c\u201d\u201e'


@dataclass(slots=True)
class Draft:
    """A rule in the making: its *properties* so far, and as they were when it was saved last."""

    properties: dict[str, Any]
    node: Node
    saved: dict[str, Any] | None = None
    changed: bool = True


@dataclass(slots=True)
class Run:
    """A script while it is read, statement by statement.

    *variables* are by name in lower case; *read* is where the commands begin that had their
    effect, *refused* the stretches of the script for which a problem was told.
    """

    script: Script
    found: Found
    pipeline: Callable[[Node, "Run"], object]
    variables: dict[str, object] = field(default_factory=dict)
    functions: dict[str, Node] = field(default_factory=dict)
    drafts: list[Draft] = field(default_factory=list)
    read: set[int] = field(default_factory=set)
    refused: list[tuple[int, int]] = field(default_factory=list)

    def refuse(self, node: Node, code: str, message: str, help: str) -> None:
        """Adds a problem with what *node* says."""
        source, span = self.script.place(node)
        self.found.problems.append(Diagnostic(code, message, source, span, help))
        self.refused.append((node.start_byte, node.end_byte))

    def warn(self, node: Node, code: str, message: str, help: str) -> None:
        """Adds a finding about what *node* says."""
        source, span = self.script.place(node)
        self.found.tell(Diagnostic(code, message, source, span, help, Severity.WARNING))


def inner(node: Node) -> Node:
    """The node within *node* that has the same text and is not a mere wrapping."""
    while node.named_child_count == 1 and node.type != "command":
        child = node.named_children[0]
        if (child.start_byte, child.end_byte) != (node.start_byte, node.end_byte):
            break
        node = child
    return node


def name_of(script: Script, node: Node) -> str:
    """The name under which the value of *node* can be given: its text without `$`, in one line."""
    text = " ".join(script.text(node).replace("$", "").split()).strip("()")
    return text if len(text) <= 60 else text[:57] + "..."


def variable_name(text: str) -> str:
    """The name of the variable written *text*, without sign, braces and scope, in lower case."""
    name = text.strip().lstrip("$@").strip("{}")
    return re.sub(r"^(script|global|local|private|using):", "", name, flags=re.I).casefold()


def verbatim(text: str, start: int) -> Placed:
    """The value of a single-quoted text, in which a doubled quote stands for one."""
    body = re.sub(f"([{_SINGLE}])[{_SINGLE}]", r"\1", text[1:-1])
    return Placed(body, start + 1)


def here(text: str, start: int) -> Placed:
    """The lines of a here-string, between its first and its last line."""
    first = text.find("\n") + 1
    last = text.rfind("\n")
    return Placed(text[first:last] if last > first else "", start + first)


def expanded(script: Script, node: Node, values: dict[int, tuple[int, object]]) -> Placed | Open:
    """A double-quoted text: escapes read, and *values* put in; each by its start with its end."""
    text, start = script.text(node), node.start_byte
    whole = here(text, start) if node.type.endswith("here_string_literal") else None
    begin = (whole.start if whole else start + 1) - start
    end = begin + len(whole.text) if whole else len(text) - 1
    parts: list[str] = []
    unknown: list[str] = []
    position = begin
    while position < end:
        character = text[position]
        if start + position in values:
            stop, value = values[start + position]
            position = stop - start
            match as_text(value):
                case Open(names=names):
                    unknown += names
                case Placed(text=known):
                    parts.append(known)
            continue
        position += 1
        if character == "`" and position < end:
            following = text[position]
            position += 1
            parts.append("" if following == "\n" else _ESCAPES.get(following, following))
        elif character in _DOUBLE and whole is None:
            parts.append(character)
            position += 1  # the second of two
        else:
            parts.append(character)
    if unknown or sum(map(len, parts)) > MAXIMUM_LENGTH:
        return Open(tuple(dict.fromkeys(unknown)) or ("a text of that size",))
    return Placed("".join(parts), start + begin)


def as_text(value: object) -> Placed | Open:
    """*value* as PowerShell puts it into a text."""
    match value:
        case Open() | Placed():
            return value
        case None:
            return Placed("", 0)
        case bool() | int():
            return Placed(str(value), 0)
        case tuple() if not any(isinstance(each, tuple) for each in value):
            parts = [as_text(each) for each in value]
            names = [name for each in parts if isinstance(each, Open) for name in each.names]
            if names:
                return Open(tuple(names))
            return Placed(" ".join(each.text for each in parts if isinstance(each, Placed)), 0)
        case _:
            return Open(("a value that is no text",))


def bounded(value: object) -> object:
    """*value*, unless it has grown larger than any rule needs."""
    match value:
        case Placed(text=entries) if len(entries) > MAXIMUM_LENGTH:
            return Open(("a text of that size",))
        case tuple() if len(value) > MAXIMUM_LENGTH:
            return Open(("a list of that size",))
        case _:
            return value


def added(left: object, right: object) -> object:
    """*left* + *right*, by what is on the left."""
    return bounded(_added(left, right))


def _added(left: object, right: object) -> object:
    match left, right:
        case Open(names=first), Open(names=second):
            return Open(tuple(dict.fromkeys((*first, *second))))
        case (Open() as unknown, _) | (_, Open() as unknown):
            return unknown
        case tuple(), tuple():
            return left + right
        case tuple(), _:
            return (*left, right)
        case Placed(text=text, start=start), _:
            tail = as_text(right)
            return Placed(text + tail.text, start) if isinstance(tail, Placed) else tail
        case int(), _ if not isinstance(left, bool) and (number := as_number(right)) is not None:
            return left + number
        case None, _:
            return right
        case _:
            return Open(("a sum of other things",))


def as_number(value: object) -> int | None:
    """*value* as a whole number, where it is one."""
    match value:
        case bool():
            return None
        case int():
            return value
        case Placed(text=text) if re.fullmatch(r"-?[0-9]{1,9}", text.strip()):
            return int(text)
        case _:
            return None
