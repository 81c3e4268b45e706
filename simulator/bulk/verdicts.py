"""A verdict and an expiry for every certificate, where they are asked for."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from simulator.bulk.codes import Codes
from simulator.bulk.columns import Columns
from simulator.bulk.decided import NOBODY, UNTESTED, Decided
from simulator.bulk.expiry import expiry_text
from simulator.certificates import CertificateError, read_certificate
from simulator.certificates.quick import has_long_year, quick_layout
from simulator.certificates.strict import strict_layout
from simulator.sync.reason import CERTIFICATES
from simulator.values import time_text

if TYPE_CHECKING:
    import pyarrow

NOT_TESTED = "certificate-not-tested"
_UNREADABLE = "certificate-unreadable"


def certificate_columns(
    columns: Columns, codes: Codes, outcomes: Sequence[Decided], single: Mapping[int, Decided]
) -> "tuple[pyarrow.Array, pyarrow.Array]":
    """For each row the verdict on, and the expiry of, each of its certificates.

    *codes* are the numbers of the *outcomes* of rows; *single* are rows with one of their own.
    """
    import pyarrow as pa

    verdicts: list[str] = []
    expiries: list[str] = []
    ends = [0]
    held, values = _values(columns)
    start = 0
    judged = columns.judged
    for row, (code, count) in enumerate(zip(codes.to_pylist(), held, strict=True)):
        data = values[start : start + count]
        start += count
        if row in single:
            verdicts += [c.verdict for c in single[row].certificates]
            expiries += [c.not_after for c in single[row].certificates]
        elif count and outcomes[code].judging != NOBODY:
            judging = outcomes[code].judging
            found = judged.get((row, judging)) if judging != UNTESTED else None
            if found is not None:
                verdicts += found
                expiries += [_known(v, verdict) for v, verdict in zip(data, found, strict=True)]
            else:
                verdicts += (
                    [NOT_TESTED] * count
                    if judging == UNTESTED
                    else [c.verdict for c in outcomes[code].certificates]
                )
                expiries += map(_expiry, data)
        ends.append(len(verdicts))
    offsets = pa.array(ends, pa.int32())
    return (
        pa.ListArray.from_arrays(offsets, pa.array(verdicts, pa.string())),
        pa.ListArray.from_arrays(offsets, pa.array(expiries, pa.string())),
    )


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
    return expiry_text(data, quick_layout(data))


def _expiry(data: bytes) -> str:
    """The expiry of a certificate that nothing has read; empty if it is none."""
    layout = strict_layout(data)
    if layout is not None and not has_long_year(data, layout):
        return expiry_text(data, layout)
    try:
        return time_text(read_certificate(data).not_after)
    except CertificateError:
        return ""
