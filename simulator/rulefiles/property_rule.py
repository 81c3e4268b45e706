"""A `SyncRule` from the properties that the product's PowerShell objects have."""

from collections.abc import Mapping
from dataclasses import replace

from simulator.errors import Source
from simulator.rule import Direction, LinkType, SyncRule
from simulator.rulefiles.properties import Found, Open, Placed, Properties
from simulator.rulefiles.property_parts import flows_of, join_of, scope_of
from simulator.rulefiles.rulefile import known_guid

_RULE = (
    "name", "identifier", "internalidentifier", "description", "direction", "disabled",
    "precedence", "precedenceafter", "precedencebefore", "sourceobjecttype", "targetobjecttype",
    "connector", "connectorname", "linktype", "softdeleteexpiryinterval", "immutabletag",
    "enablepasswordsync", "scopefilter", "joinfilter", "attributeflowmappings",
)  # fmt: skip


def rule_of(values: Mapping[str, object], found: Found, fallback: str) -> SyncRule | None:
    """The rule with the properties *values*, or `None` after what is wrong with them."""
    before = len(found.problems)
    values = {name.casefold(): value for name, value in values.items()}
    name_given = values.get("name")
    shown = name_given.text if isinstance(name_given, Placed) else name_given
    label = shown if isinstance(shown, str) and shown.strip() else fallback
    here = values.get("")
    place = here if isinstance(here, Source) else Source("", "", file=found.file.name)
    rule = Properties(values, replace(place, name=label), found)
    rule.unknown(_RULE)
    name = rule.text("name", needed=True)
    direction = rule.word(Direction, "direction")
    link = rule.word(LinkType, "linktype")
    types = [
        rule.text(each, needed=True).strip() for each in ("sourceobjecttype", "targetobjecttype")
    ]
    precedence = _precedence(rule, label)
    connector = rule.text("connector", guess="") or rule.text("connectorname", guess="")
    side = direction or Direction.INBOUND
    flows, scope, join = flows_of(rule, side), scope_of(rule), join_of(rule, side)
    made = SyncRule(
        name=name,
        direction=side,
        source_type=types[0],
        target_type=types[1],
        link_type=link or LinkType.JOIN,
        precedence=precedence,
        flows=flows,
        scope=scope,
        join=join,
        connector=known_guid(connector),
        id=known_guid(rule.text("identifier", guess="")),
        description=rule.text("description", guess=""),
        immutable_tag=rule.text("immutabletag", guess=""),
        disabled=rule.flag("disabled"),
        password_sync=rule.flag("enablepasswordsync"),
        soft_delete_expiry=_interval(rule),
        precedence_after=known_guid(rule.text("precedenceafter", guess="")),
        precedence_before=known_guid(rule.text("precedencebefore", guess="")),
        origin=found.file.name,
    )
    return made if len(found.problems) == before else None


def _precedence(rule: Properties, label: str) -> int:
    if rule.get("precedence") is None:
        given = rule.found.value(f"{label}.Precedence")
        if isinstance(given, Open):
            help = f"look it up on the server and give it: --set '{given.names[0]}=88'"
            message = "the rule has no precedence: the server chooses it when the rule is made"
            rule.problem("no-precedence", message, help)
            return 0
        text = given.text
    else:
        before = len(rule.found.problems)
        text = rule.text("precedence").strip()
        if len(rule.found.problems) != before:
            return 0
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    rule.problem("precedence-no-number", f"the precedence is `{text}`", "write a whole number")
    return 0


def _interval(rule: Properties) -> str:
    """The soft-delete expiry; the objects have a number, exports a time, and 0 is both."""
    value = rule.get("softdeleteexpiryinterval")
    if isinstance(value, Mapping):  # a TimeSpan, as ConvertTo-Json writes it
        ticks = {str(k).casefold(): v for k, v in value.items()}.get("ticks")
        seconds = ticks // 10_000_000 if isinstance(ticks, int) else 0
        return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    text = rule.text("softdeleteexpiryinterval", guess="").strip()
    return "00:00:00" if text in ("", "0") else text
