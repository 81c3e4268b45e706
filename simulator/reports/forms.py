"""The forms `text`, `json` and `jsonl` of an audit or a preview."""

import json
from collections.abc import Iterator

from simulator.commands import Audit, Preview
from simulator.reports.json_form import audit_form, dump, preview_form
from simulator.reports.report import Layout, report
from simulator.reports.text import audit_lines, preview_lines


@report("text")
def text(result: Audit | Preview, layout: Layout) -> Iterator[str]:
    """Plain lines for people."""
    if isinstance(result, Audit):
        return audit_lines(result, layout.limit)
    return preview_lines(result, layout.limit)


@report("json")
def json_document(result: Audit | Preview, layout: Layout) -> Iterator[str]:
    """One JSON document."""
    yield dump(audit_form(result) if isinstance(result, Audit) else preview_form(result))


@report("jsonl")
def json_lines(result: Audit | Preview, layout: Layout) -> Iterator[str]:
    """The head of the JSON document on the first line, then each result on a line of its own."""
    document = audit_form(result) if isinstance(result, Audit) else preview_form(result)
    results = document.pop("results")
    yield json.dumps(document, ensure_ascii=False)
    for each in results:
        yield json.dumps(each, ensure_ascii=False)
