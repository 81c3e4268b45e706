"""Results as JSON: the public shapes of the command-line contract, `schema_version` 1."""

import json
from base64 import b64encode
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from simulator.commands import Audit, Preview
from simulator.compare import Comparison
from simulator.errors import Diagnostic
from simulator.forecast import remark
from simulator.language.explain import Step
from simulator.language.render import render
from simulator.reports.present import forecast_form, present_form
from simulator.reports.summary import (
    all_outcomes,
    assumptions_used,
    change_counts,
    change_groups,
    outcome_counts,
)
from simulator.rule import RuleSet
from simulator.sync.outcome import CertificateVerdict, Outcome, Pass, Reason
from simulator.values import FlowLiteral, Reference, Value, time_text
from simulator.version import __version__

SCHEMA_VERSION = 1


def dump(document: Mapping[str, Any]) -> str:
    """*document* as the text that is printed: two blanks of indentation, not escaped to ASCII."""
    return json.dumps(document, ensure_ascii=False, indent=2)


def audit_form(audit: Audit) -> dict[str, Any]:
    """An audit: head, counts, and a result for every object."""
    return {
        **_head("audit", audit, {"rules": _rules(audit.rules)}),
        "counts": {str(d): n for d, n in outcome_counts(audit.outcomes).items()},
        "findings": [diagnostic_form(f) for f in audit.findings],
        **({"present": present_form(audit.present)} if audit.present else {}),
        **({"forecast": forecast_form(audit.forecast)} if audit.forecast else {}),
        "results": [{**_object(o), **_outcome(o)} for o in audit.outcomes],
    }


def preview_form(preview: Preview) -> dict[str, Any]:
    """A preview: head, counts, groups, the gate, and a result for every object."""
    sides = {"before": _rules(preview.before), "after": _rules(preview.after)}
    groups = change_groups(preview.changes)
    return {
        **_head("preview", preview, {"rules": sides}),
        "counts": {str(c): n for c, n in change_counts(preview.changes).items()},
        "gate": {
            "max_removed": preview.maximum_removed,
            "removed": preview.removed,
            "passed": preview.exceeded,
        },
        "groups": [
            {"by": by, "value": value, "counts": {str(c): n for c, n in counts.items()}}
            for by, values in groups.items()
            for value, counts in values.items()
        ],
        "findings": [diagnostic_form(f) for f in preview.findings],
        **({"present": present_form(preview.present)} if preview.present else {}),
        "results": [_change(c) for c in preview.changes],
    }


def explain_form(sides: Mapping[str, tuple[Outcome, RuleSet]], head: Audit) -> dict[str, Any]:
    """One object under one rule set, or under two: every stage with its values."""
    outcomes = [outcome for outcome, _ in sides.values()]
    document = _head(
        "explain", head, {"rules": {side: _rules(rules) for side, (_, rules) in sides.items()}}
    )
    document["assumptions"] = list(assumptions_used(outcomes))
    return {
        **document,
        "object": _object(outcomes[0]),
        **{side: {**_outcome(o), **_stages(o)} for side, (o, _) in sides.items()},
    }


def value_form(value: Value) -> Any:
    """A value: text, number, true, null; bytes as base64, a date as ISO 8601, a list as array."""
    match value:
        case bytes():
            return {"base64": b64encode(value).decode("ascii")}
        case Reference():
            return value.dn
        case datetime():
            return time_text(value)
        case FlowLiteral():
            return value.value
        case tuple():
            return [value_form(v) for v in value]
    return value


def diagnostic_form(finding: Diagnostic) -> dict[str, Any]:
    """A finding: code, severity, message, place, help."""
    position = finding.position()
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "message": finding.message,
        "source": finding.source.name if finding.source else None,
        "file": finding.source.file if finding.source else None,
        "line": position[0] if position else None,
        "column": position[1] if position else None,
        "hint": finding.help,
    }


def _head(command: str, result: Audit | Preview, rules: dict[str, Any]) -> dict[str, Any]:
    objects = result.objects
    sides = (result.rules,) if isinstance(result, Audit) else (result.before, result.after)
    return {
        "schema_version": SCHEMA_VERSION,
        "command": command,
        "tool": {"name": "aadsim", "version": __version__},
        "as_of": time_text(result.now),
        **rules,
        "objects": {
            "source": objects.source,
            "sha256": objects.provenance.sha256 or None,
            "read": len(objects.objects),
            "complete": objects.complete,
            "captured_at": objects.captured_at or None,
            "account": objects.provenance.account or None,
            "notes": list(objects.provenance.notes),
        },
        "remarks": list(dict.fromkeys(r for r in map(remark, sides) if r)),
        "connectors": [c.name for c in result.options.connectors],
        "readings": dict(result.options.readings),
        "assumptions": list(assumptions_used(all_outcomes(result))),
    }


def _rules(rules: RuleSet) -> list[dict[str, Any]]:
    return [{"source": s.name, "sha256": s.sha256, "count": s.count} for s in rules.sources]


def _object(outcome: Outcome) -> dict[str, Any]:
    subject = outcome.subject
    return {
        "object_guid": subject.guid or None,
        "dn": subject.dn,
        "name": subject.name,
        "type": subject.type,
        "operating_system": subject.text("operatingSystem"),
        "operating_system_version": subject.text("operatingSystemVersion"),
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    return {
        "outcome": str(outcome.disposition),
        "reason": _reason(outcome.reason),
        "assumptions": list(outcome.assumptions),
        "readings": [
            {
                "assumption": r.assumption,
                "reading": r.reading,
                "outcome": str(r.disposition),
                "reason": _reason(r.reason),
            }
            for r in outcome.readings
        ],
        "certificates": [_certificate(c) for c in outcome.certificates],
        "findings": [diagnostic_form(f) for f in outcome.findings],
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "code": reason.code,
        "text": reason.text,
        "rule": reason.rule or None,
        "attribute": reason.attribute or None,
        "clause": reason.clause or None,
    }


def _certificate(certificate: CertificateVerdict) -> dict[str, Any]:
    return {
        "thumbprint": certificate.thumbprint or None,
        "subject": certificate.subject or None,
        "issuer": certificate.issuer or None,
        "not_before": certificate.not_before or None,
        "not_after": certificate.not_after or None,
        "verdict": certificate.verdict,
        "text": certificate.text,
    }


def _change(each: Comparison) -> dict[str, Any]:
    return {
        **_object(each.after),
        "change": str(each.change),
        "before": _outcome(each.before),
        "after": _outcome(each.after),
    }


def _stages(outcome: Outcome) -> dict[str, Any]:
    return {
        "remedy": outcome.remedy or None,
        "imports": [{"check": c.name, "passed": c.passed} for c in outcome.imports],
        "not_imported": list(outcome.not_imported),
        "inbound": _pass(outcome.inbound) if outcome.inbound else None,
        "outbound": [_pass(p) for p in outcome.outbound],
        "metaverse": {name: value_form(v) for name, v in sorted(outcome.metaverse.items())},
    }


def _pass(stage: Pass) -> dict[str, Any]:
    return {
        "scope": [
            {
                "rule": s.rule.name,
                "precedence": s.rule.precedence,
                "applies": s.applies,
                "groups": [
                    [
                        {
                            "clause": str(r.condition),
                            "value": value_form(r.value),
                            "holds": r.holds,
                        }
                        for r in group
                    ]
                    for group in s.groups
                ],
            }
            for s in stage.scopings
        ],
        "join": stage.joining.text or None,
        "flows": [
            {
                "attribute": c.flow.target,
                "rule": c.rule.name,
                "precedence": c.rule.precedence,
                "type": str(c.flow.type),
                "value": value_form(c.value),
                "error": diagnostic_form(c.error.diagnostic) if c.error else None,
                "wins": any(c is w for w in stage.winners[c.flow.target].contributions)
                if c.flow.target in stage.winners
                else False,
                "steps": step_form(c.step) if c.step else None,
            }
            for c in stage.contributions
        ],
    }


def step_form(step: Step) -> dict[str, Any]:
    """The tree of an evaluation: expression, value or error, and the steps inside."""
    return {
        "expression": render(step.node),
        "value": value_form(step.value),
        "error": step.error.message if step.error else None,
        "steps": [step_form(s) for s in step.steps],
    }


def lines(texts: Iterable[str]) -> str:
    """*texts* as one text, a line each."""
    return "".join(f"{text}\n" for text in texts)
