"""The main job against real directory servers: live, from LDIF of the same directory, from facts.

The command is that of an administrator; the published rule comes over the default that a real
server exported.
"""

import json
import os
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import DirectoryServer, need
from tests.running import Command

ROOT = Path(__file__).parent.parent
EXPORT = str(ROOT / "tests" / "data" / "contoso-pilot")
RULES = ("--before", EXPORT, "--after", EXPORT, "--after", "server-2012-r2")
AS_OF = "2026-01-01T00:00:00Z"  # all dates of the generated certificates hang on this instant


@pytest.fixture
def aadsim(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def live(aadsim: Command, server: DirectoryServer, filter: str) -> dict[str, Any]:
    os.environ["AADSIM_PASSWORD"] = server.password
    try:
        ran = aadsim(
            "preview", *RULES, "--objects", server.url(f"{server.base}??sub?{filter}"),
            "--user", server.user, "--ca-file", str(server.ca_file),
            "--ldap-server-name", server.server_name, "--as-of", AS_OF, "--format", "json",
            "--max-removed", "100%",
        )  # fmt: skip
    finally:
        del os.environ["AADSIM_PASSWORD"]
    assert ran.status == 0, ran.err
    document: dict[str, Any] = json.loads(ran.out)
    return document


def from_ldif(
    aadsim: Command, server: DirectoryServer, filter: str, folder: Path
) -> dict[str, Any]:
    """The same preview over what ldapsearch prints of the same directory."""
    need("ldapsearch")
    file = folder / "directory.ldif"
    with file.open("wb") as out:
        subprocess.run(
            ["ldapsearch", "-x", "-H", server.url().rstrip("/"), "-D", server.user,
             "-w", server.password, "-b", server.base, "-E", "pr=500/noprompt", filter],
            env={**os.environ, "LDAPTLS_CACERT": str(server.ca_file)},
            stdout=out, check=True, timeout=120,
        )  # fmt: skip
    ran = aadsim(
        "preview", *RULES, "--objects", str(file), "--as-of", AS_OF, "--format", "json",
        "--max-removed", "100%",
    )  # fmt: skip
    assert ran.status == 0, ran.err
    document: dict[str, Any] = json.loads(ran.out)
    return document


def expected_changes(server: DirectoryServer) -> Counter[str]:
    """What the generator's ground truth says of each computer, in plain words of the two rules.

    Before: any certificate keeps a computer in. After: 6.0 to 6.2 leave, 6.3 stays only with a
    certificate that names it and has not expired; a computer without operatingSystem and with a
    certificate is undecided (A-08), as is one whose outcome turns on a few hours (A-12).
    """
    assert server.facts is not None
    changes: Counter[str] = Counter()
    good = {"valid", "valid-upper", "valid-braced", "valid-braced-upper", "valid-double-braced",
            "valid-far-future", "not-yet-valid", "guid-with-suffix", "guid-in-multi-rdn",
            "guid-in-ou", "pem"}  # fmt: skip
    for line in server.facts.read_text(encoding="utf-8").splitlines():
        fact = json.loads(line)
        system = fact["operatingSystem"]
        version = fact["operatingSystemVersion"] or ""
        kinds = [c["kind"] for c in fact["certificates"]]
        soon = any(
            c["kind"] == "expired" and c["notAfter"] > "2025-12-31T10:00:00Z"
            for c in fact["certificates"]
        )
        windows = "windows" in (system or "").lower()
        if not kinds:
            change = "STAYS-OUT"
        elif not system:
            change = "UNDECIDED"
        elif windows and version.startswith("6.3"):
            change = "STAYS-IN" if good & set(kinds) else "UNDECIDED" if soon else "LEAVES"
        elif windows and version.startswith("6."):
            change = "LEAVES"
        else:
            change = "STAYS-IN"
        changes[change] += 1
    return changes


@pytest.mark.parametrize(
    ("name", "filter"),
    [
        ("openldap", "(objectClass=computer)"),
        ("samba", "(objectCategory=computer)"),
    ],
)
def test_the_published_change_previewed_live_and_from_ldif(
    name: str, filter: str, request: pytest.FixtureRequest, aadsim: Command, tmp_path: Path
) -> None:
    server: DirectoryServer = request.getfixturevalue(name)
    directory = live(aadsim, server, filter)
    file = from_ldif(aadsim, server, filter, tmp_path)
    assert directory["objects"]["read"] >= server.count
    assert directory["objects"]["account"] == server.user
    assert directory["results"] == file["results"]
    assert directory["counts"] == file["counts"]
    made = [r for r in directory["results"] if r["name"] != "DC1"]  # the server itself
    assert Counter(r["change"] for r in made) == expected_changes(server)


def test_a_wrong_password_is_told_and_never_printed(
    openldap: DirectoryServer, aadsim: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AADSIM_PASSWORD", "not-the-password")
    ran = aadsim("audit", "--rules", "standard-2016", "--objects", openldap.url(openldap.base),
                 "--user", openldap.user, "--ca-file", str(openldap.ca_file),
                 "--ldap-server-name", openldap.server_name)  # fmt: skip
    assert ran.status == 2
    assert ran.out == ""
    assert "not-the-password" not in ran.err
    assert "Traceback" not in ran.err
    assert "help:" in ran.err


def test_an_untrusted_server_is_refused(
    openldap: DirectoryServer, aadsim: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AADSIM_PASSWORD", openldap.password)
    ran = aadsim("audit", "--rules", "standard-2016", "--objects", openldap.url(openldap.base),
                 "--user", openldap.user, "--ca-file", str(openldap.other_ca_file),
                 "--ldap-server-name", openldap.server_name)  # fmt: skip
    assert ran.status in (2, 3)
    assert ran.out == ""
    assert "--ca-file" in ran.err
    assert "Traceback" not in ran.err


RULE = """
name = "By description"
direction = "Inbound"
source_object_type = "computer"
target_object_type = "device"
link_type = "Join"
precedence = 90
join = [[{ source = "objectGUID", target = "deviceId" }]]
[[flow]]
target = "cloudFiltered"
type = "Expression"
expression = '''IIF(IsPresent([description]), True, NULL)'''
"""


@pytest.mark.xdist_group("directory servers")
def test_a_snapshot_taken_for_other_rules_does_not_answer_for_these(
    openldap: DirectoryServer, aadsim: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AADSIM_PASSWORD", openldap.password)
    rules, poor, rich = (
        tmp_path / "rules.toml",
        tmp_path / "poor.parquet",
        tmp_path / "rich.parquet",
    )
    rules.write_text(RULE, encoding="utf-8")
    where = openldap.url(f"{openldap.base}??sub?(objectClass=computer)")
    signing = ("--user", openldap.user, "--ca-file", str(openldap.ca_file),
               "--ldap-server-name", openldap.server_name)  # fmt: skip
    assert aadsim("snapshot", where, *signing, "--output", str(poor)).status == 0
    told = aadsim("snapshot", where, *signing, "--output", str(rich), "--rules", str(rules))
    assert told.status == 0
    asked = (
        "--rules",
        "standard-2016",
        "--rules",
        str(rules),
        "--as-of",
        AS_OF,
        "--format",
        "json",
    )
    found = [
        json.loads(aadsim("audit", *asked, "--objects", *source).out)
        for source in ((str(poor),), (str(rich),), (where, *signing))
    ]
    assert {r["reason"]["code"] for r in found[0]["results"]} == {"not-carried"}
    assert any("not asked for description" in note for note in found[0]["objects"]["notes"])
    assert found[1]["results"] == found[2]["results"] != found[0]["results"]
