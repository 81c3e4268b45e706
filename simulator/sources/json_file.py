"""Objects from JSON Lines, the form that people edit by hand: one object on each line.

A value is text, a number, a truth value, or binary as `{"base64": ...}`, `{"hex": ...}`,
`{"guid": ...}` or `{"sid": ...}`; several values are a list. The first line may be a head that
tells where and when the objects were read.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from simulator.errors import InputError
from simulator.objects import ConnectorObject, Provenance, parse_guid
from simulator.sources.binary import from_base64, from_hex, from_sid
from simulator.sources.decode import Decoding, RawValue, Record, decode, typed, wanted_name
from simulator.sources.recognise import is_bloodhound, is_powershell
from simulator.sources.source import Location, SourceRequest, reader
from simulator.sources.textfile import numbered_lines
from simulator.values import AttributeMap, Unreadable

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
        parsed = _parse(line, place)
        if "snapshot" in parsed:
            if content:
                _fail(
                    place, "a `snapshot` head after the first line", "put it first, or take it out"
                )
            _take_head(_head(parsed, place), provenance)
        else:
            record = _record(parsed, place)
            not_carried |= record.not_carried.keys()
            yield decode(record, decoding)
        content = True
    provenance.sha256 = digest.hexdigest()
    provenance.notes = tuple(dict.fromkeys((*provenance.notes, *decoding.notes)))
    provenance.not_carried = tuple(sorted(not_carried, key=str.casefold))


def attributes_of(parsed: Mapping[str, object], place: str) -> AttributeMap:
    """The attributes of an object that is parsed already, without a look at its identity."""
    record = _record(parsed, place)
    return typed(record, Decoding())


def _parse(line: str, place: str) -> dict[str, object]:
    """The JSON object that *line* holds."""
    repeated: list[str] = []

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        result = dict(pairs)
        if len(result) < len(pairs):
            names = [name for name, _ in pairs]
            repeated.append(next(n for n in names if names.count(n) > 1))
        return result

    try:
        parsed = json.loads(line, object_pairs_hook=unique, parse_constant=_no_constant)
    except RecursionError:
        _fail(place, "nested too deeply to be an object", "see the format of JSON Lines objects")
    except ValueError as error:
        problem = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        column = f":{error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        _fail(place + column, f"is not JSON: {problem}", "write each object whole, on one line")
    if repeated:
        _fail(place, f"`{repeated[0]}` is there twice", "write several values as a list")
    if not isinstance(parsed, dict):
        _fail(place, "is not a JSON object", 'write {"dn": "...", "attributes": {...}}')
    if "\\u" in line:
        _check_surrogates(line, parsed, place)
    return parsed


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a number of JSON")


def _check_surrogates(line: str, parsed: object, place: str) -> None:
    try:
        json.dumps(parsed, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        _fail(place, "half a surrogate pair is no character", "write the character itself")


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
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        _fail(
            place,
            f"captured_at `{text}` is not a time with a zone",
            "write it as 2026-01-01T00:00:00Z",
        )


def _record(parsed: Mapping[str, object], place: str) -> Record:
    for key in parsed:
        if key not in ("dn", "attributes", "unreadable", "not_carried"):
            _fail(
                place,
                f"`{key}` is not known in an object",
                "known are dn, attributes, unreadable, not_carried; attributes go inside"
                " `attributes`",
            )
    dn, attributes = parsed.get("dn"), parsed.get("attributes")
    if not isinstance(dn, str) or not dn.strip():
        _fail(place, "an object without a `dn`", 'write "dn": "CN=...,DC=..."')
    if not isinstance(attributes, dict):
        _fail(place, f"{dn} has no `attributes`", 'write "attributes": {"cn": "...", ...}')
    unreadable, not_carried = (
        _reasons(parsed, key, place) for key in ("unreadable", "not_carried")
    )
    _check_names([*attributes, *unreadable, *not_carried], dn, place)
    raw = {
        name: tuple(
            _raw(v, name, dn, place) for v in (value if isinstance(value, list) else [value])
        )
        for name, value in attributes.items()
    }
    absent = {wanted_name(n): Unreadable(reason, False) for n, reason in not_carried.items()}
    return Record(dn, raw, place, unreadable, absent)


def _reasons(parsed: Mapping[str, object], key: str, place: str) -> Mapping[str, str]:
    reasons = parsed.get(key, {})
    if not isinstance(reasons, dict) or not all(isinstance(r, str) for r in reasons.values()):
        _fail(place, f"`{key}` must give a reason for each attribute", '{"cn": "no right"}')
    return reasons


def _check_names(names: list[str], dn: str, place: str) -> None:
    """Refuses an attribute that comes twice, in two spellings or as both value and unreadable."""
    folded: dict[str, str] = {}
    for name in names:
        if not name or name.casefold() == "dn":
            _fail(place, f"{dn} has an attribute called `{name}`", "give the name as `dn` above")
        before = folded.setdefault(name.casefold(), name)
        if before is not name:
            _fail(place, f"`{before}` and `{name}` of {dn} are one attribute", "give it once")


def _raw(value: object, name: str, dn: str, place: str) -> RawValue:
    match value:
        case str() | int():  # bool is an int
            return value
        case dict() if len(value) == 1:
            ((form, text),) = value.items()
            convert = _BINARY.get(form)
            if convert is not None and isinstance(text, str):
                converted = convert(text)
                if converted is None:
                    _fail(
                        place,
                        f"{name} of {dn}: `{text[:60]}` is not {form}",
                        f"check the text after `{form}`",
                    )
                return converted
    shown = json.dumps(value, ensure_ascii=False)
    _fail(
        place,
        f"{name} of {dn} cannot be `{shown[:60]}`",
        "write text, a whole number, true, false, or"
        ' {"base64": "..."}, {"hex": "..."}, {"guid": "..."}, {"sid": "..."};'
        " leave out what is absent",
    )


_BINARY: Mapping[str, Callable[[str], bytes | None]] = {
    "base64": from_base64,
    "hex": from_hex,
    "guid": parse_guid,
    "sid": from_sid,
}


def _fail(place: str, problem: str, help: str | None = None) -> NoReturn:
    raise InputError(f"{place}: {problem}", help)
