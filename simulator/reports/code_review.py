"""The findings of an audit or a preview as SARIF, with their places in the files of rules."""

from collections.abc import Iterator

from simulator.answers import Audit, Preview
from simulator.reports.json_parts import dump
from simulator.reports.report import Layout, report
from simulator.reports.sarif import sarif


@report("sarif")
def sarif_document(result: Audit | Preview, layout: Layout) -> Iterator[str]:
    """The findings about the rules and their change, for code hosts and editors; no objects."""
    yield dump(sarif(result.findings, result.origin.rules[-1].sources[-1].name))
