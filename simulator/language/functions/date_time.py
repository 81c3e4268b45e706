"""Functions on moments in time, all of them in UTC. Source: specification section 9."""

from calendar import monthrange
from datetime import UTC, datetime, timedelta

from simulator.errors import ObjectError
from simulator.language.context import Context
from simulator.language.dotnet_format import FormatError, format_time
from simulator.language.function import function

_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_LAST_FILETIME = 2650467743999999999  # the last 100 nanoseconds of the year 9999
_MONTHS = {"yyyy": 12, "q": 3, "m": 1}
_SPANS = {
    "y": timedelta(days=1),
    "d": timedelta(days=1),
    "w": timedelta(days=1),
    "ww": timedelta(weeks=1),
    "h": timedelta(hours=1),
    "n": timedelta(minutes=1),
    "s": timedelta(seconds=1),
}


@function
def Now(*, context: Context) -> datetime:
    """The present moment: one instant for the whole run.

    Now() > CDate("2013-01-10")  -> True
    Now() = Now()  -> True
    """
    context.note("time-dependent", "the value depends on the moment of the run")
    return context.now


@function
def DateAdd(interval: str, number: int, date: datetime | None) -> datetime | None:
    """*date* moved by *number* intervals, back if *number* is negative.

    An interval is yyyy (year), q (quarter), m (month), y, d or w (day), ww (week), h (hour), n
    (minute) or s (second). Where a month is too short, its last day is meant.

    DateAdd("m", 3, CDate("2001-01-01"))  -> 2001-04-01T00:00:00Z
    DateAdd("m", 1, CDate("1996-01-31"))  -> 1996-02-29T00:00:00Z
    DateAdd("h", -1, CDate("2024-01-01"))  -> 2023-12-31T23:00:00Z
    DateAdd("d", 1, NULL)  -> NULL
    """
    if interval not in _MONTHS and interval not in _SPANS:
        raise ObjectError(
            "type-mismatch",
            f"DateAdd knows no interval `{interval}`",
            f"the intervals are {', '.join([*_MONTHS, *_SPANS])}, in small letters",
        )
    if date is None:
        return None
    try:
        if interval in _SPANS:
            return date + _SPANS[interval] * number
        year, month = divmod(date.year * 12 + date.month - 1 + _MONTHS[interval] * number, 12)
        if not 1 <= year <= 9999:
            raise OverflowError
        day = min(date.day, monthrange(year, month + 1)[1])
        return date.replace(year=year, month=month + 1, day=day)
    except OverflowError:
        raise ObjectError("overflow", "DateAdd leaves the years 1 to 9999") from None


@function
def DateFromNum(number: int) -> datetime:
    """The moment that is *number* times 100 nanoseconds after the beginning of 1601.

    This is how a directory keeps pwdLastSet and lastLogonTimestamp. The last digit is below the
    microseconds that are kept here, and is dropped.

    DateFromNum(129699324000000000)  -> 2012-01-01T23:00:00Z
    DateFromNum(0)  -> 1601-01-01T00:00:00Z
    """
    if not 0 <= number <= _LAST_FILETIME:
        raise ObjectError(
            "overflow",
            f"{number} is no moment of the years 1601 to 9999",
            "9223372036854775807 means never; test for it first"
            if number == 9223372036854775807
            else None,
        )
    return _EPOCH + timedelta(microseconds=number // 10)


@function
def NumFromDate(date: datetime) -> int:
    """How many times 100 nanoseconds *date* is after the beginning of 1601.

    NumFromDate(CDate("2012-01-01 23:00:00"))  -> 129699324000000000
    NumFromDate(CDate("1601-01-01"))  -> 0
    """
    if date < _EPOCH:
        raise ObjectError("overflow", f"{date.date()} is before 1601")
    return (date - _EPOCH) // timedelta(microseconds=1) * 10


@function
def FormatDateTime(date: datetime, format: str) -> str:
    """*date* written as *format* says.

    yyyy is the year, MM the month, dd the day, HH the hour, mm the minute, ss the second; capitals
    matter. One letter alone is a standard format, such as s or o.

    FormatDateTime(CDate("12/25/2007"), "yyyy-MM-dd")  -> "2007-12-25"
    FormatDateTime(CDate("12/25/2007"), "yyyy-mm-dd")  -> "2007-00-25"
    FormatDateTime(CDate("2014-09-05 08:14:53"), "yyyyMMddHHmmss.0Z")  -> "20140905081453.0Z"
    FormatDateTime(CDate("2014-09-05 08:14:53"), "s")  -> "2014-09-05T08:14:53"
    """
    try:
        return format_time(date, format)
    except FormatError as error:
        raise ObjectError("bad-date", f"the format `{format}` cannot be used: {error}") from None
