"""What a file of objects leaves out is not known: never NULL, never FILTERED for its absence."""

import json
from pathlib import Path

import pytest

from tests.running import Command

ROOT = Path(__file__).parent.parent
COLLECTED = ROOT / "tests" / "data" / "objects" / "bloodhound" / "20240305110018_computers.json"


@pytest.fixture
def aadsim(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def test_computers_without_known_certificates_are_not_decided(aadsim: Command) -> None:
    arguments = ("audit", "--rules", "standard-2016", "--objects", str(COLLECTED),
                 "--as-of", "2026-01-01T00:00:00Z", "--format", "json")  # fmt: skip
    document = json.loads(aadsim(*arguments).out)
    assert document["counts"] == {"UNCERTAIN": 21}
    assert {r["reason"]["code"] for r in document["results"]} == {"not-carried"}
    assert any("userCertificate" in note for note in document["objects"]["notes"])
    assert aadsim(*arguments, "--strict").status == 3
