"""XML of a server export as elements: safely parsed, and where its expressions stand."""

import io
import re
from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree as SafeTree
from defusedxml.common import DefusedXmlException

from simulator.errors import Diagnostic, Source, Span
from simulator.rulefiles.rulefile import RuleFile, problem, warning

MAXIMUM_DEPTH = 100  # the deepest export that we know has 8 levels

EXPORT_AGAIN = "export again with Get-ADSyncServerConfiguration -Path FOLDER"

# A tag of an expression; comments and quoted sections, in which none counts, are matched first.
_EXPRESSION_TAG = re.compile(
    r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|(<expression(?:\s[^>]*)?/?>)", re.DOTALL
)


def parse_xml(file: RuleFile) -> Element | Diagnostic:
    """The root element of *file*, or what keeps it from being read."""
    place = Source(file.name, file.text)
    depth = 0
    root: Element | None = None
    try:
        steps = SafeTree.iterparse(io.StringIO(file.text), ("start", "end"), forbid_dtd=True)
        for event, element in steps:
            depth += 1 if event == "start" else -1
            root = element if root is None else root
            if depth > MAXIMUM_DEPTH:
                return Diagnostic(
                    "too-deep",
                    f"elements are nested more than {MAXIMUM_DEPTH} deep",
                    Source(file.name, ""),
                    help="this is no server export",
                )
    except ParseError as error:
        return _not_xml(error, file, place)
    except DefusedXmlException:
        return problem(
            "document-type",
            "the file has a document type definition or entities, which are never read",
            Source(file.name, ""),
            help="server exports have none: remove the lines from `<!DOCTYPE` to `]>`",
        )
    assert root is not None
    return root


def _not_xml(error: ParseError, file: RuleFile, place: Source) -> Diagnostic:
    line, column = error.position
    start = sum(len(each) + 1 for each in file.text.split("\n")[: line - 1]) + column
    reason = str(error).partition(": line ")[0]
    help = "export the file again: it was changed or cut off by hand or by a tool"
    if reason in ("no element found", "unclosed token", "unclosed CDATA section"):
        reason = "the file ends too soon"
    elif reason == "mismatched tag":
        reason = "this tag does not close the element that is open"
    start = min(start, len(file.text.rstrip()))
    span = Span(start, start + 1)
    return Diagnostic("not-xml", reason, place, span, help)


def expression_places(root: Element, file: RuleFile) -> Mapping[int, tuple[int, int]]:
    """Line and column at which the text of each `expression` begins, by the element's identity."""
    elements = list(root.iter("expression"))
    starts = [each.end() for each in _EXPRESSION_TAG.finditer(file.text) if each[1]]
    if len(starts) != len(elements):
        return {}
    places, line, position = {}, 1, 0
    for element, start in zip(elements, starts, strict=True):
        line += file.text.count("\n", position, start)
        position = start
        places[id(element)] = (line, start - file.text.rfind("\n", 0, start))
    return places


def unknown_children(
    element: Element, known: frozenset[str], place: Source
) -> Iterator[Diagnostic]:
    """A finding for each kind of child of *element* that is not *known*."""
    for tag in dict.fromkeys(child.tag for child in element if child.tag not in known):
        yield warning(
            "unknown-element",
            f"the element `{tag}` in `{element.tag}` is not known and has no effect here",
            place,
            help="results may differ from the server's if it matters there; please report it",
        )


def text_of(element: Element | None, tag: str) -> str:
    """The text of the child *tag* of *element*, exactly; empty where there is none."""
    child = None if element is None else element.find(tag)
    return (child.text or "") if child is not None else ""
