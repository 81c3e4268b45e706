"""The jobs of the program as functions: audit, preview, explain; the commands' library twins."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from simulator.answers import DEFAULT_MAXIMUM_REMOVED, Audit, Preview
from simulator.bulk import Statistics
from simulator.change_traps import change_traps
from simulator.check import check, refuse_errors
from simulator.current import PresentState, difference
from simulator.errors import Diagnostic, Severity, UsageError
from simulator.find import find_object
from simulator.forecast import forecast
from simulator.language.nodes import attributes_of
from simulator.objects import ConnectorObject, ObjectSet, Provenance
from simulator.options import Options
from simulator.results.certificates import syncing_until
from simulator.results.gather import gather
from simulator.results.origin import origin_of
from simulator.results.results import Results
from simulator.rule import Direction, RuleSet
from simulator.run import run_rows
from simulator.single import place_of, with_those_it_meets
from simulator.sources.spool import Rows
from simulator.sources.unasked import known
from simulator.sync.engine import Settings, simulate
from simulator.sync.outcome import Outcome
from simulator.where import Where


def audit(
    rules: RuleSet,
    objects: ObjectSet | Rows,
    options: Options | None = None,
    current: PresentState | None = None,
    maximum_removed: str = DEFAULT_MAXIMUM_REMOVED,
    span: timedelta | None = None,
) -> Audit:
    """For every object its outcome under *rules*, and the reason.

    With *current*, what is in the cloud, also what an export would add and delete; with *span*
    who leaves within it as certificates expire. Rows are for any number of objects; of
    certificates they give the verdict and the end alone, unless *options* ask for details. Raises
    `DiagnosticsError` for a rule set with errors. Library twin of `aadsim audit`.
    """
    options = options or Options()
    objects = _known(objects, options, rules)
    findings = (*_checked(rules, objects, options), *_rebuilt(rules))
    now = instant_of(objects.provenance, options)
    settings = Settings(now, options.readings, options.connectors)
    if isinstance(objects, Rows):
        results, counted = _by_columns((rules,), objects, settings, options)
    else:
        results, counted = gather(simulate(_wanted(objects, options, now), rules, settings)), ()
    present = difference(current, results, maximum_removed) if current else None
    later = None
    if span is not None:
        leaving = _syncing_until(now + span, results, objects, now)
        later = forecast(leaving, rules, settings, span)
    origin = origin_of((rules,), objects, now, options)
    return Audit(origin, results, findings, present=present, statistics=counted, forecast=later)


def preview(
    before: RuleSet,
    after: RuleSet,
    objects: ObjectSet | Rows,
    options: Options | None = None,
    maximum_removed: str = DEFAULT_MAXIMUM_REMOVED,
    current: PresentState | None = None,
    limits: Sequence[tuple[str, str]] = (),
) -> Preview:
    """What the change from *before* to *after* does to each object; the rest as of `audit`.

    *limits* are DNs of units with the number or percentage of their objects that may leave.
    Library twin of `aadsim preview`.
    """
    options = options or Options()
    objects = _known(objects, options, before, after)
    checked = [f for rules in (before, after) for f in _checked(rules, objects, options)]
    findings = {(f.code, f.message): f for f in (*checked, *_rebuilt(before, after))}
    now = instant_of(objects.provenance, options)
    settings = Settings(now, options.readings, options.connectors)
    sides = (before, after)
    if isinstance(objects, Rows):
        results, counted = _by_columns(sides, objects, settings, options)
    else:
        wanted = _wanted(objects, options, now)
        results, counted = gather(*(simulate(wanted, rules, settings) for rules in sides)), ()
    present = difference(current, results, maximum_removed) if current else None
    told = (*findings.values(), *change_traps(results))
    origin = origin_of(sides, objects, now, options)
    return Preview(
        origin, results, told, present=present, statistics=counted,
        maximum_removed=maximum_removed, limits=tuple(limits),
    )  # fmt: skip


def _known(objects: ObjectSet | Rows, options: Options, *rule_sets: RuleSet) -> ObjectSet | Rows:
    """The *objects*, in which is unknown what a directory was not asked for and a run reads."""
    read = frozenset[str]().union(*(rules.read_of(objects.types) for rules in rule_sets))
    return known(objects, read | (attributes_of(options.where) if options.where else set()))


def _by_columns(
    sides: Sequence[RuleSet], rows: Rows, settings: Settings, options: Options
) -> tuple[Results, tuple[Statistics, ...]]:
    where = Where(options.where, settings.now) if options.where is not None else None
    return run_rows(
        sides, rows, settings, where.masks if where else None, options.jobs, options.details,
        options.shard, options.progress,
    )  # fmt: skip


def _syncing_until(
    end: datetime, results: Results, objects: ObjectSet | Rows, now: datetime
) -> Iterator[ConnectorObject]:
    """Those of *objects* that sync by *results*, and have a certificate that ends up to *end*."""
    chosen = results.subjects.take(syncing_until(results, now, end))
    guids = dict(zip(chosen["dn"].to_pylist(), chosen["object_guid"].to_pylist(), strict=True))
    subjects = objects.objects if isinstance(objects, ObjectSet) else objects.named(chosen["dn"])
    return (o for o in subjects if o.dn in guids and guids[o.dn] == (o.guid or None))


def explain(
    name: str, rules: RuleSet, objects: ObjectSet | Rows, options: Options | None = None
) -> Outcome:
    """Everything that happened to the one object called *name*, every flow traced.

    *name* is a common name, sAMAccountName, DN or objectGUID. Of rows only those are taken that
    the object may meet. Library twin of `aadsim explain`.
    """
    options = replace(options or Options(), where=None)
    _refuse_empty_filters(options)
    refuse_errors(rules, options.connectors)
    objects = _known(objects, options, rules)
    now = instant_of(objects.provenance, options)
    settings = Settings(now, options.readings, options.connectors, full=True)
    if isinstance(objects, Rows):
        subjects = with_those_it_meets(rules, objects, settings, place_of(name, objects))
        subject = subjects[0]
    else:
        subject, subjects = find_object(name, objects), list(objects.objects)
    return next(o for o in simulate(subjects, rules, settings) if o.subject is subject)


def instant_of(provenance: Provenance, options: Options) -> datetime:
    """The given instant, else that of the snapshot; a caller without either gives its own."""
    if options.now is not None:
        return options.now
    if provenance.captured_at:
        return datetime.fromisoformat(provenance.captured_at).astimezone(UTC)
    raise UsageError("the objects have no capture time", "give the instant of Now() with --as-of")


def _wanted(objects: ObjectSet, options: Options, now: datetime) -> list[ConnectorObject]:
    if options.where is None:
        return list(objects.objects)
    return Where(options.where, now).kept(objects)


def _rebuilt(*rule_sets: RuleSet) -> tuple[Diagnostic, ...]:
    """The finding that rules of these sets are reconstructions, if some are."""
    names = dict.fromkeys(
        f"`{r.name}`" for s in rule_sets for r in (*s.rules, *s.disabled) if r.reconstruction
    )
    if not names:
        return ()
    return (
        Diagnostic(
            "reconstruction",
            f"{', '.join(names)}: the wording is a reconstruction, not Microsoft's (A-35)",
            help="export the rules of your own server",
            severity=Severity.WARNING,
        ),
    )


def _refuse_empty_filters(options: Options) -> None:
    """A connector without any domain would import nothing: it is no import filter."""
    for connector in options.connectors:
        if not connector.partitions:
            raise UsageError(
                f"--connector: {connector.name} ({connector.origin or 'no file'}) "
                "names no domain, so nothing would be imported",
                "give the connector of a server export, or one with [[connector.partition]]",
            )


def _checked(
    rules: RuleSet, objects: ObjectSet | Rows, options: Options
) -> tuple[Diagnostic, ...]:
    """What is worth saying of *rules*, once they are found to have no error.

    Warnings are told of the rules that take objects of these types; `check` tells them all.
    """
    _refuse_empty_filters(options)
    refuse_errors(rules, options.connectors)
    types = objects.types
    inbound = [r for r in rules.rules if r.source_type in types]
    reached = {r.target_type for r in inbound if r.direction is Direction.INBOUND}
    outbound = [r for r in rules.rules if r.source_type in reached]
    concerned = replace(
        rules,
        rules=tuple(
            r
            for r in rules.rules
            if r in (inbound if r.direction is Direction.INBOUND else outbound)
        ),
    )
    said = [f for f in check(concerned, options.connectors) if f.severity is not Severity.NOTE]
    return tuple(said)
