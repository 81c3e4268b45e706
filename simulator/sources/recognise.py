"""Which of the formats that begin alike a file is in: several are JSON, text or CSV."""

import re

from simulator.sources.source import Location

_OURS = ("dn", "attributes", "unreadable", "not_carried", "snapshot")
_FIRST_KEY = re.compile(r'\s*(?:\[\s*)?\{\s*"((?:[^"\\]|\\.){1,100})"\s*:')
_NAMED = re.compile(r'"DistinguishedName"\s*:', re.IGNORECASE)
_BLOODHOUND = re.compile(r'\s*\{\s*"(?:data"\s*:\s*\[|meta"\s*:\s*\{|computers"\s*:\s*\[)')


def is_bloodhound(location: Location) -> bool:
    """Whether the file is one of BloodHound's collections."""
    return _BLOODHOUND.match(location.start) is not None


def is_powershell(location: Location) -> bool:
    """Whether the file is JSON that ConvertTo-Json made of objects of the directory."""
    first = _FIRST_KEY.match(location.start)
    if first is None or first[1] in _OURS or is_bloodhound(location):
        return False
    return _NAMED.search(location.start) is not None


def delimiter(header: str) -> str:
    """What separates the columns of the CSV *header*: which of the usual is there most often."""
    outside = re.sub(r'"[^"]*"', "", header)
    return max(",;\t|", key=outside.count)


def columns(location: Location) -> list[str]:
    """The names in the first line of a CSV file, without quotes; a `#TYPE` line is passed over."""
    lines = [line for line in location.start.splitlines() if line.strip()]
    if lines and lines[0].lstrip().upper().startswith("#TYPE"):
        del lines[0]
    if not lines:
        return []
    separator = delimiter(lines[0])
    return [name.strip().strip('"').strip() for name in lines[0].split(separator)]
