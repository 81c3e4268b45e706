"""A deterministic snapshot of synthetic computers, in the layout of `aadsim snapshot`.

Nothing here is drawn from a real directory.  Each certificate is distinct: a few
RSA-2048 self-signed templates are made once and their subject, issuer, serial
number, notAfter, modulus and signature are patched in place (equal length, so the
DER stays well formed and compresses as badly as real certificates do; the
signature no longer verifies, which no rule function looks at).

The mix (share of objects): no certificate 35 %, one 50 %, three to five 15 %.
Windows Server 2012 R2 (6.3) 20 %.  About 15 % of certificates are expired, 1 % of
the values are not certificates at all.
"""

import datetime as dt
import json
import random
import uuid
from functools import cache
from itertools import islice
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from simulator.sources.carried import COMPUTER_ATTRIBUTES
from simulator.sources.snapshot_layout import KEY, ROWS, VERSION, arrow_schema, dictionary_columns

UTC = dt.UTC
CAPTURED_AT = "2026-01-01T00:00:00Z"
GUID0 = "01234567-89ab-cdef-0123-456789abcdef"
HOST0 = "srv-0000000.corp.contoso.example"
SERIAL0 = 0x4A6B8C0D1E2F30415263748596A7B8C9DAEBFC
NOT_AFTER0 = dt.datetime(2031, 7, 8, 9, 10, 11, tzinfo=UTC)

OS_MIX = [  # weight, operatingSystem, operatingSystemVersion
    (14, "Windows Server 2012 R2 Standard", "6.3 (9600)"),
    (6, "Windows Server 2012 R2 Datacenter", "6.3 (9600)"),
    (1, "Windows 8.1 Pro", "6.3 (9600)"),
    (4, "Windows Server 2012 Standard", "6.2 (9200)"),
    (5, "Windows Server 2008 R2 Enterprise", "6.1 (7601)"),
    (3, "Windows 7 Enterprise", "6.1 (7601)"),
    (12, "Windows Server 2016 Standard", "10.0 (14393)"),
    (15, "Windows Server 2019 Standard", "10.0 (17763)"),
    (10, "Windows Server 2022 Datacenter", "10.0 (20348)"),
    (4, "Windows Server 2025 Datacenter", "10.0 (26100)"),
    (13, "Windows 10 Enterprise", "10.0 (19045)"),
    (9, "Windows 11 Enterprise", "10.0 (22631)"),
    (1, "Mac OS X", "13.6"),
    (1, "pc-linux-gnu", "22.04"),
    (2, None, None),
]
OUS = [
    f"OU={n},OU={site},DC=corp,DC=contoso,DC=example"
    for site in ("Oslo", "Lyon", "Pune", "Lima", "Kyoto", "Accra", "Quito", "Turku")
    for n in ("Servers", "Member Servers", "Workstations", "Kiosks", "Lab")
]

COLUMNS = sorted(
    {
        *COMPUTER_ATTRIBUTES,
        "description",
        "lastLogonTimestamp",
        "memberOf",
        "servicePrincipalName",
    },
    key=str.casefold,
)
CLASSES = ["top", "person", "organizationalPerson", "user", "computer"]


def _name(*pairs):
    return x509.Name([x509.NameAttribute(o, v) for o, v in pairs])


def _template(key, subject, issuer, extensions=()):
    b = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(SERIAL0)
        .not_valid_before(dt.datetime(2021, 1, 2, 3, 4, 5, tzinfo=UTC))
        .not_valid_after(NOT_AFTER0)
    )
    for e in extensions:
        b = b.add_extension(e, critical=False)
    cert = b.sign(key, hashes.SHA256())
    return cert.public_bytes(Encoding.DER), cert.signature


def _key(chance):
    """An RSA key of 2,048 bits that is the same each time, and so worth nothing."""
    p, q = _prime(chance), _prime(chance)
    d = pow(65537, -1, (p - 1) * (q - 1))
    public = rsa.RSAPublicNumbers(65537, p * q)
    return rsa.RSAPrivateNumbers(
        p, q, d, d % (p - 1), d % (q - 1), rsa.rsa_crt_iqmp(p, q), public
    ).private_key()


def _prime(chance):
    """A number of 1,024 bits that is prime by Fermat's test; the two highest bits are set."""
    while True:
        found = chance.getrandbits(1024) | 3 << 1022 | 1
        if all(found % small for small in _SMALL) and pow(2, found - 1, found) == 1:
            return found


_SMALL = [n for n in range(3, 2000, 2) if all(n % d for d in range(3, n, 2))]


class CertFactory:
    """Cheap distinct certificates: a few templates, patched in place."""

    def __init__(self):
        key = _key(random.Random(0))
        eku = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
        dev = _name((NameOID.COMMON_NAME, GUID0))
        brace = _name((NameOID.COMMON_NAME, "{" + GUID0.upper() + "}"))
        ca = _name(
            (NameOID.DOMAIN_COMPONENT, "example"),
            (NameOID.DOMAIN_COMPONENT, "contoso"),
            (NameOID.COMMON_NAME, "Contoso Issuing CA 01"),
        )
        host = _name((NameOID.COMMON_NAME, HOST0))
        full = _name(
            (NameOID.COUNTRY_NAME, "NO"),
            (NameOID.ORGANIZATION_NAME, "Contoso, Ltd"),
            (NameOID.ORGANIZATIONAL_UNIT_NAME, "Servers"),
            (NameOID.COMMON_NAME, HOST0),
        )
        san = x509.SubjectAlternativeName([x509.DNSName(HOST0)])
        both = x509.ExtendedKeyUsage(
            [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        )
        ski = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        aki = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
        ku = x509.KeyUsage(True, False, True, False, False, False, False, False, False)
        crl = x509.CRLDistributionPoints(
            [
                x509.DistributionPoint(
                    [
                        x509.UniformResourceIdentifier(
                            "ldap:///CN=Contoso%20Issuing%20CA%2001,CN=pki,CN=CDP,"
                            "CN=Public%20Key%20Services,CN=Services,CN=Configuration,DC=contoso,DC=example"
                            "?certificateRevocationList?base?objectClass=cRLDistributionPoint"
                        )
                    ],
                    None,
                    None,
                    None,
                )
            ]
        )
        self.modulus = key.public_key().public_numbers().n.to_bytes(256, "big")
        self.t = {
            "device": _template(key, dev, dev, [eku]),
            "brace": _template(key, brace, brace, [eku]),
            "machine": _template(key, host, ca, [both, ku, ski, aki, san, crl]),
            "multi": _template(key, full, ca, [both, ku, ski, aki, san, crl]),
        }

    def make(self, rng, kind, guid, host, not_after):
        der, signature = self.t[kind]
        noise = rng.randbytes(511)
        der = der.replace(self.modulus, b"\xc5" + noise[:255], 1)
        der = der.replace(signature, noise[255:], 1)
        der = der.replace(
            SERIAL0.to_bytes(19, "big"),
            bytes([0x4A]) + rng.getrandbits(144).to_bytes(18, "big"),
            1,
        )
        der = der.replace(b"310708091011Z", not_after.strftime("%y%m%d%H%M%SZ").encode(), 1)
        if kind == "device":
            return der.replace(GUID0.encode(), guid.encode())
        if kind == "brace":
            return der.replace(GUID0.upper().encode(), guid.upper().encode())
        return der.replace(HOST0.encode(), host.encode())


@cache
def _factory():
    return CertFactory()


def objects(rows, seed=1):
    """Yield dicts; attribute -> value (None when absent, list when multi-valued)."""
    certs = _factory()
    rng = random.Random(seed)
    weights = [w for w, _, _ in OS_MIX]
    now = dt.datetime(2026, 1, 1, tzinfo=UTC)
    sid_prefix = bytes.fromhex("010500000000000515000000") + rng.randbytes(12)
    for i in range(rows):
        ((_, os_name, os_ver),) = rng.choices(OS_MIX, weights)
        raw = rng.randbytes(16)
        guid = str(uuid.UUID(bytes_le=raw))
        cn = f"srv-{i:07d}"
        host = cn + ".corp.contoso.example"
        u = rng.random()
        n = 0 if u < 0.35 else 1 if u < 0.85 else rng.randint(3, 5)
        values = []
        for k in range(n):
            v = rng.random()
            if k == 0:
                kind = "device" if v < 0.85 else "brace" if v < 0.90 else "machine"
            else:
                kind = "machine" if v < 0.6 else "multi" if v < 0.9 else "device"
            secs = (
                rng.randint(1, 9 * 365 * 86400)
                if rng.random() < 0.85
                else -rng.randint(1, 4 * 365 * 86400)
            )
            owner = guid if rng.random() < 0.97 else str(uuid.UUID(bytes=rng.randbytes(16)))
            der = certs.make(rng, kind, owner, host, now + dt.timedelta(seconds=secs))
            w = rng.random()
            if w < 0.005:
                der = der[: rng.randint(1, len(der) - 1)]
            elif w < 0.01:
                der = rng.randbytes(rng.randint(1, 900))
            values.append(der)
        rng.shuffle(values)
        yield {
            "dn": f"CN={cn},{rng.choice(OUS)}",
            "objectGUID": raw,
            "objectSid": sid_prefix + i.to_bytes(4, "little"),
            "type": "computer",
            "classes": CLASSES,
            "cn": cn,
            "sAMAccountName": cn.upper() + "$",
            "dNSHostName": host,
            "displayName": cn.upper() + "$" if rng.random() < 0.5 else None,
            "description": ["synthetic computer"] if rng.random() < 0.2 else None,
            "operatingSystem": os_name,
            "operatingSystemVersion": os_ver,
            "userAccountControl": 4096 if rng.random() < 0.95 else 4098,
            "isCriticalSystemObject": False if rng.random() < 0.9 else None,
            "lastLogonTimestamp": 129_000_000_000_000_000 + rng.randint(0, 4 * 10**15),
            "servicePrincipalName": [
                f"HOST/{cn}",
                f"HOST/{host}",
                f"RestrictedKrbHost/{cn}",
                f"RestrictedKrbHost/{host}",
            ],
            "memberOf": (
                [f"CN=G{rng.randint(1, 400):03d},OU=Groups,DC=corp,DC=contoso,DC=example"]
                if rng.random() < 0.3
                else None
            ),
            "userCertificate": values or None,
            "other": None,
        }


def write(path: Path, rows: int, seed: int = 1) -> None:
    """Writes *rows* computers to *path*."""
    head = {
        "version": VERSION, "source": "tests.benchmarks.computers", "complete": True,
        "captured_at": CAPTURED_AT, "account": "", "notes": [], "details": {},
        "objects": rows,
    }  # fmt: skip
    schema = arrow_schema(COLUMNS).with_metadata({KEY: json.dumps(head).encode()})
    made = objects(rows, seed)
    with pq.ParquetWriter(
        path, schema, compression="zstd", use_dictionary=dictionary_columns(COLUMNS),
        write_page_checksum=True,
    ) as writer:  # fmt: skip
        while group := list(islice(made, ROWS)):
            writer.write_table(pa.Table.from_pylist(group, schema=schema), row_group_size=ROWS)
