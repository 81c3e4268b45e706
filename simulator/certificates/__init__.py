"""Certificates as .NET's X509Certificate2 reads and prints them; knows nothing of the language.

`read_certificate` turns the bytes of an attribute value into a `Certificate`, or says why it is
none.
"""

from simulator.certificates.certificate import Certificate
from simulator.certificates.der import CertificateError
from simulator.certificates.nameinfo import NAME_TYPES, name_info
from simulator.certificates.reader import loads, read_certificate

__all__ = [
    "NAME_TYPES",
    "Certificate",
    "CertificateError",
    "loads",
    "name_info",
    "read_certificate",
]
