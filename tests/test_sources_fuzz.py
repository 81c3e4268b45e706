"""Damaged files: every reader reads what is there or says what is wrong, and never breaks."""

import random
from pathlib import Path

import pytest

from simulator.errors import SimulatorError
from simulator.objects import ObjectSet
from simulator.sources import load_objects
from simulator.sources.snapshot_write import write_snapshot
from simulator.sources.source import open_objects
from tests.object_formats import ROOT, SAMPLES

TIMES = 120
PIECES = [b"", b"\0", b'"', b"'", b"\\", b"{", b"}", b"[", b"]", b"<", b">", b"&", b";", b",", b":",
          b"\n", b"\r\n\r\n", b" ", b"\t", b"-" * 20 + b"\n", b"\xff\xfe", b"\xef\xbb\xbf", b"\xc3", b"9" * 40,
          b"1e999", b"null", b"NaN", b"\\ud800", b"X'zz'", b"S-1-5-21-1", b"&#0;", b"<!DOCTYPE a>",
          b"[" * 3000, b"<a>" * 300, b"{" * 300, b"b'\\xzz'", "\u202e\u0130".encode()]  # fmt: skip


def damaged(content: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(content) + 1)
        to = min(len(content), at + chance.choice((0, 1, 4, 40, 400)))
        match chance.randrange(5):
            case 0:
                content = content[:at]
            case 1:
                content = content[:at] + content[to:]
            case 2:
                content = content[:at] + chance.choice(PIECES) + content[to:]
            case 3:
                content = content[:to] + content[at:]
            case 4 if content:
                at = chance.randrange(len(content))
                content = content[:at] + bytes([chance.randrange(256)]) + content[at + 1 :]
    return content


def samples() -> list[Path]:
    found = [p for p in SAMPLES.rglob("*.*") if p.suffix != ".md" and p.name != "LICENSE.txt"]
    return sorted(found, key=lambda p: p.name)


def torn(path: Path, content: bytes, seed: str) -> int:
    """How many of the damaged files could be read; each error names the file, and a way out."""
    chance, read = random.Random(seed), 0
    for _ in range(TIMES):
        path.write_bytes(damaged(content, chance))
        try:
            found = load_objects(str(path))
        except SimulatorError as error:
            assert error.message.startswith(str(path))
            assert error.help
        else:
            assert isinstance(found, ObjectSet)
            read += 1
    return read


@pytest.mark.parametrize("sample", samples(), ids=lambda p: p.name)
def test_a_damaged_file(tmp_path: Path, sample: Path) -> None:
    content = sample.read_bytes()
    if len(content) > 30_000:  # the sooner a fault is met, the more are tried
        content = content[:30_000] if sample.suffix != ".json" else content
    read = torn(tmp_path / "objects", content, sample.name)
    assert read < TIMES


@pytest.mark.parametrize("name", ["fleet.jsonl", "fleet.ldif", "fleet.parquet", "utf-16"])
def test_a_damaged_file_of_ours(tmp_path: Path, name: str) -> None:
    fleet = ROOT / "fixtures"
    ours = (fleet / "fleet.jsonl").read_text(encoding="utf-8").splitlines()[:6]
    small = tmp_path / "small"
    small.write_text("\n".join(ours) + "\n", encoding="utf-8")
    match name:
        case "fleet.parquet":
            write_snapshot(open_objects(str(small)), tmp_path / "s.parquet")
            small = tmp_path / "s.parquet"
        case "fleet.ldif":
            text = (fleet / "fleet.ldif").read_text(encoding="utf-8")
            small.write_text(text[:9000].rpartition("\n\n")[0] + "\n", encoding="utf-8")
        case "utf-16":
            small.write_text("\n".join(ours) + "\n", encoding="utf-16")
    assert torn(tmp_path / "objects", small.read_bytes(), name) < TIMES
