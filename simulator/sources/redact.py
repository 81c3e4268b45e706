"""Objects without their names: what can be shown to others, and still gives the same outcomes.

Kept as they are: objectGUID, numbers, truth values, times, classes, the operating system. Names,
DNs and SIDs become keyed pseudonyms, so that who belongs together and the tree of containers can
still be seen. Certificates keep their dates, and the GUID that they name; their names become
pseudonyms too, which breaks their signature and thumbprint. What none of this can be done with is
taken out, and cannot be read then.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from simulator.objects import ConnectorObject, Provenance
from simulator.schema import standard_schema
from simulator.sources.decode import sid_text, wanted_name
from simulator.sources.pseudonym import Pseudonyms
from simulator.sources.redact_certificate import redacted_certificate
from simulator.sources.source import Stream, stream_of
from simulator.sources.unasked import ASKED, asked
from simulator.values import Reference, Scalar, Unreadable, Value

_KEPT = frozenset(
    {
        "objectGUID", "objectClass", "mS-DS-ConsistencyGuid", "operatingSystem",
        "operatingSystemVersion", "operatingSystemServicePack", "operatingSystemHotfix",
        "whenCreated", "whenChanged", "createTimeStamp", "modifyTimeStamp",
    }
)  # fmt: skip
_OUT = Unreadable("taken out by --redact")


_NOTE = (
    "redacted: names, DNs and SIDs are pseudonyms, and certificates are not those of the"
    " directory; an outcome that hangs on a name, on a flag in a text, on a thumbprint or on"
    " lists of containers may be another"
)


def redact(stream: Stream, key: bytes, keep: frozenset[str] = frozenset()) -> Stream:
    """The objects of *stream* with pseudonyms under *key*; those to *keep* are left."""
    told = Provenance("redacted")
    return stream_of(
        told, _objects(stream, told, Pseudonyms(key), _KEPT | set(map(wanted_name, keep)))
    )


def _objects(
    stream: Stream, told: Provenance, pseudonyms: Pseudonyms, kept: frozenset[str]
) -> Iterator[ConnectorObject]:
    for each in stream.objects:
        yield _redacted(each, pseudonyms, kept)
    # other notes and details name objects, servers and accounts
    source = stream.provenance
    told.captured_at, told.complete = source.captured_at, source.complete
    told.notes = (_NOTE, *(["the source was not complete"] if not source.complete else []))
    told.details = {"captured from": "redacted"}
    if known := asked(source):
        told.details[ASKED] = ", ".join(sorted(known))
    told.not_carried = source.not_carried


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
