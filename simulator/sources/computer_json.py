"""Objects from Get-ADComputer through ConvertTo-Json, of Windows PowerShell 5.1 or of 7.

One list, one object, or one object after another, on a line each or not.
"""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from simulator.errors import InputError
from simulator.objects import ConnectorObject, Provenance
from simulator.sources.carried import carried_note, not_carried
from simulator.sources.decode import Decoding, decode
from simulator.sources.powershell import asked_for, carried, record
from simulator.sources.recognise import is_powershell
from simulator.sources.source import Location, SourceRequest, reader
from simulator.sources.textfile import whole_text

Properties = dict[str, object]
_HELP = "; ask for them with Get-ADComputer -Properties"


@reader("Get-ADComputer JSON", is_powershell)
def read_computer_json(
    location: Location, request: SourceRequest, provenance: Provenance
) -> Iterator[ConnectorObject]:
    """Reads objects from JSON that ConvertTo-Json made of what Get-ADComputer gave."""
    digest, decoding = hashlib.sha256(), Decoding()
    text = whole_text(Path(location.text), location.text, digest)
    found = list(_objects(text, location.text))
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


def _objects(text: str, name: str) -> Iterator[tuple[str, Properties]]:
    """Every object with its place: the line on which its document begins, and which one it is."""
    decoder = json.JSONDecoder(parse_constant=_no_constant)
    at, line = 0, 1
    while True:
        start = at
        while at < len(text) and text[at] in " \t\r\n,\ufeff":
            at += 1
        line += text.count("\n", start, at)
        if at == len(text):
            return
        place = f"{name}:{line}"
        try:
            document, end = decoder.raw_decode(text, at)
        except RecursionError:
            _fail(place, "is nested too deeply")
        except ValueError as error:
            if isinstance(error, json.JSONDecodeError):
                fault = line + text.count("\n", at, error.pos)
                _fail(f"{name}:{fault}", f"is not JSON: {error.msg}")
            _fail(place, f"is not JSON: {error}")
        listed = document if isinstance(document, list) else [document]
        for number, each in enumerate(listed, 1):
            here = f"{place}, object {number}" if isinstance(document, list) else place
            if not isinstance(each, dict):
                _fail(here, "is no object, but " + json.dumps(each)[:40])
            try:
                json.dumps(each, ensure_ascii=False).encode() if "\\ud" in text else None
            except UnicodeEncodeError:
                _fail(here, "half a surrogate pair is no character")
            yield here, each
        line += text.count("\n", at, end)
        at = end


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a number of JSON")


def _fail(place: str, problem: str) -> NoReturn:
    raise InputError(
        f"{place}: {problem}",
        "export again: Get-ADComputer ... | ConvertTo-Json -Depth 4 | Out-File -Encoding utf8 F",
    )
