"""Text to a moment in UTC, as .NET's DateTime.Parse reads it in the invariant culture.

Read are the forms that name a day completely: numbers with `-`, `/`, `.` or blanks between them,
or with an English month name; a time before or after; a zone. A text without a zone is UTC. A form
that .NET completes with the current day or year is refused, because its meaning would change from
run to run.
"""

import re
from datetime import UTC, datetime, timedelta
from functools import cache

from simulator.language.dotnet import WHITE_SPACE
from simulator.language.dotnet_format import DAYS, MONTHS

_SPACES = re.compile(f"[{WHITE_SPACE}]+")
_MONTH = {name[:length].lower(): number for number, name in enumerate(MONTHS, 1)
          for length in (3, len(name))}  # fmt: skip
_DAY = {name[:length].lower(): number for number, name in enumerate(DAYS)
        for length in (3, len(name))}  # fmt: skip

_WORD = r"[A-Za-z]{3,}"
_MARK = r"(?: ?[-/.] ?| )"
_DATE = (
    rf"(?:(?P<weekday>{_WORD}),? )?(?:"
    rf"(?P<a>[0-9]{{1,4}})(?P<m1>{_MARK})(?P<b>[0-9]{{1,2}})(?P<m2>{_MARK})(?P<c>[0-9]{{1,4}})"
    rf"|(?P<d1>[0-9]{{1,4}}){_MARK}(?P<n1>{_WORD}){_MARK}(?P<e1>[0-9]{{1,4}})"
    rf"|(?P<n2>{_WORD}){_MARK}(?P<d2>[0-9]{{1,2}})(?:, | ?[-/., ] ?)(?P<e2>[0-9]{{1,4}})"
    rf"|(?P<n3>{_WORD})(?:, | ?[-/., ] ?)(?P<e3>[0-9]{{3,4}}))(?: A\.?D\.?)?,?"
)
_TIME = (
    r"(?P<hour>[0-9]{1,2})(?::(?P<minute>[0-9]{1,2})(?::(?P<second>[0-9]{1,2})"
    r"(?:\.(?P<fraction>[0-9]+))?)?)?(?: ?(?P<half>[AaPp][Mm]))?"
)
_ZONE = r"(?: ?(?P<zulu>[Zz]|[Gg][Mm][Tt])| ?(?P<offset>[+-][0-9:]+))"
_FORMS = (rf"{_DATE}(?:(?: |(?<=[0-9])T){_TIME})?{_ZONE}?", rf"{_TIME} {_DATE}{_ZONE}?")
_OFFSET = re.compile(r"([+-])([0-9]{1,2})(?::([0-9]{1,2})|([0-9]{2}))?")
_PIVOT = 2029  # the last year that two digits can mean


@cache
def _patterns() -> tuple[re.Pattern[str], ...]:
    """`_FORMS` compiled, which takes longer than all else here: only where there is a text."""
    return tuple(re.compile(form) for form in _FORMS)


def parse_time(text: str) -> datetime | None:
    """The moment that *text* names; `None` where it names none, or not completely."""
    text = _SPACES.sub(" ", text.rstrip("\0")).strip(" #")
    for pattern in _patterns():
        if match := pattern.fullmatch(text):
            return _moment(match.groupdict())
    return None


def _moment(parts: dict[str, str | None]) -> datetime | None:
    date, time, offset = _date(parts), _time(parts), _offset(parts)
    if date is None or time is None or offset is None:
        return None
    try:
        day = datetime(*date, tzinfo=UTC)
        if parts["weekday"] and _DAY.get(parts["weekday"].lower()) != day.weekday():
            return None
        return day + time - offset
    except (ValueError, OverflowError):
        return None


def _date(parts: dict[str, str | None]) -> tuple[int, int, int] | None:
    """Year, month and day; the year comes first where it has three digits or more."""
    if (a := parts["a"]) and (b := parts["b"]) and (c := parts["c"]):
        if len(a) > 2:
            return (int(a), int(b), int(c)) if len(c) <= 2 else None
        return _year(c), int(a), int(b)
    name = parts["n1"] or parts["n2"] or parts["n3"] or ""
    month = _MONTH.get(name.lower())
    if month is None:
        return None
    if (first := parts["d1"]) and (last := parts["e1"]):
        if len(first) > 2:
            return (int(first), month, int(last)) if len(last) <= 2 else None
        return _year(last), month, int(first)
    if year := parts["e3"]:
        return int(year), month, 1
    return _year(parts["e2"] or ""), month, int(parts["d2"] or "")


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) > 2:
        return year
    return year + (2000 if year <= _PIVOT % 100 else 1900)


def _time(parts: dict[str, str | None]) -> timedelta | None:
    """The time of day; midnight where none is given."""
    if parts["hour"] is None:
        return timedelta()
    hour, half = int(parts["hour"]), (parts["half"] or "").upper()
    if parts["minute"] is None and not half:
        return None
    if half == "AM":
        if hour > 12:
            return None
        hour %= 12
    elif half == "PM" and hour < 12:
        hour += 12
    minute, second = int(parts["minute"] or 0), int(parts["second"] or 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    ticks = round(float(f"0.{parts['fraction'] or 0}") * 10_000_000)
    return timedelta(hours=hour, minutes=minute, seconds=second, microseconds=ticks // 10)


def _offset(parts: dict[str, str | None]) -> timedelta | None:
    """How far the zone is ahead of UTC, at most 14 hours."""
    if parts["offset"] is None:
        return timedelta()
    match = _OFFSET.fullmatch(parts["offset"])
    if match is None:
        return None
    minutes = int(match[3] or match[4] or 0)
    offset = timedelta(hours=int(match[2]), minutes=minutes)
    if minutes > 59 or offset > timedelta(hours=14):
        return None
    return offset if match[1] == "+" else -offset
