"""One line of JSON Lines -> the object as it came.

Almost every line is taken by the quick way, which finds out only that nothing is odd about it. The
careful way takes the others, and says what is wrong.
"""

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import NoReturn

import msgspec

from simulator.errors import InputError
from simulator.objects import parse_guid
from simulator.sources.binary import from_base64, from_hex, from_sid
from simulator.sources.decode import RawValue, Record, wanted_name
from simulator.sources.json_stream import is_torn, no_constant, plain_problem
from simulator.values import Unreadable

_WHOLE = {"dn", "attributes"}
_PLAIN = frozenset({str, int, bool})


def quick_record(line: str, place: str) -> Record | None:
    """The object on *line*; `None` where the careful way must look at it.

    A key that comes twice is found by the quotes: where none has a backslash before it, each opens
    or closes a text, and a key that got lost leaves two too many.
    """
    if '\\"' in line:
        return None
    try:
        parsed = msgspec.json.decode(line)
    except (msgspec.DecodeError, RecursionError):
        return None
    if type(parsed) is not dict or parsed.keys() != _WHOLE:
        return None
    dn, attributes = parsed["dn"], parsed["attributes"]
    if type(dn) is not str or type(attributes) is not dict or not dn.strip():
        return None
    if not _are_different(tuple(attributes)):
        return None
    texts = 3 + len(attributes)  # two keys and the name, and the names of the attributes
    for name, value in attributes.items():
        kind = type(value)
        if kind is str:
            texts += 1
            attributes[name] = [value]
            continue
        values = value if kind is list else [value]
        kinds = [*map(type, values)]
        if _PLAIN.issuperset(kinds):
            texts += kinds.count(str)
        elif kinds.count(dict) == len(kinds):
            values = [_bytes(each) for each in values]
            if None in values:
                return None
            texts += 2 * len(values)
        else:
            return None
        attributes[name] = values
    return Record(dn, attributes, place) if line.count('"') == 2 * texts else None


@lru_cache(maxsize=256)
def _are_different(names: tuple[str, ...]) -> bool:
    """Whether *names* are of different attributes; most objects of a file have the same."""
    return "dn" not in (folded := {name.casefold() for name in names}) and (
        len(folded) == len(names) and "" not in folded
    )


def _bytes(form: Mapping[str, object]) -> bytes | None:
    """The bytes that *form* holds, if it is sound."""
    if len(form) != 1:
        return None
    ((key, text),) = form.items()
    convert = _BINARY.get(key)
    return convert(text) if convert is not None and isinstance(text, str) else None


def parse(line: str, place: str) -> dict[str, object]:
    """The JSON object that *line* holds."""
    repeated: list[str] = []

    def unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
        result = dict(pairs)
        if len(result) < len(pairs):
            names = [name for name, _ in pairs]
            repeated.append(next(n for n in names if names.count(n) > 1))
        return result

    try:
        parsed = json.loads(line, object_pairs_hook=unique, parse_constant=no_constant)
    except RecursionError:
        _fail(place, "nested too deeply to be an object", "see the format of JSON Lines objects")
    except ValueError as error:
        problem = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        problem = plain_problem(problem)
        if "\r" in line:
            _fail(place, "its lines end in CR alone", "save the file with LF or CRLF line ends")
        column = f":{error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        _fail(place + column, f"is not JSON: {problem}", "write each object whole, on one line")
    if repeated:
        _fail(place, f"`{repeated[0]}` is there twice", "write several values as a list")
    if not isinstance(parsed, dict):
        _fail(place, "is not a JSON object", 'write {"dn": "...", "attributes": {...}}')
    if "\\u" in line and is_torn(parsed):
        _fail(place, "half a surrogate pair is no character", "write the character itself")
    return parsed


def record(parsed: Mapping[str, object], place: str) -> Record:
    """The object that stands in *parsed*; whatever is wrong with it is an error."""
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
        case dict() if (converted := _bytes(value)) is not None:
            return converted
        case dict() if len(value) == 1:
            ((form, text),) = value.items()
            if form in _BINARY and isinstance(text, str):
                _fail(
                    place,
                    f"{name} of {dn}: `{text[:60]}` is not {form}",
                    f"check the text after `{form}`",
                )
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
