"""Objects without their names: what can be shown to others, and still gives the same outcomes.

Kept as they are: objectGUID, numbers, truth values, times, classes, the operating system. Names,
DNs and SIDs become keyed pseudonyms, so that who belongs together and the tree of containers can
still be seen. Certificates keep their dates, and the GUID that they name; their names become
pseudonyms too, which breaks their signature and thumbprint. What none of this can be done with is
taken out, and cannot be read then.
"""

from collections.abc import Mapping
from dataclasses import replace

from simulator.objects import ConnectorObject, ObjectSet
from simulator.schema import standard_schema
from simulator.sources.decode import sid_text, wanted_name
from simulator.sources.pseudonym import Pseudonyms
from simulator.sources.redact_certificate import redacted_certificate
from simulator.values import Reference, Scalar, Unreadable, Value

_KEPT = frozenset(
    {
        "objectGUID", "objectClass", "mS-DS-ConsistencyGuid", "operatingSystem",
        "operatingSystemVersion", "operatingSystemServicePack", "operatingSystemHotfix",
        "whenCreated", "whenChanged", "createTimeStamp", "modifyTimeStamp",
    }
)  # fmt: skip
_OUT = Unreadable("taken out by --redact")


def redact(objects: ObjectSet, key: bytes, keep: frozenset[str] = frozenset()) -> ObjectSet:
    """*objects* with pseudonyms under *key*; attributes to *keep* stay as they are."""
    pseudonyms = Pseudonyms(key)
    kept = _KEPT | {wanted_name(name) for name in keep}
    note = (
        "redacted: names, DNs and SIDs are pseudonyms, and certificates are not those of the"
        " directory; an outcome that hangs on a name, on a flag in a text, on a thumbprint or on"
        " lists of containers may be another"
    )
    return replace(
        objects,
        objects=tuple(_redacted(each, pseudonyms, kept) for each in objects.objects),
        source="redacted",
        sha256="",
        account="",
        # other notes and details name objects, servers and accounts
        notes=(note, *(["the source was not complete"] if not objects.complete else [])),
        details={"captured from": "redacted"},
    )


def _redacted(
    subject: ConnectorObject, pseudonyms: Pseudonyms, kept: frozenset[str]
) -> ConnectorObject:
    dn = pseudonyms.dn(subject.dn)
    attributes: Mapping[str, Value | Unreadable] = {
        name: value if name in kept else _value(name, value, pseudonyms)
        for name, value in subject.attributes.items()
    }
    return replace(
        subject,
        dn=dn,
        attributes={**attributes, "distinguishedName": Reference(dn)},
        origin="redacted",
    )


def _value(name: str, value: Value | Unreadable, pseudonyms: Pseudonyms) -> Value | Unreadable:
    if isinstance(value, Unreadable):  # its reason may quote the value
        return value if not value.carried else Unreadable("could not be read at its source")
    try:
        if isinstance(value, tuple):
            return tuple(_scalar(name, v, pseudonyms) for v in value if v is not None)
        return None if value is None else _scalar(name, value, pseudonyms)
    except ValueError:
        return _OUT


def _scalar(name: str, value: Scalar, pseudonyms: Pseudonyms) -> Scalar:
    match value:
        case bool() | int():
            known = standard_schema("ad").get(name)
            if known is None:
                raise ValueError("a number of unknown meaning")
            return value
        case Reference():
            if value.dn.startswith("S-1-"):
                return Reference(pseudonyms.text(value.dn))
            return Reference(pseudonyms.dn(value.dn))
        case bytes() if name == "userCertificate":
            return redacted_certificate(value, pseudonyms)
        case bytes() if sid_text(value):
            return pseudonyms.sid(value)
        case str():
            return pseudonyms.text(value)
    raise ValueError("bytes of unknown meaning")
