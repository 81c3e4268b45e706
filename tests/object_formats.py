"""Prints computers in the formats of other tools: an independent writer for each reader.

Run it to write the samples in tests/data/objects anew: python -m tests.object_formats
"""

import base64
import codecs
import csv
import io
import json
import re
import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "tests" / "data" / "objects"
LOST = "Microsoft.ActiveDirectory.Management.ADPropertyValueCollection"
MULTI = {"objectClass", "userCertificate", "description", "servicePrincipalName", "memberOf",
         "proxyAddresses"}  # fmt: skip
POWERSHELL = {"cn": "CN", "sAMAccountName": "SamAccountName", "objectClass": "ObjectClass",
              "objectGUID": "ObjectGUID", "dNSHostName": "DNSHostName",
              "operatingSystem": "OperatingSystem", "displayName": "DisplayName",
              "operatingSystemVersion": "OperatingSystemVersion"}  # fmt: skip

Fleet = Sequence[dict]


def fleet(path: Path = ROOT / "fixtures" / "fleet.jsonl") -> Fleet:
    records = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [r for r in records if "dn" in r]


def values(record: dict, name: str) -> list:
    """The values of one attribute: text, numbers and truth values, bytes."""
    given = record["attributes"].get(name, [])
    return [raw(v) for v in (given if isinstance(given, list) else [given])]


def raw(value: object) -> object:
    match value:
        case {"base64": text}:
            return base64.b64decode(text)
        case {"hex": text}:
            return bytes.fromhex(text)
        case {"guid": text}:
            return uuid.UUID(text).bytes_le
        case {"sid": text}:
            first, *rest = (int(part) for part in text.split("-")[2:])
            body = b"".join(part.to_bytes(4, "little") for part in rest)
            return bytes([1, len(rest)]) + first.to_bytes(6, "big") + body
    return value


def sid(content: bytes) -> str:
    parts = [int.from_bytes(content[i : i + 4], "little") for i in range(8, len(content), 4)]
    return "-".join(map(str, ["S-1", int.from_bytes(content[2:8], "big"), *parts]))


def text(value: object) -> str:
    return str(value).upper() if isinstance(value, bool) else str(value)


def names(records: Fleet, more: Iterable[str] = ()) -> list[str]:
    found = {n for r in records for n in r["attributes"]} | set(more)
    return sorted(found - {"dn", "distinguishedName"}, key=str.lower)


def csvde(records: Fleet, more: Iterable[str] = ()) -> str:
    def cell(value: object) -> str:
        if isinstance(value, bytes):
            return f"X'{value.hex()}'"
        return text(value).replace(";", "\\;")

    columns = names(records)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["DN", *columns])
    for r in records:
        writer.writerow([r["dn"], *(";".join(map(cell, values(r, n))) for n in columns)])
    return out.getvalue()


def properties(record: dict, columns: Iterable[str]) -> dict[str, object]:
    """What Get-ADComputer shows: bytes stay bytes, `None` for no value."""
    result: dict[str, object] = {"DistinguishedName": record["dn"], "Enabled": True}
    for name in columns:
        found = values(record, name)
        if name == "objectClass":
            found = found[-1:]
        elif name == "objectGUID":
            found = [str(uuid.UUID(bytes_le=v)) for v in found]
        elif name == "objectSid":
            result["SID"] = {"BinaryLength": 28, "AccountDomainSid": {"BinaryLength": 24},
                             "Value": sid(found[0])} if found else None  # fmt: skip
            continue
        elif name == "mS-DS-CreatorSID":
            found = [{"BinaryLength": 28, "Value": sid(v)} for v in found]
        elif name == "cn":
            result["Name"] = found[0]
        many = name in MULTI and name != "objectClass"
        result[POWERSHELL.get(name, name)] = found if many else (found[0] if found else None)
    return dict(sorted(result.items(), key=lambda p: p[0].lower()))


def computer_csv(
    records: Fleet, more: Iterable[str] = (), separator: str = ",", typed: bool = True,
    certificates: str = "",
) -> str:  # fmt: skip
    """Export-Csv; *certificates* is a calculated column with base64, joined by `|`."""

    def cell(value: object) -> str:
        match value:
            case None | []:
                return ""
            case list():
                return LOST
            case {"Value": str(shown)}:
                return shown
        return str(value)

    shown = [properties(r, names(records, more)) for r in records]
    if certificates:
        for each in shown:
            encoded = [base64.b64encode(v).decode() for v in each.pop("userCertificate")]
            each[certificates] = "|".join(encoded)
    out = io.StringIO()
    if typed:
        out.write("#TYPE Microsoft.ActiveDirectory.Management.ADComputer\r\n")
    writer = csv.writer(out, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerow(shown[0])
    writer.writerows([cell(v) for v in each.values()] for each in shown)
    return out.getvalue()


def computer_json(
    records: Fleet, more: Iterable[str] = (), lines: bool = False, wrapped: bool = False
) -> str:
    """ConvertTo-Json -Depth 4; *wrapped* as 5.1 does to lists that came through a pipeline."""

    def shown(value: object) -> object:
        match value:
            case bytes():
                return list(value)
            case list():
                inner = [shown(v) for v in value]
                return {"value": inner, "Count": len(inner)} if wrapped else inner
        return value

    extra = {"PropertyNames": ["Name"], "PropertyCount": 1}
    every = [
        {k: shown(v) for k, v in properties(r, names(records, more)).items()} | extra
        for r in records
    ]
    if lines:
        return "".join(json.dumps(each) + "\n" for each in every)
    return json.dumps(every, indent=4)


def clixml(records: Fleet, more: Iterable[str] = ()) -> str:
    counter = iter(range(1_000_000))

    def element(name: str, value: object) -> str:
        named = f" N={quoteattr(name)}" if name else ""
        match value:
            case None:
                return f"<Nil{named} />"
            case bool():
                return f"<B{named}>{str(value).lower()}</B>"
            case int():
                return f"<I32{named}>{value}</I32>"
            case bytes():
                return f"<BA{named}>{base64.b64encode(value).decode()}</BA>"
            case list():
                kind = f'<TN RefId="1"><T>{LOST}</T><T>System.Object</T></TN>'
                inner = "".join(element("", v) for v in value)
                return f'<Obj{named} RefId="{next(counter)}">{kind}<LST>{inner}</LST></Obj>'
            case dict():
                inner = "".join(element(k, v) for k, v in value.items())
                shown = f"<ToString>{escape(str(value.get('Value')))}</ToString>"
                return f'<Obj{named} RefId="{next(counter)}">{shown}<Props>{inner}</Props></Obj>'
        kind = "G" if name == "ObjectGUID" else "S"
        return f"<{kind}{named}>{escape(str(value).replace('_x', '_x005F_x'))}</{kind}>"

    objects = []
    for r in records:
        inner = "\n      ".join(
            element(k, v) for k, v in properties(r, names(records, more)).items()
        )
        objects.append(
            f'  <Obj RefId="{next(counter)}">\n'
            '    <TN RefId="0"><T>Microsoft.ActiveDirectory.Management.ADComputer</T></TN>\n'
            f"    <ToString>{escape(r['dn'])}</ToString>\n    <Props>\n      {inner}\n"
            "    </Props>\n  </Obj>\n"
        )
    head = '<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04">'
    return f"{head}\n{''.join(objects)}</Objs>\n"


def format_list(records: Fleet, more: Iterable[str] = ()) -> str:
    def shown(value: object) -> str:
        match value:
            case None:
                return ""
            case []:
                return "{}"
            case [bytes() as first, *_]:
                return "{" + ", ".join(map(str, first[:4])) + "...}"
            case list():
                return "{" + ", ".join(map(str, value)) + "}"
            case {"Value": str(inner)}:
                return inner
        return str(value)

    blocks = []
    for r in records:
        each = properties(r, names(records, more))
        width = max(map(len, each))
        blocks.append("\n".join(f"{k:<{width}} : {shown(v)}" for k, v in each.items()))
    return "\n\n" + "\n\n".join(blocks) + "\n\n"


def dsquery_texts(record: dict, columns: Iterable[str]) -> dict[str, list[str]]:
    result = {"distinguishedName": [record["dn"]]}
    for name in columns:
        found = values(record, name)
        if name == "objectGUID":
            found = ["{" + str(uuid.UUID(bytes_le=v)).upper() + "}" for v in found]
        elif name in ("objectSid", "mS-DS-CreatorSID"):
            found = [sid(v) for v in found]
        result[name] = [v.decode("latin-1") if isinstance(v, bytes) else text(v) for v in found]
    return result


def printable(records: Fleet, more: Iterable[str]) -> list[dict[str, list[str]]]:
    columns = [n for n in names(records, more) if n != "userCertificate"]
    return [dsquery_texts(r, columns) for r in records]


def dsquery_table(records: Fleet, more: Iterable[str] = ()) -> str:
    rows = printable(records, more)
    joined = [{k: ";".join(v) for k, v in row.items()} for row in rows]
    widths = {k: max(len(k), *(len(row[k]) for row in joined)) + 4 for k in joined[0]}
    lines = ["  " + "".join(f"{k:<{w}}" for k, w in widths.items())]
    lines += ["  " + "".join(f"{row[k]:<{w}}" for k, w in widths.items()) for row in joined]
    return "\r\n".join(lines) + "\r\n"


def dsquery_list(records: Fleet, more: Iterable[str] = ()) -> str:
    return "".join(
        f"{name}: {value}\r\n"
        for row in printable(records, more)
        for name, found in row.items()
        for value in (found or [""])
    )


def search_log(records: Fleet, more: Iterable[str] = ()) -> str:
    lines = ["03/21 12:12:23 UTC [output]", "received output:"]
    for r in records:
        lines += ["-" * 20, f"distinguishedName: {r['dn']}"]
        for name in names(records):
            found = []
            for v in values(r, name):
                if name == "objectGUID":
                    found.append(str(uuid.UUID(bytes_le=v)))
                elif name == "objectSid":
                    found.append(sid(v))
                elif isinstance(v, bytes):
                    found.append(base64.b64encode(v).decode())
                else:
                    found.append(str(v))
            if found:
                lines.append(f"{name}: {', '.join(found)}")
        lines += ["instanceType: 4", "whenCreated: 20250101000000.0Z"]
    return "\n".join([*lines, "-" * 20, "retreived 2 results total", ""])


def bloodhound(records: Fleet, more: Iterable[str] = ()) -> str:
    found = []
    for r in records:
        one = {n: (values(r, n) or [None])[0] for n in names(records)}
        found.append(
            {
                "Properties": {
                    "name": str(one["dNSHostName"]).upper(),
                    "distinguishedname": r["dn"].upper(),
                    "samaccountname": one["sAMAccountName"],
                    "operatingsystem": one["operatingSystem"],
                    "description": None,
                    "enabled": True,
                    "whencreated": 1735689600,
                    "serviceprincipalnames": [],
                },
                "PrimaryGroupSID": "S-1-5-21-1-2-3-515",
                "ObjectIdentifier": sid(one["objectSid"]),
                "Aces": [],
                "IsDeleted": False,
            }
        )
    meta = {"methods": 0, "type": "computers", "version": 6, "count": len(found)}
    return "\ufeff" + json.dumps({"data": found, "meta": meta}, indent=2).replace("\n", "\r\n")


def csexport(records: Fleet, more: Iterable[str] = ()) -> str:
    def value(v: object) -> str:
        match v:
            case bytes():
                return f'<value encoding="base64">{base64.b64encode(v).decode()}</value>'
            case bool():
                return f"<value>{str(v).lower()}</value>"
            case int():
                return f"<value>{v:#x}</value>"
        return f"<value>{escape(str(v))}</value>"

    parts = []
    for r in records:
        classes = "".join(f"<oc-value>{c}</oc-value>" for c in values(r, "objectClass"))
        attributes = "".join(
            f'<attr name={quoteattr(n)} multivalued="{str(n in MULTI).lower()}">'
            f"{''.join(map(value, values(r, n)))}</attr>\n"
            for n in r["attributes"]
            if n != "objectClass"
        )
        parts.append(
            f'<cs-object cs-dn={quoteattr(r["dn"])} id="{{0}}" object-type="computer">\n'
            f"<pending-import-hologram><entry dn={quoteattr(r['dn'])}>\n"
            "<primary-objectclass>computer</primary-objectclass>"
            f"<objectclass>{classes}</objectclass>\n{attributes}</entry>"
            "</pending-import-hologram>\n</cs-object>\n"
        )
    head = '<?xml version="1.0" encoding="utf-16"?>\n'
    return f"{head}<cs-objects>\n{''.join(parts)}</cs-objects>\n"


def ldif_line(name: str, value: object, width: int, end: str) -> str:
    """A value, as base64 where it is no plain text, folded to *width*."""
    content = value if isinstance(value, bytes) else text(value).encode()
    plain = re.fullmatch(rb"[!-9;=-~][ -~]*", content) and not content.endswith(b" ")
    line = (
        f"{name}: {content.decode()}"
        if plain
        else f"{name}:: {base64.b64encode(content).decode()}"
    )
    first, rest = line[:width], line[width:]
    folded = [f" {rest[at : at + width - 1]}" for at in range(0, len(rest), width - 1)]
    return end.join([first, *folded]) + end


def ldif_entry(record: dict, width: int, end: str, *first: str) -> str:
    lines = [ldif_line("dn", record["dn"], width, end), *(f"{line}{end}" for line in first)]
    for name in record["attributes"]:
        lines += [ldif_line(name, v, width, end) for v in values(record, name)]
    return "".join(lines)


def ldapsearch(records: Fleet, more: Iterable[str] = ()) -> str:
    """What OpenLDAP's ldapsearch prints, with what it says about its search."""
    entries = [f"# {r['attributes']['cn']}\n{ldif_entry(r, 78, chr(10))}\n" for r in records]
    head = "# extended LDIF\n#\n# LDAPv3\n# filter: (objectCategory=computer)\n#\n\n"
    tail = (
        "# search result\nsearch: 2\nresult: 0 Success\n\n"
        f"# numResponses: {len(records) + 1}\n# numEntries: {len(records)}\n"
    )
    return head + "".join(entries) + tail


def ldifde(records: Fleet, more: Iterable[str] = ()) -> str:
    """What ldifde -f writes; with -u it is UTF-16."""
    return "".join(ldif_entry(r, 76, "\r\n", "changetype: add") + "\r\n" for r in records)


def json_51(records: Fleet, more: Iterable[str] = ()) -> str:
    """ConvertTo-Json -Compress of Windows PowerShell, an object on each line."""
    return computer_json(records, more, lines=True, wrapped=True)


def csv_base64(records: Fleet, more: Iterable[str] = ()) -> str:
    """Export-Csv with a calculated column for the certificates."""
    return computer_csv(records, more, certificates="userCertificate")


WRITERS = {
    "csvde.csv": csvde,
    "get-adcomputer.csv": computer_csv,
    "get-adcomputer.json": computer_json,
    "get-adcomputer.clixml": clixml,
    "format-list.txt": format_list,
    "dsquery-table.txt": dsquery_table,
    "dsquery-list.txt": dsquery_list,
    "search-log.txt": search_log,
    "bloodhound-v6.json": bloodhound,
    "csexport.xml": csexport,
    "ldapsearch.ldif": ldapsearch,
    "ldifde.ldf": ldifde,
    "ldifde-unicode.ldf": ldifde,
    "get-adcomputer-5.1.json": json_51,
    "get-adcomputer-unicode.json": json_51,
    "get-adcomputer-base64.csv": csv_base64,
}
# Out-File -Encoding utf8 of Windows PowerShell sets a mark, its default and ldifde -u are UTF-16
ENCODINGS = {
    "ldifde-unicode.ldf": "utf-16",
    "get-adcomputer-5.1.json": "utf-8-sig",
    "get-adcomputer-unicode.json": "utf-16",
}
SAMPLE = ("XP-NO-CERT", "XP-VALID", "XP-EXPIRED", "XP-MIXED-WITH-VALID", "SRV2003-BRACES")


def sample() -> Fleet:
    """A few computers, with certificates and without."""
    records = fleet()
    return [r for r in records if r["attributes"]["cn"] in SAMPLE]


def encoded(file: str, content: str) -> bytes:
    """*content* as the sample *file* holds it; UTF-16 is that of Windows on every system."""
    encoding = ENCODINGS.get(file, "utf-8")
    if encoding == "utf-16":
        return codecs.BOM_UTF16_LE + content.encode("utf-16-le")
    return content.encode(encoding)


def write(path: Path, content: str, file: str = "") -> None:
    path.write_bytes(encoded(file, content))


if __name__ == "__main__":
    for file, writer in WRITERS.items():
        write(SAMPLES / f"own-{file}", writer(sample()), file)
