"""From locations to a `RuleSet`: every file is read or named, all problems are told at once."""

import difflib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from simulator.errors import Diagnostic, DiagnosticsError, InputError, UsageError
from simulator.rule import Connector, ConnectorKind, RuleSet, SyncRule, rule_set
from simulator.rulefiles.contents import Read, read
from simulator.rulefiles.named import with_bodies
from simulator.rulefiles.overlay import Layer, overlay
from simulator.rulefiles.rulefile import CloneRule
from simulator.rulefiles.shipped import Place, locate


def load_rules(
    *locations: str, settings: Mapping[str, str] | None = None, shared: bool = False
) -> RuleSet:
    """The rules at *locations*, later ones laid over earlier ones by the names of rules.

    A location is a file, a folder or a zip archive of it, in any rule format, or the name of a
    shipped set. *settings* gives, by name, what a script leaves to the server to know; with
    *shared* a name may be meant for another rule set; else one that nothing asks for is refused.
    """
    if not locations:
        raise UsageError("no rules are given", "name a rule file, a folder, or a shipped rule set")
    reads = [read(locate(location), settings or {}) for location in locations]
    if not shared:
        _refuse_unknown(settings or {}, reads)
    _raise([each for one in reads for each in one.problems])
    for one in reads:
        _refuse_namesakes(one.layer)
        if not (one.layer.rules or one.layer.clones or one.named):
            raise InputError(
                f"{one.layer.source.name}: there is no rule in it",
                "give the folder that holds the rules; a connector alone goes with --connector",
            )
    layers, notes = with_bodies([(one.layer, one.named) for one in reads])
    result = overlay(layers)
    _raise(result.problems)
    return rule_set(
        result.rules,
        result.connectors,
        [layer.source for layer in layers],
        [*(f for one in reads for f in one.findings), *notes, *result.findings],
    )


def load_connector(path: str) -> tuple[Connector, ...]:
    """The connectors to Active Directory in the file or folder *path*."""
    if not Path(path).exists():
        raise UsageError(
            f"{path}: no such file or folder",
            "give the file Connector_{...}.xml of a server export, or a connectors.toml",
        )
    one = read(Place(path, Path(path)), {})
    _raise(one.problems)
    found = tuple(c for c in one.layer.connectors if c.kind is ConnectorKind.ACTIVE_DIRECTORY)
    if not found:
        raise InputError(
            f"{path}: there is no connector to Active Directory in it",
            "a server export has one in Connectors/Connector_{...}.xml, with the category AD",
        )
    return found


def _raise(problems: Sequence[Diagnostic]) -> None:
    if problems:
        raise DiagnosticsError(problems)


def _refuse_unknown(settings: Mapping[str, str], reads: Iterable[Read]) -> None:
    """Refuses a setting that no file asks for."""
    asked = sorted({name for one in reads for name in one.opened}, key=str.casefold)
    folded = {name.casefold(): name for name in asked}
    for name in settings:
        if name.casefold() not in folded:
            near = difflib.get_close_matches(name.casefold(), folded, n=1)
            meant = f"did you mean `{folded[near[0]]}`? " if near else ""
            names = ", ".join(asked) or "none"
            raise UsageError(
                f"--set {name}: no rule file leaves a value of that name open",
                f"{meant}open are: {names}",
            )


def _refuse_namesakes(layer: Layer) -> None:
    """Refuses two rules of one name in one layer, unless each is of a connector of its own."""
    seen: dict[tuple[str, str], str] = {}
    named: tuple[SyncRule | CloneRule, ...] = (*layer.rules, *layer.clones)
    for rule in named:
        key = (rule.name, rule.connector)
        if key in seen:
            raise InputError(
                f"{layer.source.name}: two rules are called `{rule.name}`: "
                f"in {seen[key]} and in {rule.origin}",
                "give one of them another name, or remove one of the files",
            )
        seen[key] = rule.origin
