"""Keyed pseudonyms: the same word and key always give the same one, and nobody turns it back.

Words, not whole texts, are replaced, so that `PC1`, `PC1$`, `pc1.corp.example` and
`CN=PC1,OU=Servers` still belong together. Letter case is lost. GUIDs stay: certificates and device
ids hold them, and they tell nothing by themselves.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from functools import lru_cache

from simulator.sources.binary import from_sid
from simulator.sources.decode import sid_text

_TOKEN = re.compile(
    r"(?P<guid>[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12})"
    r"|(?P<sid>\bS-1-5-21(?:-\d{1,10}){3,4}\b)|(?P<well>\bS-1-\d+(?:-\d{1,10}){1,2}\b)"
    r"|\b(?P<type>CN|OU|DC|O|C|L|ST|E)(?==)"  # a name within a text
    r"|(?P<word>[^\W_]+)"
)
_LENGTH = 10
_RIDS = range(1000, 2**32)  # those below belong to well-known accounts and groups
# Containers and classes that every domain has; rules and the schema know them by name.
_EVERYWHERE = frozenset(
    {
        "computers", "computer", "users", "user", "person", "builtin", "domain controllers",
        "configuration", "schema", "system", "managed service accounts", "program data",
        "foreignsecurityprincipals", "lostandfound", "ms-ds-group-managed-service-account",
        "ms-ds-managed-service-account",
    }
)  # fmt: skip
_SIMPLE = re.compile(r"[\w.$@-]+")
_ESCAPED = re.compile(r"(?P<bytes>(?:\\[0-9A-Fa-f]{2})+)|\\(?P<character>.)")
_RDN = re.compile(r"(?<!\\)(?:\\\\)*,")


@dataclass(frozen=True)
class Pseudonyms:
    """The pseudonyms under one key."""

    key: bytes

    def word(self, text: str) -> str:
        """That of one word; it begins with a letter."""
        return _word(self.key, text.casefold())

    def text(self, text: str) -> str:
        """*text* with every word replaced, and all between the words as it is."""
        return _TOKEN.sub(self._token, text)

    def dn(self, dn: str) -> str:
        """*dn* with the values of its parts replaced, but for containers of every domain."""
        parts, at = [], 0
        for match in [*_RDN.finditer(dn), None]:
            end = match.end() - 1 if match else len(dn)
            parts.append(self._part(dn[at:end]))
            at = end + 1
        return ",".join(parts)

    def sid(self, content: bytes) -> bytes:
        """That of a security identifier: of its domain, and within it of the account."""
        text = sid_text(content)
        replaced = from_sid(self._sid(text)) if text else None
        return content if replaced is None else replaced

    def _part(self, part: str) -> str:
        type, sign, value = part.partition("=")
        if not sign or value.strip().casefold() in _EVERYWHERE:
            return part
        plain = _ESCAPED.sub(_unescaped, value)
        # A value with other characters as a whole: no two may become one.
        return f"{type}={self.text(plain) if _SIMPLE.fullmatch(plain) else self.word(plain)}"

    def _token(self, match: re.Match[str]) -> str:
        match match.lastgroup:
            case "word":
                return self.word(match[0])
            case "sid":
                return self._sid(match[0])
        return match[0]

    def _sid(self, text: str) -> str:
        parts = text.split("-")
        if parts[:4] != ["S", "1", "5", "21"] or len(parts) < 7:
            return text
        domain = "-".join(parts[4:7])
        sum = _sum(self.key, f"domain {domain}")
        replaced = [str(int.from_bytes(sum[i : i + 4], "big")) for i in (0, 4, 8)]
        return "-".join([*parts[:4], *replaced, *(str(self._rid(int(p))) for p in parts[7:])])

    def _rid(self, number: int) -> int:
        """Another number for *number*, and never one for two: a keyed permutation."""
        if number not in _RIDS:
            return number
        while True:
            left, right = divmod(number, 2**16)
            for turn in range(4):
                mixed = _sum(self.key, f"rid {turn} {right}")
                left, right = right, left ^ int.from_bytes(mixed[:2], "big")
            number = left * 2**16 + right
            if number in _RIDS:
                return number


def _unescaped(match: re.Match[str]) -> str:
    if match["bytes"]:
        return bytes.fromhex(match["bytes"].replace("\\", "")).decode(errors="replace")
    return match["character"]


@lru_cache(maxsize=65536)
def _word(key: bytes, text: str) -> str:
    encoded = base64.b32encode(_sum(key, f"word {text}")).decode().lower()
    return "x" + encoded[: _LENGTH - 1]


def _sum(key: bytes, text: str) -> bytes:
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
