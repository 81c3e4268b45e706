"""Where the parts of a certificate begin: found leniently."""

from typing import NamedTuple

from simulator.certificates.der import (
    BIT_STRING,
    BOOLEAN,
    CONTEXT,
    INTEGER,
    OCTET_STRING,
    SEQUENCE,
    CertificateError,
    Element,
    children,
    element,
    expect,
    object_id,
)
from simulator.certificates.names import components
from simulator.certificates.times import time_of


class Layout(NamedTuple):
    """Positions of the elements that the facts are read from, and where the signed part ends."""

    version: int | None
    serial: int
    signature: int
    issuer: int
    validity: int
    subject: int
    key: int
    limit: int


def lenient_layout(data: bytes) -> tuple[Layout, Element]:
    """The layout of the certificate at the start of *data*, and the whole of it.

    Takes what Windows takes: any version and serial number, lengths of any form, bytes after the
    end, and the signed part without its signature.
    """
    whole = expect(element(data, 0, len(data)), SEQUENCE)
    parts = tuple(children(data, whole))
    if len(parts) == 3 and parts[0].tag == SEQUENCE:
        _check_algorithm(data, parts[1])
        expect(parts[2], BIT_STRING, BIT_STRING | 0x20)
        signed = parts[0]
    else:
        signed = whole
    return _signed_layout(data, signed), whole


def _signed_layout(data: bytes, signed: Element) -> Layout:
    parts = list(children(data, signed))
    version = None
    if parts and parts[0].tag == CONTEXT:
        version = expect(element(data, parts[0].content, parts[0].content_end), INTEGER).start
        del parts[0]
    if len(parts) < 6:
        raise CertificateError("its parts are not those of a certificate")
    serial, signature, issuer, validity, subject, key, *rest = parts
    if expect(serial, INTEGER).content == serial.content_end:
        raise CertificateError("its serial number is missing")
    _check_algorithm(data, signature)
    for name in (issuer, subject):
        for _ in components(data, name):
            pass
    not_before, not_after = _exactly(data, expect(validity, SEQUENCE), 2)
    time_of(data, not_before)
    time_of(data, not_after)
    algorithm, public_key = _exactly(data, expect(key, SEQUENCE), 2)
    _check_algorithm(data, algorithm)
    expect(public_key, BIT_STRING, BIT_STRING | 0x20)
    for optional in rest:
        if expect(optional, 0x81, 0xA1, 0x82, 0xA2, CONTEXT + 3).tag == CONTEXT + 3:
            _check_extensions(data, optional)
    return Layout(
        version,
        serial.start,
        signature.start,
        issuer.start,
        validity.start,
        subject.start,
        key.start,
        signed.content_end,
    )


def _check_algorithm(data: bytes, found: Element) -> None:
    parts = tuple(children(data, expect(found, SEQUENCE)))
    if len(parts) not in (1, 2):
        raise CertificateError("an algorithm in it cannot be read")
    object_id(data, parts[0])


def _check_extensions(data: bytes, optional: Element) -> None:
    (extensions,) = _exactly(data, optional, 1)
    for extension in children(data, expect(extensions, SEQUENCE)):
        parts = list(children(data, expect(extension, SEQUENCE)))
        if len(parts) not in (2, 3):
            raise CertificateError("an extension in it cannot be read")
        object_id(data, parts[0])
        expect(parts[-1], OCTET_STRING, OCTET_STRING | 0x20)
        if len(parts) == 3:
            expect(parts[1], BOOLEAN)


def _exactly(data: bytes, parent: Element, count: int) -> tuple[Element, ...]:
    parts = tuple(children(data, parent))
    if len(parts) != count:
        raise CertificateError("its parts are not those of a certificate")
    return parts
