"""Objects from Get-ADComputer through Export-Csv.

A cell holds one text. Where PowerShell had a list, it wrote the name of a type instead, and the
list is lost: that attribute could not be read. A column with certificates as base64, which many
scripts calculate, is taken; by another name than userCertificate it must be named.
"""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from simulator.errors import UsageError
from simulator.objects import ConnectorObject, Provenance
from simulator.sources.carried import carried_note, not_carried
from simulator.sources.decode import Decoding, decode
from simulator.sources.powershell import carried, record
from simulator.sources.recognise import columns
from simulator.sources.source import Location, SourceRequest, reader
from simulator.sources.table import rows
from simulator.sources.textfile import cut_note, numbered_lines

_CERTIFICATES = "userCertificate"


def _recognises(location: Location) -> bool:
    if location.first_line is None or location.start.lstrip().startswith(("{", "[", "<")):
        return False
    names = columns(location)
    typed = location.first_line.lstrip().upper().startswith("#TYPE")
    named = "distinguishedname" in [name.casefold() for name in names]
    return typed or (len(names) > 1 and named)


@reader("Get-ADComputer CSV", _recognises)
def read_computer_csv(
    location: Location, request: SourceRequest, provenance: Provenance
) -> Iterator[ConnectorObject]:
    """Reads objects from CSV that Export-Csv made of what Get-ADComputer gave."""
    digest, decoding = hashlib.sha256(), Decoding()
    lines = numbered_lines(Path(location.text), location.text, digest, ends=True)
    header, table = rows(lines, location.text)
    column = request.certificate_column
    if column and column not in header:
        raise UsageError(
            f"{location.text}: there is no column {column}",
            f"the columns are {', '.join(header)}",
        )
    # A column is there for what the first object has: others may have lost theirs.
    names = [_CERTIFICATES if name == column else name for name in header]
    absent = not_carried(carried(names), request, "the file has no column for an attribute")
    for row in table:
        properties: dict[str, object] = dict(row.values)
        if column:
            properties.pop(_CERTIFICATES, None)
            properties[_CERTIFICATES] = row.values[column]
            if column != _CERTIFICATES:
                del properties[column]
        yield decode(record(properties, row.place, absent), decoding)
    help = "; name them with Get-ADComputer -Properties, and select them before Export-Csv"
    provenance.sha256 = digest.hexdigest()
    missing = cut_note(Path(location.text), location.text)
    provenance.complete = not missing
    provenance.notes = (*missing, *carried_note(absent, request, help), *decoding.notes)
    provenance.not_carried = tuple(absent)
