"""Functions that read certificates, by the members of .NET's X509Certificate2 behind them.

Each takes one binary value: a certificate as DER, or as Base64 text with or without PEM lines.
"""

from datetime import UTC, datetime, timedelta

from simulator.assumptions import DECIDED
from simulator.certificates import (
    NAME_TYPES,
    Certificate,
    CertificateError,
    loads,
    name_info,
    read_certificate,
)
from simulator.errors import ObjectError
from simulator.language.context import Context
from simulator.language.function import function
from simulator.values import time_text


@function
def IsCert(value: bytes | None, *, context: Context) -> bool:
    """Whether *value* is a certificate that Windows would read; NULL is none.

    Neither dates nor signature are looked at.

    IsCert(NULL)  -> False

    Assumed: it is one if .NET's X509Certificate2 can be made from it (A-15).
    """
    if value is None or not loads(value):
        return False
    if value:
        _note_lenience(read_certificate(value), context)
    return True


@function
def CertSubject(certificate: bytes, *, context: Context) -> str:
    """The subject of *certificate*, its last component first: `CN=PC1, O=Contoso`.

    Assumed: the text is that of .NET on Windows (A-15).
    """
    return _text_source(certificate, context).subject


@function
def CertSubjectNameDN(certificate: bytes, *, context: Context) -> str:
    """The name of the subject of *certificate*, as CertSubject gives it.

    Assumed: the text is that of .NET on Windows (A-15).
    """
    return _text_source(certificate, context).subject


@function
def CertIssuer(certificate: bytes, *, context: Context) -> str:
    """The issuer of *certificate*, its last component first: `CN=CA, DC=contoso, DC=com`.

    Assumed: the text is that of .NET on Windows (A-15).
    """
    return _text_source(certificate, context).issuer


@function
def CertIssuerDN(certificate: bytes, *, context: Context) -> str:
    """The name of the issuer of *certificate*, as CertIssuer gives it.

    Assumed: the text is that of .NET on Windows (A-15).
    """
    return _text_source(certificate, context).issuer


@function
def CertNotAfter(certificate: bytes, *, context: Context) -> datetime:
    """The instant at which *certificate* expires.

    Assumed: it is an instant like Now(), and not the local time of the server (A-12).
    """
    return _instant(_read(certificate, context).not_after, "expires", context)


@function
def CertNotBefore(certificate: bytes, *, context: Context) -> datetime:
    """The instant at which *certificate* becomes valid.

    Assumed: it is an instant like Now(), and not the local time of the server (A-12).
    """
    return _instant(_read(certificate, context).not_before, "becomes valid", context)


@function
def CertThumbprint(certificate: bytes, *, context: Context) -> str:
    """The SHA-1 hash of *certificate* in upper-case hexadecimal digits, without separators.

    Assumed: the text is that of .NET on Windows (A-15).
    """
    return _text_source(certificate, context).thumbprint


@function
def CertHashString(certificate: bytes, *, context: Context) -> str:
    """The SHA-1 hash of *certificate* in upper-case hexadecimal digits, without separators.

    Assumed: the text is that of .NET on Windows (A-15).
    """
    return _text_source(certificate, context).thumbprint


@function
def CertSerialNumber(certificate: bytes, *, context: Context) -> str:
    """The serial number of *certificate* in upper-case hexadecimal digits, two for each byte.

    Assumed: the text is that of .NET on Windows (A-15).
    """
    return _text_source(certificate, context).serial


@function
def CertVersion(certificate: bytes, *, context: Context) -> str:
    """The X.509 version of *certificate*, most often `3`.

    Assumed: the text is that of .NET on Windows (A-15).
    """
    return str(_text_source(certificate, context).version)


@function
def CertFormat(certificate: bytes, *, context: Context) -> str:
    """The name of the format of *certificate*, which is always `X509`.

    Assumed: the text is that of .NET on Windows (A-15).
    """
    _text_source(certificate, context)
    return "X509"


@function
def CertFriendlyName(certificate: bytes, *, context: Context) -> str:
    """The friendly name of *certificate*: empty, except for one in a PKCS#12 container.

    A certificate itself has none; Windows keeps it beside the certificate in its store.

    Assumed: the text is that of .NET on Windows (A-15).
    """
    return _text_source(certificate, context).friendly_name


@function
def CertKeyAlgorithm(certificate: bytes, *, context: Context) -> str:
    """The object identifier of the algorithm of the public key of *certificate*.

    Assumed: the text is that of .NET on Windows (A-15).
    """
    return _text_source(certificate, context).key_algorithm


@function
def CertKeyAlgorithmParams(certificate: bytes, *, context: Context) -> str:
    """The encoded parameters of the key algorithm in hexadecimal digits; `0500` for RSA.

    Assumed: the text is that of .NET on Windows (A-15).
    """
    return _text_source(certificate, context).key_parameters


@function
def CertPublicKeyOid(certificate: bytes, *, context: Context) -> str:
    """The object identifier of the public key of *certificate*.

    Assumed: the text is that of .NET on Windows (A-15).
    """
    return _text_source(certificate, context).key_algorithm


@function
def CertPublicKeyParametersOid(certificate: bytes, *, context: Context) -> str:
    """The object identifier of the parameters of the public key, which is that of the key.

    Assumed: the text is that of .NET on Windows (A-15).
    """
    return _text_source(certificate, context).key_algorithm


@function
def CertSignatureAlgorithmOid(certificate: bytes, *, context: Context) -> str:
    """The object identifier of the algorithm that signed *certificate*.

    Assumed: the text is that of .NET on Windows (A-15).
    """
    return _text_source(certificate, context).signature_algorithm


@function
def CertSubjectNameOid(certificate: bytes, *, context: Context) -> str | None:
    """The object identifier of the name of the subject, which has none: NULL.

    Assumed: .NET gives no value for it (A-15).
    """
    _text_source(certificate, context)
    return None


@function
def CertIssuerOid(certificate: bytes, *, context: Context) -> str | None:
    """The object identifier of the name of the issuer, which has none: NULL.

    Assumed: .NET gives no value for it (A-15).
    """
    _text_source(certificate, context)
    return None


@function
def CertExtensionOids(certificate: bytes, *, context: Context) -> tuple[str, ...]:
    """The object identifiers of the critical extensions of *certificate*, in their order.

    Assumed: the texts are those of .NET on Windows (A-15).
    """
    extensions = _text_source(certificate, context).extensions()
    return tuple(type for type, critical, _ in extensions if critical)


@function
def CertNameInfo(certificate: bytes, name_type: str, of_issuer: bool, *, context: Context) -> str:
    """One name of the subject of *certificate*, or of its issuer, by *name_type*.

    The types are SimpleName, EmailName, UpnName, DnsName, DnsFromAlternativeName and UrlName. A
    name that the certificate does not have is the empty string.

    Assumed: the text is that of .NET on Windows (A-15).
    """
    if name_type not in NAME_TYPES:
        raise ObjectError(
            "type-mismatch",
            f"`{name_type}` is no type of name in a certificate",
            f"the types are {', '.join(NAME_TYPES)}",
        )
    return name_info(_text_source(certificate, context), name_type, of_issuer)


def _text_source(certificate: bytes, context: Context) -> Certificate:
    context.reading("A-15")
    return _read(certificate, context)


def _read(certificate: bytes, context: Context) -> Certificate:
    try:
        found = read_certificate(certificate)
    except CertificateError as error:
        raise ObjectError(
            "bad-certificate",
            f"a value of {len(certificate)} bytes is no certificate: {error}",
            "test with IsCert first: `IsCert($c) && ...`",
        ) from None
    _note_lenience(found, context)
    return found


def _note_lenience(certificate: Certificate, context: Context) -> None:
    if certificate.remark:
        context.note(
            "cert-lenient",
            "Windows reads a certificate here that a strict reader refuses: " + certificate.remark,
        )


# The other readings of A-12: the clock digits of a server this far from UTC, taken as UTC.
_SHIFTS = {"utc+14": timedelta(hours=14), "utc-12": timedelta(hours=-12)}
_NEAR = timedelta(hours=14)


def _instant(moment: datetime, event: str, context: Context) -> datetime:
    """*moment* in the reading of A-12 taken; records the use where the reading can matter."""
    reading = context.readings.get("A-12", DECIDED)
    if abs(moment - context.now) <= _NEAR:
        reading = context.reading("A-12")
        context.note(
            "near-boundary",
            f"a certificate {event} at {time_text(moment)}, within 14 hours of now",
        )
    try:
        return moment + _SHIFTS.get(reading, timedelta())
    except OverflowError:  # the last or first day that can be written
        return datetime.max.replace(tzinfo=UTC)
