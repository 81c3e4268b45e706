"""The two kinds of time in a certificate, as instants."""

import re
from datetime import UTC, datetime, timedelta, timezone

from simulator.certificates.der import GENERALIZED_TIME, UTC_TIME, CertificateError, Element

# A certificate older than this cannot become a FILETIME, and Windows does not load it.
EARLIEST = datetime(1601, 1, 1, tzinfo=UTC)

_SHORT = re.compile(rb"(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?(?:Z|([+-])(\d\d)(\d\d))?")
_LONG = re.compile(rb"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:[.,]\d+)?(?:Z|([+-])(\d\d)(\d\d))?")


def time_of(data: bytes, found: Element) -> datetime:
    """The instant written in *found*, strictly or not: seconds and zone may be missing."""
    text = data[found.content : found.content_end]
    if found.tag == UTC_TIME:
        match = _SHORT.fullmatch(text)
    elif found.tag == GENERALIZED_TIME:
        match = _LONG.fullmatch(text)
    else:
        match = None
    if match is None:
        raise CertificateError("a date in it cannot be read")
    *digits, sign, hours, minutes = match.groups()
    year, month, day, hour, minute, second = (int(d or 0) for d in digits)
    if found.tag == UTC_TIME:
        year += 2000 if year < 50 else 1900
    offset = timedelta()
    if sign:
        offset = timedelta(hours=int(hours), minutes=int(minutes))
        offset = -offset if sign == b"-" else offset
    try:
        moment = datetime(year, month, day, hour, minute, second, tzinfo=timezone(offset))
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise CertificateError("a date in it does not exist") from None
    if moment < EARLIEST:
        raise CertificateError("a date in it is before 1601")
    return moment
