"""A verdict on every certificate, and what it is, where they are asked for."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from simulator.bulk.codes import Codes
from simulator.bulk.columns import Columns
from simulator.bulk.decided import NOBODY, UNTESTED, Decided
from simulator.bulk.expiry import expiry_text
from simulator.certificates import CertificateError, read_certificate
from simulator.certificates.quick import has_long_year, positions
from simulator.certificates.strict import strict_positions
from simulator.results.gather import certificates_array, certificates_column
from simulator.sync.outcome import CertificateVerdict
from simulator.sync.reason import CERTIFICATES, REJECTED, described, facts_of
from simulator.values import time_text

if TYPE_CHECKING:
    import pyarrow

NOT_TESTED = "certificate-not-tested"
_UNREADABLE = "certificate-unreadable"


def certificate_ends(
    columns: Columns, codes: Codes, outcomes: Sequence[Decided], single: Mapping[int, Decided]
) -> "pyarrow.ListArray":
    """For each row the verdict on, and the end of, each of its certificates.

    *codes* are the numbers of the *outcomes* of rows; *single* are rows with one of their own.
    """
    verdicts: list[str] = []
    expiries: list[str] = []
    ends = [0]
    for row, outcome, data in _rows(columns, codes, outcomes, single):
        if row in single:
            verdicts += [c.verdict for c in outcome.certificates]
            expiries += [c.not_after for c in outcome.certificates]
        elif data and outcome.judging != NOBODY:
            found = columns.judged.get((row, outcome.judging))
            if found is not None:
                verdicts += found
                expiries += [_known(v, verdict) for v, verdict in zip(data, found, strict=True)]
            else:
                verdicts += [verdict for verdict, _ in _shared(outcome, len(data))]
                expiries += map(_expiry, data)
        ends.append(len(verdicts))
    return certificates_column(ends, {"verdict": verdicts, "not_after": expiries})


def certificate_details(
    columns: Columns,
    codes: Codes,
    outcomes: Sequence[Decided],
    single: Mapping[int, Decided],
    now: datetime,
) -> "pyarrow.ListArray":
    """As `certificate_ends`, with all that can be told of each certificate *now*."""

    return certificates_array(
        _described(columns, row, outcome, data, now) if row not in single else outcome.certificates
        for row, outcome, data in _rows(columns, codes, outcomes, single)
    )


def _described(
    columns: Columns, row: int, outcome: Decided, data: Sequence[bytes], now: datetime
) -> Sequence[CertificateVerdict]:
    """The certificates *data* of *row*, which shares its *outcome* with others."""
    if not data or outcome.judging == NOBODY:
        return ()
    found = columns.judged.get((row, outcome.judging))
    told = [(code, "") for code in found] if found else _shared(outcome, len(data))
    certificates = columns.certificates
    for value in data:
        if value not in certificates:
            certificates[value] = facts_of(value)
    return [described(certificates[v], *each, now) for v, each in zip(data, told, strict=True)]


def _rows(
    columns: Columns, codes: Codes, outcomes: Sequence[Decided], single: Mapping[int, Decided]
) -> Iterator[tuple[int, Decided, Sequence[bytes]]]:
    """Each row with its outcome, and with its certificates as far as the column holds them."""
    held, values = _values(columns)
    start = 0
    for row, (code, count) in enumerate(zip(codes.to_pylist(), held, strict=True)):
        yield row, single[row] if row in single else outcomes[code], values[start : start + count]
        start += count


def _shared(outcome: Decided, count: int) -> Sequence[tuple[str, str]]:
    """The verdicts on *count* certificates that follow from *outcome*.

    With each its text, where that does not follow from the verdict.
    """
    if outcome.judging == UNTESTED:
        return [(NOT_TESTED, "")] * count
    return [(c.verdict, c.text if c.verdict == REJECTED else "") for c in outcome.certificates]


def _values(columns: Columns) -> tuple[list[int], list[bytes]]:
    """How many certificates each row has, and the certificates one after another."""
    import pyarrow.compute as pc

    if columns.known(CERTIFICATES) is None:
        return [0] * columns.rows, []
    array = columns.array(CERTIFICATES)
    counts = pc.fill_null(pc.list_value_length(array), 0).to_pylist()
    return counts, array.flatten().to_pylist()


def _known(data: bytes, verdict: str) -> str:
    """The expiry of a certificate that the strict reader took, unless its *verdict* says no."""
    if verdict == _UNREADABLE:
        return ""
    return expiry_text(data, positions(data))


def _expiry(data: bytes) -> str:
    """The expiry of a certificate that nothing has read; empty if it is none."""
    layout = strict_positions(data)
    if layout is not None and not has_long_year(data, layout):
        return expiry_text(data, layout)
    try:
        return time_text(read_certificate(data).not_after)
    except CertificateError:
        return ""
