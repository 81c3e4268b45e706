"""XML of a file of objects, element by element: safely parsed, without entities, not too deep."""

import re
from collections.abc import Iterator
from itertools import chain
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree as SafeTree
from defusedxml.common import DefusedXmlException

from simulator.errors import InputError

_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_DEEPEST = 100


def finished_elements(pieces: Iterator[str], name: str) -> Iterator[list[Element]]:
    """Each element of the XML in *pieces* as it ends: it comes last, its parents before it.

    Whoever takes them removes from its parent what nobody needs any more, or all is held in the
    end. An error names the line at fault.
    """
    path: list[Element] = []
    try:
        for event, element in SafeTree.iterparse(
            _Pieces(pieces), ("start", "end"), forbid_dtd=True
        ):
            if event == "start":
                path.append(element)
                if len(path) > _DEEPEST:
                    raise InputError(
                        f"{name}: elements are nested more than {_DEEPEST} deep",
                        "this is no export of objects",
                    )
            else:
                yield path
                path.pop()
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


def local_name(element: Element) -> str:
    """The name of *element* without its namespace."""
    return element.tag.rpartition("}")[2]


class _Pieces:
    """Pieces of text as a file to read from, without a declaration: they are decoded already."""

    def __init__(self, pieces: Iterator[str]) -> None:
        first = next(pieces, "")
        first = _DECLARATION.sub(lambda m: "\n" * m[0].count("\n"), first, count=1)
        self._pieces, self._piece, self._at = chain([first], pieces), "", 0

    def read(self, size: int = 1 << 14, /) -> str:
        """At most *size* characters of the next piece; empty after the last."""
        if self._at >= len(self._piece):
            self._piece, self._at = next(self._pieces, ""), 0
        self._at += size
        return self._piece[self._at - size : self._at]
