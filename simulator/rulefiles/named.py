"""Standard rules that a file only names, and where their content comes from.

The wizard's settings export lists them by tag, name and precedence. A rule of the same tag, else
of the same name, from another location gives the content; without one the rule is missing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from simulator.errors import Diagnostic, Source
from simulator.rule import SyncRule
from simulator.rulefiles.overlay import Layer
from simulator.rulefiles.rulefile import NamedRule, note, warning

_WAY_OUT = "give the rules of the server before or after it, for example an export of them"


def with_bodies(
    reads: Sequence[tuple[Layer, tuple[NamedRule, ...]]],
) -> tuple[list[Layer], list[Diagnostic]]:
    """The layers, with the rules that a file only names put in, and what is to be said of them."""
    everywhere = [rule for layer, _ in reads for rule in layer.rules]
    layers: list[Layer] = []
    notes: list[Diagnostic] = []
    settled: dict[int, SyncRule] = {}  # by identity: what a content became where it was named
    for layer, named in reads:
        rules: list[SyncRule] = list(layer.rules)
        for each in named:
            body, by_tag = _body(each, everywhere)
            if body is None:
                notes.append(_missing(each))
                continue
            notes += _told(each, body, by_tag)
            number = body.precedence if each.precedence is None else each.precedence
            connector = body.connector or each.connector
            settled[id(body)] = replace(
                body, precedence=number, id=each.id or body.id, connector=connector
            )
            rules.append(settled[id(body)])
        source = replace(layer.source, count=layer.source.count + len(rules) - len(layer.rules))
        layers.append(replace(layer, source=source, rules=tuple(rules)))
    # a content given later would otherwise lie over what the file that names it says of it
    later = [tuple(settled.get(id(r), r) for r in layer.rules) for layer in layers]
    return [replace(a, rules=b) for a, b in zip(layers, later, strict=True)], notes


def _body(named: NamedRule, rules: Iterable[SyncRule]) -> tuple[SyncRule | None, bool]:
    """The rule with the tag of *named*, else with its name; and whether it was the tag."""
    rules = sorted(rules, key=lambda r: named.connector in ("", r.connector))  # the fitting last
    tagged = [r for r in rules if named.tag and r.immutable_tag == named.tag]
    if tagged:
        return tagged[-1], True
    namesakes = [r for r in rules if r.name == named.name]
    return (namesakes[-1] if namesakes else None), False


def _place(named: NamedRule) -> Source:
    return Source(named.name or named.tag, "", file=named.origin)


def _missing(named: NamedRule) -> Diagnostic:
    tag = f" (tag `{named.tag}`)" if named.tag else ""
    message = f"the file names this standard rule{tag} without its content: it is missing here"
    return warning("content-missing", message, _place(named), _WAY_OUT)


def _told(named: NamedRule, body: SyncRule, by_tag: bool) -> Iterable[Diagnostic]:
    if by_tag or not named.tag:
        yield note("content-joined", f"its content is that of {body.origin}", _place(named))
        return
    message = (
        f"the file says tag `{named.tag}`; the content, joined by name, is of "
        f"`{body.immutable_tag or 'no tag'}` in {body.origin}"
    )
    help = "the number in a tag is the version of the rule: give the rules of that server"
    yield warning("other-version", message, _place(named), help)
