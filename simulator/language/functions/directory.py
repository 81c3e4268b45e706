"""Functions on distinguished names. Source: specification section 9."""

import re

from simulator.errors import ObjectError
from simulator.language.context import Context
from simulator.language.function import function
from simulator.values import Reference

# One component: escaped pairs, quoted texts, and anything but a comma. The library that parses
# names would undo the escapes, which the shipped rules look for.
_COMPONENT = re.compile(r'(?:\\.?|"(?:\\.|[^"\\])*"|[^,\\])+', re.DOTALL)
_TYPE = re.compile(r"[A-Za-z][A-Za-z0-9-]*|[0-9]+(?:\.[0-9]+)*")
_SPECIAL = re.compile(r'[,=+<>#;\\"]')


@function
def DNComponent(reference: Reference, number: int, *, context: Context) -> str | None:
    """The value of the component of that *number* of a distinguished name, from the left.

    The first component is number 1. Escapes stay in the value. A number beyond the last component
    gives NULL.

    DNComponent(CRef("cn=Joe,ou=Atlanta, dc=contoso,dc=com"), 1)  -> "Joe"
    DNComponent(CRef("cn=Joe,ou=Atlanta, dc=contoso,dc=com"), 3)  -> "contoso"
    DNComponent(CRef("cn=Joe,dc=com"), 9)  -> NULL

    Assumed: A-16, the escapes stay.
    """
    return _value("DNComponent", components(reference.dn), number, context)


@function
def DNComponentRev(
    reference: Reference, number: int, option: str = "", *, context: Context
) -> str | None:
    """The value of the component of that *number* of a distinguished name, from the right.

    With "DC" as the *option* the components of the domain are left out. Escapes stay in the value.
    A number beyond the first component gives NULL.

    DNComponentRev(CRef("cn=Joe,ou=Atlanta,ou=US,dc=contoso,dc=com"), 3)  -> "US"
    DNComponentRev(CRef("cn=Joe,ou=Atlanta,ou=US,dc=contoso,dc=com"), 1, "DC")  -> "US"
    DNComponentRev(CRef("dc=contoso,dc=com"), 1, "DC")  -> NULL

    Assumed: A-16, the escapes stay.
    """
    if option not in ("", "DC"):
        raise ObjectError(
            "type-mismatch",
            f"DNComponentRev knows no option `{option}`",
            'the only option is "DC"',
        )
    parts = [p for p in components(reference.dn) if not option or _kind(p) != "dc"]
    return _value("DNComponentRev", tuple(reversed(parts)), number, context)


@function
def EscapeDNComponent(text: str) -> str:
    r"""*text* as it must be written to stand in a distinguished name.

    Of `type=value` only the value is escaped. A backslash is put before each of , = + < > # ; \ "
    and before a blank at the end.

    EscapeDNComponent("cn=Doe, John")  -> "cn=Doe\, John"
    EscapeDNComponent("Doe, John")  -> "Doe\, John"
    EscapeDNComponent("cn=Joe")  -> "cn=Joe"
    """
    kind, equals, value = text.partition("=")
    if not equals or not _TYPE.fullmatch(kind):
        kind, equals, value = "", "", text
    escaped = _SPECIAL.sub(r"\\\g<0>", value)
    if escaped.endswith(" "):
        escaped = escaped[:-1] + "\\ "
    return kind + equals + escaped


def components(dn: str) -> tuple[str, ...]:
    """The components of *dn*, as they are written, without the blanks around them."""
    parts = (part.lstrip(" ") for part in _COMPONENT.findall(dn))
    return tuple(_without_final_blanks(part) for part in parts if part.strip())


def _without_final_blanks(part: str) -> str:
    stripped = part.rstrip(" ")
    escaped = (len(stripped) - len(stripped.rstrip("\\"))) % 2 == 1
    return stripped + " " if escaped and stripped != part else stripped


def _kind(component: str) -> str:
    return component.partition("=")[0].strip(" ").lower()


def _value(name: str, parts: tuple[str, ...], number: int, context: Context) -> str | None:
    if number < 1:
        raise ObjectError(
            "index-out-of-range",
            f"{name} cannot give component {number}",
            "the first is number 1",
        )
    if number > len(parts):
        context.note("dn-component-missing", f"{name} found no component {number}")
        return None
    value = parts[number - 1].partition("=")[2].lstrip(" ")
    if "\\" in value or '"' in value:
        context.reading("A-16")
    return value
