"""Reading a certificate: a strict reader first, and a lenient one for what only Windows takes."""

from functools import lru_cache

from simulator.certificates.certificate import Certificate
from simulator.certificates.containers import (
    bag_certificate,
    signer_certificate,
    stored_certificate,
    text_content,
)
from simulator.certificates.der import CertificateError, definite
from simulator.certificates.layout import lenient_layout
from simulator.certificates.quick import has_long_year
from simulator.certificates.strict import strict_layout


@lru_cache(maxsize=256)
def read_certificate(data: bytes) -> Certificate:
    """The certificate in *data*: DER, PEM or Base64 text, or one of Windows' containers.

    Raises `CertificateError` if .NET on Windows would refuse the bytes.
    """
    layout = strict_layout(data)
    if layout is not None:
        certificate = Certificate(data, layout)
        if has_long_year(data, layout):  # only these can be before 1601
            _ = certificate.not_before, certificate.not_after
        return certificate
    return _bare_certificate(data) or _wrapped_certificate(data) or _refuse(data)


def loads(data: bytes) -> bool:
    """Whether .NET's X509Certificate2 can be made from *data*.

    No bytes at all count: the class is then made empty, and only its members fail.
    """
    if not data:
        return True
    try:
        read_certificate(data)
    except CertificateError:
        return False
    return True


def _bare_certificate(data: bytes) -> Certificate | None:
    """The certificate at the start of *data*, read leniently."""
    try:
        _, whole = lenient_layout(data)
        # .NET shows the outermost length as the standard demands, whatever it was.
        encoded = definite(data, whole)
        layout, _ = lenient_layout(encoded)
    except CertificateError:
        return None
    if whole.end < len(data) and strict_layout(encoded) is not None:
        return Certificate(encoded, layout, "bytes follow after its end")
    return Certificate(encoded, layout, "it is not encoded as the standard demands")


def _wrapped_certificate(data: bytes) -> Certificate | None:
    """The certificate in a container or in text that holds one."""
    stored = stored_certificate(data)
    if stored is not None:
        return _remarked(stored, "it is in the form of a certificate store")
    signer = signer_certificate(data)
    if signer is not None:
        return _remarked(signer, "it is inside PKCS#7 signed data")
    bag = bag_certificate(data)
    if bag is not None:
        encoded, name = bag
        return _remarked(encoded, "it is inside a PKCS#12 container", name)
    text = text_content(data)
    if text is not None:
        inner, form = text
        if text_content(inner) is None:
            return _remarked(inner, f"it is {form}")
    return None


def _remarked(data: bytes, remark: str, friendly_name: str = "") -> Certificate | None:
    try:
        found = read_certificate(data)
    except CertificateError:
        return None
    return Certificate(found.encoded, found.layout, remark, friendly_name or found.friendly_name)


def _refuse(data: bytes) -> Certificate:
    """Says what is wrong with *data*, taken as a certificate."""
    if not data:
        raise CertificateError("there are no bytes")
    lenient_layout(data)
    raise CertificateError("it cannot be read")
