"""Counts what a run does with expressions, patterns and certificates: one run in this process.

python -m tests.benchmarks.counted SNAPSHOT all|reached

Functions that count their calls take the places of those that are counted, before the program is
imported.
"""

import builtins
import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pyarrow.parquet as parquet
from cryptography import x509

once: Counter[str] = Counter()
loads: Counter[bytes] = Counter()
_REMEMBERING = ("simulator.language.parse", "simulator.language.compile")


def _count(owner: Any, name: str, called: str) -> None:
    """Replaces the function *name* of *owner* by one that counts its calls as *called*."""
    original: Callable[..., object] = getattr(owner, name)

    def counting(*arguments: Any, **more: Any) -> object:
        once[called] += 1
        return original(*arguments, **more)

    setattr(owner, name, counting)


def _count_loads() -> None:
    original = x509.load_der_x509_certificate

    def counting(data: bytes) -> x509.Certificate:
        loads[data] += 1
        return original(data)

    x509.load_der_x509_certificate = counting


def _values(path: Path) -> tuple[Counter[bytes], set[bytes], set[bytes]]:
    """All values, those that can be read, and those of objects that the cheap columns decide."""
    from tests.benchmarks.floor import NEED, REACHES, by_version, facts

    there, readable, decided = Counter[bytes](), set[bytes](), set[bytes]()
    for row in parquet.read_table(path, columns=NEED).to_pylist():
        values = row["userCertificate"] or []
        there.update(values)
        readable |= {value for value in values if facts(value)}
        if by_version(row["operatingSystem"], row["operatingSystemVersion"]) != REACHES:
            decided |= {*values}
    return there, readable, decided


def main(path: Path, certificates: str) -> None:
    """Runs the chain over *path* and prints what was counted."""
    there, readable, decided = _values(path)
    re_compiler: Any = import_module("re._compiler")
    regex_engine: Any = import_module("regex._regex")
    _count(builtins, "compile", "compile()")
    _count(re_compiler, "compile", "re")
    _count(regex_engine, "compile", "regex")
    _count_loads()
    from tests.benchmarks.whole import audited, run

    if certificates == "all":
        audited(path)
    else:
        run(path)
    for name in _REMEMBERING:  # what these make is kept, and made where it is not found
        for each in vars(import_module(name)).values():
            if hasattr(each, "cache_info") and each.__module__ == name:
                once[f"{name}.{each.__name__}"] += each.cache_info().misses
    often = {data: n / there[data] for data, n in loads.items()}
    told = {
        "once": once,
        "loads": sum(loads.values()) / sum(there.values()),
        "most": max(often.values(), default=0),
        "most_readable": max((n for data, n in often.items() if data in readable), default=0),
        "needless": sum(n for data, n in loads.items() if data in decided),
    }
    print(json.dumps(told))


if __name__ == "__main__":
    re.purge()
    main(Path(sys.argv[1]), sys.argv[2])
