"""Objects of the connector space from the XML that csexport writes of it.

What the server has imported counts: the pending import, else what is synchronized already, else
what waits for export. An attribute that is not there is one that the server does not import.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.etree.ElementTree import Element

from simulator.errors import InputError
from simulator.objects import ConnectorObject, Provenance
from simulator.schema import standard_schema
from simulator.sources.binary import from_base64
from simulator.sources.decode import Decoding, RawValue, Record, decode, wanted_name
from simulator.sources.source import Location, SourceRequest, reader
from simulator.sources.textfile import text_pieces
from simulator.sources.xml_text import finished_elements
from simulator.sources.xml_text import local_name as _tag

_HOLOGRAMS = (
    "pending-import-hologram",
    "synchronized-hologram",
    "unapplied-export-hologram",
)
_NUMBER = re.compile(r"0x[0-9A-Fa-f]{1,16}")


def _recognises(location: Location) -> bool:
    return location.first_line is not None and re.match(
        r"\s*(?:<\?xml[^>]*>\s*)?<cs-objects\b", location.start
    ) is not None  # fmt: skip


@reader("csexport XML", _recognises)
def read_csexport(
    location: Location, request: SourceRequest, provenance: Provenance
) -> Iterator[ConnectorObject]:
    """Reads objects from the XML of the connector space that csexport writes."""
    digest, decoding = hashlib.sha256(), Decoding()
    pieces = text_pieces(Path(location.text), location.text, digest)
    without = 0
    for number, element in enumerate(_found(pieces, location.text), 1):
        record = _record(element, f"{location.text}: object {number}")
        if record is None:
            without += 1
        else:
            yield decode(record, decoding)
    notes = [f"objects without attributes in the connector space: {without}"] if without else []
    provenance.sha256 = digest.hexdigest()
    provenance.complete = not without
    provenance.notes = ("objects as the server has imported them", *notes, *decoding.notes)


def _found(pieces: Iterator[str], name: str) -> Iterator[Element]:
    """Every object, held no longer than it takes to use it."""
    for *parents, element in finished_elements(pieces, name):
        if any(_tag(parent) == "cs-object" for parent in parents):
            continue
        yield from (each for each in element.iter() if _tag(each) == "cs-object")
        if parents:
            parents[-1].remove(element)


def _record(element: Element, place: str) -> Record | None:
    """The object of *element*; `None` for a placeholder, which has no attributes."""
    entry = _entry(element)
    if entry is None:
        return None
    dn = element.get("cs-dn") or entry.get("dn") or ""
    if not dn.strip():
        raise InputError(
            f"{place}: an object without cs-dn", "export again: csexport CONNECTOR FILE /f:x"
        )
    attributes: dict[str, Sequence[RawValue]] = {}
    unreadable: dict[str, str] = {}
    for child in entry:
        match _tag(child):
            case "attr":
                name = child.get("name", "")
                values = [_value(name, v) for v in child if _tag(v) == "value"]
                if any(v is None for v in values):
                    unreadable[name] = "the file does not hold it as the directory does"
                else:
                    attributes[name] = [v for v in values if v is not None]
            case "dn-attr":
                attributes[child.get("name", "")] = [
                    (each.text or "").strip() for each in child.iter() if _tag(each) == "dn"
                ]
            case "objectclass":
                attributes["objectClass"] = [
                    (v.text or "").strip() for v in child if _tag(v) == "oc-value"
                ]
    attributes.pop("", None)
    primary = next((c.text for c in entry if _tag(c) == "primary-objectclass"), None)
    if not attributes.get("objectClass") and (kind := primary or element.get("object-type")):
        attributes["objectClass"] = [kind.strip()]
    return Record(dn, attributes, place, unreadable)


def _entry(element: Element) -> Element | None:
    holograms = {_tag(each): each for each in element}
    for name in _HOLOGRAMS:
        for entry in holograms.get(name, ()):
            if _tag(entry) == "entry":
                return entry
    return None


def _value(name: str, element: Element) -> RawValue | None:
    """The value of an attribute; `None` where the text cannot be it."""
    text = element.text or ""
    known = standard_schema("ad").get(wanted_name(name))
    kind = known.type if known else ""
    if element.get("encoding", "").lower() == "base64" or kind == "bin":
        return from_base64("".join(text.split()))
    if kind == "num" and _NUMBER.fullmatch(text.strip()):
        number = int(text.strip(), 16)
        return number - 2**64 if number >= 2**63 else number
    return text
