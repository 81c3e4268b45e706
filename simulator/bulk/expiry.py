"""The expiry of an object's only certificate, which a text tells: another one for every object."""

from simulator.bulk.columns import Codes, Columns
from simulator.bulk.decided import Decided
from simulator.certificates.certificate import Certificate
from simulator.certificates.quick import quick_layout
from simulator.certificates.reader import read_certificate
from simulator.sync.warnings import CERTIFICATES
from simulator.values import time_text


def dated_ends(columns: Columns, codes: Codes, outcomes: list[Decided]) -> dict[int, str]:
    """The ends of the rows whose text ends with the expiry of their certificate.

    *codes* are the numbers of their *outcomes*.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    dated = [number for number, outcome in enumerate(outcomes) if outcome.dated]
    if not dated:
        return {}
    rows = pc.indices_nonzero(pc.is_in(codes, pa.array(dated, pa.int32())))
    numbers = codes.take(rows).to_pylist()
    every = columns.values(CERTIFICATES, rows)
    return {
        row: _expiry(values, outcomes[number].lenient)
        for row, number, values in zip(rows.to_pylist(), numbers, every, strict=True)
    }


def _expiry(values: object, lenient: bool) -> str:
    """The expiry of the first of *values*, which is not read anew if a strict reader took it."""
    assert isinstance(values, tuple)
    data = values[0]
    assert isinstance(data, bytes)
    if lenient:
        return time_text(read_certificate(data).not_after)
    return time_text(Certificate(data, quick_layout(data)).not_after)
