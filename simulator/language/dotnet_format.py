"""A moment in UTC as .NET's DateTime.ToString(format) writes it, in the invariant culture.

The engine keeps ticks of 100 nanoseconds, Python microseconds: a seventh decimal is always 0.
"""

from datetime import datetime

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
          "October", "November", "December")  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_STANDARD = {
    "d": "MM/dd/yyyy",
    "D": "dddd, dd MMMM yyyy",
    "f": "dddd, dd MMMM yyyy HH:mm",
    "F": "dddd, dd MMMM yyyy HH:mm:ss",
    "g": "MM/dd/yyyy HH:mm",
    "G": "MM/dd/yyyy HH:mm:ss",
    "m": "MMMM dd",
    "M": "MMMM dd",
    "o": "yyyy-MM-ddTHH:mm:ss.fffffffK",
    "O": "yyyy-MM-ddTHH:mm:ss.fffffffK",
    "r": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    "R": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    "s": "yyyy-MM-ddTHH:mm:ss",
    "t": "HH:mm",
    "T": "HH:mm:ss",
    "u": "yyyy-MM-dd HH:mm:ssZ",
    "U": "dddd, dd MMMM yyyy HH:mm:ss",
    "y": "yyyy MMMM",
    "Y": "yyyy MMMM",
}


class FormatError(ValueError):
    """A format that .NET refuses; the text says why."""


def format_time(moment: datetime, format: str) -> str:
    """*moment* in the standard or custom *format*; raises `FormatError`."""
    if not format:
        format = "G"
    if len(format) == 1:
        if format not in _STANDARD:
            raise FormatError(
                f"`{format}` is no standard format; for a single part write `%{format}`"
            )
        format = _STANDARD[format]
    result: list[str] = []
    position = 0
    while position < len(format):
        written, position = _part(moment, format, position, result)
        result.append(written)
    return "".join(result)


def _part(moment: datetime, format: str, start: int, so_far: list[str]) -> tuple[str, int]:
    """The text for the part of *format* that begins at *start*, and where the next begins."""
    character = format[start]
    if character in "yMdhHmsfFtzgK":
        end = start
        while end < len(format) and format[end] == character:
            end += 1
        if character == "K":  # each K counts for itself
            end = start + 1
        return _field(moment, character, end - start, so_far), end
    match character:
        case "'" | '"':
            return _quoted(format, start)
        case "%":
            if start + 1 >= len(format) or format[start + 1] == "%":
                raise FormatError("`%` must be followed by a format character")
            written, _ = _part(moment, format[start + 1], 0, so_far)
            return written, start + 2
        case "\\":
            if start + 1 >= len(format):
                raise FormatError("`\\` must be followed by a character")
            return format[start + 1], start + 2
    return character, start + 1


def _quoted(format: str, start: int) -> tuple[str, int]:
    quote, position = format[start], start + 1
    text: list[str] = []
    while position < len(format):
        if format[position] == quote:
            return "".join(text), position + 1
        if format[position] == "\\":
            position += 1
            if position >= len(format):
                break
        text.append(format[position])
        position += 1
    raise FormatError(f"the quotation that begins with {quote} has no end")


def _field(moment: datetime, letter: str, count: int, so_far: list[str]) -> str:
    two = min(count, 2)
    match letter:
        case "y":
            return f"{moment.year % 100:0{count}}" if count <= 2 else f"{moment.year:0{count}}"
        case "M":
            name = MONTHS[moment.month - 1]
            return f"{moment.month:0{count}}" if count <= 2 else name if count > 3 else name[:3]
        case "d":
            name = DAYS[moment.weekday()]
            return f"{moment.day:0{count}}" if count <= 2 else name if count > 3 else name[:3]
        case "h":
            return f"{(moment.hour + 11) % 12 + 1:0{two}}"
        case "H":
            return f"{moment.hour:0{two}}"
        case "m":
            return f"{moment.minute:0{two}}"
        case "s":
            return f"{moment.second:0{two}}"
        case "f" | "F":
            return _fraction(moment, letter, count, so_far)
        case "t":
            return ("AM" if moment.hour < 12 else "PM")[:count]
        case "z":
            return "+0" if count == 1 else "+00" if count == 2 else "+00:00"
        case "g":
            return "A.D."
    return "Z"  # K


def _fraction(moment: datetime, letter: str, count: int, so_far: list[str]) -> str:
    if count > 7:
        raise FormatError("a second has at most seven decimals")
    digits = f"{moment.microsecond:06}0"[:count]
    if letter == "f":
        return digits
    digits = digits.rstrip("0")
    if not digits and so_far and so_far[-1].endswith("."):  # F takes a point before it away
        so_far[-1] = so_far[-1][:-1]
    return digits
