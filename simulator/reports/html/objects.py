"""Every object as columns of the block: where it is, its verdicts, its certificates."""

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from simulator.reports.html.block import Block
from simulator.results.certificates import flattened, instants
from simulator.results.results import Results
from simulator.results.verdict import Verdict

if TYPE_CHECKING:
    import pyarrow

# a subject that is `CN=` and the objectGUID of the object, an issuer that is the subject: no name
# is a lone sign
SAME = "="
END = "\1"  # in a text about a certificate: the instant at which it ends

_VERDICT: dict[str, Callable[[Verdict], str]] = {
    "outcome": lambda verdict: verdict.disposition,
    "code": lambda verdict: verdict.reason.code,
    "rule": lambda verdict: verdict.reason.rule,
    "attribute": lambda verdict: verdict.reason.attribute,
    "clause": lambda verdict: verdict.reason.clause,
    "assumptions": lambda verdict: _json(list(verdict.assumptions)),
    "readings": lambda verdict: _json(
        [
            [r.assumption, r.reading, str(r.disposition), r.reason.code, r.reason.text]
            for r in verdict.readings
        ]
    ),
    "findings": lambda verdict: _json(
        [[str(f.severity), f.code, f.message, f.help or ""] for f in verdict.findings]
    ),
}


def object_block(results: Results, columns: "pyarrow.Table") -> Block:
    """All that the page shows of each object; *columns* are the facts of *results*."""
    import pyarrow as pa
    import pyarrow.compute as pc

    block = Block()
    block.texts("name", columns["name"])
    block.hexadecimal("guid", columns["object_guid"], "0-9a-f", 32)
    for name in ("type", "system", "unit"):
        block.codes(name, columns[name])
    usual = pc.equal(
        columns["rdn"], pc.binary_join_element_wise("CN=", columns["name"].fill_null(""), "")
    )
    block.texts("rdn", pc.if_else(usual, "", columns["rdn"]))
    if len(results.sides) == 2:
        block.codes("change", columns["change"])
    for name, fact in _VERDICT.items():
        block.codes(f"verdict.{name}", pa.array([fact(v) for v in results.verdicts], pa.string()))
    block.texts("verdict.text", pa.array([v.reason.text for v in results.verdicts], pa.string()))
    for number, side in enumerate(results.sides):
        block.numbers(f"side{number}", side.verdicts, len(results.verdicts))
        _certificates(block, number, results)
    return block


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _certificates(block: Block, number: int, results: Results) -> None:
    """The certificates as side *number* judges them, and what they are, unless a side told it."""
    import pyarrow as pa
    import pyarrow.compute as pc

    held = results.sides[number].certificates
    certificates = flattened(held)
    named = f"certificates{number}"
    end = certificates["not_after"].fill_null("")
    expired = pc.binary_join_element_wise("expired on ", end, "")
    text = pc.if_else(
        pc.equal(certificates["text"], expired), f"expired on {END}", certificates["text"]
    )
    block.codes(f"{named}.verdict", certificates["verdict"])
    block.codes(f"{named}.text", text)
    if number and _alike(certificates, flattened(results.sides[0].certificates)):
        return
    count = pc.fill_null(pc.list_value_length(held), 0)
    block.numbers(f"{named}.count", count, (pc.max(count).as_py() or 0) + 1)
    block.hexadecimal(f"{named}.thumbprint", certificates["thumbprint"], "0-9A-F", 40)
    guid = results.subjects["object_guid"].fill_null("").take(certificates["owner"])
    own = pc.binary_join_element_wise("CN=", guid, "")
    subject = certificates["subject"].fill_null("")
    block.texts(f"{named}.subject", pc.if_else(pc.equal(subject, own), SAME, subject))
    issuer = certificates["issuer"].fill_null("")
    itself = pc.and_(pc.equal(issuer, subject), pc.not_equal(issuer, ""))
    block.codes(f"{named}.issuer", pc.if_else(itself, SAME, issuer))
    for name in ("not_before", "not_after"):
        block.reals(f"{named}.{name}", instants(certificates[name]).cast(pa.int64()))


def _alike(one: "pyarrow.Table", other: "pyarrow.Table") -> bool:
    """Whether both hold the same certificates, however they judge them."""
    names = ("owner", "thumbprint", "subject", "issuer", "not_before", "not_after")
    return all(one[name].equals(other[name]) for name in names)
