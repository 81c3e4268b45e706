"""The data of a report in one block: named columns, deflated, as base64.

A block is a number of four bytes, the length of a head in JSON, the head, and the columns one
after the other. The head tells of each column its form, where it begins and how long it is;
columns begin at a multiple of eight, so that a browser reads numbers where they lie.
"""

import base64
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow

_LEVEL = 6
_PIECE = 57 * 16_384  # a multiple of three: pieces of base64 can be joined
_SEPARATOR = "\0"


@dataclass(frozen=True, slots=True)
class Block:
    """Columns by name, while they are put together: the *head* of each, and its bytes."""

    head: dict[str, Any] = field(default_factory=dict)
    parts: list[bytes] = field(default_factory=list)

    def texts(self, name: str, values: "pyarrow.Array | pyarrow.ChunkedArray") -> None:
        """A column of texts: UTF-8, with a NUL between one and the next."""
        self._add(name, "texts", joined(values, _SEPARATOR), count=len(values))

    def codes(self, name: str, values: "pyarrow.Array | pyarrow.ChunkedArray") -> None:
        """A column of texts of which few differ: each once, and a number for each row."""
        import pyarrow as pa

        if not pa.types.is_dictionary(values.type):
            values = values.dictionary_encode()
        whole = _whole(values)
        self.texts(f"{name}.values", whole.dictionary)
        self.numbers(name, whole.indices, len(whole.dictionary))

    def numbers(
        self, name: str, values: "pyarrow.Array | pyarrow.ChunkedArray", below: int
    ) -> None:
        """A column of whole numbers from 0 up to, not including, *below*; NULL is *below*."""
        import pyarrow as pa

        size = next(size for size in (1, 2, 4) if below < 256**size)
        kind = {1: pa.uint8(), 2: pa.uint16(), 4: pa.uint32()}[size]
        whole = _whole(values.fill_null(below).cast(kind))
        self._add(name, f"u{size}", _bytes(whole, size), count=len(whole))

    def reals(self, name: str, values: "pyarrow.Array | pyarrow.ChunkedArray") -> None:
        """A column of numbers of eight bytes; NULL is no number."""
        import pyarrow as pa

        whole = _whole(values.cast(pa.float64()).fill_null(float("nan")))
        self._add(name, "f8", _bytes(whole, 8), count=len(whole))

    def hexadecimal(
        self, name: str, values: "pyarrow.Array | pyarrow.ChunkedArray", digits: str, count: int
    ) -> None:
        """A column of texts of *count* hexadecimal *digits* as bytes; zeros where there is none.

        Hyphens do not count. Texts that are something else stay texts.
        """
        import pyarrow.compute as pc

        filled = values.fill_null("")
        plain = pc.replace_substring(filled, "-", "")
        fitting = pc.match_substring_regex(plain, f"^(?:[{digits}]{{{count}}})?$")
        if not pc.all(fitting, min_count=0).as_py():
            self.texts(name, filled)
            return
        plain = pc.if_else(pc.equal(plain, ""), "0" * count, plain)
        content = bytes.fromhex(joined(plain, "").decode())
        self._add(name, "hex", content, count=len(values), size=count // 2)

    def lines(self, facts: Mapping[str, Any]) -> Iterator[str]:
        """The block as base64, in pieces; *facts* go into its head."""
        head = json.dumps({**facts, "columns": self.head}).encode("ascii")
        head += b" " * (-(len(head) + 4) % 8)
        deflate = zlib.compressobj(_LEVEL)
        waiting = b""
        for part in (len(head).to_bytes(4, "little"), head, *self.parts):
            waiting += deflate.compress(part)
            full = len(waiting) - len(waiting) % _PIECE
            if full:
                yield base64.b64encode(waiting[:full]).decode("ascii")
                waiting = waiting[full:]
        yield base64.b64encode(waiting + deflate.flush()).decode("ascii")

    def _add(self, name: str, form: str, content: bytes, **facts: int) -> None:
        begin = sum(map(len, self.parts))
        self.head[name] = {"form": form, "begin": begin, "length": len(content), **facts}
        self.parts.append(content + bytes(-len(content) % 8))


def joined(values: "pyarrow.Array | pyarrow.ChunkedArray", separator: str) -> bytes:
    """All texts as one, in UTF-8; a NUL in one of them becomes its picture."""
    import pyarrow as pa
    import pyarrow.compute as pc

    large = values.cast(pa.large_string()).fill_null("")
    filled = _whole(pc.replace_substring(large, "\0", "\u2400"))
    whole = pa.ListArray.from_arrays([0, len(filled)], filled)
    (text,) = pc.binary_join(whole, pa.scalar(separator, pa.large_string()))
    return text.as_buffer().to_pybytes() if len(filled) else b""


def _whole(values: "pyarrow.Array | pyarrow.ChunkedArray") -> "pyarrow.Array":
    """*values* without chunks."""
    import pyarrow as pa

    if not isinstance(values, pa.ChunkedArray):
        return values
    if pa.types.is_dictionary(values.type):
        values = values.unify_dictionaries()
    if values.num_chunks == 1:
        return values.chunk(0)
    return values.combine_chunks() if values.num_chunks else pa.array([], values.type)


def _bytes(values: "pyarrow.Array", size: int) -> bytes:
    """The numbers of *values*, which has no NULL."""
    content = values.buffers()[1]
    if content is None:
        return b""
    return bytes(content.slice(values.offset * size, len(values) * size))
