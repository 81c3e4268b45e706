"""What careful hand-written Python needs for the published rule: the yardstick.

`careful` reads dicts, `by_columns` lists; `naive` is what an administrator would script. `pipeline`
is the leanest run from a snapshot to a result: cheap columns decide once for each pair of system and
version, and certificates are read for those that are left, or for all.
"""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as parquet
from cryptography import x509

NOW = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
CHAIN = ("standard-1.4", "server-2012-r2")
NEED = ["userCertificate", "operatingSystem", "operatingSystemVersion", "objectGUID"]
PUBLISHED = """IIF(IsNullOrEmpty([userCertificate])
 || ((InStr(UCase([operatingSystem]),"WINDOWS") > 0) && (Left([operatingSystemVersion],2) = "6.")
     && (Left([operatingSystemVersion],3) <> "6.3"))
 || ((Left([operatingSystemVersion],3) = "6.3") && (InStr(UCase([operatingSystem]),"WINDOWS") > 0)
     && With($validCerts, Where($c, [userCertificate], IsCert($c) && CertNotAfter($c) > Now()
        && RegexIsMatch(CertSubject($c), "CN=[{]*" & StringFromGuid([objectGUID]) & "[}]*",
           "IgnoreCase")),
        Count($validCerts) = 0)), True, NULL)"""
PASSES, EXCLUDED, REACHES = range(3)
Fact = tuple[dt.datetime, str] | None
load = x509.load_der_x509_certificate
_iso = dt.datetime.fromisoformat
_match = re.compile(r"(?s:\A([0-9a-f-]+)\0.*?)CN=[{]*\1[}]*", re.I).match
_LABELS = {
    b"\x55\x04\x03": "CN", b"\x55\x04\x06": "C", b"\x55\x04\x0a": "O", b"\x55\x04\x0b": "OU",
    bytes.fromhex("0992268993f22c640119"): "DC",
}  # fmt: skip


def guid_text(data: bytes) -> str:
    """The text of a GUID as Active Directory stores it."""
    h = (data[3::-1] + data[5:3:-1] + data[7:5:-1] + data[8:]).hex()
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"


def _walk(d: bytes) -> tuple[bytes, int, int]:
    """The content of notAfter, and where the subject begins and ends; of short forms only."""
    n = d[1]
    i = 2 if n < 128 else 2 + (n & 127)
    n = d[i + 1]
    i += 2 if n < 128 else 2 + (n & 127)
    if d[i] == 0xA0:
        i += 2 + d[i + 1]
    i += 2 + d[i + 1]
    i += 2 + d[i + 1]
    n = d[i + 1]
    i += 2 + n if n < 128 else 3 + d[i + 2]
    j = i + 2
    i = j + d[i + 1]
    j += 2 + d[j + 1]
    n = d[i + 1]
    start = i + 2 if n < 128 else i + 3
    return d[j + 2 : j + 2 + d[j + 1]], start, start + (n if n < 128 else d[i + 2])


def _name(d: bytes, i: int, end: int) -> str:
    out = []
    while i < end:
        i += 4
        n = d[i + 1]
        oid, i = d[i + 2 : i + 2 + n], i + 2 + n
        n = d[i + 1]
        text, i = d[i + 2 : i + 2 + n].decode(), i + 2 + n
        if any(c in text for c in ',+";<>='):
            text = '"' + text.replace('"', '""') + '"'
        out.append(f"{_LABELS[oid]}={text}")
    return ", ".join(reversed(out))


def facts(der: bytes) -> Fact:
    """notAfter and subject of a certificate; `None` if it is none."""
    try:
        load(der)
    except ValueError:
        return None
    date, start, end = _walk(der)
    text = date.decode("ascii")
    return _iso(("20" if text < "5" else "19") + text[:6] + "T" + text[6:]), _name(der, start, end)


def naive(o: dict[str, Any]) -> bool | None:
    """An administrator's script."""
    if not o["userCertificate"]:
        return True
    version = o["operatingSystemVersion"] or ""
    if "WINDOWS" in (o["operatingSystem"] or "").upper() and version[:2] == "6.":
        if version[:3] != "6.3":
            return True
        for der in o["userCertificate"]:
            try:
                c = load(der)
            except ValueError:
                continue
            pattern = "CN=[{]*" + guid_text(o["objectGUID"]) + "[}]*"
            named = re.search(pattern, c.subject.rfc4514_string(), re.I)
            if c.not_valid_after_utc > NOW and named:
                return None
        return True
    return None


def careful(o: dict[str, Any]) -> bool | None:
    """The same with invariants hoisted, early exit, and one reading of each certificate."""
    certs = o["userCertificate"]
    if not certs:
        return True
    version = o["operatingSystemVersion"]
    system = o["operatingSystem"]
    if version is not None and version[:2] == "6." and "WINDOWS" in (system or "").upper():
        if version[:3] != "6.3":
            return True
        head = guid_text(o["objectGUID"]) + "\0"
        for c in certs:
            f = facts(c)
            if f is not None and f[0] > NOW and _match(head + f[1]):
                return None
        return True
    return None


def by_version(name: str | None, version: str | None) -> int:
    """What system and version decide: `PASSES`, `EXCLUDED`, or `REACHES` the certificates."""
    if (
        name is not None
        and version is not None
        and version[:2] == "6."
        and "WINDOWS" in name.upper()
    ):
        return REACHES if version[:3] == "6.3" else EXCLUDED
    return PASSES


def _counts(guid: bytes, ders: Sequence[bytes]) -> tuple[int, int, int, int]:
    head = guid_text(guid) + "\0"
    found = [0, 0, 0, 0]
    for der in ders:
        f = facts(der)
        if f is None:
            found[3] += 1
        elif f[0] <= NOW:
            found[1] += 1
        else:
            found[0 if _match(head + f[1]) else 2] += 1
    return found[0], found[1], found[2], found[3]


def pipeline(path: Path, every: bool) -> int:
    """A run over a snapshot; with *every* all certificates are read. Gives how many are filtered."""
    file = parquet.ParquetFile(path)
    filtered = 0
    for number in range(file.num_row_groups):
        table = file.read_row_group(number, columns=["dn", *NEED], use_threads=False)
        batch = table.combine_chunks().to_batches()[0]
        names = batch["operatingSystem"].dictionary_encode("encode")
        versions = batch["operatingSystemVersion"].dictionary_encode("encode")
        known = versions.dictionary.to_pylist()
        told = [by_version(n, v) for n in names.dictionary.to_pylist() for v in known]
        pair = pc.add(pc.multiply(names.indices, len(known)), versions.indices)
        code = pa.array(told, pa.int8()).take(pair)
        held = pc.fill_null(pc.list_value_length(batch["userCertificate"]), 0)
        code = pc.if_else(pc.equal(held, 0), pa.scalar(EXCLUDED, pa.int8()), code)
        open_ = pc.greater(held, 0) if every else pc.equal(code, REACHES)
        rows = pc.indices_nonzero(open_)
        ders = batch["userCertificate"].take(rows).to_pylist()
        guids = batch["objectGUID"].take(rows).to_pylist()
        found = [_counts(g, d) for g, d in zip(guids, ders, strict=True)]
        late = pc.equal(code.take(rows), REACHES).to_pylist()
        filtered += sum(is_late and not f[0] for is_late, f in zip(late, found, strict=True))
        filtered += pc.sum(pc.equal(code, EXCLUDED)).as_py()
    return filtered


def reading_alone(path: Path, every: bool) -> Callable[[], object]:
    """Reads the certificates that `pipeline` reads, already in Python, and does nothing else."""
    file = parquet.ParquetFile(path)
    ders: list[bytes] = []
    for number in range(file.num_row_groups):
        batch = file.read_row_group(number, columns=NEED[:3]).combine_chunks().to_batches()[0]
        for certs, name, version in zip(*(batch[n].to_pylist() for n in NEED[:3]), strict=True):
            if certs and (every or by_version(name, version) == REACHES):
                ders += certs
    return lambda: [facts(der) for der in ders]
