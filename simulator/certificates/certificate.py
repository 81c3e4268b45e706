"""A certificate, and the facts that can be read from it."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from simulator.certificates.der import (
    CONTEXT,
    Element,
    children,
    content_of,
    element,
    object_id,
)
from simulator.certificates.layout import Layout
from simulator.certificates.names import name_text
from simulator.certificates.quick import quick_name, quick_time
from simulator.certificates.times import time_of


class Certificate(NamedTuple):
    """One certificate; its facts are read from the bytes when they are asked for.

    *encoded* is the certificate alone, without what stood around it. *remark* says why a strict
    reader refused the bytes, or is empty. *friendly_name* comes from a PKCS#12 container. A tuple,
    because one is made for every value of every object.
    """

    encoded: bytes
    layout: Layout
    remark: str = ""
    friendly_name: str = ""

    @property
    def subject(self) -> str:
        """The subject as Windows prints it."""
        return self._name(self.layout.subject)

    @property
    def issuer(self) -> str:
        """The issuer as Windows prints it."""
        return self._name(self.layout.issuer)

    @property
    def not_before(self) -> datetime:
        """The instant at which the certificate begins to be valid, in UTC."""
        if not self.remark:
            moment = quick_time(self.encoded, self.layout.validity + 2)
            if moment is not None:
                return moment
        validity = self.element_at(self.layout.validity)
        return time_of(self.encoded, self.element_at(validity.content))

    @property
    def not_after(self) -> datetime:
        """The instant after which the certificate is expired, in UTC."""
        if not self.remark:
            first = self.layout.validity + 2
            moment = quick_time(self.encoded, first + 2 + self.encoded[first + 1])
            if moment is not None:
                return moment
        validity = self.element_at(self.layout.validity)
        _, not_after = children(self.encoded, validity)
        return time_of(self.encoded, not_after)

    @property
    def thumbprint(self) -> str:
        """SHA-1 of the certificate, in upper-case hexadecimal digits."""
        import hashlib

        return hashlib.sha1(self.encoded, usedforsecurity=False).hexdigest().upper()

    @property
    def serial(self) -> str:
        """The serial number in upper-case hexadecimal digits, as it is encoded."""
        return content_of(self.encoded, self.element_at(self.layout.serial)).hex().upper()

    @property
    def version(self) -> int:
        """The version, 1 to 3 in a valid certificate."""
        if self.layout.version is None:
            return 1
        encoded = content_of(self.encoded, self.element_at(self.layout.version))
        return int.from_bytes(encoded, signed=True) + 1

    @property
    def signature_algorithm(self) -> str:
        """The object identifier of the algorithm that signed it."""
        return self._first_id(self.layout.signature)

    @property
    def key_algorithm(self) -> str:
        """The object identifier of the algorithm of its public key."""
        return self._first_id(self._key().content)

    @property
    def key_parameters(self) -> str:
        """The parameters of the key's algorithm as encoded, in upper-case hexadecimal digits."""
        _, *parameters = children(self.encoded, self.element_at(self._key().content))
        return "".join(self.encoded[p.start : p.end].hex().upper() for p in parameters)

    def extensions(self) -> Iterator[tuple[str, bool, Element]]:
        """Its extensions in encoded order: object identifier, whether critical, the content."""
        data = self.encoded
        position = self._key().end
        while position < self.layout.limit:
            optional = self.element_at(position)
            position = optional.end
            if optional.tag != CONTEXT + 3:
                continue
            for extension in children(data, self.element_at(optional.content)):
                type, *flags, content = children(data, extension)
                critical = any(content_of(data, flag) != b"\0" for flag in flags)
                yield object_id(data, type), critical, content

    def element_at(self, position: int) -> Element:
        """The element of the certificate that begins at *position*."""
        return element(self.encoded, position, len(self.encoded))

    def _name(self, position: int) -> str:
        if not self.remark:
            text = quick_name(self.encoded, position)
            if text is not None:
                return text
        return name_text(self.encoded, self.element_at(position))

    def _key(self) -> Element:
        return self.element_at(self.layout.key)

    def _first_id(self, position: int) -> str:
        algorithm = self.element_at(position)
        return object_id(self.encoded, self.element_at(algorithm.content))
