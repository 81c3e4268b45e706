"""Objects from Export-Clixml, the one file format of PowerShell that keeps certificates whole.

Read by hand: what is needed of CliXml is a dozen value elements, property bags and lists.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from xml.etree.ElementTree import Element

from simulator.errors import InputError
from simulator.objects import ConnectorObject, Provenance
from simulator.sources.carried import carried_note, not_carried
from simulator.sources.decode import Decoding, decode
from simulator.sources.powershell import Cut, asked_for, carried, record
from simulator.sources.source import Location, SourceRequest, reader
from simulator.sources.textfile import whole_text
from simulator.sources.xml_text import parse_xml

_NAMESPACE = "{http://schemas.microsoft.com/powershell/2004/04}"
_TEXTS = frozenset({"S", "G", "URI", "Version", "C", "XD", "SBK", "TS"})
_NUMBERS = frozenset({"By", "SB", "I16", "U16", "I32", "U32", "I64", "U64"})
_LISTS = frozenset({"LST", "IE", "QUE", "STK"})
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_FRACTION = re.compile(r"(\.\d{6})\d+")
_DEEPEST = 12  # Export-Clixml stops at 2 unless it is told otherwise
_HELP = "; ask for them with Get-ADComputer -Properties"


def _recognises(location: Location) -> bool:
    return location.first_line is not None and re.match(
        r"\s*(?:<\?xml[^>]*>\s*)?<Objs\b", location.start
    ) is not None  # fmt: skip


@reader("CliXml", _recognises)
def read_clixml(
    location: Location, request: SourceRequest, provenance: Provenance
) -> Iterator[ConnectorObject]:
    """Reads objects that Export-Clixml wrote of what Get-ADComputer gave."""
    digest, decoding = hashlib.sha256(), Decoding()
    text = whole_text(Path(location.text), location.text, digest)
    root = parse_xml(text, location.text)
    known: dict[str, object] = {}
    found: list[tuple[str, Mapping[str, object]]] = []
    for element in root:
        value = _value(element, known, _DEEPEST)
        for each in value if isinstance(value, list) else [value]:
            place = f"{location.text}: object {len(found) + 1}"
            if not isinstance(each, dict):
                raise InputError(
                    f"{place}: is no object with properties",
                    "export again: Get-ADComputer ... | Export-Clixml F",
                )
            found.append((place, each))
    names, everything = asked_for(properties for _, properties in found)
    absent = (
        {}
        if everything
        else not_carried(carried(names), request, "no object of the file has a property for it")
    )
    for place, properties in found:
        yield decode(record(properties, place, absent), decoding)
    provenance.sha256 = digest.hexdigest()
    provenance.notes = (*carried_note(absent, request, _HELP), *decoding.notes)
    provenance.not_carried = tuple(absent)


def _value(element: Element, known: dict[str, object], deepest: int) -> object:
    """What *element* stands for: a scalar, a list, or a mapping of property names to values."""
    kind, text = element.tag.removeprefix(_NAMESPACE), element.text or ""
    if kind == "Obj":
        value = _object(element, known, deepest)
        known[element.get("RefId", "")] = value
        return value
    if kind == "Ref":
        return known.get(element.get("RefId", ""), Cut("the file refers to what is not in it"))
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


def _object(element: Element, known: dict[str, object], deepest: int) -> object:
    """A list, else the properties, else the text form of an `Obj` element."""
    if deepest == 0:
        return Cut("nested too deeply")
    properties: dict[str, object] = {}
    for child in element:
        kind = child.tag.removeprefix(_NAMESPACE)
        if kind in _LISTS:
            return [_value(each, known, deepest - 1) for each in child]
        if kind in ("Props", "MS"):
            for each in child:
                properties[_unescaped(each.get("N", ""))] = _value(each, known, deepest - 1)
    if properties:
        return properties
    for child in element:
        if child.tag.removeprefix(_NAMESPACE) == "ToString":
            return _unescaped(child.text or "")
    inner = [c for c in element if not c.tag.removeprefix(_NAMESPACE).startswith("TN")]
    if len(inner) == 1:  # a scalar with a type name
        return _value(inner[0], known, deepest - 1)
    return Cut("an object without properties")


def _unescaped(text: str) -> str:
    """*text* with `_x000A_` and its like read; surrogates come as two such codes."""
    if "_x" not in text:
        return text
    changed = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)
    return changed.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
