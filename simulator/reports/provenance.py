"""Where a result comes from, as pairs of a name and what is to be said."""

from collections.abc import Iterator

from simulator.answers import Audit, Preview
from simulator.assumptions import ledger
from simulator.results.counts import assumptions_used
from simulator.values import time_text


def provenance(result: Audit | Preview) -> Iterator[tuple[str, str]]:
    """Tool, instant, rules and objects with their hashes, import filter, remarks, assumptions."""
    told, origin = result.provenance, result.origin
    yield "tool", f"aadsim {origin.version}"
    yield "as of", time_text(result.now)
    labels = ("rules",) if len(origin.rules) == 1 else ("rules before", "rules after")
    for label, rules in zip(labels, origin.rules, strict=True):
        for source in rules.sources:
            yield label, f"{source.name}: {source.count} rules, sha256 {source.sha256}"
    yield "objects", told.source
    if told.sha256:
        yield "objects sha256", told.sha256
    for name, value in told.details.items():
        if name.endswith("sha256"):
            yield name, value
    yield "read", f"{result.read} objects, {'complete' if told.complete else 'INCOMPLETE'}"
    if told.captured_at:
        yield "captured at", told.captured_at
    if told.account:
        yield "account", f"{told.account}; what it may not read is missing in silence"
    if origin.where:
        yield "where", origin.where
    connectors = ", ".join(c.name for c in origin.connectors)
    none = "no connector given: domain, unit and class filters not applied"
    yield "import", connectors or none
    remarks = (rules.remark for rules in origin.rules)
    for note in dict.fromkeys((*told.notes, *(r for r in remarks if r))):
        yield "note", note
    readings = origin.readings
    for id in assumptions_used(result.results):
        taken = f" [taken: {readings[id]}]" if id in readings else ""
        yield f"assumption {id}", f"{ledger()[id].statement}{taken}"
