"""Objects of the files that PowerShell writes or prints: gone through twice, held never.

The first time finds which properties the file has at all: one that no object has was not asked
for, and its absence says nothing.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping

from simulator.objects import ConnectorObject, Provenance
from simulator.sources.carried import carried_note, not_carried
from simulator.sources.decode import Decoding, decode
from simulator.sources.powershell import asked_for, carried, record
from simulator.sources.source import SourceRequest
from simulator.sources.textfile import Digest, refuse_change

_HELP = "; ask for them with Get-ADComputer -Properties"

# Every object of the file with its place; what is read passes through the digest.
ReadProperties = Callable[[Digest], Iterator[tuple[str, Mapping[str, object]]]]


def decoded(
    read: ReadProperties, request: SourceRequest, provenance: Provenance
) -> Iterator[ConnectorObject]:
    """The objects whose properties *read* gives."""
    first, digest, decoding = hashlib.sha256(), hashlib.sha256(), Decoding()
    names, everything = asked_for(properties for _, properties in read(first))
    absent = (
        {}
        if everything
        else not_carried(carried(names), request, "no object of the file has a property for it")
    )
    for place, properties in read(digest):
        yield decode(record(properties, place, absent), decoding)
    refuse_change(provenance.source, first.hexdigest(), digest.hexdigest())
    provenance.sha256 = digest.hexdigest()
    provenance.notes = (*carried_note(absent, request, _HELP), *decoding.notes)
    provenance.not_carried = tuple(absent)
