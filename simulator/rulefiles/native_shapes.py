"""The keys of our own rule form, and the type of each: what a table may hold."""

from typing import Annotated, Any

import msgspec

Precedence = Annotated[int, msgspec.Meta(ge=0)]


class RuleTable(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A rule, whole."""

    name: str
    direction: str
    source_object_type: str
    target_object_type: str
    link_type: str
    precedence: Precedence
    connector: str = ""
    id: str = ""
    description: str = ""
    immutable_tag: str = ""
    disabled: bool = False
    reconstruction: bool = False
    enable_password_sync: bool = False
    soft_delete_expiry_interval: str = "00:00:00"
    precedence_after: str = ""
    precedence_before: str = ""
    scope: list[list[dict[str, Any]]] = []
    join: list[list[dict[str, Any]]] = []
    flow: list[dict[str, Any]] = []


class CloneTable(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A copy of a rule given before, with some flows replaced."""

    clone_of: str
    name: str
    description: str | None = None
    precedence: Precedence | None = None
    connector: str = ""
    disabled: bool = False
    flow: list[dict[str, Any]] = []


class FlowTable(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One attribute flow."""

    target: str
    type: str
    source: str | None = None
    constant: str | None = None
    expression: str | None = None
    sources: list[str] = []
    merge: str = "Update"
    once: bool = False


class ClauseTable(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One clause of a group of the scoping filter."""

    attribute: str
    operator: str
    value: str = ""


class JoinTable(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One pair of a group of the join rules."""

    source: str
    target: str
    case_sensitive: bool = False
