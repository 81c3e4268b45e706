"""Objects from the list that PowerShell prints: `Name : value`, made to be read by people.

Lists are cut short and certificates are lost; that a list is empty (`{}`) can be seen.
"""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from simulator.errors import InputError
from simulator.objects import ConnectorObject, Provenance
from simulator.schema import standard_schema
from simulator.sources.decode import wanted_name
from simulator.sources.powershell import Cut
from simulator.sources.powershell_objects import decoded
from simulator.sources.source import Location, SourceRequest, reader
from simulator.sources.textfile import Digest, cut_note, numbered_lines

_PROPERTY = re.compile(r"([A-Za-z][\w.-]*)(\s+): ?(.*)")
_TWO = re.compile(r"[A-Za-z][\w.-]*\s+:\s*")
_CUT = ("...", "…", "...}", "…}")
_NOTE = (
    "a printed list does not hold certificates and cuts long lists: what depends on them ends in"
    " an error"
)


def _recognises(location: Location) -> bool:
    return location.first_line is not None and _PROPERTY.match(location.first_line) is not None


@reader("Format-List text", _recognises)
def read_format_list(
    location: Location, request: SourceRequest, provenance: Provenance
) -> Iterator[ConnectorObject]:
    """Reads objects from the text that PowerShell prints as a list."""
    yield from decoded(partial(_properties, location.text), request, provenance)
    missing = cut_note(Path(location.text), location.text)
    provenance.complete = not missing
    provenance.notes = (*missing, _NOTE, *provenance.notes)


def _properties(name: str, digest: Digest) -> Iterator[tuple[str, Mapping[str, object]]]:
    lines = numbered_lines(Path(name), name, digest)
    return ((place, _converted(texts)) for place, texts in _objects(lines, name))


def _objects(
    lines: Iterator[tuple[int, str]], name: str
) -> Iterator[tuple[str, Mapping[str, str]]]:
    """The texts of each object by property; objects stand apart by blank lines."""
    place, texts, last = "", dict[str, str](), ""
    for number, line in lines:
        match = _PROPERTY.fullmatch(line)
        if not line.strip():
            if texts:
                yield place, texts
            texts, last = {}, ""
        elif match is not None:
            last = match[1]
            if last in texts:
                raise InputError(
                    f"{name}:{number}: `{last}` is there twice in the object of {place}",
                    "put a blank line between objects",
                )
            place = place if texts else f"{name}:{number}"
            texts[last] = match[3]
        elif line[0].isspace() and last:
            texts[last] += line.strip()  # PowerShell breaks long values at the window's width
        else:
            raise InputError(
                f"{name}:{number}: `{line[:60]}` is no line of a printed list",
                "lines are `Name : value`, or continue the one before and begin with blanks",
            )
    if texts:
        yield place, texts


def _converted(texts: Mapping[str, str]) -> Mapping[str, object]:
    return {name: _value(name, text) for name, text in texts.items()}


def _value(name: str, text: str) -> object:
    if _TWO.fullmatch(text):
        return Cut("two properties stand on one line")
    shown, text = text, text.strip()
    if not (text.startswith("{") and text.endswith(("}", "..."))):
        return shown if text else None
    if text.endswith(_CUT):
        return Cut("the printed list is cut short")
    inner = text[1:-1].strip()
    if not inner:
        return []
    known = standard_schema("ad").get(wanted_name(name))
    if known is not None and known.type == "bin":
        return Cut("a printed list does not hold bytes")
    if known is not None and known.type == "ref" and ", " in inner:
        return Cut("names with commas in a printed list cannot be told apart")
    return inner.split(", ")
