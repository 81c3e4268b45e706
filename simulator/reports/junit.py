"""A result as JUnit XML, for pipelines: what would make somebody stop is a case that fails.

Cases are each gate, each finding, each kind of warning about objects, each object that leaves
(failure), ends in ERROR (error) or is UNCERTAIN (skipped). The counts of all others are
properties: a case for every object that stays would bury the others.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from simulator.answers import Audit, Preview
from simulator.compare import Change, change_of
from simulator.errors import Diagnostic, Severity
from simulator.reports.provenance import provenance
from simulator.reports.report import Layout, report
from simulator.reports.text import side_text, warned
from simulator.results.counts import Test, change_counts, outcome_counts, positions
from simulator.results.results import Row, rows
from simulator.results.verdict import Verdict
from simulator.sync.outcome import Disposition

FAILURE, ERROR, SKIPPED, PASSED = "failure", "error", "skipped", ""
_KINDS = {FAILURE: Change.LEAVES, ERROR: Disposition.ERROR, SKIPPED: Disposition.UNCERTAIN}
# what XML 1.0 cannot hold in any form
_IMPOSSIBLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Case:
    """One case: its name, and how it ends; *type* and *message* say why it does not pass."""

    kind: str
    name: str
    end: str = PASSED
    type: str = ""
    message: str = ""
    text: str = ""


@report("junit")
def junit_lines(result: Audit | Preview, layout: Layout) -> Iterator[str]:
    """One suite of JUnit XML; never cut, and ASCII, so that no shell can break it."""
    for line in _document(result):
        yield line.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _document(result: Audit | Preview) -> Iterator[str]:
    command = "preview" if isinstance(result, Preview) else "audit"
    cases = list(_cases(result))
    found = {end: positions(result.results, _ends(end)) for end in (FAILURE, ERROR, SKIPPED)}
    numbers = {end: len(at) + sum(c.end == end for c in cases) for end, at in found.items()}
    total = sum(map(len, found.values())) + len(cases)
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield "<testsuites>"
    yield (
        f'<testsuite name="aadsim {command}" package="aadsim" id="0" hostname="localhost" '
        f'timestamp="{result.now:%Y-%m-%dT%H:%M:%S}" time="0" tests="{total}" '
        f'failures="{numbers[FAILURE]}" errors="{numbers[ERROR]}" skipped="{numbers[SKIPPED]}">'
    )
    yield "<properties>"
    for name, value in _properties(result):
        yield f"<property name={_attribute(name)} value={_attribute(value)}/>"
    yield "</properties>"
    for case in cases:
        yield from _element(command, case)
    for end, at in found.items():
        for row in rows(result.results, at):
            yield from _element(command, _object(row, end))
    yield "<system-out/>"
    yield "<system-err/>"
    yield "</testsuite>"
    yield "</testsuites>"


def _properties(result: Audit | Preview) -> Iterator[tuple[str, str]]:
    results = result.results
    counts = change_counts(results) if isinstance(result, Preview) else outcome_counts(results)
    yield from ((str(state), str(count)) for state, count in counts.items())
    yield from provenance(result)


def _cases(result: Audit | Preview) -> Iterator[Case]:
    """All but the objects."""
    complete = result.provenance.complete
    told = "the source of the objects says that some are missing"
    yield Case(
        "objects", "all objects were read", *(() if complete else (ERROR, "incomplete", told))
    )
    for gate in result.gates if isinstance(result, Preview) else ():
        end = (FAILURE, "gate", gate.text) if gate.exceeded else ()
        yield Case("gate", f"{gate.option} {gate.unit} {gate.maximum}".replace("  ", " "), *end)
    if present := result.present:
        told = f"{len(present.deletes)} deletes, and {present.maximum} may"
        end = (FAILURE, "gate", told) if present.exceeded else ()
        yield Case("gate", f"--current {present.source}", *end)
    for finding in result.findings:
        yield _finding(finding)
    for code, message, concerned in warned(result.results):
        yield Case("warning", code, FAILURE, code, message, f"concerns {concerned}")


def _finding(finding: Diagnostic) -> Case:
    name = f"{finding.code}: {finding.source.name}" if finding.source else finding.code
    end = PASSED if finding.severity is Severity.NOTE else FAILURE
    return Case("finding", name, end, finding.code, finding.message, finding.render())


def _ends(end: str) -> Test:
    return lambda verdicts: _end(*verdicts) == end


def _end(*verdicts: Verdict) -> str:
    """How the case of an object ends that has these verdicts, one for each rule set."""
    if any(v.disposition is Disposition.ERROR for v in verdicts):
        return ERROR
    if not all(v.decided for v in verdicts):
        return SKIPPED
    leaves = len(verdicts) == 2 and change_of(*verdicts) is Change.LEAVES
    return FAILURE if leaves else PASSED


def _object(row: Row, end: str) -> Case:
    verdicts = [side.verdict for side in row.sides]
    reason = row.verdict.reason
    told = [f"{side_text(v)}: {v.reason.text}" for v in verdicts]
    if reason.clause:
        told.append(f"{reason.rule} > {reason.attribute}: {reason.clause}")
    if end == FAILURE:
        told.append("the deletion of a device cannot be undone")
    message = " -> ".join(map(side_text, verdicts))
    return Case(_KINDS[end], row.subject.dn, end, reason.code, message, "\n".join(told))


def _element(command: str, case: Case) -> Iterator[str]:
    place = f'classname="aadsim.{command}.{case.kind}" name={_attribute(case.name)} time="0"'
    if case.end == PASSED:
        yield f"<testcase {place}/>"
        return
    why = f"type={_attribute(case.type)} message={_attribute(case.message)}"
    yield f"<testcase {place}>"
    yield f"<{case.end} {why}>{escape(_possible(case.text))}</{case.end}>"
    yield "</testcase>"


def _attribute(text: str) -> str:
    return quoteattr(_possible(text))


def _possible(text: str) -> str:
    """*text* with what XML cannot hold written out."""
    return _IMPOSSIBLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
