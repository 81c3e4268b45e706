"""Which contribution an attribute ends with: the first by precedence that has a value, or a union.

Source: synchronization specification, sections 6 (merge types) and 8.
"""

from collections.abc import Iterable, Mapping

from simulator.errors import Diagnostic, ObjectError, Source
from simulator.language.context import Context
from simulator.rule import MergeType
from simulator.sync.outcome import Contribution, FlowError, Winner
from simulator.values import FlowLiteral, Scalar, Value

_UNITED = (MergeType.MERGE, MergeType.MERGE_CASE_INSENSITIVE)


def winners(
    contributions: Iterable[Contribution], context: Context
) -> tuple[Mapping[str, Winner], tuple[FlowError, ...]]:
    """For each target attribute what it ends with, and errors of merging.

    *contributions* may come in any order; low precedence numbers are asked first.
    """
    by_target: dict[str, list[Contribution]] = {}
    for contribution in sorted(contributions, key=lambda c: (c.rule.precedence, c.rule.name)):
        by_target.setdefault(contribution.flow.target, []).append(contribution)
    result: dict[str, Winner] = {}
    errors: list[FlowError] = []
    for target, candidates in by_target.items():
        try:
            result[target] = _winner(candidates, context)
        except ObjectError as error:
            rule = candidates[0].rule
            diagnostic = Diagnostic(
                error.kind, error.message, Source(f"{rule.name} > {target}", ""), help=error.help
            )
            errors.append(FlowError(error.kind, error.message, rule, target, diagnostic))
    return result, tuple(errors)


def _winner(candidates: list[Contribution], context: Context) -> Winner:
    kinds = {
        MergeType.UPDATE if c.flow.merge is MergeType.REPLACE else c.flow.merge for c in candidates
    }
    if len(kinds) > 1:
        raise ObjectError(
            "merge-type-mismatch",
            f"rules flow `{candidates[0].flow.target}` with different merge types: "
            + ", ".join(f"{c.rule.name} ({c.flow.merge})" for c in candidates),
            "give all of them the same merge type",
        )
    if kinds & set(_UNITED):
        return _united(candidates, MergeType.MERGE_CASE_INSENSITIVE in kinds, context)
    ignored = null = False
    for candidate in candidates:
        # by identity: a text that spells a literal is a text
        if candidate.value is FlowLiteral.AUTHORITATIVE_NULL:
            return Winner(None, (candidate,), "AuthoritativeNull: no value, whatever follows")
        if candidate.value is FlowLiteral.IGNORE_THIS_FLOW:
            ignored = True
        elif candidate.value is None:
            null = True
        else:
            return Winner(candidate.value, (candidate,))
    if ignored and null:
        context.reading("A-37")
    if ignored and not null:
        return Winner(
            None, (), "IgnoreThisFlow: the present value is kept, and a new object has none"
        )
    return Winner(None, (), "every rule gave NULL")


def _united(candidates: list[Contribution], fold: bool, context: Context) -> Winner:
    """The values of all candidates, in order of precedence, each once.

    Contributions to a single-valued attribute are no lists: two values for it are one too many.
    """
    values: dict[object, Scalar] = {}
    used = []
    for candidate in candidates:
        value: Value = candidate.value
        if value is None or isinstance(value, FlowLiteral):
            if value is FlowLiteral.AUTHORITATIVE_NULL:
                break
            continue
        used.append(candidate)
        for each in value if isinstance(value, tuple) else (value,):
            if each is not None:
                key = each.casefold() if fold and isinstance(each, str) else each
                values.setdefault((type(each), key), each)
    united = tuple(values.values())
    if not united or any(isinstance(c.value, tuple) for c in used):
        return Winner(united or None, tuple(used))
    if len(united) > 1 and context.reading("A-31") != "first":
        raise ObjectError(
            "multi-to-single",
            f"{len(united)} values are merged into `{candidates[0].flow.target}`, which holds one",
            "flow to it with merge type Update, or take one value with Item",
        )
    return Winner(united[0], tuple(used))
