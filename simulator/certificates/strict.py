"""The strict reader: `cryptography`, asked only whether it accepts.

Where it accepts, its word is the proof that the bytes are a certificate. It refuses much that .NET
on Windows loads, so a refusal proves nothing. It is asked once: what it said is remembered until
`forget`, which a run calls for each batch of objects.
"""

import warnings
from collections.abc import Callable
from functools import cache

from simulator.certificates.layout import Layout
from simulator.certificates.quick import Positions, positions

# How the encoded identifier of an RSA signature begins: the reader has no remarks on those.
RSA = bytes.fromhex("2a864886f70d0101")


# What the reader said of values, each found by its end: to hash a whole one takes long.
TAIL = 16
ACCEPTED: dict[bytes, bytes] = {}
REFUSED: dict[bytes, bytes] = {}
_MOST = 1 << 16


def strict_layout(data: bytes) -> Layout | None:
    """The layout of *data* if it is a certificate as the standard demands, else `None`."""
    found = strict_positions(data)
    return Layout(*found) if found is not None else None


def strict_positions(data: bytes) -> Positions | None:
    """As `strict_layout`, but a plain tuple."""
    if _holds(REFUSED, data):
        return None
    load, refusals = strict_reader()
    try:
        found = positions(data)
        if _holds(ACCEPTED, data):
            return found
        first = data[found[1] + 2]  # of the serial number
        if 0 < first < 0x80 and data.startswith(RSA, found[2] + 4):
            load(data)
        elif _is_odd(data, found):
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                load(data)
        else:
            load(data)
    except refusals:
        refuse(data)
        return None
    _keep(ACCEPTED, data)
    return found


def refuse(data: bytes) -> None:
    """Remembers that the strict reader refuses *data*."""
    _keep(REFUSED, data)


def forget() -> None:
    """Lets go what is remembered, so that memory does not grow with the number of objects."""
    ACCEPTED.clear()
    REFUSED.clear()


def _holds(said: dict[bytes, bytes], data: bytes) -> bool:
    held = said.get(data[-TAIL:])
    return held is not None and (held == data or said.get(data) == data)


def _keep(said: dict[bytes, bytes], data: bytes) -> None:
    """Adds *data*: whole, if another value that ends alike is there."""
    if len(said) >= _MOST:
        said.clear()
    tail = data[-TAIL:]
    said[data if tail in said else tail] = data


def _is_odd(data: bytes, found: Positions) -> bool:
    """Whether the strict reader might warn: silencing it costs as much as reading does."""
    _, serial, signature, issuer, *_ = found
    first = data[serial + 2]
    if first >= 0x80 or (first == 0 and data[serial + 1] == 1):
        return True
    return data[issuer - 1] == 0 and not data.startswith(RSA, signature + 4)


@cache
def strict_reader() -> tuple[Callable[[bytes], object], tuple[type[Exception], ...]]:
    """The function that refuses what is no certificate, and the errors with which it does."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.x509 import InvalidVersion, load_der_x509_certificate

    refusals = (IndexError, ValueError, InvalidVersion, UnsupportedAlgorithm)
    return load_der_x509_certificate, refusals
