"""The document: the summary as HTML, the data as one block, the scripts that show it.

All of it is ASCII, so that a shell which writes another encoding cannot break it. The content
policy names the style sheet and the script by their hashes; nothing else may load or run.
"""

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from simulator.answers import Audit, Preview
from simulator.assumptions import ledger
from simulator.errors import UNSEEN, printable
from simulator.reports.html import charts
from simulator.reports.html.command import explain_command
from simulator.reports.html.facts import facts
from simulator.reports.html.objects import END, SAME, object_block
from simulator.reports.html.summary import LISTED, outcomes_of, summary
from simulator.reports.present import forecast_lines, present_lines
from simulator.reports.provenance import provenance
from simulator.reports.report import Layout, report
from simulator.reports.since import since_lines
from simulator.reports.text import side_text
from simulator.results.counts import assumptions_used
from simulator.results.groups import STATES
from simulator.results.results import ended
from simulator.sync.reason import CODES
from simulator.values import time_text

if TYPE_CHECKING:
    import jinja2

_SCRIPTS = ("block.js", "objects.js", "filters.js", "explanation.js", "grid.js", "page.js")


@report("html")
def html_lines(result: Audit | Preview, layout: Layout) -> Iterator[str]:
    """One HTML file with every object; never cut. Write it to a file with `--output`."""
    result = replace(result, results=ended(result.results))
    columns = facts(result.results)
    style = _file("report.css")
    script = "".join((f"const UNSEEN = /{UNSEEN}/g;\n", *map(_file, _SCRIPTS)))
    page = _templates().get_template("report.html")
    text = page.render(
        **_context(result),
        summary=summary(result, columns),
        style=style,
        style_hash=_hash(style),
        script_hash=_hash(script),
    )
    yield text.encode("ascii", "xmlcharrefreplace").decode("ascii")
    block = object_block(result.results, columns)
    yield '<script type="application/octet-stream" id="block">'
    yield from block.lines(_head(result))
    yield "</script>"
    yield f"<script>{script}</script>"
    yield "</body>"
    yield "</html>"


def shown(text: object, longest: int = 300) -> str:
    """*text* with what cannot be seen written out, and cut where it is longer than *longest*."""
    visible = printable(str(text))
    return visible if len(visible) <= longest else f"{visible[:longest]}\u2026"


def shown_lines(text: str) -> str:
    """The same of each line of a longer *text*."""
    return "\n".join(shown(line, 4_000) for line in text.split("\n"))


def _context(result: Audit | Preview) -> dict[str, Any]:
    """What the template says beside the summary."""
    forecast = result.forecast if isinstance(result, Audit) else None
    return {
        "result": result,
        "preview": isinstance(result, Preview),
        "gates": result.gates if isinstance(result, Preview) else (),
        "total": len(result.results),
        "as_of": time_text(result.now),
        "provenance": tuple(provenance(result)),
        "present": "\n".join(present_lines(result.present)) if result.present else "",
        "since": "\n".join(since_lines(result.since)) if result.since else "",
        "forecast": "\n".join(forecast_lines(forecast)) if forecast else "",
        "limit": LISTED,
    }


def _head(result: Audit | Preview) -> dict[str, Any]:
    """What the scripts need beside the columns."""
    before, after = explain_command(result)
    return {
        "sides": len(result.results.sides),
        "codes": dict(CODES),
        "assumptions": {
            id: [ledger()[id].statement, ledger()[id].other]
            for id in assumptions_used(result.results)
        },
        "states": list(STATES),
        "same": SAME,
        "end": END,
        "explain": [before, after],
    }


@cache
def _templates() -> "jinja2.Environment":
    import jinja2

    names = ("report.html", "charts.html")
    environment = jinja2.Environment(
        autoescape=True,
        loader=jinja2.DictLoader({name: _file(name) for name in names}),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "shown": shown,
        "shown_lines": shown_lines,
        "kind": charts.kind,
        "side": side_text,
        "thousands": lambda number: f"{number:,}".replace(",", "\u202f"),
    }
    environment.globals |= {"charts": charts, "outcomes_of": outcomes_of}
    return environment


def _file(name: str) -> str:
    return (files(__package__) / "page" / name).read_text(encoding="ascii")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")
