#!/usr/bin/env python3
"""Generate realistic Active Directory computer objects, deterministically.

The same (seed, index) always yields the same object, whatever the count, so a
set of 1,000 is a prefix of the set of 100,000.  Nothing reads the clock: all
dates hang on --now (a fixed default), so results are the same tomorrow.

Formats (--format):
  samba     LDIF of plain "add" entries for an AD DC (load it with load_samba.py;
            objectGUID is included, which an AD server only takes with the relax
            control on a local database)
  openldap  LDIF for slapadd, with the attributes that an AD server would compute
            (whenChanged, objectSid, ...) filled in; needs ad-like.schema
  jsonl     one JSON object per line: {"dn": ..., "attributes": {name: [values]}}
            (binary values as {"base64": ...}), for tests without a server
With --facts FILE, one JSON line per computer says what was put into it (kind of
each certificate, its subject and dates), as ground truth for tests.

Only the standard library is needed, except for --signatures real, which needs
the package "cryptography".
"""
import argparse
import base64
import json
import random
import sys
import uuid
from bisect import bisect
from datetime import datetime, timedelta, timezone
from itertools import accumulate
from math import gcd, prod

DEFAULT_NOW = "2026-01-01T00:00:00Z"
DAY = timedelta(days=1)

# --------------------------------------------------------------------------
# operating systems: (weight, group, operatingSystem, operatingSystemVersion)
# --------------------------------------------------------------------------
SYSTEMS = [
    (90, "server", "Windows Server 2012 R2 Standard", "6.3 (9600)"),
    (30, "server", "Windows Server 2012 R2 Datacenter", "6.3 (9600)"),
    (3, "server", "Windows Server 2012 R2 Essentials", "6.3 (9600)"),
    (2, "server", "Hyper-V Server 2012 R2", "6.3 (9600)"),       # no "Windows" in the name
    (2, "server", "windows server 2012 r2 standard", "6.3 (9600)"),
    (1, "server", "Windows Server 2012 R2 Standard", "6.3.9600"),
    (30, "server", "Windows Server 2012 Standard", "6.2 (9200)"),
    (25, "server", "Windows Server 2008 R2 Enterprise", "6.1 (7601)"),
    (6, "server", "Windows Server\u00ae 2008 Standard", "6.0 (6002)"),
    (4, "server", "Windows Server 2003", "5.2 (3790)"),
    (110, "server", "Windows Server 2016 Standard", "10.0 (14393)"),
    (30, "server", "Windows Server 2016 Datacenter", "10.0 (14393)"),
    (110, "server", "Windows Server 2019 Standard", "10.0 (17763)"),
    (30, "server", "Windows Server 2019 Datacenter", "10.0 (17763)"),
    (80, "server", "Windows Server 2022 Standard", "10.0 (20348)"),
    (20, "server", "Windows Server 2022 Datacenter", "10.0 (20348)"),
    (25, "server", "Windows Server 2025 Standard", "10.0 (26100)"),
    (60, "client", "Windows 10 Enterprise", "10.0 (19045)"),
    (40, "client", "Windows 10 Pro", "10.0 (19044)"),
    (10, "client", "Windows 10 Enterprise LTSC", "10.0 (17763)"),
    (90, "client", "Windows 11 Enterprise", "10.0 (22631)"),
    (40, "client", "Windows 11 Pro", "10.0 (26100)"),
    (20, "client", "Windows 7 Professional", "6.1 (7601)"),
    (10, "client", "Windows 7 Enterprise", "6.1 (7601)"),
    (6, "client", "Windows 8.1 Enterprise", "6.3 (9600)"),
    (4, "client", "Windows 8.1 Pro", "6.3 (9600)"),
    (2, "client", "Windows 8 Enterprise", "6.2 (9200)"),
    (2, "client", "Windows Vista\u2122 Business", "6.0 (6002)"),
    (2, "client", "Windows XP Professional", "5.1 (2600)"),
    (15, "unix", "pc-linux-gnu", None),
    (10, "unix", "redhat-linux-gnu", "8.9"),
    (8, "unix", "Ubuntu", "22.04"),
    (3, "unix", "Ubuntu", "6.3"),                                 # "6.3", but not Windows
    (4, "unix", "Samba", "4.17.12-Debian"),
    (12, "unix", "macOS", "14.5"),
    (5, "unix", "Mac OS X", "10.15.7"),
    (3, "unix", "OnTap", "NetApp Release 9.13.1P6"),
    (12, "blank", None, None),                                    # pre-staged account
    (2, "blank", "Windows Server 2012 R2 Standard", None),
    (2, "blank", None, "6.3 (9600)"),
]

# --------------------------------------------------------------------------
# certificate profiles: (weight, name, [kinds]); "none" leaves the attribute out
# --------------------------------------------------------------------------
PROFILES = [
    (300, "none", []),
    (250, "valid", ["valid"]),
    (30, "valid-upper", ["valid-upper"]),
    (30, "valid-braced", ["valid-braced"]),
    (10, "valid-braced-upper", ["valid-braced-upper"]),
    (3, "valid-double-braced", ["valid-double-braced"]),
    (5, "valid-far-future", ["valid-far-future"]),
    (60, "expired", ["expired"]),
    (10, "not-yet-valid", ["not-yet-valid"]),
    (30, "foreign-guid", ["foreign-guid"]),
    (50, "host-subject", ["host"]),
    (10, "empty-subject", ["empty-subject"]),
    (5, "guid-with-suffix", ["guid-with-suffix"]),
    (5, "guid-in-multi-rdn", ["guid-in-multi-rdn"]),
    (5, "guid-in-ou", ["guid-in-ou"]),
    (50, "expired+valid", ["expired", "valid"]),
    (40, "valid+host", ["valid", "host"]),
    (15, "expired+host", ["expired", "host"]),
    (10, "foreign+expired+host", ["foreign-guid", "expired", "host"]),
    (8, "garbage", ["garbage"]),
    (4, "truncated", ["truncated"]),
    (4, "pem", ["pem"]),
    (8, "garbage+valid", ["garbage", "valid"]),
    (10, "many", None),                                           # 5..60 certificates
]

CERT_KINDS = ["valid", "valid-upper", "valid-braced", "expired", "not-yet-valid",
              "foreign-guid", "host", "garbage"]

SITES = ["Berlin", "M\u00fcnchen", "Zagreb", "Seattle", "S\u00e3o Paulo", "\u6771\u4eac"]
# (weight, groups, RDNs below the base, nearest first); a "," inside a name is escaped by dn()
OUS = [
    (60, {"server"}, [("OU", "Windows"), ("OU", "Servers")]),
    (15, {"server"}, [("OU", "SQL, Clusters"), ("OU", "Servers")]),
    (5, {"server"}, [("OU", "R&D + Lab"), ("OU", "Servers")]),
    (3, {"server", "client"}, [("OU", "#1 Site"), ("OU", "Workstations")]),
    (20, {"unix"}, [("OU", "Unix"), ("OU", "Servers")]),
    (10, {"server", "client", "unix", "blank"}, [("CN", "Computers")]),
    (5, {"blank"}, [("OU", "Staging")]),
] + [(10, {"client"}, [("OU", s), ("OU", "Workstations")]) for s in SITES]


# --------------------------------------------------------------------------
# DER
# --------------------------------------------------------------------------
def tlv(tag, body):
    n = len(body)
    if n < 0x80:
        return bytes((tag, n)) + body
    size = (n.bit_length() + 7) // 8
    return bytes((tag, 0x80 | size)) + n.to_bytes(size, "big") + body


def der_int(value):
    return tlv(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def der_oid(dotted):
    parts = [int(p) for p in dotted.split(".")]
    out = bytearray()
    for part in [parts[0] * 40 + parts[1]] + parts[2:]:
        chunk = [part & 0x7F]
        while part > 0x7F:
            part >>= 7
            chunk.append(0x80 | (part & 0x7F))
        out += bytes(reversed(chunk))
    return tlv(0x06, bytes(out))


def der_time(t):
    if t.year < 2050:
        return tlv(0x17, t.strftime("%y%m%d%H%M%SZ").encode())
    return tlv(0x18, t.strftime("%Y%m%d%H%M%SZ").encode())


OID = {k: der_oid(v) for k, v in {
    "CN": "2.5.4.3", "OU": "2.5.4.11", "O": "2.5.4.10", "DC": "0.9.2342.19200300.100.1.25"}.items()}
SHA256_RSA = tlv(0x30, der_oid("1.2.840.113549.1.1.11") + b"\x05\x00")
RSA_KEY = tlv(0x30, der_oid("1.2.840.113549.1.1.1") + b"\x05\x00")


def der_name(rdns):
    """rdns: [[(type, value), ...], ...] in DER order (most significant first)."""
    out = b""
    for rdn in rdns:
        parts = [tlv(0x30, OID[t] + tlv(0x16 if t == "DC" else 0x0C, v.encode())) for t, v in rdn]
        out += tlv(0x31, b"".join(sorted(parts)))
    return tlv(0x30, out)


def extension(oid, value, critical=False):
    return tlv(0x30, der_oid(oid) + (b"\x01\x01\xff" if critical else b"") + tlv(0x04, value))


EKU_CLIENT = tlv(0x30, der_oid("1.3.6.1.5.5.7.3.2"))
EKU_BOTH = tlv(0x30, der_oid("1.3.6.1.5.5.7.3.2") + der_oid("1.3.6.1.5.5.7.3.1"))
KEY_USAGE = tlv(0x03, b"\x05\xa0")
DEVICE_EXT = tlv(0xA3, tlv(0x30,
    extension("2.5.29.19", tlv(0x30, b""), True)
    + extension("2.5.29.37", EKU_CLIENT, True)
    + extension("2.5.29.15", KEY_USAGE, True)))


# --------------------------------------------------------------------------
# keys: a few RSA keys, derived from the seed, and used again and again
# --------------------------------------------------------------------------
SMALL_PRIMES = [p for p in range(3, 4000, 2) if all(p % q for q in range(3, int(p ** 0.5) + 1, 2))]
SMALL_PRODUCT = prod(SMALL_PRIMES)


def _probable_prime(n, rng, rounds=8):
    if gcd(n, SMALL_PRODUCT) != 1:
        return False
    d, r = n - 1, 0
    while d % 2 == 0:
        d, r = d // 2, r + 1
    for _ in range(rounds):
        x = pow(rng.randrange(2, n - 1), d, n)
        if x in (1, n - 1):
            continue
        for _ in range(r - 1):
            x = x * x % n
            if x == n - 1:
                break
        else:
            return False
    return True


def _prime(bits, rng):
    while True:
        n = rng.getrandbits(bits) | (3 << (bits - 2)) | 1
        if n % 65537 != 1 and _probable_prime(n, rng):
            return n


class Key:
    """A throw-away RSA key.  Never use one of these for anything real."""

    def __init__(self, rng, bits=2048):
        self.bits = bits
        self.p, self.q = _prime(bits // 2, rng), _prime(bits // 2, rng)
        self.n = self.p * self.q
        self.spki = tlv(0x30, RSA_KEY + tlv(0x03, b"\x00" + tlv(0x30, der_int(self.n) + der_int(65537))))
        self._private = None

    def sign(self, data):
        if self._private is None:
            from cryptography.hazmat.primitives.asymmetric import rsa
            d = pow(65537, -1, (self.p - 1) * (self.q - 1))
            self._private = rsa.RSAPrivateNumbers(
                self.p, self.q, d, rsa.rsa_crt_dmp1(d, self.p), rsa.rsa_crt_dmq1(d, self.q),
                rsa.rsa_crt_iqmp(self.p, self.q), rsa.RSAPublicNumbers(65537, self.n)).private_key()
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding
        return self._private.sign(data, padding.PKCS1v15(), hashes.SHA256())


# --------------------------------------------------------------------------
# text helpers
# --------------------------------------------------------------------------
def escape_rdn(value):
    out = "".join("\\" + c if c in ',+"\\<>;=' else c for c in value)
    if out[:1] in ("#", " "):
        out = "\\" + out
    if out.endswith(" ") and not out.endswith("\\ "):
        out = out[:-1] + "\\ "
    return out


def make_dn(rdns, base):
    return ",".join([f"{t}={escape_rdn(v)}" for t, v in rdns] + [base])


def generalized(t):
    return t.strftime("%Y%m%d%H%M%S.0Z")


def filetime(t):
    delta = t - datetime(1601, 1, 1, tzinfo=timezone.utc)
    return str((delta.days * 86400 + delta.seconds) * 10_000_000)


def iso(t):
    return t.strftime("%Y-%m-%dT%H:%M:%SZ")


def pick(rng, table, cumulative):
    return table[bisect(cumulative, rng.random() * cumulative[-1])]


# --------------------------------------------------------------------------
class Generator:
    def __init__(self, seed=1, base="DC=contoso,DC=test", now=DEFAULT_NOW, signatures="filler",
                 huge=0, huge_values=1600):
        self.seed, self.base, self.signatures = seed, base, signatures
        self.now = datetime.fromisoformat(now.replace("Z", "+00:00"))
        self.huge, self.huge_values = huge, huge_values
        self.domain = ".".join(p.split("=")[1] for p in base.split(",") if p.upper().startswith("DC="))
        self._sys = list(accumulate(w for w, *_ in SYSTEMS))
        self._prof = list(accumulate(w for w, *_ in PROFILES))
        self._ou = {}
        for group in ("server", "client", "unix", "blank"):
            table = [o for o in OUS if group in o[1]]
            self._ou[group] = (table, list(accumulate(o[0] for o in table)))
        self._secrets_made = False

    def _make_secrets(self):
        """Keys and what hangs on them; they take a second, and an empty directory needs none."""
        if self._secrets_made:
            return
        self._secrets_made = True
        base, rng = self.base, random.Random(f"{self.seed}:keys")
        self.keys = [Key(rng) for _ in range(4)]
        self.small_key = Key(rng, 1024)
        self.sid_base = (rng.getrandbits(32), rng.getrandbits(32), rng.getrandbits(32))
        dcs = [[("DC", p)] for p in reversed(self.domain.split("."))]
        self._ca = der_name(dcs + [[("CN", f"{self.domain.split('.')[0]}-Issuing-CA-01")]])
        aki = rng.randbytes(20)
        cdp = (f"ldap:///CN=Issuing-CA-01,CN=pki01,CN=CDP,CN=Public Key Services,CN=Services,"
               f"CN=Configuration,{base}?certificateRevocationList?base?objectClass=cRLDistributionPoint").encode()
        aia = (f"ldap:///CN=Issuing-CA-01,CN=AIA,CN=Public Key Services,CN=Services,CN=Configuration,{base}"
               f"?cACertificate?base?objectClass=certificationAuthority").encode()
        self._ca_ext = (
            extension("1.3.6.1.4.1.311.20.2", tlv(0x1E, "Machine".encode("utf-16-be")))
            + extension("2.5.29.37", EKU_BOTH) + extension("2.5.29.15", KEY_USAGE, True)
            + extension("2.5.29.35", tlv(0x30, tlv(0x80, aki)))
            + extension("2.5.29.31", tlv(0x30, tlv(0x30, tlv(0xA0, tlv(0xA0, tlv(0x86, cdp))))))
            + extension("1.3.6.1.5.5.7.1.1", tlv(0x30, tlv(0x30, der_oid("1.3.6.1.5.5.7.48.2") + tlv(0x86, aia)))))

    # -- certificates ------------------------------------------------------
    def certificate(self, rng, subject, issuer, start, end, extensions=DEVICE_EXT, key=None):
        key = key or self.keys[rng.getrandbits(2)]
        serial = rng.getrandbits(120) | (1 << 119)
        tbs = tlv(0x30, b"\xa0\x03\x02\x01\x02" + der_int(serial) + SHA256_RSA + issuer
                  + tlv(0x30, der_time(start) + der_time(end)) + subject + key.spki + extensions)
        size = key.bits // 8
        signature = key.sign(tbs) if self.signatures == "real" else rng.randbytes(size)
        return tlv(0x30, tbs + SHA256_RSA + tlv(0x03, b"\x00" + signature))

    def make(self, rng, kind, guid, host, key=None):
        """One userCertificate value of the wanted kind -> (bytes, facts)."""
        now, subject, ext, issuer = self.now, None, DEVICE_EXT, None
        start = now - DAY * rng.randrange(30, 900) - timedelta(seconds=rng.randrange(86400))
        end = start + DAY * 3653 if kind != "valid-far-future" else \
            datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone.utc)
        text = str(guid)
        if kind == "garbage":
            return rng.randbytes(rng.randrange(1, 900)), {"kind": kind, "parses": False}
        if kind in ("truncated", "pem"):
            der, facts = self.make(rng, "valid", guid, host, key)
            if kind == "truncated":
                return der[:rng.randrange(20, len(der) - 20)], {"kind": kind, "parses": False}
            b64 = base64.encodebytes(der).replace(b"\n", b"\r\n")
            return (b"-----BEGIN CERTIFICATE-----\r\n" + b64 + b"-----END CERTIFICATE-----\r\n",
                    dict(facts, kind=kind, parses="pem"))
        if kind == "valid-upper":
            text = text.upper()
        elif kind == "valid-braced":
            text = "{" + text + "}"
        elif kind == "valid-braced-upper":
            text = "{" + text.upper() + "}"
        elif kind == "valid-double-braced":
            text = "{{" + text + "}}"
        elif kind == "guid-with-suffix":
            text = text + "-2"
        elif kind == "foreign-guid":
            text = str(uuid.UUID(int=rng.getrandbits(128), version=4))
        elif kind == "expired":
            start = now - DAY * rng.randrange(3700, 5000)
            end = now - timedelta(seconds=rng.choice((1, 86400 * 40, 86400 * 400)))
        elif kind == "not-yet-valid":
            start = now + timedelta(seconds=rng.choice((3600, 86400 * 30, 86400 * 300)))
            end = start + DAY * 3653
        rdns = [[("CN", text)]]
        if kind == "guid-in-multi-rdn":
            rdns = [[("OU", "Devices"), ("CN", text)]]
        elif kind == "guid-in-ou":
            rdns = [[("CN", host)], [("OU", "CN=" + text)]]
        elif kind in ("host", "empty-subject"):
            rdns = [[("CN", host)]] if kind == "host" else []
            end = start + DAY * 365 * 4
            issuer = self._ca
            san = tlv(0x30, tlv(0x82, host.encode()))
            ext = tlv(0xA3, tlv(0x30, self._ca_ext + extension("2.5.29.17", san, not rdns)))
        subject = der_name(rdns)
        der = self.certificate(rng, subject, issuer or subject, start, end, ext, key)
        return der, {"kind": kind, "parses": True, "notBefore": iso(start), "notAfter": iso(end),
                     "subject": [[f"{t}={v}" for t, v in rdn] for rdn in rdns]}

    # -- computers ---------------------------------------------------------
    def computer(self, index):
        self._make_secrets()
        rng = random.Random(f"{self.seed}:{index}")
        guid = uuid.UUID(int=rng.getrandbits(128), version=4)
        _, group, os_name, os_version = pick(rng, SYSTEMS, self._sys)
        table, cumulative = self._ou[group]
        rdns = pick(rng, table, cumulative)[2]
        prefix = {"server": "SRV", "client": "PC", "unix": "UX", "blank": "NEW"}[group]
        name = f"{prefix}{index:07d}"
        host = f"{name.lower()}.{self.domain}"
        uac = 4096 if rng.random() > 0.06 else 4098
        created = self.now - DAY * rng.randrange(1, 3600) - timedelta(seconds=rng.randrange(86400))
        changed = created + (self.now - created) * rng.random()
        changed = changed.replace(microsecond=0)
        logon = changed - timedelta(seconds=rng.randrange(86400 * 14))
        _, profile, kinds = pick(rng, PROFILES, self._prof)
        if group == "blank" and rng.random() < 0.8:
            profile, kinds = "none", []
        if kinds is None:
            kinds = [rng.choice(CERT_KINDS) for _ in range(rng.randrange(5, 61))]
        key = None
        if index < self.huge:
            profile, kinds, key = "huge", ["foreign-guid"] * (self.huge_values - 1) + ["valid"], self.small_key
        made = [self.make(rng, kind, guid, host, key) for kind in kinds]
        dn = make_dn([("CN", name)] + rdns, self.base)
        plain = {
            "objectClass": ["top", "person", "organizationalPerson", "user", "computer"],
            "cn": [name],
            "sAMAccountName": [name + "$"],
            "userAccountControl": [str(uac)],
            "objectGUID": [guid.bytes_le],
        }
        if group != "blank":
            plain["dNSHostName"] = [host]
            plain["servicePrincipalName"] = [f"HOST/{name}", f"HOST/{host}",
                                             f"RestrictedKrbHost/{name}", f"RestrictedKrbHost/{host}"]
        if os_name:
            plain["operatingSystem"] = [os_name]
        if os_version:
            plain["operatingSystemVersion"] = [os_version]
        if rng.random() < 0.3:
            plain["description"] = [f"{rng.choice(SITES)}, rack {rng.randrange(40)}"]
        certs = list(dict.fromkeys(der for der, _ in made))        # an attribute is a set
        if certs:
            plain["userCertificate"] = certs
        sid = (b"\x01\x05\x00\x00\x00\x00\x00\x05" + (21).to_bytes(4, "little")
               + b"".join(p.to_bytes(4, "little") for p in self.sid_base)
               + (2000 + index).to_bytes(4, "little"))
        computed = {
            "name": [name],
            "distinguishedName": [dn],
            "objectCategory": [f"CN=Computer,CN=Schema,CN=Configuration,{self.base}"],
            "objectSid": [sid],
            "primaryGroupID": ["515"],
            "sAMAccountType": ["805306369"],
            "instanceType": ["4"],
            "whenCreated": [generalized(created)],
            "whenChanged": [generalized(changed)],
            "uSNCreated": [str(10000 + index)],
            "uSNChanged": [str(20000 + index)],
            "pwdLastSet": [filetime(logon)],
            "lastLogonTimestamp": [filetime(logon)],
        }
        facts = {"dn": dn, "objectGUID": str(guid), "operatingSystem": os_name,
                 "operatingSystemVersion": os_version, "userAccountControl": uac,
                 "profile": profile, "certificates": [f for _, f in made]}
        return dn, plain, computed, facts

    def containers(self):
        """Organizational units, parents first: [(dn, name)]."""
        seen = {}
        for _, _, rdns in OUS:
            for cut in range(len(rdns) - 1, -1, -1):
                if rdns[cut][0] == "OU":
                    seen.setdefault(make_dn(rdns[cut:], self.base), rdns[cut][1])
        return list(seen.items())


# --------------------------------------------------------------------------
SAFE = set(range(0x20, 0x7F))


def ldif_line(name, value):
    if isinstance(value, bytes):
        return f"{name}:: {base64.b64encode(value).decode()}\n"
    raw = value.encode()
    if not raw or (raw[0] not in b" :<" and raw[-1] != 0x20 and SAFE.issuperset(raw)):
        return f"{name}: {value}\n"
    return f"{name}:: {base64.b64encode(raw).decode()}\n"


def ldif_entry(dn, attributes):
    lines = [ldif_line("dn", dn)]
    for name, values in attributes.items():
        lines.extend(ldif_line(name, v) for v in values)
    lines.append("\n")
    return "".join(lines)


def json_value(value):
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def write(gen, count, fmt, out, facts_out=None, start=0):
    first_dc = gen.base.split(",")[0].split("=")[1]
    if fmt == "openldap":
        out.write(ldif_entry(gen.base, {"objectClass": ["top", "domain", "domainDNS"], "dc": [first_dc]}))
        out.write(ldif_entry(f"CN=Computers,{gen.base}", {"objectClass": ["top", "container"], "cn": ["Computers"]}))
    if fmt != "jsonl":
        for dn, name in gen.containers():
            out.write(ldif_entry(dn, {"objectClass": ["top", "organizationalUnit"], "ou": [name]}))
    for index in range(start, start + count):
        dn, plain, computed, facts = gen.computer(index)
        if fmt == "samba":
            out.write(ldif_entry(dn, plain))
        elif fmt == "openldap":
            out.write(ldif_entry(dn, plain | computed))
        else:
            record = {"dn": dn, "attributes": {k: [json_value(v) for v in vs]
                                               for k, vs in (plain | computed).items()}}
            out.write(json.dumps(record, ensure_ascii=False) + "\n")
        if facts_out:
            facts_out.write(json.dumps(facts, ensure_ascii=False) + "\n")


def main(argv=None):
    ap = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    ap.add_argument("--count", type=int, default=1000)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--base", default="DC=contoso,DC=test", help="DN of the domain")
    ap.add_argument("--format", choices=("samba", "openldap", "jsonl"), default="jsonl")
    ap.add_argument("--now", default=DEFAULT_NOW, help=f"the moment that dates hang on (default {DEFAULT_NOW})")
    ap.add_argument("--signatures", choices=("filler", "real"), default="filler",
                    help="filler: random bytes (fast, parses, does not verify); real: RSA-SHA256 signatures")
    ap.add_argument("--huge", type=int, default=0, metavar="K",
                    help="give the first K computers very many certificates")
    ap.add_argument("--huge-values", type=int, default=1600, metavar="N", help="... this many (default 1600)")
    ap.add_argument("--out", default="-", help="output file (default: standard output)")
    ap.add_argument("--facts", help="also write the ground truth to this JSON-lines file")
    args = ap.parse_args(argv)
    gen = Generator(args.seed, args.base, args.now, args.signatures, args.huge, args.huge_values)
    out = sys.stdout if args.out == "-" else open(args.out, "w", encoding="utf-8", newline="\n")
    facts = open(args.facts, "w", encoding="utf-8", newline="\n") if args.facts else None
    try:
        write(gen, args.count, args.format, out, facts)
    finally:
        if out is not sys.stdout:
            out.close()
        if facts:
            facts.close()


if __name__ == "__main__":
    main()
