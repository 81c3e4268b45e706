"""Rule sets laid over one another: what replaces what, and how a clone gets its rule.

A later rule replaces the earlier ones of exactly its name. Where earlier sets have several, one
per connector, it replaces the one of its own connector; a rule whose connector none of them has
replaces each of them and takes their connectors, so that a shipped set fits any forest.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from simulator.errors import Diagnostic, Source
from simulator.rule import Connector, RuleSource, SyncRule
from simulator.rule import clone as copy_of
from simulator.rulefiles.rulefile import CloneRule, note, problem, warning


@dataclass(frozen=True, slots=True)
class Layer:
    """What one location gave: rules, clones of rules given before, connectors, and its source."""

    source: RuleSource
    rules: tuple[SyncRule, ...] = ()
    clones: tuple[CloneRule, ...] = ()
    connectors: tuple[Connector, ...] = ()


@dataclass(frozen=True, slots=True)
class Overlay:
    """The layers as one, what happened on the way, and what could not be done."""

    rules: tuple[SyncRule, ...]
    connectors: tuple[Connector, ...]
    findings: tuple[Diagnostic, ...]
    problems: tuple[Diagnostic, ...]


def overlay(layers: Sequence[Layer]) -> Overlay:
    """*layers* laid over one another, the last on top."""
    connectors: tuple[Connector, ...] = ()
    rules: list[SyncRule] = []
    findings: list[Diagnostic] = []
    problems: list[Diagnostic] = []
    for layer in layers:
        connectors = _connectors_over(connectors, layer.connectors)
    ids = {c.name.casefold(): c.id for c in connectors if c.id}
    known: set[str] = set()  # connectors of the layers below
    for layer in layers:
        below = tuple(rules)
        count = Counter(each.name for each in layer.rules)
        for rule in (_resolved(rule, ids) for rule in layer.rules):
            own = rule.connector in known or count[rule.name] > 1
            laid, replaced = _fitted(rule, below, own)
            rules = [each for each in rules if each not in replaced] + laid
            findings.extend(_replacements(laid, replaced, layer))
        for clone in layer.clones:
            rules = _with_clone(_resolved_clone(clone, ids), rules, layer, findings, problems)
        known |= {each.id for each in layer.connectors} | {each.connector for each in rules}
    used = _used_connectors(connectors, rules)
    return Overlay(tuple(rules), used, tuple(findings), tuple(problems))


def _connectors_over(
    earlier: tuple[Connector, ...], later: tuple[Connector, ...]
) -> tuple[Connector, ...]:
    """*later* over *earlier*; what a later connector leaves empty stays as the earlier has it."""
    result = {each.id or each.name.casefold(): each for each in earlier}
    for each in later:
        key = each.id or each.name.casefold()
        below = result.get(key)
        result[key] = (
            each
            if below is None
            else replace(
                each,
                partitions=each.partitions or below.partitions,
                attributes=each.attributes or below.attributes,
                parameters={**below.parameters, **each.parameters},
                pilot_group=each.pilot_group or below.pilot_group,
            )
        )
    return tuple(result.values())


def _used_connectors(
    connectors: tuple[Connector, ...], rules: Iterable[SyncRule]
) -> tuple[Connector, ...]:
    """Without those that no rule names, where rules name others of the same kind."""
    named = {rule.connector for rule in rules}
    kinds = {each.kind for each in connectors if {each.id, each.name.casefold()} & named}
    return tuple(
        each
        for each in connectors
        if {each.id, each.name.casefold()} & named or each.kind not in kinds
    )


def _resolved(rule: SyncRule, ids: Mapping[str, str]) -> SyncRule:
    """*rule* with its connector's identifier, where it gives the name of a connector we know."""
    return replace(rule, connector=ids.get(rule.connector, rule.connector))


def _resolved_clone(clone: CloneRule, ids: Mapping[str, str]) -> CloneRule:
    """*clone* with its connector's identifier, where it gives a name that we know."""
    return replace(clone, connector=ids.get(clone.connector, clone.connector))


def _fitted(
    rule: SyncRule, below: Sequence[SyncRule], own: bool
) -> tuple[list[SyncRule], list[SyncRule]]:
    """The rules that *rule* becomes over the rules *below*, and those that it replaces.

    *own* says that the rule is meant for its own connector and for no other.
    """
    namesakes = [each for each in below if each.name == rule.name]
    same = [each for each in namesakes if each.connector == rule.connector]
    if same or not namesakes or (own and rule.connector):
        return [rule], same
    taken = dict.fromkeys(each.connector for each in namesakes)
    return [replace(rule, connector=connector) for connector in taken], namesakes


def _replacements(
    laid: Sequence[SyncRule], replaced: Sequence[SyncRule], layer: Layer
) -> Iterable[Diagnostic]:
    if not replaced:
        return
    rule, old = laid[0], replaced[0]
    place = Source(rule.name, "", file=rule.origin)
    if rule.disabled and not old.disabled:
        yield note("rule-disabled", f"`{layer.source.name}` disables `{rule.name}`", place)
        return
    yield note("rule-replaced", f"replaces the rule of that name in {old.origin}", place)


def _with_clone(
    clone: CloneRule,
    rules: list[SyncRule],
    layer: Layer,
    findings: list[Diagnostic],
    problems: list[Diagnostic],
) -> list[SyncRule]:
    """*rules* with what *clone* makes of its originals, which are disabled."""
    place = Source(clone.name, "", file=clone.origin)
    originals = [
        each
        for each in rules
        if each.name == clone.original and clone.connector in ("", each.connector)
    ]
    if not originals or clone.name == clone.original:
        problems.append(_no_original(clone, rules, layer, place))
        return rules
    rest = [each for each in rules if each not in originals and each.name != clone.name]
    disabled = [replace(each, disabled=True) for each in originals]
    copies: list[SyncRule] = []
    for original in originals:
        taken = {each.precedence for each in (*rest, *disabled, *copies)}
        copies.append(_copy(clone, original, taken))
        findings.extend(_clone_findings(clone, original, copies[-1], place))
    return [*rest, *disabled, *copies]


def _copy(clone: CloneRule, original: SyncRule, taken: set[int]) -> SyncRule:
    number = clone.precedence
    if number is None:
        number = original.precedence + 1
        while number in taken:
            number += 1
    changed = {flow.target: flow for flow in clone.flows}
    order = dict.fromkeys(flow.target for flow in original.flows)
    old = [flow for flow in original.flows if flow.target not in changed]
    kept = sorted(
        [*old, *(flow for flow in clone.flows if flow.target in order)],
        key=lambda flow: list(order).index(flow.target),
    )
    added = [flow for flow in clone.flows if flow.target not in order]
    return copy_of(
        original,
        name=clone.name,
        flows=(*kept, *added),
        description=original.description if clone.description is None else clone.description,
        precedence=number,
        disabled=clone.disabled,
        origin=clone.origin,
    )


def _no_original(
    clone: CloneRule, rules: Sequence[SyncRule], layer: Layer, place: Source
) -> Diagnostic:
    if clone.name == clone.original:
        return problem(
            "clone-of-itself",
            f"the clone has the name of its original, `{clone.original}`",
            place,
            help="give the clone a name of its own",
        )
    return problem(
        "clone-without-original",
        f"no rule set given before has the rule `{clone.original}` that this one is a clone of",
        place,
        help=f"give one first, for example --rules standard-2016 --rules {layer.source.name}",
    )


def _clone_findings(
    clone: CloneRule, original: SyncRule, copy: SyncRule, place: Source
) -> Iterable[Diagnostic]:
    yield note(
        "rule-cloned",
        f"copies `{original.name}` of {original.origin} with precedence {copy.precedence}; "
        f"the original, precedence {original.precedence}, is disabled",
        place,
    )
    if original.disabled:
        yield warning(
            "clone-of-disabled",
            f"`{original.name}` was disabled already",
            place,
            help="another clone of it may be in use: two of them in scope are an error",
        )
    unknown = [f.target for f in clone.flows if f.target not in {o.target for o in original.flows}]
    for target in unknown:
        yield note("flow-added", f"the original has no flow to `{target}`; it is added", place)
