"""Python source for the loop over certificates: for each the first test that it fails.

The source holds no text of a rule: constants come by name through the namespace. Certificates are
read only as far as a test asks. Whatever is out of the ordinary makes the answer `None`, and the
reference looks at the object.
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

from simulator.bulk.loop import Dated, Loop, Named, Readable
from simulator.certificates import CertificateError, read_certificate
from simulator.certificates.certificate import Certificate
from simulator.certificates.der import UTC_TIME
from simulator.certificates.layout import Layout
from simulator.certificates.quick import Positions, positions, quick_name
from simulator.certificates.strict import (
    ACCEPTED,
    REFUSED,
    RSA,
    TAIL,
    refuse,
    strict_positions,
    strict_reader,
)
from simulator.language import patterns
from simulator.language.context import Context
from simulator.values import guid_text

# The number of the first failing test for each value, that of all tests where none fails.
FirstFailing: TypeAlias = Callable[[Sequence[bytes], bytes], tuple[int, ...] | None]

_NEAR = timedelta(hours=14)  # of now: there a reading of A-12 can matter


def generated(loop: Loop, context: Context) -> FirstFailing:
    """The function for *loop*, compiled once."""
    load, refusals = strict_reader()
    names: dict[str, Any] = {
        "UTC_TIME": UTC_TIME,
        "positions": positions,
        "load": load,
        "REFUSALS": refusals,
        "RSA": RSA,
        "ACCEPTED": ACCEPTED,
        "REFUSED": REFUSED,
        "refuse": refuse,
        "strict": strict_positions,
        "certificate": _certificate,
        "quick_name": quick_name,
        "stamp": _stamp,
        "is_refused": _is_refused,
        "guid_text": guid_text,
        "LOW": _stamp(context.now - _NEAR),
        "HIGH": _stamp(context.now + _NEAR + timedelta(seconds=1)),
    }
    readable = isinstance(loop.tests[0], Readable) if loop.tests else False
    lines = [
        "def first_failing(values, guid):",
        "    found = []",
        "    add = found.append",
        "    head = None",
        "    for data in values:",
        "        try:",
        "            layout = positions(data)",
        f"            tail = data[-{TAIL}:]",
        "            if (tail not in ACCEPTED and tail not in REFUSED",
        "                    and 0 < data[layout[1] + 2] < 128",
        "                    and data.startswith(RSA, layout[2] + 4)):",
        "                load(data)",
        "                ACCEPTED[tail] = data",
        "            else:",
        "                layout = strict(data)",
        "        except REFUSALS:",
        "            layout = None",
        "            refuse(data)",
        "        if layout is not None:",
        "            first = layout[4] + 2",
        "            last = first + 2 + data[first + 1]",
        # a year of four digits can be one before 1601, which the reader looks into
        "        if layout is None or data[first] != UTC_TIME or data[last] != UTC_TIME:",
        "            if not is_refused(data):",
        "                return None",
        "            add(0)" if readable else "            return None",
        "            continue",
    ]
    for number, test in enumerate(loop.tests):
        match test:
            case Dated():
                lines += _dated(number, test, names)
            case Named():
                lines += _named(number, test, names)
    lines += [f"        add({len(loop.tests)})", "    return tuple(found)"]
    exec(compile("\n".join(lines), "<certificates>", "exec"), names)
    made: FirstFailing = names["first_failing"]
    return made


def _dated(number: int, test: Dated, names: dict[str, Any]) -> list[str]:
    """A comparison of dates as texts of 14 digits, to the second."""
    names[f"MOMENT{number}"] = _stamp(test.moment)
    operator = test.operator
    if test.moment.microsecond:  # it lies behind its second, in which no date does
        operator = {">=": ">", "<": "<="}.get(operator, operator)
    at = "last" if test.date == "not_after" else "first"
    return [
        f"        if data[{at} + 1] == 13 and data[{at} + 14] == 90:",
        f"            date = data[{at} + 2:{at} + 14]",
        '            date = (b"20" if date < b"5" else b"19") + date',
        "        else:",
        f"            date = stamp(certificate(data, layout).{test.date})",
        "        if LOW <= date <= HIGH:",
        "            return None",
        f"        if not date {operator} MOMENT{number}:",
        f"            add({number})",
        "            continue",
    ]


def _stamp(moment: datetime) -> bytes:
    """*moment* to the second, in UTC, as digits that sort like the moments themselves."""
    utc = moment.astimezone(UTC)
    return f"{utc.year:04}{utc:%m%d%H%M%S}".encode()


def _named(number: int, test: Named, names: dict[str, Any]) -> list[str]:
    names[f"matches{number}"] = _matcher(test)
    lines = [
        "        subject = quick_name(data, layout[5])",
        "        if subject is None:",
        "            subject = certificate(data, layout).subject",
    ]
    if not test.guid:
        lines.append(f"        if not matches{number}(subject):")
    else:
        names[f"template{number}"] = _template(test).match
        lines += [
            "        if head is None:",
            '            head = guid_text(guid) + "\\0"',
            f"        if not (template{number}(head + subject.lower()) if subject.isascii()",
            f"                else matches{number}(subject, head[:-1])):",
        ]
    return [*lines, f"            add({number})", "            continue"]


def _certificate(data: bytes, layout: Positions) -> Certificate:
    return Certificate(data, Layout(*layout))


def _matcher(test: Named) -> Callable[..., bool]:
    """The reference's own match of the pattern of *test*."""

    def matches(subject: str, guid: str = "") -> bool:
        return patterns.is_match(f"{test.before}{guid}{test.after}", subject, test.options)

    return matches


def _template(test: Named) -> "re.Pattern[str]":
    """The pattern of *test* compiled once: the GUID goes before the text, and is referred to.

    What stands around the GUID is plain (see `loop`), and Python's own engine reads it alike.
    """
    before, after = test.before.lower(), test.after.lower()
    return re.compile(rf"(?s:\A([0-9a-f-]+)\0.*?){before}(?:\1){after}")


def _is_refused(data: bytes) -> bool:
    """Whether *data* is no certificate; no bytes at all are a case of their own for IsCert."""
    if not data:
        return False
    try:
        read_certificate(data)
    except CertificateError:
        return True
    return False
