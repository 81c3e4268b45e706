"""To what an object is linked: the metaverse object it joins, or the one made for it.

Source: synchronization specification, section 5.
"""

from collections.abc import Iterable

from simulator.errors import ObjectError
from simulator.language.context import Context
from simulator.rule import Direction, JoinCondition, LinkType, SyncRule
from simulator.sync.outcome import Scoping
from simulator.values import AttributeMap, Reference, Unreadable, Value, dn_key

ANY_TYPE = "*"  # a rule that joins metaverse objects of whatever type (foreignSecurityPrincipal)


def joining_rule(scopings: Iterable[Scoping], context: Context) -> SyncRule | None:
    """The rule in scope that links the object; `None` if none has join criteria or provisions.

    Several with the same criteria are tolerated (A-30), the first by precedence links; with
    different criteria they are an error of the object. Of outbound rules that is no assumption:
    eight shipped ones join every group by the same attribute.
    """
    linking = [s.rule for s in scopings if s.applies and s.rule.join]
    criteria = {rule.join for rule in linking}
    if len(criteria) > 1:
        names = " and ".join(f"`{rule.name}`" for rule in linking)
        raise ObjectError(
            "join-conflict",
            f"rules with different join criteria are in scope: {names}",
            "narrow the scope of one, or disable it",
        )
    if len(linking) > 1 and linking[0].direction is Direction.INBOUND:
        if context.reading("A-30") == "error":
            raise ObjectError(
                "join-conflict", "several rules with join criteria are in scope (A-30)"
            )
        names = " and ".join(f"`{rule.name}`" for rule in linking)
        context.note(
            "same-join-criteria", f"{names} are in scope with the same join criteria (A-30)"
        )
    if linking:
        provisioning = (r for r in linking if r.link_type is LinkType.PROVISION)
        return next(provisioning, linking[0])
    in_scope = (s.rule for s in scopings if s.applies)
    return next((r for r in in_scope if r.link_type is LinkType.PROVISION), None)


def joined_flows(scopings: Iterable[Scoping], target_type: str) -> tuple[SyncRule, ...]:
    """The rules whose flows apply to an object linked to one of *target_type*.

    That is all in scope but JoinNoFlow ones and those for another type.
    """
    return tuple(
        s.rule
        for s in scopings
        if s.applies
        and s.rule.link_type is not LinkType.JOIN_NO_FLOW
        and (target_type == ANY_TYPE or s.rule.target_type in (target_type, ANY_TYPE))
    )


def may_provision(rule: SyncRule, attributes: AttributeMap) -> bool:
    """Whether *rule* may make a new object: it provisions, and has a value to join by (DC)."""
    if rule.link_type is not LinkType.PROVISION:
        return False
    if not rule.join:
        return True
    return any(_values(attributes.get(c.source)) for group in rule.join for c in group)


class JoinIndex:
    """Objects that have been linked, found by the values of the attributes that rules join on."""

    def __init__(self) -> None:
        self._values: dict[tuple[str, str, object], set[int]] = {}
        self._indexed: set[str] = set()

    def index(self, attributes: Iterable[str]) -> None:
        """Announces the *attributes* that candidates are looked up by."""
        self._indexed |= set(attributes)

    def add(self, number: int, type: str, attributes: AttributeMap) -> None:
        """Makes the object *number* of *type* a candidate by its *attributes*."""
        for name in self._indexed:
            for value in _values(attributes.get(name)):
                for key in {_key(value, True), _key(value, False)}:
                    for kind in (type, ANY_TYPE):
                        self._values.setdefault((kind, name, key), set()).add(number)

    def candidates(
        self, type: str, group: tuple[JoinCondition, ...], attributes: AttributeMap
    ) -> set[int]:
        """The objects of *type* that every condition of *group* matches; a NULL matches none."""
        found: set[int] | None = None
        for condition in group:
            matches: set[int] = set()
            for value in _values(attributes.get(condition.source)):
                key = _key(value, condition.case_sensitive)
                matches |= self._values.get((type, condition.target, key), set())
            found = matches if found is None else found & matches
        return found or set()


def _values(value: Value | Unreadable) -> tuple[Value, ...]:
    if isinstance(value, Unreadable):
        raise ObjectError(value.kind, f"a join attribute could not be read: {value.reason}")
    if value is None or value == "":
        return ()
    return value if isinstance(value, tuple) else (value,)


def _key(value: Value, exact: bool) -> object:
    match value:
        case str():
            return ("=", value) if exact else ("~", value.casefold())
        case Reference():
            return ("dn", dn_key(value.dn))
        case _:
            return (type(value), value)
