"""The expiry of an object's only certificate, which a text tells: another one for every object."""

from simulator.bulk.codes import Codes
from simulator.bulk.columns import Columns
from simulator.bulk.decided import Decided
from simulator.certificates.certificate import Certificate
from simulator.certificates.der import UTC_TIME
from simulator.certificates.layout import Layout
from simulator.certificates.quick import Positions, positions
from simulator.certificates.reader import read_certificate
from simulator.sync.reason import CERTIFICATES
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
    return expiry_text(data, positions(data))


def expiry_text(data: bytes, layout: Positions) -> str:
    """When the certificate *data* with that *layout* expires, as ISO 8601 in UTC."""
    first = layout[4] + 2
    last = first + 2 + data[first + 1]
    if data[last] != UTC_TIME or data[last + 1] != 13 or data[last + 14] != 90:
        return time_text(Certificate(data, Layout(*layout)).not_after)
    t = data[last + 2 : last + 14].decode("ascii")
    century = "20" if t < "5" else "19"
    return f"{century}{t[:2]}-{t[2:4]}-{t[4:6]}T{t[6:8]}:{t[8:10]}:{t[10:]}Z"
