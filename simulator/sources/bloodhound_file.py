"""Computers from BloodHound's collections (SharpHound, bofhound), versions 4 to 6.

They hold neither objectGUID nor certificates nor operatingSystemVersion, and names in capitals.
An object is known by its DN, and what depends on the rest cannot be decided.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn, TypeAlias

from simulator.errors import InputError
from simulator.objects import ConnectorObject, Provenance
from simulator.sources.binary import from_sid
from simulator.sources.carried import carried_note, not_carried
from simulator.sources.decode import Decoding, RawValue, Record, decode
from simulator.sources.json_stream import JsonError, JsonText
from simulator.sources.recognise import is_bloodhound
from simulator.sources.source import Location, SourceRequest, reader
from simulator.sources.textfile import Digest, refuse_change, text_pieces
from simulator.values import Unreadable

_CLASSES = ("top", "person", "organizationalPerson", "user", "computer")
_TEXTS = {
    "description": "description",
    "operatingsystem": "operatingSystem",
    "samaccountname": "sAMAccountName",
    "serviceprincipalnames": "servicePrincipalName",
}
_CARRIED = frozenset({"cn", "objectSid", "primaryGroupID", "whenCreated", *_TEXTS.values()})
_AGAIN = "collect again; only the file with computers holds computers"
_Member: TypeAlias = tuple[tuple[str, bool], object]  # its key, and whether it stands in its list
_HELP = "; export the objects with ldifde or Get-ADComputer | Export-Clixml to decide it"


@reader("BloodHound JSON", is_bloodhound)
def read_bloodhound(
    location: Location, request: SourceRequest, provenance: Provenance
) -> Iterator[ConnectorObject]:
    """Reads computers from a collection of BloodHound."""
    path, name = Path(location.text), location.text
    first, digest, decoding = hashlib.sha256(), hashlib.sha256(), Decoding()
    key, found, count = _head(_members(path, name, first), name)
    absent = not_carried(_CARRIED, request, "BloodHound's collections do not carry")
    missing = set(absent) if not found else set[str]()
    computers = (each for at, each in _members(path, name, digest) if at == (key, True))
    for number, each in enumerate(computers, 1):
        record = _record(each, f"{name}: computer {number}", absent)
        missing |= record.not_carried.keys()
        yield decode(record, decoding)
    refuse_change(name, first.hexdigest(), digest.hexdigest())
    notes = ["names are in capitals, as BloodHound writes them"]
    if count != found:
        notes.append(f"the file says that it holds {count} computers, and holds {found}")
    provenance.sha256 = digest.hexdigest()
    provenance.complete = count <= found
    provenance.notes = (*carried_note(absent, request, _HELP), *notes, *decoding.notes)
    provenance.not_carried = tuple(sorted(missing, key=str.casefold))


def _members(path: Path, name: str, digest: Digest) -> Iterator[_Member]:
    """What stands under each key of the document: elements of a list one by one, else values."""
    text = JsonText(text_pieces(path, name, digest), name)
    try:
        for key in text.members():
            if text.peek() != "[":
                yield (key, False), text.value()
                continue
            yield (key, False), []
            for each in text.elements():
                yield (key, True), each
        if text.peek():
            text.fail("Extra data")
    except JsonError as error:
        _fail(f"{name}:{error.line}", error.problem)


def _head(members: Iterator[_Member], name: str) -> tuple[str, int, int]:
    """The key of the list of computers, how many it holds, and how many the file says it does."""
    values: dict[str, object] = {}
    found: Counter[str] = Counter()
    for (key, within), value in members:
        if within:
            found[key] += 1
        elif key in values:
            _fail(name, f"has `{key[:40]}` twice")
        else:
            values[key] = value
    key = "data" if "data" in values else "computers"
    head = values.get("meta")
    if not isinstance(values.get(key), list) or not isinstance(head, dict):
        _fail(name, "is no collection: it needs `data` and `meta`")
    if head.get("type", "computers") != "computers":
        _fail(name, f"holds {str(head['type'])[:40]}, not computers")
    count = head.get("count", found[key])
    return key, found[key], count if isinstance(count, int) else found[key]


def _record(each: object, place: str, absent: Mapping[str, Unreadable]) -> Record:
    properties = each.get("Properties") if isinstance(each, dict) else None
    dn = properties.get("distinguishedname") if isinstance(properties, dict) else None
    if not isinstance(each, dict) or not isinstance(properties, dict) or not isinstance(dn, str):
        _fail(place, "has no Properties with a distinguishedname")
    attributes: dict[str, Sequence[RawValue]] = {
        "objectClass": _CLASSES,
        "cn": [dn.partition(",")[0].partition("=")[2].replace("\\", "")],
    }
    missing = dict(absent)
    unreadable: dict[str, str] = {}
    for key, name in _TEXTS.items():
        if key not in properties:
            missing[name] = Unreadable("this computer was collected without it", carried=False)
            continue
        value = properties[key]
        values = value if isinstance(value, list) else [value]
        if all(v is None or isinstance(v, str) for v in values):
            attributes[name] = [v for v in values if v]
        else:
            unreadable[name] = "the file does not hold it as text"
    identifier, group = each.get("ObjectIdentifier"), each.get("PrimaryGroupSID")
    if isinstance(identifier, str) and (sid := from_sid(identifier)) is not None:
        attributes["objectSid"] = [sid]
    else:
        missing["objectSid"] = Unreadable("its ObjectIdentifier is no SID", carried=False)
    if isinstance(group, str) and from_sid(group) is not None:
        attributes["primaryGroupID"] = [int(group.rpartition("-")[2])]
    created = properties.get("whencreated")
    if type(created) is int and 0 < created < 1 << 33:
        attributes["whenCreated"] = [f"{datetime.fromtimestamp(created, UTC):%Y%m%d%H%M%S}.0Z"]
    else:
        missing["whenCreated"] = Unreadable("this computer was collected without it", False)
    return Record(dn, attributes, place, unreadable, missing)


def _fail(place: str, problem: str) -> NoReturn:
    raise InputError(f"{place}: {problem}", _AGAIN)
