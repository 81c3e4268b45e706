"""A pull that stops leaves what came, marked; going on gives what a whole pull would give."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from simulator.objects import ConnectorObject
from simulator.sources import load_objects
from tests.conftest import PASSWORD, free_ports
from tests.running import Command

FORMS = pytest.mark.parametrize("form", ["parquet", "jsonl"])


@pytest.fixture
def aadsim(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    monkeypatch.setenv("AADSIM_PASSWORD", PASSWORD)
    return Command(monkeypatch, capsys)


def pull(server) -> list[str]:
    """The arguments of a pull from *server*."""
    return [
        "snapshot", server.url(), "--user", server.user, "--ca-file", str(server.ca_file),
        "--ldap-server-name", server.server_name,
    ]  # fmt: skip


def objects(path: Path) -> dict[str, ConnectorObject]:
    return {o.guid: replace(o, origin="") for o in load_objects(str(path)).objects}


@FORMS
def test_going_on_gives_the_whole(fake_ad, aadsim: Command, tmp_path: Path, form: str) -> None:
    server = fake_ad("--fault", "close@3", "--once")
    output, kept = tmp_path / f"c.{form}", tmp_path / f"c.incomplete.{form}"
    output.write_text("of last week")
    ran = aadsim(*pull(server), "--output", str(output))
    assert ran.status == 3
    assert "the read stopped after 200 objects" in ran.err
    assert f"200 objects are kept in {kept}" in ran.err
    assert "go on with --resume" in ran.err
    assert output.read_text() == "of last week"
    assert sorted(tmp_path.iterdir()) == sorted([kept, output])
    incomplete = load_objects(str(kept))
    assert (len(incomplete.objects), incomplete.complete) == (200, False)
    audit = aadsim("audit", "-r", "standard-2016", "-o", str(kept))
    assert audit.status == 3
    assert "INCOMPLETE" in audit.out

    ran = aadsim(*pull(server), "--output", str(output), "--resume")
    assert (ran.status, ran.err) == (0, "")
    assert f"{output}: 250 objects" in ran.out
    assert "of an earlier pull, unchanged since: 200 objects" in ran.out
    assert list(tmp_path.iterdir()) == [output]
    resumed = load_objects(str(output))
    assert resumed.complete
    assert resumed.captured_at == incomplete.captured_at
    aadsim(*pull(server), "--output", str(tmp_path / "whole.parquet"))
    assert objects(output) == objects(tmp_path / "whole.parquet")


def test_what_has_changed_since_is_read_anew(
    fake_ad, generated: Callable[[int], Path], aadsim: Command, tmp_path: Path
) -> None:
    (port,) = free_ports(1)
    records = [json.loads(line) for line in generated(250).read_text().splitlines()]
    output = tmp_path / "c.parquet"
    server = fake_ad("--fault", "close@3", "--port", port)
    assert aadsim(*pull(server), "--output", str(output)).status == 3

    changed, renamed, gone = records[3], records[5], records[7]
    changed["attributes"] |= {"uSNChanged": ["99999"], "operatingSystemVersion": ["6.3 (9600)"]}
    renamed["attributes"]["uSNChanged"] = ["99998"]
    renamed["dn"] = "CN=RENAMED,CN=Computers,DC=contoso,DC=test"
    records.remove(gone)
    later = tmp_path / "later.jsonl"
    later.write_text("".join(json.dumps(r) + "\n" for r in records))
    server = fake_ad("--file", later, "--port", port, replacing=True)
    ran = aadsim(*pull(server), "--output", str(output), "--resume")
    assert (ran.status, ran.err) == (0, "")
    assert "unchanged since: 197 objects" in ran.out
    aadsim(*pull(server), "--output", str(tmp_path / "whole.parquet"))
    assert len(objects(output)) == 249
    assert objects(output) == objects(tmp_path / "whole.parquet")


def test_a_second_failure_keeps_more_and_never_less(
    fake_ad, aadsim: Command, tmp_path: Path
) -> None:
    (port,) = free_ports(1)
    output, kept = tmp_path / "c.parquet", tmp_path / "c.incomplete.parquet"
    server = fake_ad("--fault", "close@3", "--port", port)
    assert aadsim(*pull(server), "--output", str(output)).status == 3
    server = fake_ad("--fault", "close@2", "--port", port, replacing=True)
    ran = aadsim(*pull(server), "--output", str(output), "--resume")  # fails among the keys
    assert ran.status == 3
    assert len(objects(kept)) == 200
    assert not output.exists()


def test_another_pull_is_not_gone_on_with(fake_ad, aadsim: Command, tmp_path: Path) -> None:
    server = fake_ad("--fault", "close@3", "--once")
    output = tmp_path / "c.parquet"
    assert aadsim(*pull(server), "--output", str(output)).status == 3
    ran = aadsim(*pull(server), "--attribute", "info", "--output", str(output), "--resume")
    assert ran.status == 2
    assert "is of another pull, attributes " in ran.err
    assert "leave out --resume" in ran.err
    assert (tmp_path / "c.incomplete.parquet").exists()


def test_nothing_to_go_on_with(fake_ad, aadsim: Command, tmp_path: Path) -> None:
    server, output = fake_ad(), tmp_path / "c.parquet"
    ran = aadsim(*pull(server), "--output", str(output), "--resume")
    assert ran.status == 0
    assert "everything was pulled" in ran.out
    assert len(objects(output)) == 250


def test_a_failure_before_anything_came_leaves_nothing(
    fake_ad, aadsim: Command, tmp_path: Path
) -> None:
    server = fake_ad("--fault", "51@1")
    ran = aadsim(*pull(server), "--output", str(tmp_path / "c.parquet"))
    assert ran.status == 3
    assert list(tmp_path.iterdir()) == []


def test_redacted_nothing_is_kept(
    fake_ad, aadsim: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AADSIM_REDACTION_KEY", "0123456789abcdef")
    server = fake_ad("--fault", "close@3")
    arguments = [*pull(server), "--output", str(tmp_path / "c.parquet"), "--redact"]
    assert aadsim(*arguments).status == 3
    assert list(tmp_path.iterdir()) == []
    ran = aadsim(*arguments, "--resume")
    assert ran.status == 2
    assert "--redact" in ran.err


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="no /proc here")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "terminated"])
def test_an_interrupted_pull_keeps_what_came(fake_ad, tmp_path: Path, how: signal.Signals) -> None:
    server = fake_ad("--fault", "stall@3")
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "simulator",
            *pull(server),
            "--output",
            str(tmp_path / "c.parquet"),
        ],
        env=os.environ | {"AADSIM_PASSWORD": PASSWORD},
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_until_idle(process.pid)  # the server is silent in the middle of the third page
    process.send_signal(how)
    _, err = process.communicate(timeout=30)
    assert process.returncode == 3
    assert "interrupted; 200 objects are kept in" in err
    assert "Traceback" not in err
    assert [p.name for p in tmp_path.iterdir()] == ["c.incomplete.parquet"]
    assert len(objects(tmp_path / "c.incomplete.parquet")) == 200


def wait_until_idle(pid: int) -> None:
    """Returns once the process has worked, and not for two seconds."""
    spent, since = -1.0, time.monotonic()
    while time.monotonic() - since < 2 or spent < 0.2:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        now = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        if now != spent:
            spent, since = now, time.monotonic()
        time.sleep(0.1)
