"""Attribute types: what an attribute's values are, and how its name is spelt."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class AttributeType:
    """An attribute: its name as the schema spells it, its type, and whether it has many values."""

    name: str
    type: str
    multi: bool

    @property
    def language_type(self) -> str:
        """The type as an expression sees it: `mv` before that of a multi-valued attribute."""
        return f"mv{self.type}" if self.multi else self.type


@dataclass(frozen=True, slots=True)
class Schema:
    """The attributes of one connected directory or of the metaverse."""

    name: str
    attributes: Mapping[str, AttributeType]
    folded: Mapping[str, str]

    def get(self, name: str) -> AttributeType | None:
        """The attribute of exactly that name."""
        return self.attributes.get(name)

    def spelling(self, name: str) -> str | None:
        """How the schema spells *name*, compared without case; `None` for an unknown attribute."""
        return self.folded.get(name.casefold())

    def near(self, name: str) -> str | None:
        """The attribute whose name is nearest to *name*, if one is near."""
        import difflib  # only for what is misspelt

        matches = difflib.get_close_matches(name.casefold(), self.folded, n=1, cutoff=0.75)
        return self.folded[matches[0]] if matches else None


def schema_of(name: str, types: Mapping[str, str]) -> Schema:
    """A schema from attribute names and their types as an expression sees them."""
    attributes = {
        attribute: AttributeType(attribute, kind.removeprefix("mv"), kind.startswith("mv"))
        for attribute, kind in types.items()
    }
    return Schema(name, attributes, {a.casefold(): a for a in attributes})


_TABLE = re.compile(r"^\[(\w+)\]$", re.MULTILINE)
_LINE = re.compile(r'^([\w-]+) = "(\w+)"$', re.MULTILINE)


@cache
def _tables() -> Mapping[str, Mapping[str, str]]:
    """What `schema.toml` says; tomllib would take longer for it than all the rest of a start."""
    text = Path(__file__).with_name("schema.toml").read_text(encoding="utf-8")
    _, *parts = _TABLE.split(text)
    return {name: dict(_LINE.findall(body)) for name, body in zip(*[iter(parts)] * 2, strict=True)}


@cache
def standard_schema(name: str) -> Schema:
    """The shipped schema `ad`, `metaverse` or `entra`."""
    return schema_of(name, _tables()[name])
