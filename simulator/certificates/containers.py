"""What certificates come wrapped in: PEM or bare Base64 text, PKCS#7, PKCS#12, a store's list."""

import binascii
import re
import warnings

from simulator.certificates.der import (
    CONTEXT,
    INTEGER,
    OBJECT_ID,
    SEQUENCE,
    SET,
    CertificateError,
    Element,
    children,
    content_of,
    element,
    expect,
    object_id,
)
from simulator.certificates.layout import lenient_layout

_HEADER = re.compile(rb"-----BEGIN [^-\r\n]*-----")
_FOOTER = re.compile(rb"-----END ")
_BLANKS = b" \t\r\n"

_SIGNED_DATA = "1.2.840.113549.1.7.2"


def text_content(data: bytes) -> tuple[bytes, str] | None:
    """The bytes that *data* holds as PEM or bare Base64 text, and which of the two; or none."""
    header = _HEADER.search(data)
    if header:
        footer = _FOOTER.search(data, header.end())
        if footer is None:
            return None
        body = data[header.end() : footer.start()]
        form = "PEM text"
    else:
        body = data
        form = "Base64 text"
    try:
        return binascii.a2b_base64(body.translate(None, _BLANKS), strict_mode=True), form
    except binascii.Error:
        return None


def signer_certificate(data: bytes) -> bytes | None:
    """The certificate of the first signer of PKCS#7 signed data; `None` for anything else."""
    try:
        outer = tuple(children(data, expect(element(data, 0, len(data)), SEQUENCE)))
        if len(outer) != 2 or outer[0].tag != OBJECT_ID:
            return None
        if object_id(data, outer[0]) != _SIGNED_DATA:
            return None
        signed = element(data, expect(outer[1], CONTEXT).content, outer[1].content_end)
        parts = tuple(children(data, expect(signed, SEQUENCE)))
        certificates = next((p for p in parts if p.tag == CONTEXT), None)
        signers = tuple(children(data, expect(parts[-1], SET)))
        if certificates is None or not signers:
            return None
        return _matching(data, certificates, signers[0])
    except CertificateError:
        return None


def _matching(data: bytes, certificates: Element, signer: Element) -> bytes | None:
    """The one of *certificates* whose issuer and serial number *signer* names."""
    _, identity, *_ = children(data, expect(signer, SEQUENCE))
    issuer, serial = children(data, expect(identity, SEQUENCE))
    wanted = (data[issuer.start : issuer.end], content_of(data, expect(serial, INTEGER)))
    for each in children(data, certificates):
        encoded = data[each.start : each.end]
        layout, whole = lenient_layout(encoded)
        name = element(encoded, layout.issuer, whole.end)
        number = element(encoded, layout.serial, whole.end)
        if (encoded[name.start : name.end], content_of(encoded, number)) == wanted:
            return encoded
    return None


_CERTIFICATE_PROPERTY = 32


def stored_certificate(data: bytes) -> bytes | None:
    """The certificate in the property list in which Windows saves one; `None` for anything else.

    Each property is a number, a one, a length, all of 32 bits, and that many bytes.
    """
    position = 0
    while position + 12 <= len(data):
        number, one, length = (
            int.from_bytes(data[at : at + 4], "little") for at in range(position, position + 12, 4)
        )
        position += 12
        if one != 1 or position + length > len(data):
            return None
        if number == _CERTIFICATE_PROPERTY:
            return data[position : position + length]
        position += length
    return None


def bag_certificate(data: bytes) -> tuple[bytes, str] | None:
    """The certificate and friendly name in a PKCS#12 container without password; or none."""
    if not _looks_like_bag(data):
        return None
    from cryptography.hazmat.primitives.serialization import Encoding, pkcs12

    for password in (None, b""):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                bag = pkcs12.load_pkcs12(data, password)
        except ValueError:
            continue
        found = bag.cert or next(iter(bag.additional_certs), None)
        if found is not None:
            name = (found.friendly_name or b"").decode("utf-8", "replace")
            return found.certificate.public_bytes(Encoding.DER), name
    return None


def _looks_like_bag(data: bytes) -> bool:
    """Whether *data* begins like PKCS#12: a sequence of version 3 and a content with its type."""
    try:
        whole = expect(element(data, 0, len(data)), SEQUENCE)
        version = expect(element(data, whole.content, whole.content_end), INTEGER)
        content = expect(element(data, version.end, whole.content_end), SEQUENCE)
        type = element(data, content.content, content.content_end)
    except CertificateError:
        return False
    return content_of(data, version) == b"\x03" and type.tag == OBJECT_ID
