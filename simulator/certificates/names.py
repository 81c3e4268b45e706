"""Names of subjects and issuers, in the X.500 text that Windows prints.

The last component comes first, `, ` divides components and ` + ` the values inside one. Source:
measured answers of .NET runtimes (`dotnet-behaviour`, certificates).
"""

import re
from collections.abc import Iterator

from simulator.certificates.der import (
    OCTET_STRING,
    SEQUENCE,
    SET,
    CertificateError,
    Element,
    children,
    content_of,
    expect,
    object_id,
)

LABELS = {
    "2.5.4.3": "CN",
    "2.5.4.4": "SN",
    "2.5.4.5": "SERIALNUMBER",
    "2.5.4.6": "C",
    "2.5.4.7": "L",
    "2.5.4.8": "S",
    "2.5.4.9": "STREET",
    "2.5.4.10": "O",
    "2.5.4.11": "OU",
    "2.5.4.12": "T",
    "2.5.4.13": "Description",
    "2.5.4.17": "PostalCode",
    "2.5.4.18": "POBox",
    "2.5.4.20": "Phone",
    "2.5.4.24": "X21Address",
    "2.5.4.42": "G",
    "2.5.4.43": "I",
    "2.5.4.46": "dnQualifier",
    "0.9.2342.19200300.100.1.25": "DC",
    "1.2.840.113549.1.9.1": "E",
}

UTF8, UNIVERSAL, T61, BMP = 12, 28, 20, 30
_ONE_BYTE = frozenset({18, 19, 21, 22, 25, 26, 27})  # Numeric, Printable, IA5, Visible, ...
# A text that would be ambiguous without quotes: empty, blank at an end, or with a separator.
_AMBIGUOUS = re.compile(r'[,+="\n<>#;]|\A\Z|\A[ \t\r]|[ \t\r]\Z')


def components(data: bytes, name: Element) -> Iterator[list[tuple[str, Element]]]:
    """The components of *name* in encoded order; each is a list of type and value."""
    for component in children(data, expect(name, SEQUENCE)):
        values = []
        for pair in children(data, expect(component, SET)):
            parts = tuple(children(data, expect(pair, SEQUENCE)))
            if len(parts) != 2:
                raise CertificateError("a name in it cannot be read")
            values.append((object_id(data, parts[0]), parts[1]))
        yield values


def name_text(data: bytes, name: Element) -> str:
    """*name* as Windows prints it: `CN=a, OU=b + OU=c, O="d, e"`; empty if it is broken inside."""
    try:
        printed = [
            " + ".join(
                f"{LABELS.get(type) or 'OID.' + type}={_printed(data, value)}"
                for type, value in component
            )
            for component in components(data, name)
        ]
    except CertificateError:  # the rest of the certificate may still be good
        return ""
    return ", ".join(reversed(printed))


def _printed(data: bytes, value: Element) -> str:
    """*value* in quotes, with those inside doubled, where it would be ambiguous without."""
    text = string_text(data, value)
    if text is None:
        return hexadecimal(data, value)
    text = text.rstrip("\0")
    return '"' + text.replace('"', '""') + '"' if _AMBIGUOUS.search(text) else text


def hexadecimal(data: bytes, value: Element) -> str:
    """A value that is no text: `#` and its encoding, of an octet string only the content."""
    if value.tag == OCTET_STRING:
        return "#" + content_of(data, value).hex().upper()
    return "#" + data[value.start : value.end].hex().upper()


def string_text(data: bytes, value: Element, t61: str = "utf-8") -> str | None:
    """The text of *value*, or `None` if it is not of a string type; *t61* is tried for T61."""
    tag = value.tag & ~0x20  # a string in pieces is constructed
    content = content_of(data, value)
    if tag == UTF8:
        return content.decode("utf-8", "replace")
    if tag in _ONE_BYTE:
        return content.decode("latin-1")
    if tag == BMP:
        return content[: len(content) // 2 * 2].decode("utf-16-be", "surrogatepass")
    if tag == UNIVERSAL:
        return content[: len(content) // 4 * 4].decode("utf-32-be", "replace")
    if tag == T61:
        try:
            return content.decode(t61)
        except UnicodeDecodeError:
            return content.decode("latin-1")
    return None
