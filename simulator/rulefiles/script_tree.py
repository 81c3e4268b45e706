"""A PowerShell script as a tree, by the grammar of tree-sitter; nothing of it is ever run.

PowerShell takes curly quotes for quotes, several dashes for a hyphen, and a no-break space for a
blank. The grammar gets a text of the same length without these; what scripts say is always read
from the text as it stands.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import tree_sitter_powershell
from tree_sitter import Language, Node, Parser

from simulator.errors import Diagnostic, Source, Span
from simulator.rulefiles.rulefile import RuleFile, problem, warning

MAXIMUM_SCRIPT = 8 * 1024 * 1024  # the export of 62 rules has 0.5 MB
MAXIMUM_DEPTH = 600  # levels of the grammar: about 25 for each bracket

_QUOTES = {"\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201b": "'"}
_DOUBLE_QUOTES = {"\u201c": '"', "\u201d": '"', "\u201e": '"'}
_DASHES = {"\u2013": "-", "\u2014": "-", "\u2015": "-"}
_BLANK_AFTER_BACKTICK = re.compile(r"`([ \t]+)(?=\n)")
_PARAMETER_LINE = re.compile(r"^[ \t]*-[A-Za-z]", re.MULTILINE)
_STRINGS = (
    "verbatim_string_characters", "expandable_string_literal", "verbatim_here_string_characters",
    "expandable_here_string_literal",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Script:
    """A script: its tree, and its text, in which the nodes' offsets count characters."""

    root: Node
    file: RuleFile
    findings: tuple[Diagnostic, ...] = ()

    def text(self, node: Node) -> str:
        """The text of *node* as it stands in the script."""
        return self.file.text[node.start_byte : node.end_byte]

    def place(self, node: Node) -> tuple[Source, Span]:
        """The place of the first line of *node* in the script."""
        line = self.file.text.partition("\n")[0] if not node.start_byte else self.text(node)
        end = node.start_byte + max(1, len(line.partition("\n")[0]))
        return Source(self.file.name, self.file.text), Span(node.start_byte, end)


def parse_script(file: RuleFile) -> Script | Diagnostic:
    """The tree of *file*, or what keeps it from being read as PowerShell."""
    if len(file.text) > MAXIMUM_SCRIPT:
        help = "give the script of the rules alone"
        return problem("too-large", "the script is too large", Source(file.name, ""), help)
    parser = Parser(Language(tree_sitter_powershell.language()))
    shadow = _shadow(file.text)
    root = parser.parse(shadow.encode("ascii")).root_node
    shadow = _without_comments(shadow, root)
    blanks = [m.start() for m in _BLANK_AFTER_BACKTICK.finditer(shadow)]
    joined, lost = _joined(_BLANK_AFTER_BACKTICK.sub(lambda m: m[1] + "`", shadow))
    root = parser.parse(joined.encode("ascii")).root_node
    fault = _fault(root, file)
    if fault is not None:
        return fault
    strings = [(n.start_byte, n.end_byte) for n in nodes(root) if n.type in _STRINGS]
    findings = [
        *_mended(
            "blank-after-backtick", "a blank stands behind the backtick", blanks, strings, file
        ),
        *_mended(
            "lost-backtick", "the line before has no backtick at its end", lost, strings, file
        ),
    ]
    return Script(root, file, tuple(findings))


def _joined(text: str) -> tuple[str, list[int]]:
    """*text* with lines that begin with a parameter joined to the line before, and where."""
    parts, places, position = [], [], 0
    for match in _PARAMETER_LINE.finditer(text):
        end = start = match.start()
        while start > position and text[start - 1] in " \t\n":
            start -= 1
        before = text[max(0, start - 2) : start]
        continued = before.endswith("`") and text.count("\n", start, end) == 1
        if not before or continued or before in ("@'", '@"'):
            continue
        parts += [text[position:start], " " * (end - start)]
        places.append(match.end() - 2)
        position = end
    return "".join(parts) + text[position:], places


def _shadow(text: str) -> str:
    """*text* in ASCII, character by character, as PowerShell takes its signs."""
    if text.isascii():
        return text
    signs = {**_QUOTES, **_DOUBLE_QUOTES, **_DASHES}
    return "".join(
        c if c.isascii() else signs.get(c) or (" " if c.isspace() else "x") for c in text
    )


def nodes(root: Node) -> Iterator[Node]:
    """*root* and every node below it, outer before inner, in the order of the text."""
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children))


def _without_comments(text: str, root: Node) -> str:
    """*text* with blanks in place of comments, which may stand between the lines of a command."""
    parts, position = [], 0
    for node in nodes(root):
        if node.type == "comment" and node.start_byte >= position:
            parts.append(text[position : node.start_byte])
            parts.append(re.sub(r"[^\n]", " ", text[node.start_byte : node.end_byte]))
            position = node.end_byte
    return "".join(parts) + text[position:]


def _fault(root: Node, file: RuleFile) -> Diagnostic | None:
    """The first place of the script that is no PowerShell, or that is nested too deeply."""
    level: list[tuple[Node, int]] = [(root, 0)]
    while level:
        node, depth = level.pop()
        if depth > MAXIMUM_DEPTH:
            help = "rule scripts have no such nesting"
            return _at("too-deep", "brackets are nested too deeply", help, node.start_byte, file)
        if node.is_error or node.is_missing:
            help = (
                "compare the line with one that the rules editor writes; check quotes and brackets"
            )
            start = node.start_byte
            if node.is_error and node.children and node.start_byte == 0:
                start = node.children[-1].start_byte
            return _at("not-powershell", "this is no PowerShell from here on", help, start, file)
        level.extend((child, depth + 1) for child in reversed(node.children))
    return None


def _at(code: str, message: str, help: str, start: int, file: RuleFile) -> Diagnostic:
    start = min(start, max(0, len(file.text.rstrip()) - 1))
    return Diagnostic(code, message, Source(file.name, file.text), Span(start, start + 1), help)


def _mended(
    code: str, message: str, places: list[int], strings: list[tuple[int, int]], file: RuleFile
) -> Iterator[Diagnostic]:
    """What PowerShell itself would not take: blanks behind backticks, and lost backticks."""
    places = _outside(places, strings)
    if places:
        line = file.text.count("\n", 0, places[0]) + 1
        yield warning(
            code,
            f"{message}, so PowerShell would not take it as one command ({len(places)} times)",
            Source(f"line {line}", "", file=file.name),
            "it is read as one command here; the server needs it corrected",
        )


def _outside(places: list[int], ranges: list[tuple[int, int]]) -> list[int]:
    """Those of *places* that are in none of *ranges*; both are in the order of the text."""
    kept, position = [], 0
    for place in places:
        while position < len(ranges) and ranges[position][1] <= place:
            position += 1
        if position == len(ranges) or place <= ranges[position][0]:
            kept.append(place)
    return kept
