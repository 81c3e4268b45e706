"""The forms `text`, `json` and `jsonl` of an audit or a preview."""

import json
from collections.abc import Iterator

from simulator.answers import Audit, Preview
from simulator.reports.json_form import head_form, result_form
from simulator.reports.json_parts import dump_streamed
from simulator.reports.report import Layout, report
from simulator.reports.table import plain
from simulator.reports.text import parts


@report("text")
def text(result: Audit | Preview, layout: Layout) -> Iterator[str]:
    """Plain lines for people."""
    return plain(parts(result, layout))


@report("json")
def json_document(result: Audit | Preview, layout: Layout) -> Iterator[str]:
    """One JSON document."""
    yield from dump_streamed(head_form(result), "results", map(result_form, result))


@report("jsonl")
def json_lines(result: Audit | Preview, layout: Layout) -> Iterator[str]:
    """The head of the JSON document on the first line, then each result on a line of its own."""
    yield json.dumps(head_form(result), ensure_ascii=False)
    for row in result:
        yield json.dumps(result_form(row), ensure_ascii=False)
