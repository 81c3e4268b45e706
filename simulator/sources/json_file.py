"""Objects from JSON Lines, the form that people edit by hand: one object on each line.

A value is text, a number, a truth value, or binary as `{"base64": ...}`, `{"hex": ...}`,
`{"guid": ...}` or `{"sid": ...}`; several values are a list. The first line may be a head that
tells where and when the objects were read.
"""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

from simulator.errors import InputError
from simulator.objects import ConnectorObject, Provenance
from simulator.sources.decode import Decoding, decode, typed
from simulator.sources.json_line import parse, quick_record, record
from simulator.sources.recognise import is_bloodhound, is_powershell
from simulator.sources.source import Location, SourceRequest, reader
from simulator.sources.textfile import numbered_lines
from simulator.values import AttributeMap, is_moment

_HEAD_KEYS: Mapping[str, type] = {
    "source": str,
    "captured_at": str,
    "complete": bool,
    "account": str,
    "notes": list,
    "details": dict,
}


def _recognises(location: Location) -> bool:
    if location.first_line is None or not location.first_line.lstrip().startswith("{"):
        return False
    return not (is_powershell(location) or is_bloodhound(location))


@reader("JSON Lines", _recognises)
def read_json_lines(
    location: Location, request: SourceRequest, provenance: Provenance
) -> Iterator[ConnectorObject]:
    """Reads objects from JSON Lines, one JSON object on each line."""
    digest, decoding = hashlib.sha256(), Decoding()
    not_carried: set[str] = set()
    content = False
    for number, line in numbered_lines(Path(location.text), location.text, digest):
        if not line or line.isspace():
            continue
        place = f"{location.text}:{number}"
        quick = quick_record(line, place)
        if quick is not None:
            yield decode(quick, decoding)
        elif "snapshot" in (parsed := parse(line, place)):
            if content:
                _fail(
                    place, "a `snapshot` head after the first line", "put it first, or take it out"
                )
            _take_head(_head(parsed, place), provenance)
        else:
            found = record(parsed, place)
            not_carried |= found.not_carried.keys()
            yield decode(found, decoding)
        content = True
    provenance.sha256 = digest.hexdigest()
    provenance.notes = tuple(dict.fromkeys((*provenance.notes, *decoding.notes)))
    provenance.not_carried = tuple(sorted(not_carried, key=str.casefold))


def attributes_of(parsed: Mapping[str, object], place: str) -> AttributeMap:
    """The attributes of an object that is parsed already, without a look at its identity."""
    return typed(record(parsed, place), Decoding())


def _head(parsed: Mapping[str, object], place: str) -> Mapping[str, object]:
    head = parsed["snapshot"]
    if len(parsed) > 1 or not isinstance(head, dict):
        _fail(place, "the head holds more than `snapshot`", 'write {"snapshot": {...}} by itself')
    for key, value in head.items():
        kind = _HEAD_KEYS.get(key)
        if kind is None:
            _fail(place, f"`{key}` is not known in a head", f"known are {', '.join(_HEAD_KEYS)}")
        if not isinstance(value, kind):
            words = {
                str: "text",
                bool: "true or false",
                list: "a list of texts",
                dict: "texts by name",
            }
            _fail(place, f"`{key}` of the head must be {words[kind]}")
        match value:
            case list() if not all(isinstance(note, str) for note in value):
                _fail(place, f"`{key}` of the head must be a list of texts")
            case dict() if not all(isinstance(text, str) for text in value.values()):
                _fail(place, f"`{key}` of the head must be texts by name")
            case str() if value and key == "captured_at":
                _check_time(value, place)
    return head


def _take_head(head: Mapping[str, Any], provenance: Provenance) -> None:
    """Puts what *head*, which has been checked, tells into *provenance*."""
    provenance.captured_at = head.get("captured_at", "")
    provenance.complete = head.get("complete", True)
    provenance.account = head.get("account", "")
    provenance.notes = tuple(head.get("notes", ()))
    provenance.details = dict(head.get("details", {}))
    if source := head.get("source"):
        provenance.details = {"captured from": source, **provenance.details}


def _check_time(text: str, place: str) -> None:
    if not is_moment(text):
        _fail(
            place,
            f"captured_at `{text}` is not a time with a zone",
            "write it as 2026-01-01T00:00:00Z",
        )


def _fail(place: str, problem: str, help: str | None = None) -> NoReturn:
    raise InputError(f"{place}: {problem}", help)
