"""The one name that .NET's GetNameInfo picks out of a certificate."""

from collections.abc import Iterator

from simulator.certificates.certificate import Certificate
from simulator.certificates.der import (
    CONTEXT,
    CertificateError,
    Element,
    children,
    content_of,
    element,
    object_id,
)
from simulator.certificates.names import components, hexadecimal, string_text

_EMAIL, _DNS, _URL, _OTHER = 0x81, 0x82, 0x86, CONTEXT
_UPN = "1.3.6.1.4.1.311.20.2.3"
_COMMON_NAME, _EMAIL_ADDRESS = "2.5.4.3", "1.2.840.113549.1.9.1"
_UNIT, _ORGANIZATION = "2.5.4.11", "2.5.4.10"

# The kind of alternative name to take first, and the part of the name to take without one.
NAME_TYPES: dict[str, tuple[int | None, str | None]] = {
    "SimpleName": (None, None),
    "EmailName": (_EMAIL, _EMAIL_ADDRESS),
    "UpnName": (_OTHER, None),
    "DnsName": (_DNS, _COMMON_NAME),
    "DnsFromAlternativeName": (_DNS, None),
    "UrlName": (_URL, None),
}


def name_info(certificate: Certificate, name_type: str, issuer: bool) -> str:
    """The name of *name_type*, one of `NAME_TYPES`, of the subject or the *issuer*, or `""`."""
    if name_type == "SimpleName":
        return _simple_name(certificate, issuer)
    alternative, part = NAME_TYPES[name_type]
    for kind, text in _alternative_names(certificate, issuer):
        if kind == alternative:
            return text
    if part is None:
        return ""
    return _last(_parts(certificate, issuer), part) or ""


def _simple_name(certificate: Certificate, issuer: bool) -> str:
    """The last common name, else the first unit, organization or address, else any part."""
    parts = _parts(certificate, issuer)
    common_name = _last(parts, _COMMON_NAME)
    if common_name is not None:
        return common_name
    for wanted in (_UNIT, _ORGANIZATION, _EMAIL_ADDRESS):
        for type, text in parts:
            if type == wanted:
                return text
    return parts[-1][1] if parts else ""


def _last(parts: list[tuple[str, str]], wanted: str) -> str | None:
    return next((text for type, text in reversed(parts) if type == wanted), None)


def _parts(certificate: Certificate, issuer: bool) -> list[tuple[str, str]]:
    data = certificate.encoded
    layout = certificate.layout
    name = certificate.element_at(layout.issuer if issuer else layout.subject)
    try:
        return [
            (type, _plain_text(data, value))
            for component in components(data, name)
            for type, value in component
        ]
    except CertificateError:  # broken inside, as in `name_text`
        return []


def _plain_text(data: bytes, value: Element) -> str:
    """The text of *value*; unlike in a printed name, T61 is Latin-1 and nothing is cut off."""
    text = string_text(data, value, t61="latin-1")
    return hexadecimal(data, value) if text is None else text


def _alternative_names(certificate: Certificate, issuer: bool) -> Iterator[tuple[int, str]]:
    """The kind and text of each alternative name that has a text; none if they are garbage."""
    data = certificate.encoded
    wanted = "2.5.29.18" if issuer else "2.5.29.17"
    for type, _, content in certificate.extensions():
        if type == wanted:
            try:
                names = element(data, content.content, content.content_end)
                for name in children(data, names):
                    if name.tag in (_EMAIL, _DNS, _URL):
                        yield name.tag, content_of(data, name).decode("utf-8", "replace")
                    elif name.tag == _OTHER:
                        yield from _principal_name(data, name)
            except CertificateError:
                return


def _principal_name(data: bytes, name: Element) -> Iterator[tuple[int, str]]:
    type, *values = children(data, name)
    if object_id(data, type) == _UPN and values:
        value = element(data, values[0].content, values[0].content_end)
        text = string_text(data, value)
        if text is not None:
            yield _OTHER, text
