"""P15 to P17: how soon the program starts, and how long an expression takes to become one.

Processor seconds of whole processes, the least of several in each round: one lasts for hundredths
of a second.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from functools import cache, partial
from importlib.resources import files
from itertools import count

from simulator import load_rules
from simulator.errors import Source
from simulator.language.compile import prepared
from simulator.language.parse import parse
from tests.benchmarks.bench import Bench, Times, ratios
from tests.benchmarks.child import aadsim, chain, usage
from tests.benchmarks.floor import CHAIN, PUBLISHED
from tests.benchmarks.goal import NotMeasuredError, goal

OFTEN = 5
HEAVY = ("lark", "cryptography", "ldap3", "pyarrow", "numpy", "rich")


@goal("P15", "`aadsim --help` / a bare interpreter", 4.5)
def _(bench: Bench) -> list[float]:
    return ratios(_starts(bench), "help", "bare")


@goal("P15", "`aadsim --help` / an interpreter that imports argparse", 2.2)
def _(bench: Bench) -> list[float]:
    return ratios(_starts(bench), "help", "argparse")


@goal("P15", f"modules that `aadsim --help` imports, of {', '.join(HEAVY)}", 0, "modules")
def _(bench: Bench) -> list[float]:
    told = f"[m for m in {HEAVY} if m in sys.modules]"
    code = (
        "import sys; sys.argv = ['aadsim', '--help']\n"
        "from simulator.cli import main\n"
        f"try: main()\nexcept SystemExit: sys.stderr.write(repr(len({told})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=True,
    )
    return [float(done.stderr)]


@goal("P16", "`aadsim eval` of the published expression, one object from JSON / bare", 9.0)
def _(bench: Bench) -> list[float]:
    return ratios(_starts(bench), "eval", "bare")


@goal("P16", "`aadsim explain` of that object under the chain / bare")
def _(bench: Bench) -> list[float]:
    return ratios(_starts(bench), "explain", "bare")


@goal("P16", "`aadsim eval` with the rule compiled by an earlier run / bare", 5.5)
def _(bench: Bench) -> list[float]:
    raise NotMeasuredError("the program keeps no compiled rules from one run to the next")


@goal("P17", "parse and compile of the published expression", 1.5, "ms")
def _(bench: Bench) -> list[float]:
    return [1e3 * t / 100 for t in _texts(bench)["ours"]]


@goal("P17", "the same / lark's parse by the same grammar, which gives a plain tree")
def _(bench: Bench) -> list[float]:
    times = _texts(bench)
    if "lark" not in times:
        raise NotMeasuredError("the language has no grammar of lark")
    return ratios(times, "ours", "lark")


@goal("P17", "parse and compile of 300 expressions of shipped rules", 0.3, "s")
def _(bench: Bench) -> Sequence[float]:
    rules = load_rules(*CHAIN).rules
    texts = [f.expression.text for r in rules for f in r.flows if f.expression]
    blanks = count(1)

    def understood() -> None:
        for number in range(300):
            _understood(texts[number % len(texts)] + " " * next(blanks))

    return bench.in_turns({"understood": understood})["understood"]


def _understood(text: str) -> None:
    prepared(parse(Source("text", text)))


@cache
def _texts(bench: Bench) -> Times:
    """The published expression a hundred times, with blanks so that no two texts are equal."""
    blanks = count(1)

    def ours() -> None:
        for _ in range(100):
            _understood(" " * next(blanks) + PUBLISHED)

    works = {"ours": ours}
    grammar = files("simulator.language") / "grammar.lark"
    if grammar.is_file():
        from lark import Lark

        lark = Lark(grammar.read_text(encoding="utf-8"), parser="lalr", maybe_placeholders=False)
        works["lark"] = lambda: [lark.parse(PUBLISHED) for _ in range(100)]
    return bench.in_turns(works)


@cache
def _starts(bench: Bench) -> Times:
    objects = bench.one()
    name = json.loads(objects.read_text(encoding="utf-8").splitlines()[1])["attributes"]["cn"]
    commands = {
        "bare": [sys.executable, "-c", "pass"],
        "argparse": [sys.executable, "-c", "import argparse"],
        "help": aadsim("--help"),
        "eval": aadsim("eval", PUBLISHED, "--object", name, "--objects", objects),
        "explain": aadsim("explain", name, *chain("--rules"), "--objects", objects),
    }
    for command in commands.values():
        usage(command)  # byte code is kept from now on
    return bench.figures({name: partial(_least, command) for name, command in commands.items()})


def _least(command: list[str]) -> float:
    return min(usage(command).cpu for _ in range(OFTEN))
