"""Objects from Export-Clixml, the one file format of PowerShell that keeps certificates whole.

Read by hand: what is needed of CliXml is a dozen value elements, property bags and lists.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from xml.etree.ElementTree import Element

from simulator.errors import InputError
from simulator.objects import ConnectorObject, Provenance
from simulator.sources.powershell import Cut
from simulator.sources.powershell_objects import decoded
from simulator.sources.source import Location, SourceRequest, reader
from simulator.sources.textfile import Digest, text_pieces
from simulator.sources.xml_text import finished_elements

_NAMESPACE = "{http://schemas.microsoft.com/powershell/2004/04}"
_TEXTS = frozenset({"S", "G", "URI", "Version", "C", "XD", "SBK", "TS"})
_NUMBERS = frozenset({"By", "SB", "I16", "U16", "I32", "U32", "I64", "U64"})
_LISTS = frozenset({"LST", "IE", "QUE", "STK"})
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_FRACTION = re.compile(r"(\.\d{6})\d+")
_DEEPEST = 12  # Export-Clixml stops at 2 unless it is told otherwise


def _recognises(location: Location) -> bool:
    return location.first_line is not None and re.match(
        r"\s*(?:<\?xml[^>]*>\s*)?<Objs\b", location.start
    ) is not None  # fmt: skip


@reader("CliXml", _recognises)
def read_clixml(
    location: Location, request: SourceRequest, provenance: Provenance
) -> Iterator[ConnectorObject]:
    """Reads objects that Export-Clixml wrote of what Get-ADComputer gave."""
    shared: set[str] = set()
    yield from decoded(partial(_objects, location.text, shared), request, provenance)


def _objects(
    name: str, shared: set[str], digest: Digest
) -> Iterator[tuple[str, Mapping[str, object]]]:
    """The properties of every object, with its place.

    A `Ref` may name what stands in an object long before. Such names are noted in *shared* when
    the file is gone through first, so that the second time nothing else is kept for them.
    """
    kept: dict[str, object] = {}
    count = 0
    for element in _elements(text_pieces(Path(name), name, digest), name):
        known = _Known(kept, shared)
        value = _value(element, known, _DEEPEST)
        if _kind(element) == "Ref" and isinstance(value, Cut):
            value = {}  # an object again, which the first time is not at hand
        kept.update((key, known.here[key]) for key in shared & known.here.keys())
        for each in value if isinstance(value, list) else [value]:
            count += 1
            if not isinstance(each, dict):
                raise InputError(
                    f"{name}: object {count}: is no object with properties",
                    "export again: Get-ADComputer ... | Export-Clixml F",
                )
            yield f"{name}: object {count}", each


def _elements(pieces: Iterator[str], name: str) -> Iterator[Element]:
    """The elements below the root, and instead of a list of objects, those in it."""
    for path in finished_elements(pieces, name):
        match path:
            case [_, _, within, element] if _kind(within) in _LISTS:
                yield element
                within.remove(element)
            case [root, element]:
                if not any(_kind(child) in _LISTS for child in element):
                    yield element
                root.remove(element)


@dataclass(frozen=True, slots=True)
class _Known:
    """What a `Ref` may refer to: values of this object, or of those before as far as *kept*."""

    kept: Mapping[str, object]
    shared: set[str]
    here: dict[str, object] = field(default_factory=dict)


def _value(element: Element, known: _Known, deepest: int) -> object:
    """What *element* stands for: a scalar, a list, or a mapping of property names to values."""
    kind, text = _kind(element), element.text or ""
    if kind == "Obj":
        value = _object(element, known, deepest)
        known.here[element.get("RefId", "")] = value
        return value
    if kind == "Ref":
        return _referred(element.get("RefId", ""), known)
    if kind == "Nil":
        return None
    if kind in _TEXTS:
        return _unescaped(text)
    try:
        if kind in _NUMBERS:
            return int(text) if len(text) < 25 else Cut(f"`{text[:40]}` is no number")
        match kind:
            case "B":
                return {"true": True, "false": False}[text.strip().lower()]
            case "BA":
                return base64.b64decode("".join(text.split()), validate=True)
            case "DT":
                return datetime.fromisoformat(_FRACTION.sub(r"\1", text.strip()))
    except (ValueError, KeyError, binascii.Error):
        return Cut(f"`{text[:40]}` is no value of the kind {kind}")
    return Cut(f"values of the kind {kind} are not known")


def _referred(key: str, known: _Known) -> object:
    if key in known.here:
        return known.here[key]
    known.shared.add(key)
    return known.kept.get(key, Cut("the file refers to what is not in it"))


def _object(element: Element, known: _Known, deepest: int) -> object:
    """A list, else the properties, else the text form of an `Obj` element."""
    if deepest == 0:
        return Cut("nested too deeply")
    properties: dict[str, object] = {}
    for child in element:
        kind = _kind(child)
        if kind in _LISTS:
            return [_value(each, known, deepest - 1) for each in child]
        if kind in ("Props", "MS"):
            for each in child:
                properties[_unescaped(each.get("N", ""))] = _value(each, known, deepest - 1)
    if properties:
        return properties
    for child in element:
        if _kind(child) == "ToString":
            return _unescaped(child.text or "")
    inner = [c for c in element if not _kind(c).startswith("TN")]
    if len(inner) == 1:  # a scalar with a type name
        return _value(inner[0], known, deepest - 1)
    return Cut("an object without properties")


def _kind(element: Element) -> str:
    return element.tag.removeprefix(_NAMESPACE)


def _unescaped(text: str) -> str:
    """*text* with `_x000A_` and its like read; surrogates come as two such codes."""
    if "_x" not in text:
        return text
    changed = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    return changed.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
