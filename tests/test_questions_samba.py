"""The questions of QUESTIONS.md to a domain controller and to a snapshot of it: the same answers."""

import json
import os
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from tests.running import Command
from tests.test_questions import COMMANDS, EXPECTED

STATUS = {each["ask"]: each.get("status", 0) for each in EXPECTED["question"]}
# A file takes the place of what is said; what is in the cloud is known of the fleet alone.
ELSEWHERE = {"--output", "--save", "--current"}
ASKED = [
    ask
    for ask, command in COMMANDS.items()
    if {"audit", "preview", "explain", "eval"} & set(words := shlex.split(command))
    and "--objects" in words
    and not ELSEWHERE & set(words)
]
# --where of the questions, in the words of the directory; the others are about all computers
FILTERS = {
    'InStr(UCase([operatingSystem]), "SERVER 2012 R2") > 0': "(operatingSystem=*Server 2012 R2*)",
    'InStr(UCase([operatingSystem]), "WINDOWS 8.1") > 0': "(operatingSystem=*Windows 8.1*)",
    "IsNullOrEmpty([userCertificate])": "(!(userCertificate=*))",
}
FLEET_UNIT, UNIT = "OU=Clients,DC=corp,DC=example", "OU=Servers,DC=contoso,DC=test"


def test_the_directory_and_its_snapshot_answer_alike(
    samba, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AADSIM_PASSWORD", samba.password)
    run = Command(monkeypatch, capsys)
    sign_in = ["--user", samba.user, "--ca-file", str(samba.ca_file)]
    snapshot = str(tmp_path / "contoso.parquet")
    assert run("snapshot", samba.url(), *sign_in, "--output", snapshot).status == 0
    facts = map(json.loads, samba.facts.read_text(encoding="utf-8").splitlines())
    guid = next(f["objectGUID"] for f in facts if f["profile"] == "expired")
    assert len(ASKED) >= 20
    for ask in ASKED:
        words = command(ask, guid)
        live = run(*words, "--objects", samba.url(), *sign_in)
        kept = run(*words, "--objects", snapshot)
        assert (live.status, kept.status) == (STATUS[ask], STATUS[ask]), ask + live.err + kept.err
        assert "Traceback" not in live.err + kept.err
        assert answer(live.out) == answer(kept.out), ask
        if words[0] in ("audit", "preview"):
            where = words[words.index("--where") + 1] if "--where" in words else None
            base = UNIT if "[dn]" in (where or "") else samba.base
            total = count(samba, base, FILTERS.get(where, ""))
            assert live.out.startswith(f"Of {total} objects"), ask


def command(ask: str, guid: str) -> list[str]:
    """The words of a question's command for the directory, without its objects."""
    text = COMMANDS[ask].replace(FLEET_UNIT, UNIT).replace("OU=Clients,", "OU=Servers,")
    words = shlex.split(text)[1:]
    for option in ("--objects", "--connector"):
        if option in words:
            del words[words.index(option) : words.index(option) + 2]
    if words[0] == "explain":
        words[1] = guid
    if "--object" in words:
        words[words.index("--object") + 1] = guid
    return words if "--as-of" in words else [*words, "--as-of", "2026-01-01"]


def answer(text: str) -> str:
    """What was found, without where it comes from."""
    return text.split("\nas of:")[0]


def count(samba, base: str, found: str) -> int:
    """How many computers the directory has, by another client."""
    done = subprocess.run(
        ["ldapsearch", "-LLL", "-x", "-H", samba.url(), "-D", samba.user, "-w", samba.password,
         "-b", base, "-E", "pr=500/noprompt", f"(&(objectCategory=computer){found})", "1.1"],
        env=os.environ | {"LDAPTLS_CACERT": str(samba.ca_file)},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return len(re.findall("^dn:", done.stdout, re.MULTILINE))
