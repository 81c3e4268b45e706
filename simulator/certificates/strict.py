"""The strict reader: `cryptography`, asked only whether it accepts.

Where it accepts, its word is the proof that the bytes are a certificate. It refuses much that .NET
on Windows loads, so a refusal proves nothing.
"""

import warnings
from collections.abc import Callable
from functools import cache

from simulator.certificates.layout import Layout
from simulator.certificates.quick import quick_layout

# How the encoded identifier of an RSA signature begins: the reader has no remarks on those.
RSA = bytes.fromhex("2a864886f70d0101")


def strict_layout(data: bytes) -> Layout | None:
    """The layout of *data* if it is a certificate as the standard demands, else `None`."""
    load, refusals = strict_reader()
    try:
        layout = quick_layout(data)
        first = data[layout[1] + 2]  # of the serial number
        if 0 < first < 0x80 and data.startswith(RSA, layout[2] + 4):
            load(data)
        elif _is_odd(data, layout):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                load(data)
        else:
            load(data)
    except refusals:
        return None
    return layout


def _is_odd(data: bytes, layout: Layout) -> bool:
    """Whether the strict reader might warn: silencing it costs as much as reading does."""
    first = data[layout.serial + 2]
    if first >= 0x80 or (first == 0 and data[layout.serial + 1] == 1):
        return True
    return data[layout.issuer - 1] == 0 and not data.startswith(RSA, layout.signature + 4)


@cache
def strict_reader() -> tuple[Callable[[bytes], object], tuple[type[Exception], ...]]:
    """The function that refuses what is no certificate, and the errors with which it does."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.x509 import InvalidVersion, load_der_x509_certificate

    refusals = (IndexError, ValueError, InvalidVersion, UnsupportedAlgorithm)
    return load_der_x509_certificate, refusals
