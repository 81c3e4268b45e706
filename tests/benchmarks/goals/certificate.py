"""P6: what the three functions of the published expression take for one certificate."""

from functools import cache

import pyarrow.compute as pc
import pyarrow.parquet as parquet

from simulator.language.context import Context
from simulator.language.functions.certificate import CertNotAfter, CertSubject, IsCert
from tests.benchmarks.bench import Bench, Times, ratios
from tests.benchmarks.floor import NOW, facts, load
from tests.benchmarks.goal import goal

MANY = 20_000


@goal("P6", "IsCert, CertNotAfter and CertSubject of a value / cryptography's load alone", 3.2)
def _(bench: Bench) -> list[float]:
    return ratios(_times(bench), "functions", "load")


@goal("P6", "the same / load, not_valid_after_utc and subject.rfc4514_string()", 0.45)
def _(bench: Bench) -> list[float]:
    return ratios(_times(bench), "functions", "obvious")


@cache
def _times(bench: Bench) -> Times:
    table = parquet.read_table(bench.snapshot(bench.sizes.middle), columns=["userCertificate"])
    values = pc.list_flatten(table["userCertificate"]).slice(0, MANY).to_pylist()
    certificates = [value for value in values if facts(value)]
    # bytes keep their hash: values that come from a file have none yet
    copies = iter([[bytes(bytearray(c)) for c in certificates] for _ in range(bench.rounds + 1)])

    def functions() -> None:
        context = Context(NOW)
        for value in next(copies):
            IsCert(value, context=context)
            CertNotAfter(value, context=context)
            CertSubject(value, context=context)

    def load_alone() -> None:
        for value in certificates:
            load(value)

    def obvious() -> None:
        for value in certificates:
            found = load(value)
            _ = found.not_valid_after_utc, found.subject.rfc4514_string()

    return bench.in_turns({"functions": functions, "load": load_alone, "obvious": obvious})
