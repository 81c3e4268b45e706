"""LDAP URLs: `ldaps://host[:port][/base][?attributes?scope?filter]`, as RFC 4516 writes them.

In place of the host there may be a domain, or nothing where the base names one (RFC 2247).
"""

import ipaddress
import re
from dataclasses import dataclass
from typing import NoReturn
from urllib.parse import unquote

from simulator.errors import UsageError

SCHEMES = {"ldap": 389, "ldaps": 636}
_SCOPES = ("sub", "one", "base")
_COMMA = re.compile(r"(?<!\\),")
_COMPONENT = re.compile(r"\s*dc\s*=\s*([^\s+=\\]+)\s*", re.IGNORECASE)
_FORM = "write it as ldaps://host[:port][/base][?attributes?scope?filter]"
_HOST = re.compile(
    r"(?:\[(?P<six>[0-9A-Fa-f:.]+)\]|(?P<name>[^\[\]:/?#@\s]+))(?::(?P<port>[0-9]*))?"
)
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


@dataclass(frozen=True, slots=True)
class LdapUrl:
    """The parts of an LDAP URL; *host*, *base* and *filter* are empty where it leaves them out.

    *exact* says that it gives a port: then its host is that one server and never a domain.
    """

    scheme: str
    host: str
    port: int
    base: str = ""
    attributes: tuple[str, ...] = ()
    scope: str = "sub"
    filter: str = ""
    exact: bool = False

    @property
    def domain(self) -> str:
        """What may be the name of a domain; empty where the URL can only mean one server."""
        if self.exact or (self.host and "." not in self.host):
            return ""
        return "" if _is_address(self.host) else self.host or domain_of(self.base)

    @property
    def place(self) -> str:
        """The server, as messages name it."""
        if not self.host:
            return f"{self.scheme}:///{self.base}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def is_ldap_url(text: str) -> bool:
    """Whether *text* begins like an LDAP URL."""
    scheme, colon, _ = text.partition("://")
    return bool(colon) and scheme.lower() in SCHEMES


def domain_of(base: str) -> str:
    """The domain that a distinguished name ends in: `OU=a,DC=contoso,DC=com` in contoso.com."""
    found: list[str] = []
    for part in reversed(_COMMA.split(base)):
        match = _COMPONENT.fullmatch(part)
        if match is None:
            break
        found.insert(0, match[1])
    return ".".join(found)


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
    if match is None and authority:
        _fail(text, f"`{authority}` is no host", _FORM)
    given = match["port"] if match else None
    port = int(given or SCHEMES[scheme])
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
    host, base = (match["six"] or match["name"]) if match else "", base.strip()
    if not host and not domain_of(base):
        _fail(
            text,
            "there is neither a host nor a base that ends in a domain",
            "write ldaps://host/..., or ldaps:///DC=contoso,DC=com to have its servers looked up",
        )
    return LdapUrl(scheme, host, port, base, attributes, scope, search.strip(), bool(given))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


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
