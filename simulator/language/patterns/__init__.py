"""Patterns of .NET's regular expressions: read, written anew for `regex`, and matched.

The language of .NET is read here, because no other engine agrees with it: Python's own gives
another answer or another error for three patterns in ten.
"""

from simulator.language.patterns.matching import OPTION_NAMES, is_match
from simulator.language.patterns.options import (
    SECONDS,
    NotPortable,
    PatternError,
    PatternTimeoutError,
)

__all__ = [
    "OPTION_NAMES",
    "SECONDS",
    "NotPortable",
    "PatternError",
    "PatternTimeoutError",
    "is_match",
]
