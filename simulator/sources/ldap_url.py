"""LDAP URLs: `ldaps://host[:port][/base][?attributes?scope?filter]`, as RFC 4516 writes them."""

import re
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import unquote

from simulator.errors import UsageError

SCHEMES = {"ldap": 389, "ldaps": 636}
_SCOPES = ("sub", "one", "base")
_FORM = "write it as ldaps://host[:port][/base][?attributes?scope?filter]"
_HOST = re.compile(
    r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<name>[^\[\]:/?#@\s]+))(?::(?P<port>[0-9]*))?"
)
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class LdapUrl:
    """The parts of an LDAP URL; *base* and *filter* are empty where it leaves them out."""

    scheme: str
    host: str
    port: int
    base: str = ""
    attributes: tuple[str, ...] = ()
    scope: str = "sub"
    filter: str = ""

    @property
    def place(self) -> str:
        """The server, as messages name it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def is_ldap_url(text: str) -> bool:
    """Whether *text* begins like an LDAP URL."""
    scheme, colon, _ = text.partition("://")
    return bool(colon) and scheme.lower() in SCHEMES


def parse_ldap_url(text: str) -> LdapUrl:
    """The parts of the URL *text*, percent signs decoded."""
    scheme, _, rest = text.partition("://")
    scheme = scheme.lower()
    authority, _, path = rest.partition("/")
    if "@" in authority:
        # The URL itself is not quoted: it holds a password, most likely.
        raise UsageError(
            f"{scheme}:// URL: a user or password does not belong into the URL",
            "give the account with --user, and leave the password to be asked for",
        )
    match = _HOST.fullmatch(authority)
    if match is None:
        _fail(text, f"`{authority}` is no host", _FORM)
    port = int(match["port"] or SCHEMES[scheme])
    if not 0 < port < 65536:
        _fail(text, f"{port} is no port", _FORM)
    parts = path.split("?")
    if len(parts) > 4 and any(extension.strip() for extension in parts[4:]):
        _fail(text, "extensions of LDAP URLs are not known", "write a ? within a filter as %3F")
    base, names, scope, search = (_decoded(p, text) for p in [*parts, "", "", "", ""][:4])
    scope = scope.strip().lower() or "sub"
    if scope not in _SCOPES:
        _fail(text, f"`{scope}` is no scope", f"the scopes are {', '.join(_SCOPES)}")
    attributes = tuple(name.strip() for name in names.split(",") if name.strip())
    host = match["six"] or match["name"]
    return LdapUrl(scheme, host, port, base.strip(), attributes, scope, search.strip())


def _decoded(part: str, text: str) -> str:
    if _BAD_ESCAPE.search(part):
        _fail(text, f"`{part}` has a % that is not followed by two hex digits", "write % as %25")
    try:
        return unquote(part, errors="strict")
    except UnicodeDecodeError:
        _fail(
            text, f"`{part}` is not UTF-8 after its % are decoded", "write the characters plainly"
        )


def _fail(text: str, problem: str, help: str) -> NoReturn:
    raise UsageError(f"{text}: {problem}", help)
