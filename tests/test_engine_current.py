"""The present state: what an export would add and delete, and what cannot be known."""

import json
import uuid
from pathlib import Path

import pytest

from simulator.current import Difference, difference, load_current
from simulator.errors import InputError, UsageError
from simulator.results.gather import row_of
from simulator.rule import SyncRule
from tests.building import BASE, OUT, computer, expression, inbound, outcomes, rules
from tests.running import Command

FILTER: SyncRule = inbound(
    "Filter",
    50,
    expression("cloudFiltered", 'IIF([cn]="OUT",True,IIF([cn]="BAD",Error("x"),NULL))'),
)
NAMES = ("IN", "NEW", "OUT", "BAD")


def guid(name: str) -> str:
    return str(uuid.UUID(bytes_le=uuid.uuid5(uuid.NAMESPACE_DNS, name).bytes_le))


ROWS = [(guid(n), n, "ServerAd") for n in ("IN", "OUT", "BAD", "GONE")] + [
    (guid("PHONE"), "PHONE", "AzureAd")
]


def compared(path: Path, maximum: str = "500") -> Difference:
    found = outcomes(rules(BASE, OUT, FILTER), *(computer(n) for n in NAMES))
    return difference(load_current(str(path)), map(row_of, found.values()), maximum)


def names(of: object) -> list[str]:
    return [o.subject.name for o in of]  # type: ignore[attr-defined]


def csv(delimiter: str = ",", title: str = "deviceId") -> str:
    rows = [delimiter.join(("displayName", title, "trustType"))]
    rows += [delimiter.join((name, id.upper(), kind)) for id, name, kind in ROWS]
    return "\r\n".join(rows) + "\r\n"


MGDEVICE = json.dumps([{"DeviceId": g, "DisplayName": n, "TrustType": t} for g, n, t in ROWS])
GRAPH = json.dumps(
    {"value": [{"deviceId": g, "displayName": n, "trustType": t} for g, n, t in ROWS]}
)
FORMS = {
    "csv": csv().encode(),
    "csv with a mark": b"\xef\xbb\xbf" + csv().encode(),
    "csv with semicolons": csv(";").encode(),
    "csv with tabs, wide": csv("\t").encode("utf-16"),
    "csv of the portal": csv(title="Device ID").encode(),
    "Get-MgDevice": MGDEVICE.encode(),
    "Graph": GRAPH.encode(),
}


@pytest.mark.parametrize("content", FORMS.values(), ids=FORMS)
def test_every_form_gives_the_same_difference(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "devices"
    file.write_bytes(content)
    change = compared(file)
    assert names(change.adds) == ["NEW"]
    assert names(change.deletes) == ["OUT"]
    assert names(change.kept) == ["IN"]
    assert names(change.undecided) == ["BAD"]
    assert [p.name for p in change.unknown] == ["GONE"]
    assert (change.final, change.foreign, change.exceeded) == (1, 1, False)


@pytest.mark.parametrize(
    "count, maximum, exceeded",
    [(500, "500", False), (501, "500", True), (1, "0", True), (1, "10%", True), (0, "0", False)],
)
def test_more_deletes_than_the_threshold_stop_the_export(
    count: int, maximum: str, exceeded: bool, tmp_path: Path
) -> None:
    file = tmp_path / "devices.csv"
    listed = [f"D{n}" for n in range(count)]
    file.write_text("deviceId\n" + "".join(f"{guid(n)}\n" for n in listed), encoding="utf-8")
    everything = inbound("Filter", 50, expression("cloudFiltered", "True"))
    found = outcomes(rules(BASE, OUT, everything), *(computer(n) for n in listed))
    change = difference(load_current(str(file)), map(row_of, found.values()), maximum)
    assert (len(change.deletes), change.final, change.exceeded) == (count, count, exceeded)


def test_a_device_without_a_registration_is_pending(tmp_path: Path) -> None:
    file = tmp_path / "devices.csv"
    file.write_text(
        f"deviceId,registrationDateTime\n{guid('IN')},\n{guid('OUT')},2025-01-01\n", "utf-8"
    )
    assert [p.guid for p in compared(file).pending] == [guid("IN")]


@pytest.mark.parametrize(
    "content, said",
    [("name,os\na,b\n", "no column or key `deviceId`"), ("deviceId\nx\n", "is no deviceId"),
     ("[1", "is no JSON"), ("[" + "1" * 5000, "is no JSON: a number has thousands of digits"),
     ("[" * 100_000, "nested too deeply"), ("[1]", "no list of devices"),
     ('{"schema_version": 1, "command": "eval"}', "no result of audit or preview")],
)  # fmt: skip
def test_what_is_no_present_state_is_refused(content: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "devices"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        load_current(str(file))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        load_current(str(tmp_path / "none"))


FLEET = str(Path(__file__).parent.parent / "fixtures" / "fleet.jsonl")


def test_an_earlier_result_is_a_present_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    aadsim, earlier = Command(monkeypatch, capsys), str(tmp_path / "earlier.json")
    assert aadsim("audit", "--rules", "standard-2016", "--objects", FLEET, "--format", "json",
                  "--output", earlier).status == 0  # fmt: skip
    same = aadsim("audit", "--rules", "standard-2016", "--objects", FLEET, "--current", earlier,
                  "--max-removed", "0")  # fmt: skip
    assert same.status == 0
    assert ": 0 adds, 0 deletes, " in same.out
    after = ("audit", "--rules", "standard-1.4", "--objects", FLEET, "--current", earlier)
    text, gate = aadsim(*after), aadsim(*after, "--max-removed", "0", "--format", "json")
    assert text.status == 0 and gate.status == 1
    present = json.loads(gate.out)["present"]
    assert f" {len(present['deletes'])} deletes" in text.out
    assert present["gate"] == {"max_removed": "0", "passed": True}
    assert len(present["deletes"]) == present["deletes_that_cannot_be_undone"] > 0
    assert all(row["reason"] == "os-version-excluded" for row in present["deletes"])
    assert "their deletion cannot be undone" in text.out
    assert "other pending deletes" in text.out
    preview = aadsim("preview", "--before", "standard-2016", "--after", "standard-1.4",
                     "--objects", FLEET, "--current", earlier, "--format", "json")  # fmt: skip
    assert json.loads(preview.out)["present"]["deletes"] == present["deletes"]
