"""What a location may be, and what is said about one that holds no objects."""

import bz2
import gzip
import lzma
import os
from pathlib import Path

import pytest

from simulator.errors import InputError, SimulatorError, UsageError
from simulator.sources import load_objects
from simulator.sources.merge import load_all
from simulator.sources.source import READERS, SourceRequest, _peek

ROOT = Path(__file__).parent.parent
FILES = [*sorted((ROOT / "tests/data/objects").glob("own-*")), ROOT / "fixtures/fleet.jsonl"]
KNOWN = "JSON Lines, LDAP (ldaps://host/base), LDIF"
CONTENTS = [
    ("empty", b"", "is empty"),
    ("blank lines", b"\n \n", "is empty"),
    ("a JSON list", b'[{"dn": "CN=a"}]', "is a JSON list"),
    ("XML", b"<?xml version='1.0'?>", "is XML"),
    ("CSV", b"Name;objectClass;cn\n", "looks like CSV, but names no column DN"),
    ("prose", b"hello\n", "first line is `hello`"),
    ("UTF-16 without a mark", "dn: CN=a".encode("utf-16-le"), "UTF-16 without the mark"),
    (
        "LDIF in UTF-16 with blank lines",
        "\ndn: CN=a".encode("utf-16-be"),
        "UTF-16 without the mark",
    ),
    ("JSON in UTF-16", '{"dn": "CN=a"}'.encode("utf-16-le"), "UTF-16 without the mark"),
    ("bytes", b"PK\x03\x04\x00\x00", "is not text"),
    (
        "a workbook",
        b"PK\x03\x04\x14rels",
        "a ZIP archive or an Excel workbook: unpack it, or save",
    ),
    ("a picture", b"\x89PNG\r\n\x1a\n", "is not text"),
    ("control characters", b"\x1b[2Jhello", "is not text"),
]


@pytest.mark.parametrize(
    ("content", "problem"), [c[1:] for c in CONTENTS], ids=[c[0] for c in CONTENTS]
)
def test_a_file_without_objects(tmp_path: Path, content: bytes, problem: str) -> None:
    path = tmp_path / "objects"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        load_objects(str(path))
    assert caught.value.message.startswith(f"{path}: ")
    assert problem in caught.value.message
    assert KNOWN in (caught.value.help or "")


PACKED = [
    (gzip.compress(b"dn: CN=a"), "gzip"),
    (bz2.compress(b"dn: CN=a"), "bzip2"),
    (lzma.compress(b"dn: CN=a"), "xz"),
    (b"7z\xbc\xaf\x27\x1c\x00\x04", "7-Zip"),
    (b"\x28\xb5\x2f\xfd\x04\x00", "Zstandard"),
]


@pytest.mark.parametrize(("content", "way"), PACKED, ids=[way for _, way in PACKED])
def test_a_compressed_file(tmp_path: Path, content: bytes, way: str) -> None:
    path = tmp_path / "objects"
    path.write_bytes(content)
    with pytest.raises(InputError) as caught:
        load_objects(str(path))
    assert caught.value.render() == f"{path}: is compressed with {way}\n  = help: unpack it first"


def test_standard_input_is_not_read() -> None:
    with pytest.raises(InputError, match="-: there is no such file") as caught:
        load_objects("-")
    assert "standard input is not read" in (caught.value.help or "")


def test_no_domain_is_looked_up_for_a_file(tmp_path: Path) -> None:
    path = tmp_path / "objects.jsonl"
    path.write_text("")
    with pytest.raises(UsageError, match=r"--dns-server 192\.0\.2\.1: no domain is looked up"):
        load_all([str(path)], SourceRequest(name_server="192.0.2.1"))


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder") as caught:
        load_objects(str(tmp_path))
    assert "name the file itself" in (caught.value.help or "")


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file") as caught:
        load_objects(str(tmp_path / "gone"))
    assert "ldaps://host/base" in (caught.value.help or "")


def test_no_regular_file(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no named pipes here")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match="not a regular file"):
        load_objects(str(tmp_path / "pipe"))


@pytest.mark.parametrize(
    ("location", "problem"),
    [("", "the location is empty"), ("https://dc1/x", "https://: no source of this kind")],
)
def test_no_location(location: str, problem: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_objects(location)
    assert problem in caught.value.message
    assert KNOWN in (caught.value.help or "")


def test_control_characters_of_a_file_do_not_reach_the_terminal(tmp_path: Path) -> None:
    path = tmp_path / "objects"
    path.write_bytes(b"dn: CN=a,DC=b\n\x1b[2J\x07\xc2\x9b1m: x\n")
    with pytest.raises(InputError) as caught:
        load_objects(str(path))
    assert (
        ":2: `\\u001b[2J\\u0007\\u009b1m: x` is no line of LDIF\n  = help: "
        in caught.value.render()
    )


@pytest.mark.parametrize("name", ["a\0b", "a" * 5000])
def test_a_name_that_no_file_can_have(name: str) -> None:
    with pytest.raises(SimulatorError) as caught:
        load_objects(name)
    assert caught.value.help


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_file_is_taken_by_two_readers(path: Path) -> None:
    """So the usual ones may be asked first."""
    place = _peek(str(path))
    assert len([known for known in READERS.values() if known.recognises(place)]) == 1


def test_every_reader_says_what_it_reads() -> None:
    assert list(READERS) == [
        "BloodHound JSON",
        "bofhound log",
        "CliXml",
        "csexport XML",
        "csvde CSV",
        "dsquery output",
        "Format-List text",
        "Get-ADComputer CSV",
        "Get-ADComputer JSON",
        "JSON Lines",
        "LDAP (ldaps://host/base)",
        "LDIF",
        "snapshot (Parquet)",
    ]
    assert all(r.read.__doc__ for r in READERS.values())
