"""Objects from Get-ADComputer through ConvertTo-Json, of Windows PowerShell 5.1 or of 7.

One list, one object, or one object after another, on a line each or not.
"""

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NoReturn

from simulator.errors import InputError
from simulator.objects import ConnectorObject, Provenance
from simulator.sources.json_stream import JsonError, JsonText
from simulator.sources.powershell_objects import decoded
from simulator.sources.recognise import is_powershell
from simulator.sources.source import Location, SourceRequest, reader
from simulator.sources.textfile import Digest, text_pieces

Properties = dict[str, object]


@reader("Get-ADComputer JSON", is_powershell)
def read_computer_json(
    location: Location, request: SourceRequest, provenance: Provenance
) -> Iterator[ConnectorObject]:
    """Reads objects from JSON that ConvertTo-Json made of what Get-ADComputer gave."""
    yield from decoded(partial(_objects, location.text), request, provenance)


def _objects(name: str, digest: Digest) -> Iterator[tuple[str, Properties]]:
    """Every object with its place: the line on which its document begins, and which one it is."""
    text = JsonText(text_pieces(Path(name), name, digest), name)
    try:
        while first := text.peek(between=",\ufeff"):
            place = f"{name}:{text.line}"
            if first == "[":
                for number, each in enumerate(text.elements(), 1):
                    yield _object(each, f"{place}, object {number}")
            else:
                yield _object(text.value(), place)
    except JsonError as error:
        _fail(f"{name}:{error.line}", error.problem)


def _object(each: object, place: str) -> tuple[str, Properties]:
    if not isinstance(each, dict):
        _fail(place, "is no object, but " + json.dumps(each)[:40])
    return place, each


def _fail(place: str, problem: str) -> NoReturn:
    raise InputError(
        f"{place}: {problem}",
        "export again: Get-ADComputer ... | ConvertTo-Json -Depth 4 | Out-File -Encoding utf8 F",
    )
