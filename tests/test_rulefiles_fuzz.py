"""Files that were changed or cut off: a clear error or a correct reading, never a traceback.

AADSIM_FUZZ_CASES sets how many cases each format gets; 10000 is the full run.
"""

import io
import os
import random
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tempfile import gettempdir

import pytest

from simulator.errors import Diagnostic, SimulatorError
from simulator.rule import SyncRule
from simulator.rulefiles import load_rules
from simulator.rulefiles.contents import contents_of
from simulator.rulefiles.rulefile import Contents

DATA = Path(__file__).parent / "data"
FORMATS = DATA / "rule-formats"
CASES = int(os.environ.get("AADSIM_FUZZ_CASES", "150"))
SEEDS = {
    "script": "lab.ps1",
    "hashtable": "lab-dsc.ps1",
    "configuration": "lab-configuration.ps1",
    "toml": "lab.toml",
    "xml": "lab.xml",
    "json": "lab.json",
    "clixml": "lab.clixml",
    "policy": "policy.json",
    "yaml": "lab.yml",
}
# Signs that mean something in one of the formats.
SIGNS = [
    "'", '"', "`", "$", "@(", ")", "(", "{", "}", "[", "]", "<", ">", "&", ",", ";", ":", "#",
    "\n", "\r\n", "\t", "'''", '"""', "<!--", "]]>", "<![CDATA[", "@'", "'@", '@"', '"@', "\\", "\\u",
    "\u2019", "\u201c", "\u2013", "\u00a0", "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    "0", "-1", "9" * 30, "9" * 5000, "null", "true", "$null", "$true", "$(", "${", "&amp;", "*x", "&x ",
    "!!python/object:x", "- ", "? ", "| ", "-f", "+", "-Name", "| Out-Null", "function f {", "if (", "<#", "#>",
    "\\ud800", "_xD800_", "\x00", "\x0b", "\x7f", "\ufeff", "1e999", "NaN", "{}", "[]", "@{}", "[[rule]]",
]  # fmt: skip


def mutated(content: bytes, chance: random.Random) -> bytes:
    """*content*, changed in one to four places."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        size = len(content)
        at = chance.randrange(size + 1)
        other = chance.randrange(size + 1)
        low, high = sorted((at, min(size, at + chance.choice((1, 1, 2, 5, 20, 80, 400)))))
        match chance.randrange(8):
            case 0:
                content = content[:at]
            case 1:
                content = content[:low] + content[high:]
            case 2 | 3:
                sign = chance.choice(SIGNS).encode()
                content = content[:at] + sign + content[at:]
            case 4:
                content = content[:low] + chance.choice(SIGNS).encode() + content[high:]
            case 5:
                content = content[:other] + content[low:high] + content[other:]
            case 6:
                content = content[:at] + bytes([chance.randrange(256)]) + content[at + 1 :]
            case _:
                line = content.split(b"\n")
                spot = chance.randrange(len(line))
                content = b"\n".join(line[:spot] + line[spot + 1 :])
    return content


def holds(read: Contents) -> None:
    """What has to be true of whatever was read."""
    assert read.rules or read.named or read.problems or read.findings or read.connectors
    for each in (*read.problems, *read.findings):
        assert isinstance(each, Diagnostic)
        assert each.render().encode()
        assert each.message and each.code
    for rule in read.rules:
        assert isinstance(rule, SyncRule) and rule.name.strip()
        assert repr(rule).encode()


@pytest.mark.parametrize("format", SEEDS)
def test_mutated_files(format: str) -> None:
    seed = (FORMATS / SEEDS[format]).read_bytes()
    chance = random.Random(f"{format} 1")
    for number in range(CASES):
        content = mutated(seed, chance)
        try:
            holds(contents_of(content, "case", True, {}))
        except BaseException:
            (Path(gettempdir()) / f"fuzz-{format}-{number}").write_bytes(content)
            raise


def test_mutated_connectors() -> None:
    (path,) = (DATA / "contoso-pilot" / "Connectors").glob("*ae4db4cc*")
    seed = path.read_bytes()
    head, tail = seed[:6000], seed[-6000:]
    chance = random.Random("connector 1")
    for _ in range(max(20, CASES // 50)):
        holds(
            contents_of(
                mutated(head, chance) + seed[6000:-6000] + mutated(tail, chance), "case", True, {}
            )
        )


def packed() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("lab.xml", "lab.toml"):
            archive.write(FORMATS / name, f"export/{name}")
    return buffer.getvalue()


def test_mutated_archives(tmp_path: Path) -> None:
    seed, chance = packed(), random.Random("zip 1")
    path = tmp_path / "case.zip"
    for _ in range(CASES):
        path.write_bytes(mutated(seed, chance))
        try:
            load_rules(str(path))
        except SimulatorError as error:
            assert error.render().encode()


def plain(rule: SyncRule) -> SyncRule:
    flows = tuple(
        replace(f, expression=f.expression and replace(f.expression, line=1, column=1, file=None))
        for f in rule.flows
    )
    return replace(rule, origin="", flows=flows)


@pytest.mark.parametrize("format", SEEDS)
def test_a_file_cut_off_is_never_read_as_less(format: str) -> None:
    """Each beginning of a file gives an error, a finding, or the whole: no rule grows smaller."""
    content = (FORMATS / SEEDS[format]).read_bytes().rstrip()
    whole = contents_of(content, "case", True, {})
    step = max(1, len(content) // max(40, CASES // 4))
    for end in range(1, len(content), step):
        read = contents_of(content[:end], "case", True, {})
        holds(read)
        if not read.problems and len(read.findings) <= len(whole.findings):
            if format in ("toml", "yaml"):  # they may end after any line: no end is marked
                continue
            assert [plain(r) for r in read.rules] == [plain(r) for r in whole.rules], end


BOMBS: dict[str, Callable[[], str]] = {
    "json brackets": lambda: '[{"Name":' + "[" * 100_000,
    "json numbers": lambda: '[{"Name": "x", "Precedence": ' + "9" * 100_000 + "}]",
    "yaml brackets": lambda: "Items: " + "[" * 20_000,
    "yaml aliases": lambda: "Items:\n  - &a [x, x]\n  - &b [*a, *a]\n  - [*b, *b]\n",
    "script brackets": lambda: "$a = " + "(" * 20_000,
    "script closed brackets": lambda: "$a = " + "(" * 2_000 + "1" + ")" * 2_000,
    "script sum": lambda: "$a = 'x'" + " + 'x'" * 20_000,
    "script tables": lambda: "@{a=" * 3_000 + "1" + "}" * 3_000,
    "script blanks": lambda: "$a = 1" + " \n" * 300_000 + "New-ADSyncRule",
    "script backticks": lambda: "$a = 1" + "` " * 300_000,
    "script doubling": lambda: "$a = 'xxxxxxxxxxxxxxxx'\n" + "$a = $a + $a\n" * 64,
    "script doubling lists": lambda: "$a = @(1,2)\n" + "$a = $a + $a\n" * 64,
    "script doubling texts": lambda: "$a = 'x'\n" + '$a = "$a$a$a$a"\n' * 64,
    "xml depth": lambda: "<synchronizationRule>" * 100_000,
    "xml entities": lambda: '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><synchronizationRule>&b;</synchronizationRule>',
    "clixml depth": lambda: "<Objs><Obj>" + "<LST>" * 50_000,
    "clixml references": lambda: "<Objs>" + "".join(
        f'<Obj RefId="{n}"><LST><Ref RefId="{n - 1}"/><Ref RefId="{n - 1}"/></LST></Obj>' for n in range(1, 60)
    ) + "</Objs>",
    "toml brackets": lambda: "a = " + "[" * 100_000,
}  # fmt: skip


@pytest.mark.timeout(30)
@pytest.mark.parametrize("bomb", BOMBS)
def test_bombs_are_refused_at_once(bomb: str) -> None:
    read = contents_of(BOMBS[bomb]().encode(), "case", True, {})
    assert read.problems and not read.rules
    for each in read.problems:
        assert len(each.render()) < 5_000
