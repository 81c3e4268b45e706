"""What is in Entra ID now, and what a result would add to it and delete from it.

The present state is a list of the tenant's devices (CSV from the portal, JSON from Get-MgDevice
or the Graph), or an earlier result of this program. Source: synchronization specification, 10.5
and 11.
"""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.errors import InputError, UsageError
from simulator.objects import parse_guid
from simulator.results.results import Row
from simulator.sources.json_stream import plain_problem
from simulator.sync.outcome import Disposition
from simulator.values import guid_text

_HELP = (
    "give a CSV of the portal's device list, JSON of Get-MgDevice, or an earlier result as JSON"
)
_HYBRID = frozenset({"serverad", "hybrid"})
_REGISTERED = ("registrationdatetime", "registrationtime", "registered")
_DEVICE_TYPES = frozenset({"computer", "device"})


@dataclass(frozen=True, slots=True)
class Present:
    """One object in the cloud. *synced* is False for a device that Connect did not make."""

    guid: str
    name: str
    type: str = "computer"
    synced: bool = True
    pending: bool = False


@dataclass(frozen=True, slots=True)
class PresentState:
    """What is in the cloud, by GUID, and where that was read."""

    objects: Mapping[str, Present]
    source: str


@dataclass(frozen=True, slots=True)
class Difference:
    """What an export would change. *unknown* are in the cloud, but not among the objects read.

    *kept* stay; *undecided* end in ERROR, which keeps their state, or UNCERTAIN. *foreign* is the
    number of devices that Connect did not make and does not delete. *maximum* is the threshold.
    """

    source: str
    adds: tuple[Row, ...]
    deletes: tuple[Row, ...]
    kept: tuple[Row, ...]
    undecided: tuple[Row, ...]
    unknown: tuple[Present, ...]
    pending: tuple[Present, ...]
    foreign: int
    maximum: str

    @property
    def final(self) -> int:
        """How many deletes cannot be undone: those of devices."""
        return sum(r.subject.type.casefold() in _DEVICE_TYPES for r in self.deletes)

    @property
    def exceeded(self) -> bool:
        """Whether more would be deleted than the threshold lets pass (A-34)."""
        present = len(self.deletes) + len(self.kept) + len(self.undecided)
        return exceeds(self.maximum, len(self.deletes), present)


def exceeds(maximum: str, removed: int, present: int) -> bool:
    """Whether *removed* of *present* objects are more than *maximum*, a number or a percentage."""
    if maximum.endswith("%"):
        return removed * 100 > float(maximum[:-1]) * present
    return removed > int(maximum)


def difference(state: PresentState, results: Iterable[Row], maximum: str) -> Difference:
    """What the *results*, those after the change in a preview, would change in *state*."""
    found = {r.subject.object_guid: r for r in results if r.subject.object_guid}
    here = {g: p for g, p in state.objects.items() if p.synced}
    both = [r for g, r in found.items() if g in here]
    return Difference(
        state.source,
        tuple(r for g, r in found.items() if _syncs(r) and g not in here),
        tuple(r for r in both if r.verdict.decided and not _syncs(r)),
        tuple(r for r in both if _syncs(r)),
        tuple(r for r in both if not r.verdict.decided),
        tuple(p for g, p in sorted(here.items()) if g not in found),
        tuple(p for _, p in sorted(here.items()) if p.pending),
        len(state.objects) - len(here),
        maximum,
    )


def _syncs(row: Row) -> bool:
    return row.verdict.disposition is Disposition.SYNCS


def load_current(path: str) -> PresentState:
    """The present state in the file *path*."""
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise UsageError(f"--current {path}: cannot be read: {error.strerror}", _HELP) from None
    wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        text = content.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    listed = _from_json(text, path) if text.lstrip()[:1] in ("{", "[") else _from_csv(text, path)
    return PresentState({p.guid: p for p in listed}, path)


def _from_json(text: str, path: str) -> list[Present]:
    try:
        document = json.loads(text)
    except RecursionError:
        raise InputError(f"--current {path}: is nested too deeply", _HELP) from None
    except ValueError as error:
        problem = plain_problem(str(error))
        raise InputError(f"--current {path}: is no JSON: {problem}", _HELP) from None
    if isinstance(document, dict) and "schema_version" in document:
        return _from_result(document, path)
    rows = document.get("value", [document]) if isinstance(document, dict) else document
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise InputError(f"--current {path}: is no list of devices", _HELP)
    return _devices(rows, path)


def _from_result(document: Mapping[str, Any], path: str) -> list[Present]:
    """An earlier result of audit, or the side after the change of one of preview."""
    results = document.get("results")
    if document.get("command") not in ("audit", "preview") or not isinstance(results, list):
        raise InputError(f"--current {path}: is no result of audit or preview", _HELP)
    return [
        Present(row["object_guid"], row["name"], row["type"])
        for row in results
        if row["object_guid"] and row.get("after", row)["outcome"] == Disposition.SYNCS
    ]


def _from_csv(text: str, path: str) -> list[Present]:
    head = text.partition("\n")[0]
    delimiter = max(",;\t|", key=head.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    return _devices(list(reader), path)


def _devices(rows: list[dict[str, Any]], path: str) -> list[Present]:
    devices = []
    for number, row in enumerate(rows, 1):
        cells = {
            str(name).casefold().replace(" ", "").replace("_", ""): value
            for name, value in row.items()
            if name is not None
        }
        if "deviceid" not in cells:
            raise InputError(f"--current {path}: no column or key `deviceId`", _HELP)
        guid = parse_guid(str(cells["deviceid"]))
        if guid is None:
            raise InputError(
                f"--current {path}: row {number}: `{cells['deviceid']}` is no deviceId", _HELP
            )
        kind = str(cells.get("trusttype") or cells.get("jointype") or "").casefold()
        registered = next((str(cells[k] or "") for k in _REGISTERED if k in cells), "known")
        devices.append(
            Present(
                guid_text(guid),
                str(cells.get("displayname") or ""),
                synced=not kind or any(word in kind for word in _HYBRID),
                pending=registered.casefold() in ("", "pending", "n/a"),
            )
        )
    return devices
