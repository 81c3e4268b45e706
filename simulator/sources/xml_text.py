"""XML of a file of objects as elements: safely parsed, without entities, not too deep."""

import io
import re
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree as SafeTree
from defusedxml.common import DefusedXmlException

from simulator.errors import InputError

_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_DEEPEST = 100


def parse_xml(text: str, name: str) -> Element:
    """The root element of *text*; an error names the line at fault."""
    text = _DECLARATION.sub(lambda m: "\n" * m[0].count("\n"), text, count=1)  # decoded already
    root: Element | None = None
    depth = 0
    try:
        for event, element in SafeTree.iterparse(
            io.StringIO(text), ("start", "end"), forbid_dtd=True
        ):
            depth += 1 if event == "start" else -1
            root = element if root is None else root
            if depth > _DEEPEST:
                raise InputError(
                    f"{name}: elements are nested more than {_DEEPEST} deep",
                    "this is no export of objects",
                )
    except ParseError as error:
        reason = str(error).partition(": line ")[0]
        raise InputError(
            f"{name}:{error.position[0]}: is not XML: {reason}",
            "export the objects again: the file was cut off, or changed by hand or by a tool",
        ) from None
    except DefusedXmlException:
        raise InputError(
            f"{name}: has a document type definition or entities, which are never read",
            "exports have none: remove the lines from `<!DOCTYPE` to `]>`",
        ) from None
    except ValueError as error:  # a character that XML does not have
        raise InputError(f"{name}: is not XML: {error}", "export the objects again") from None
    assert root is not None
    return root
