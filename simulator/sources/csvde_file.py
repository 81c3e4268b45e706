r"""Objects from CSV as csvde writes it: first column DN, binary as `X'...'`, values joined by `;`.

A semicolon within a value is written `\;`. Values of attributes that have one are not split.
"""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from simulator.errors import InputError
from simulator.objects import ConnectorObject, Provenance
from simulator.schema import standard_schema
from simulator.sources.binary import from_hex
from simulator.sources.carried import unseen_note
from simulator.sources.decode import Decoding, RawValue, Record, decode, wanted_name
from simulator.sources.recognise import columns
from simulator.sources.source import Location, SourceRequest, reader
from simulator.sources.table import Row, rows
from simulator.sources.textfile import cut_note, numbered_lines

_SEPARATOR = re.compile(r"(?<!\\);")
_BINARY = re.compile(r"X'([^']*)'")


def _recognises(location: Location) -> bool:
    names = columns(location)
    return len(names) > 1 and names[0].casefold() == "dn"


@reader("csvde CSV", _recognises)
def read_csvde(
    location: Location, request: SourceRequest, provenance: Provenance
) -> Iterator[ConnectorObject]:
    """Reads objects from CSV as csvde writes it."""
    digest, decoding = hashlib.sha256(), Decoding()
    lines = numbered_lines(Path(location.text), location.text, digest, ends=True)
    header, table = rows(lines, location.text)
    for row in table:
        yield decode(_record(row, header[0]), decoding)
    provenance.sha256 = digest.hexdigest()
    missing = cut_note(Path(location.text), location.text)
    provenance.complete = not missing
    provenance.notes = (*missing, *unseen_note(header, request), *decoding.notes)


def _record(row: Row, first: str) -> Record:
    dn = row.values.pop(first)
    if not dn.strip():
        raise InputError(f"{row.place}: a row without DN", "export the objects again with csvde")
    unreadable: dict[str, str] = {}
    attributes: dict[str, list[RawValue]] = {}
    for name, cell in row.values.items():
        known = standard_schema("ad").get(wanted_name(name))
        parts = [cell] if known is not None and not known.multi else _SEPARATOR.split(cell)
        try:
            values = [_value(part, known.type if known else "") for part in parts if part]
        except ValueError as error:
            unreadable[name] = str(error)
        else:
            attributes[name] = values
    return Record(dn, attributes, row.place, unreadable)


def _value(text: str, kind: str) -> RawValue:
    if match := _BINARY.fullmatch(text):
        content = from_hex(match[1])
        if content is None:
            raise ValueError(f"`{text[:40]}` is not hexadecimal")
        return content
    if text.startswith("X'") and kind == "bin":
        raise ValueError(f"`{text[:40]}` is cut")
    text = text.replace("\\;", ";")
    return text.encode() if kind == "bin" else text
