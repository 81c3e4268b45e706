"""What the text of a file tells beyond its values: whether it is TOML, and where things stand."""

import re
from collections.abc import Iterable, Iterator

from simulator.errors import Source, Span
from simulator.rulefiles.rulefile import RuleFile

_TABLE = re.compile(r"\[\[?\s*[\w.\"'-]+\s*\]\]?\s*(#.*)?")
_KEY = re.compile(r"[\w.\"'-]+\s*=(?!=)")
_EXPRESSION = re.compile(r"""\bexpression["']?[ \t]*=[ \t]*('''\n?|\"\"\"\n?|'|")""")
_LINE_AND_COLUMN = re.compile(r"\(at line (\d+), column (\d+)\)")


def is_toml(file: RuleFile) -> bool:
    """Whether the first line of *file* with content is a key or the head of a table."""
    for line in file.text.splitlines():
        line = line.strip()
        if line and not line.startswith("#"):
            return bool(_TABLE.fullmatch(line) or _KEY.match(line))
    return False


def fault_span(message: str, text: str) -> tuple[str, Span]:
    """The sentence in an error of `tomllib`, and the place that it names."""
    match = _LINE_AND_COLUMN.search(message)
    sentence = message[: match.start()] if match else message.replace("(at end of document)", "")
    if match is None:
        return _lower(sentence), Span(len(text), len(text) + 1)
    line, column = int(match[1]), int(match[2])
    start = sum(len(each) + 1 for each in text.split("\n")[: line - 1]) + column - 1
    return _lower(sentence), Span(start, start + 1)


def _lower(sentence: str) -> str:
    sentence = sentence.strip()
    return sentence[:1].lower() + sentence[1:]


def expression_starts(text: str, expressions: Iterable[str]) -> Iterator[int]:
    """Where each of *expressions*, given in the order of the file, begins in its *text*."""
    position = 0
    for expression in expressions:
        fallback = position
        for match in _EXPRESSION.finditer(text, position):
            line_start = text.rfind("\n", 0, match.start()) + 1
            if text[line_start : match.start()].lstrip().startswith("#"):
                continue
            # a text with escapes does not stand there as it is: its beginning is right at least
            fallback = match.end() if fallback == position else fallback
            if text.startswith(expression, match.end()):
                fallback = match.end()
                break
        position = fallback
        yield position


def placed(name: str, expression: str, file: RuleFile, start: int) -> Source:
    """*expression*, which begins at *start* of *file*, as a source called *name*."""
    line = file.text.count("\n", 0, start) + 1
    column = start - (file.text.rfind("\n", 0, start) + 1) + 1
    return Source(name, expression, line, column, file.name)
