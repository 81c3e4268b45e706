"""One object's way through the rules, told in the order in which it happens."""

from collections.abc import Iterator

from simulator.language.explain import Step, deciding, steps_below, why
from simulator.language.nodes import Attribute, Call, Constant, Literal, Logical, Variable
from simulator.language.render import render
from simulator.sync.outcome import (
    CertificateVerdict,
    Contribution,
    Disposition,
    Outcome,
    Pass,
    Scoping,
)
from simulator.values import show

_WIDTH = 100


def story_lines(outcome: Outcome, full: bool = False) -> Iterator[str]:
    """The outcome, then the chain: scope, link, the deciding flow, certificates, outbound scope.

    *full* adds every flow and every step of the deciding expression.
    """
    subject = outcome.subject
    yield f"{subject.name}: {outcome.disposition} ({outcome.reason.code})"
    yield f"  {outcome.reason.text}"
    if outcome.remedy:
        yield f"  to sync: {outcome.remedy}"
    yield ""
    yield f"object       {subject.dn}"
    system = ", ".join(
        f"{a} = {show(subject.attributes.get(a))}"
        for a in ("operatingSystem", "operatingSystemVersion")
    )
    yield f"             {subject.type}, {subject.guid or 'no objectGUID'}"
    if "operatingSystem" in subject.attributes or subject.type == "computer":
        yield f"             {system}"
    yield from _imports(outcome)
    if outcome.inbound is not None:
        yield from _inbound(outcome.inbound, outcome, full)
    for stage in outcome.outbound:
        yield from _outbound(stage, full)
    for reading in outcome.readings:
        taken = f"{reading.assumption} = {reading.reading}"
        reason = reading.reason
        yield f"reading      {taken}: {reading.disposition} ({reason.code})"
        flow = f"{reason.attribute} of {reason.rule}: " if reason.attribute and reason.rule else ""
        yield f"             {flow}{reason.text}"
    for finding in outcome.findings:
        yield ""
        yield from f"{finding.severity}: {finding.render()}".splitlines()
    if outcome.assumptions:
        yield ""
        yield f"rests on     {', '.join(outcome.assumptions)}"


def _imports(outcome: Outcome) -> Iterator[str]:
    """The checks at the entrance of the connector space, and what is not imported."""
    yield ""
    if not outcome.imports:
        yield "import       not checked: no connector is given (--connector)"
    else:
        words = {True: "passes", False: "FAILS", None: "not reached"}
        checks = ", ".join(f"{c.name} {words[c.passed]}" for c in outcome.imports)
        yield f"import       {checks}"
    if outcome.not_imported:
        yield f"not imported {', '.join(outcome.not_imported)}: rules see NULL"


def _inbound(stage: Pass, outcome: Outcome, full: bool) -> Iterator[str]:
    yield ""
    if not stage.scopings:
        return
    yield "inbound rules"
    for scoping in stage.scopings:
        yield from _scoping(scoping)
    text = stage.joining.text or "by no rule in scope"
    if outcome.disposition is Disposition.NO_RULE:
        text = f"to nothing: {outcome.reason.text}"
    yield f"  linked     {text}"
    tested = [c for c in stage.contributions if c.flow.target == "cloudFiltered"]
    others = [c for c in stage.contributions if c.flow.target != "cloudFiltered"]
    if tested:
        yield ""
        yield "cloudFiltered"
        for contribution in sorted(tested, key=lambda c: c.rule.precedence):
            yield from _flow(contribution, stage)
        yield from _decision(tested, stage, full)
    if outcome.certificates:
        yield ""
        yield f"certificates ({len(outcome.certificates)})"
        for number, certificate in enumerate(outcome.certificates, 1):
            yield from _certificate(number, certificate)
    if full and others:
        yield ""
        yield "other flows"
        for contribution in sorted(others, key=lambda c: (c.flow.target, c.rule.precedence)):
            yield from _flow(contribution, stage)


def _scoping(scoping: Scoping) -> Iterator[str]:
    rule = scoping.rule
    verdict = "in scope" if scoping.applies else "not in scope"
    none = "" if scoping.groups else " (no scoping filter: every object of the type)"
    yield f"  {verdict:<12} {rule.name} (precedence {rule.precedence}){none}"
    for number, group in enumerate(scoping.groups, 1):
        for result in group:
            head = f"group {number}: " if len(scoping.groups) > 1 else ""
            answer = "holds" if result.holds else "fails"
            yield f"    {answer}  {head}{result.condition}   value: {show(result.value)}"


def _flow(contribution: Contribution, stage: Pass) -> Iterator[str]:
    flow, rule = contribution.flow, contribution.rule
    winner = stage.winners.get(flow.target)
    wins = winner is not None and any(contribution is c for c in winner.contributions)
    mark = "wins" if wins else "    "
    if contribution.error is not None:
        mark, text = "error", contribution.error.message
    else:
        text = show(contribution.value)
    by = f"{flow.type}, {rule.name} (precedence {rule.precedence})"
    yield f"  {mark:<5} {flow.target} = {text}   {by}"


def _decision(tested: list[Contribution], stage: Pass, full: bool) -> Iterator[str]:
    """The clause on which cloudFiltered turned, with the values it met."""
    winner = stage.winners.get("cloudFiltered")
    decisive = winner.contributions[0] if winner and winner.contributions else tested[0]
    if decisive.step is None:
        return
    step = decisive.step if full else deciding(decisive.step)
    yield "  because    " + ("" if full else f"this is {show(step.value)}:")
    yield from _step(step if full else why(step), 2, full)


def _step(step: Step, depth: int, full: bool) -> Iterator[str]:
    """A condition and, inside it, what it is made of, down to attributes and their values."""
    indent = "  " * depth
    value = f"error: {step.error.message}" if step.error else show(step.value)
    text = render(step.node)
    if len(text) > _WIDTH:
        text = text[: _WIDTH - 1] + "…"
    if isinstance(step.node, Logical):
        yield f"{indent}{value:<6} {'all of' if step.node.operator == '&&' else 'one of'}: {text}"
        for inner in step.steps:
            yield from _step(inner, depth + 1, full)
        return
    read = dict.fromkeys(
        f"[{s.node.name}] = {show(s.value)}"
        for s in steps_below(step)
        if isinstance(s.node, Attribute)
        and s is not step
        and not isinstance(s.value, bytes | tuple)
    )
    where = f"   {', '.join(read)}" if read and not full else ""
    yield f"{indent}{value:<6} {text}{where}"
    for inner in step.steps:
        shown = full or (isinstance(step.node, Call) and step.node.name in ("With", "IIF"))
        plain = Literal | Constant if full else Literal | Constant | Variable
        if shown and not isinstance(inner.node, plain):
            yield from _step(inner, depth + 1, full)


def _certificate(number: int, certificate: CertificateVerdict) -> Iterator[str]:
    counts = "counts" if certificate.verdict == "certificate-valid" else "does not count"
    if certificate.verdict == "certificate-not-tested":
        counts = "not tested"
    yield f"  {number:>2} {counts}: {certificate.text} ({certificate.verdict})"
    if certificate.thumbprint:
        yield f"     subject    {certificate.subject or '(empty)'}"
        if certificate.issuer != certificate.subject:
            yield f"     issuer     {certificate.issuer or '(empty)'}"
        yield f"     valid      {certificate.not_before} to {certificate.not_after}"
        yield f"     thumbprint {certificate.thumbprint}"


def _outbound(stage: Pass, full: bool) -> Iterator[str]:
    yield ""
    yield "outbound rules"
    for scoping in stage.scopings:
        yield from _scoping(scoping)
    yield f"  linked     {stage.joining.text or 'by no rule in scope: not exported'}"
    if full:
        for contribution in stage.contributions:
            yield from _flow(contribution, stage)
