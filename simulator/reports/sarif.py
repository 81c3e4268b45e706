"""Findings as SARIF 2.1.0, the form that code hosts and editors show beside the lines at fault."""

from collections.abc import Iterable
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from simulator.errors import Diagnostic, Severity, Span
from simulator.version import __version__

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def sarif(findings: Iterable[Diagnostic], rules: str = "") -> dict[str, Any]:
    """A SARIF log with one run; its rules are the codes that occur.

    A finding without a file is one about *rules*, the place of the rule files.
    """
    kept = list(findings)
    codes = sorted({f.code for f in kept})
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "aadsim",
                        "version": __version__,
                        "rules": [{"id": code, "name": _name(code)} for code in codes],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(f, codes.index(f.code), rules) for f in kept],
            }
        ],
    }


def _result(finding: Diagnostic, index: int, rules: str) -> dict[str, Any]:
    text = f"{finding.message}\n{finding.help}" if finding.help else finding.message
    return {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": text},
        "locations": [location] if (location := _location(finding, rules)) else [],
    }


def _location(finding: Diagnostic, rules: str) -> dict[str, Any]:
    source = finding.source
    location: dict[str, Any] = {}
    if source is not None:
        location["logicalLocations"] = [{"fullyQualifiedName": source.name}]
    file = source.file if source is not None else None
    if file or rules:
        location["physicalLocation"] = {
            "artifactLocation": {"uri": _uri(file or rules)},
            # GitHub's code scanning takes no result without a file and a line
            "region": (_region(finding) if file else {}) or {"startLine": 1},
        }
    return location


def _region(finding: Diagnostic) -> dict[str, int]:
    start = finding.position()
    if start is None or finding.source is None or finding.span is None:
        return {}
    last = min(finding.span.end, len(finding.source.text))
    behind = Diagnostic("", "", finding.source, Span(max(last, finding.span.start), last))
    end = behind.position()
    assert end is not None
    return {
        "startLine": start[0],
        "startColumn": start[1],
        "endLine": end[0],
        "endColumn": max(end[1], start[1] + 1) if end[0] == start[0] else end[1],
    }


def _uri(file: str) -> str:
    """*file* as a URI; a relative one stays relative to where the command ran."""
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())


def _name(code: str) -> str:
    return "".join(part.capitalize() for part in code.split("-"))
