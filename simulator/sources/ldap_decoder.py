"""Takes search entries apart by hand, which ldap3 spends nearly all its time on.

Connection, TLS, sign-in, requests and all other responses stay ldap3's. What is relied upon is
internal to it, so that this is done with the versions that it is tested with, and no others.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ldap3 import Connection

TESTED = ("2.9", "2.9.1")
_PIECE = 16_384  # of TLS there is never more at once
_ENTRY = b"\x64"  # the tag of a SearchResultEntry
_NOTICE_OF_DISCONNECTION = "1.3.6.1.4.1.1466.20036"
_NOT_LAST = ("searchResEntry", "searchResRef", "intermediateResponse")
_METHODS = ("send", "open", "get_response", "post_send_single_response", "post_send_search")

RawEntry = tuple[str, dict[str, list[bytes]]]


class MalformedError(ValueError):
    """Bytes that are no message of LDAP."""


def prepare(connection: "Connection") -> None:
    """Makes *connection*, not open yet, able to decode entries; with other versions, nothing."""
    from ldap3.version import __version__

    if __version__ in TESTED:
        connection.strategy = _strategy(connection)
        for method in _METHODS:
            setattr(connection, method, getattr(connection.strategy, method))


def decode_entries(connection: "Connection") -> None:
    """From now on searches give entries as pairs of DN and raw attributes, if that is prepared."""
    if hasattr(connection.strategy, "decodes_entries"):
        connection.strategy.decodes_entries = True


class Names(dict[bytes, str]):
    """The names of attributes as text, each decoded once."""

    def __missing__(self, key: bytes) -> str:
        name = self[key] = key.decode()
        return name


def entry(data: bytes, pos: int, end: int, names: Names) -> RawEntry:
    """The DN and attributes of a SearchResultEntry whose length begins at *pos* of *data*.

    Its message ends at *end*; attributes without values are left out. Raises `MalformedError`.
    """
    try:
        return _entry(data, pos, end, names)
    except (IndexError, UnicodeDecodeError) as error:
        raise MalformedError(f"an entry that is none came: {error}") from None


def _entry(data: bytes, pos: int, end: int, names: Names) -> RawEntry:
    pos, stop = _contents(data, pos)
    if stop > end:
        raise MalformedError("an entry runs over the end of its message")
    pos, at = _contents(data, pos + 1)
    dn = data[pos:at]
    pos, last = _contents(data, at + 1)
    if last != stop:
        raise MalformedError("the attributes of an entry do not fill it")
    attributes: dict[str, list[bytes]] = {}
    while pos < stop:
        # SEQUENCE { name OCTET STRING, values SET OF OCTET STRING }; short lengths are the rule
        length = data[pos + 1]
        pos += 3 if length < 128 else 3 + (length & 127)
        length = data[pos]
        pos += 1
        if length > 127:
            pos, length = _long(data, pos, length)
        key = data[pos : pos + length]
        pos += length
        size = data[pos + 1]
        if 1 < size < 128 and data[pos + 3] == size - 2:  # one value
            pos += 2 + size
            attributes[names[key]] = [data[pos - size + 2 : pos]]
        else:
            values, pos = _values(data, pos + 1)
            if values:
                attributes[names[key]] = values
    if pos != stop:
        raise MalformedError("an attribute runs over the end of its entry")
    return dn.decode(), attributes


def _values(data: bytes, pos: int) -> tuple[list[bytes], int]:
    """The values of a set whose length begins at *pos*, and where it ends."""
    pos, stop = _contents(data, pos)
    values = []
    while pos < stop:
        length = data[pos + 1]
        pos += 2
        if length > 127:
            if length == 0x82:  # by far the most certificates
                length = data[pos] << 8 | data[pos + 1]
                pos += 2
            else:
                pos, length = _long(data, pos, length)
        values.append(data[pos : pos + length])
        pos += length
    if pos != stop:
        raise MalformedError("the values of an attribute do not fill it")
    return values, stop


def _contents(data: bytes, pos: int) -> tuple[int, int]:
    """Where the contents begin and end of what has its length at *pos*."""
    length = data[pos]
    pos += 1
    if length > 127:
        pos, length = _long(data, pos, length)
    return pos, pos + length


def _long(data: bytes, pos: int, size: int) -> tuple[int, int]:
    """Position after, and value of, a length in `size & 127` bytes at *pos*."""
    after = pos + (size & 127)
    return after, int.from_bytes(data[pos:after], "big")


def _strategy(connection: "Connection") -> Any:
    from ldap3.core.exceptions import LDAPSocketReceiveError
    from ldap3.strategy.base import RESPONSE_COMPLETE, SESSION_TERMINATED_BY_SERVER
    from ldap3.strategy.sync import SyncStrategy
    from ldap3.utils.asn1 import decode_message_fast

    class EntryStrategy(SyncStrategy):
        """ldap3's synchronous strategy, with this decoder for search entries."""

        def __init__(self, connection: "Connection") -> None:
            super().__init__(connection)
            self.decodes_entries = False  # ldap3 reads the root entry in its own form
            self._names = Names()
            self._rest = b""

        def _get_response(self, message_id: int, timeout: float) -> Any:
            number = message_id.to_bytes(message_id.bit_length() // 8 + 1, "big")
            mine = bytes([2, len(number)]) + number + _ENTRY
            skip, names, responses = len(mine), self._names, []
            data, self._rest = self._rest, b""
            while True:
                pos, size = 0, len(data)
                while pos < size and (bounds := _message(data, pos, size)):
                    start, end = bounds
                    if self.decodes_entries and data.startswith(mine, start):
                        responses.append(entry(data, start + skip, end, names))
                    else:
                        response = self._other(data[pos:end], message_id)
                        if response is SESSION_TERMINATED_BY_SERVER:
                            return response
                        responses.append(response)
                        if response["type"] not in _NOT_LAST:
                            self._rest = data[end:]
                            return [*responses, RESPONSE_COMPLETE]
                    pos = end
                data = self._more(data[pos:])
                if not data:
                    return SESSION_TERMINATED_BY_SERVER

        def _other(self, data: bytes, message_id: int) -> Any:
            """What ldap3 makes of a message that is no entry."""
            message = decode_message_fast(data)  # type: ignore[no-untyped-call]
            response = self.decode_response_fast(message)  # type: ignore[no-untyped-call]
            if int(message["messageID"]) == message_id:
                return response
            if response.get("responseName") == _NOTICE_OF_DISCONNECTION:
                return SESSION_TERMINATED_BY_SERVER
            raise LDAPSocketReceiveError("an answer to no request of ours came")

        def _more(self, rest: bytes) -> bytes:
            """*rest* of a message, and what comes after it up to its end; empty at the end."""
            opened = self.connection.socket
            read = getattr(opened, "read", opened.recv)  # of TLS, which recv calls
            wanted = _size(rest)
            chunks, size = [rest], len(rest)
            while True:
                try:
                    chunk = read(_PIECE)
                except OSError as error:
                    raise LDAPSocketReceiveError(f"error receiving data: {error}") from error
                if not chunk:
                    return b""
                if not rest:  # most pieces begin with a message
                    return chunk  # type: ignore[no-any-return]
                chunks.append(chunk)
                size += len(chunk)
                if size >= wanted:
                    return b"".join(chunks)

    return EntryStrategy(connection)


def _message(data: bytes, pos: int, size: int) -> tuple[int, int] | None:
    """Where the contents begin and end of the message at *pos*; `None` if it is not whole."""
    if size - pos < 2:
        return None
    if data[pos] != 0x30:
        raise MalformedError("bytes that are no LDAP came")
    length, start = data[pos + 1], pos + 2
    if length > 127:
        if size - start < length & 127:
            return None
        start, length = _long(data, start, length)
    end = start + length
    return (start, end) if end <= size else None


def _size(data: bytes) -> int:
    """How many bytes the message that begins *data* has, or needs to tell it."""
    head = 2 + (data[1] & 127 if len(data) > 1 and data[1] > 127 else 0)
    if len(data) < head:
        return head
    return _contents(data, 1)[1]
