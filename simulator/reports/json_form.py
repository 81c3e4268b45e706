"""Results as JSON: the public shapes of the command-line contract, `schema_version` 1."""

from collections.abc import Mapping, Sequence
from typing import Any

from simulator.answers import Audit, Preview
from simulator.reports.count_forms import (
    certificate_forms,
    gate_form,
    group_forms,
    transition_forms,
)
from simulator.reports.json_parts import SCHEMA_VERSION, diagnostic_form, step_form, value_form
from simulator.reports.present import forecast_form, present_form
from simulator.reports.since import since_form
from simulator.results.counts import (
    assumptions_used,
    change_counts,
    outcome_counts,
)
from simulator.results.gather import row_of
from simulator.results.origin import Origin, RulesUsed
from simulator.results.results import Row, Side, Subject
from simulator.sync.outcome import CertificateVerdict, Outcome, Pass, Reason
from simulator.values import time_text


def head_form(result: Audit | Preview) -> dict[str, Any]:
    """All but the results: head, counts, findings; of a preview groups and the gate as well."""
    present = {"present": present_form(result.present)} if result.present else {}
    since = {"since": since_form(result.since)} if result.since else {}
    findings = {"findings": [diagnostic_form(f) for f in result.findings]}
    used = assumptions_used(result.results)
    if isinstance(result, Audit):
        return {
            **_head("audit", result.origin, _rules(result.origin.rules[0]), used),
            "counts": {str(d): n for d, n in outcome_counts(result.results).items()},
            "groups": group_forms(result.results),
            "certificates": certificate_forms(result.results, result.now),
            **findings,
            **present,
            **since,
            **({"forecast": forecast_form(result.forecast)} if result.forecast else {}),
        }
    before, after = map(_rules, result.origin.rules)
    return {
        **_head("preview", result.origin, {"before": before, "after": after}, used),
        "counts": {str(c): n for c, n in change_counts(result.results).items()},
        "gate": gate_form(result.gates),
        "transitions": transition_forms(result.results),
        "groups": group_forms(result.results),
        **findings,
        **present,
        **since,
    }


def explain_form(sides: Mapping[str, Outcome], origin: Origin) -> dict[str, Any]:
    """One object under one rule set, or under two: every stage with its values."""
    used = sorted({id for outcome in sides.values() for id in outcome.assumptions})
    rules = {side: _rules(each) for side, each in zip(sides, origin.rules, strict=True)}
    return {
        **_head("explain", origin, rules, used),
        "object": _object(row_of(*sides.values()).subject),
        **{
            side: {**_side(row_of(outcome).sides[0]), **_stages(outcome)}
            for side, outcome in sides.items()
        },
    }


def _head(command: str, origin: Origin, rules: object, used: Sequence[str]) -> dict[str, Any]:
    told = origin.provenance
    return {
        "schema_version": SCHEMA_VERSION,
        "command": command,
        "tool": {"name": "aadsim", "version": origin.version},
        "as_of": time_text(origin.now),
        "rules": rules,
        "objects": {
            "source": told.source,
            "sha256": told.sha256 or None,
            "read": origin.read,
            "complete": told.complete,
            "captured_at": told.captured_at or None,
            "account": told.account or None,
            "notes": list(told.notes),
            "details": dict(told.details),
        },
        "remarks": list(dict.fromkeys(each.remark for each in origin.rules if each.remark)),
        "connectors": [c.name for c in origin.connectors],
        "where": origin.where or None,
        "readings": dict(origin.readings),
        "assumptions": list(used),
    }


def _rules(rules: RulesUsed) -> list[dict[str, Any]]:
    return [{"source": s.name, "sha256": s.sha256, "count": s.count} for s in rules.sources]


def result_form(row: Row) -> dict[str, Any]:
    """One object of an audit or a preview."""
    if len(row.sides) == 1:
        return {**_object(row.subject), **_side(row.sides[0])}
    before, after = map(_side, row.sides)
    return {**_object(row.subject), "change": str(row.change), "before": before, "after": after}


def _object(subject: Subject) -> dict[str, Any]:
    return {
        "object_guid": subject.object_guid,
        "dn": subject.dn,
        "name": subject.name,
        "type": subject.type,
        "operating_system": subject.operating_system,
        "operating_system_version": subject.operating_system_version,
    }


def _side(side: Side) -> dict[str, Any]:
    verdict = side.verdict
    return {
        "outcome": str(verdict.disposition),
        "reason": _reason(verdict.reason),
        "assumptions": list(verdict.assumptions),
        "readings": [
            {
                "assumption": r.assumption,
                "reading": r.reading,
                "outcome": str(r.disposition),
                "reason": _reason(r.reason),
            }
            for r in verdict.readings
        ],
        "certificates": [_certificate(c) for c in side.certificates],
        "findings": [diagnostic_form(f) for f in verdict.findings],
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
