"""A verdict and an expiry for every certificate, where they are asked for."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from simulator.bulk.columns import Codes, Columns
from simulator.bulk.decided import NOBODY, UNTESTED, Decided
from simulator.certificates import CertificateError, read_certificate
from simulator.certificates.certificate import Certificate
from simulator.certificates.quick import has_long_year, quick_layout
from simulator.certificates.strict import strict_layout
from simulator.sync.warnings import CERTIFICATES
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

    verdicts: list[list[str]] = []
    expiries: list[list[str]] = []
    values = columns.values(CERTIFICATES)
    for row, (code, held) in enumerate(zip(codes.to_pylist(), values, strict=True)):
        if row in single:
            verdicts.append([c.verdict for c in single[row].certificates])
            expiries.append([c.not_after for c in single[row].certificates])
            continue
        outcome = outcomes[code]
        data = [v for v in held if isinstance(v, bytes)] if isinstance(held, tuple) else []
        if outcome.judging == NOBODY or not data:
            verdicts.append([])
            expiries.append([])
            continue
        found = columns.judged.get((row, outcome.judging))
        if found is not None:
            verdicts.append([*found])
            expiries.append([_known(v, code) for v, code in zip(data, found, strict=True)])
            continue
        untested = outcome.judging == UNTESTED
        told = [NOT_TESTED] * len(data) if untested else [c.verdict for c in outcome.certificates]
        verdicts.append(told)
        expiries.append([_expiry(value) for value in data])
    texts = pa.list_(pa.string())
    return pa.array(verdicts, texts), pa.array(expiries, texts)


def _known(data: bytes, verdict: str) -> str:
    """The expiry of a certificate that the strict reader took, unless its *verdict* says no."""
    if verdict == _UNREADABLE:
        return ""
    return time_text(Certificate(data, quick_layout(data)).not_after)


def _expiry(data: bytes) -> str:
    """The expiry of a certificate that nothing has read; empty if it is none."""
    layout = strict_layout(data)
    if layout is not None and not has_long_year(data, layout):
        return time_text(Certificate(data, layout).not_after)
    try:
        return time_text(read_certificate(data).not_after)
    except CertificateError:
        return ""
