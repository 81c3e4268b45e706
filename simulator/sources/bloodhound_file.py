"""Computers from BloodHound's collections (SharpHound, bofhound), versions 4 to 6.

They hold neither objectGUID nor certificates nor operatingSystemVersion, and names in capitals.
An object is known by its DN, and what depends on the rest cannot be decided.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from simulator.errors import InputError
from simulator.objects import ConnectorObject, Provenance
from simulator.sources.binary import from_sid
from simulator.sources.carried import carried_note, not_carried
from simulator.sources.decode import Decoding, RawValue, Record, decode
from simulator.sources.recognise import is_bloodhound
from simulator.sources.source import Location, SourceRequest, reader
from simulator.sources.textfile import whole_text
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
_HELP = "; export the objects with ldifde or Get-ADComputer | Export-Clixml to decide it"


@reader("BloodHound JSON", is_bloodhound)
def read_bloodhound(
    location: Location, request: SourceRequest, provenance: Provenance
) -> Iterator[ConnectorObject]:
    """Reads computers from a collection of BloodHound."""
    digest, decoding = hashlib.sha256(), Decoding()
    text = whole_text(Path(location.text), location.text, digest)
    listed, count = _collection(text, location.text)
    absent = not_carried(_CARRIED, request, "BloodHound's collections do not carry")
    records = [
        _record(each, f"{location.text}: computer {number}", absent)
        for number, each in enumerate(listed, 1)
    ]
    notes = ["names are in capitals, as BloodHound writes them"]
    if count != len(listed):
        notes.append(f"the file says that it holds {count} computers, and holds {len(listed)}")
    for record in records:
        yield decode(record, decoding)
    provenance.sha256 = digest.hexdigest()
    provenance.complete = count <= len(listed)
    provenance.notes = (*carried_note(absent, request, _HELP), *notes, *decoding.notes)
    provenance.not_carried = tuple(
        sorted({n for r in records for n in r.not_carried} or absent, key=str.casefold)
    )


def _collection(text: str, name: str) -> tuple[list[object], int]:
    """The objects of the collection, and how many it says it has."""
    try:
        document = json.loads(text)
    except RecursionError:
        _fail(name, "is nested too deeply")
    except ValueError as error:
        line = f":{error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        problem = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        _fail(name + line, f"is not JSON: {problem}")
    listed = document.get("data", document.get("computers"))
    head = document.get("meta")
    if not isinstance(listed, list) or not isinstance(head, dict):
        _fail(name, "is no collection: it needs `data` and `meta`")
    if head.get("type", "computers") != "computers":
        _fail(name, f"holds {str(head['type'])[:40]}, not computers")
    count = head.get("count", len(listed))
    return listed, count if isinstance(count, int) else len(listed)


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
