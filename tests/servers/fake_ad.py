#!/usr/bin/env python3
"""A small imitation of a domain controller's LDAP side, for what real free servers
do not show.  It answers binds and searches only, from generated (or JSON-lines)
computers held in memory, and it misbehaves on command.  Standard library only
(3.11 or newer).  Use a real server (samba-ad.sh, openldap.sh) for everything else.

It behaves like Active Directory, as documented, in these points:
  * no search returns more than --max-page-size entries: without the paging control
    the rest is cut off with sizeLimitExceeded; a larger page size is quietly lowered
  * an attribute with more than --max-val-range values comes as "name;range=0-1499",
    and the rest must be asked for; with --range-empty-twin, beside an empty "name"
  * a base in another domain gives a referral (10), a missing one noSuchObject (32)
  * a subtree search of the domain ends with continuation references
  * a paging cookie that it does not know gives unwillingToPerform (53)
  * searches without a bind fail with operationsError (1); an empty password binds
    as nobody; --require-tls refuses simple binds in the clear (8)

Faults: --fault WHAT@PAGE (may be repeated), after half of that page's entries:
  a number (that result code, e.g. 51 busy, 52 unavailable, 3 timeLimitExceeded,
  11 adminLimitExceeded), close, cut (in the middle of a message), stall, kill (the server
  is killed), expire (its cookie is not known any more),
  notice (notice of disconnection), garbage (bytes that are no LDAP), or a number and
  "+" (that result code, with a cookie with which the search could go on).
  --range-fault CODE@2 or close@2: the second request for a range of values ends so (0: success
  without the object).  --refuse CODE:TEXT: every sign-in is refused so.
  --ntlm: beside simple binds, Sicily binds are answered and the NTLMv2 proof is computed.
  --once: each fault happens only the first time its page comes up.

The first line printed is the port (--port 0: any free one).  Stop with SIGTERM.
"""
import argparse
import asyncio
import base64
import hashlib
import hmac
import json
import os
import signal
import ssl
import struct
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from generate_computers import Generator, make_dn, tlv  # noqa: E402

PAGED, START_TLS = b"1.2.840.113556.1.4.319", b"1.3.6.1.4.1.1466.20037"
BINARY = {"objectguid", "objectsid", "usercertificate"}


# ---------------------------------------------------------------- BER
def element(data, pos):
    """-> tag, start of contents, end"""
    tag, length, pos = data[pos], data[pos + 1], pos + 2
    if length & 0x80:
        n = length & 0x7F
        length, pos = int.from_bytes(data[pos:pos + n], "big"), pos + n
    if pos + length > len(data):
        raise ValueError("element runs over the end")
    return tag, pos, pos + length


def elements(data, pos, end):
    while pos < end:
        tag, start, stop = element(data, pos)
        yield tag, data[start:stop]
        pos = stop


def number(value, tag=0x02):
    return tlv(tag, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def text(value, tag=0x04):
    return tlv(tag, value if isinstance(value, bytes) else value.encode())


def ldap_result(tag, code, message="", matched="", referral=()):
    body = number(code, 0x0A) + text(matched) + text(message)
    if referral:
        body += tlv(0xA3, b"".join(text(r) for r in referral))
    return tlv(tag, body)


# ---------------------------------------------------------------- filters
def norm(name, value):
    return value if name in BINARY else value.decode("utf-8", "replace").casefold()


def compare(name, ours, theirs):
    try:
        a, b = int(ours), int(theirs)
    except ValueError:
        a, b = norm(name, ours), norm(name, theirs)
    return (a > b) - (a < b)


def compile_filter(tag, body):
    parts = list(elements(body, 0, len(body))) if tag & 0x20 else []
    if tag in (0xA0, 0xA1):
        subs = [compile_filter(*p) for p in parts]
        combine = all if tag == 0xA0 else any
        return lambda e: combine(s(e) for s in subs)
    if tag == 0xA2:
        sub = compile_filter(*parts[0])
        return lambda e: not sub(e)
    if tag == 0x87:
        name = body.decode().lower()
        return lambda e: bool(e.get(name))
    if tag == 0xA9:                                              # bit masks
        fields = dict(parts)
        rule, name, mask = fields[0x81].decode(), fields[0x82].decode().lower(), int(fields[0x83])
        if rule.endswith(".803"):
            return lambda e: any(int(v) & mask == mask for v in e.get(name, ()))
        return lambda e: any(int(v) & mask for v in e.get(name, ()))
    name, wanted = parts[0][1].decode().lower(), parts[1][1]
    if tag == 0xA3:
        if name == "objectcategory" and b"=" not in wanted:      # a class name will do
            wanted = b"cn=" + wanted + b",cn=schema,"
            return lambda e: any(v.lower().startswith(wanted.lower()) for v in e.get(name, ()))
        wanted = norm(name, wanted)
        return lambda e: any(norm(name, v) == wanted for v in e.get(name, ()))
    if tag in (0xA5, 0xA6):
        sign = 1 if tag == 0xA5 else -1
        return lambda e: any(compare(name, v, wanted) in (0, sign) for v in e.get(name, ()))
    if tag == 0xA4:
        pieces = [(t, norm(name, v)) for t, v in elements(parts[1][1], 0, len(parts[1][1]))]

        def substrings(value):
            value, at = norm(name, value), 0
            for kind, piece in pieces:
                if kind == 0x80:
                    if not value.startswith(piece):
                        return False
                    at = len(piece)
                elif kind == 0x81:
                    at = value.find(piece, at)
                    if at < 0:
                        return False
                    at += len(piece)
                elif not (value.endswith(piece) and len(value) - len(piece) >= at):
                    return False
            return True
        return lambda e: any(substrings(v) for v in e.get(name, ()))
    return lambda e: False


# ---------------------------------------------------------------- NTLM ([MS-NLMP])
def md4(data):
    """RFC 1320; the standard library leaves it to OpenSSL, which has dropped it."""
    def turn(value, by):
        value &= 0xFFFFFFFF
        return (value << by | value >> 32 - by) & 0xFFFFFFFF

    state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476]
    data += b"\x80" + bytes(-(len(data) + 9) % 64) + struct.pack("<Q", 8 * len(data))
    rounds = (
        (lambda x, y, z: x & y | ~x & z, 0, range(16), (3, 7, 11, 19)),
        (lambda x, y, z: x & y | x & z | y & z, 0x5A827999, (0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15), (3, 5, 9, 13)),
        (lambda x, y, z: x ^ y ^ z, 0x6ED9EBA1, (0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15), (3, 9, 11, 15)))
    for at in range(0, len(data), 64):
        block, (a, b, c, d) = struct.unpack("<16I", data[at:at + 64]), state
        for mix, constant, order, shifts in rounds:
            for n, k in enumerate(order):
                a, b, c, d = d, turn(a + mix(b, c, d) + block[k] + constant, shifts[n % 4]), b, c
        state = [s + v & 0xFFFFFFFF for s, v in zip(state, (a, b, c, d))]
    return struct.pack("<4I", *state)


def ntlm_challenge(challenge, domain):
    target = domain.encode("utf-16-le")
    info = b"".join(struct.pack("<HH", kind, len(value)) + value for kind, value in (
        (2, target), (1, "DC1".encode("utf-16-le")), (0, b"")))
    flags = 0x00800000 | 0x00010000 | 0x4 | 0x200 | 0x1 | 0x20000000 | 0x02000000
    head = b"NTLMSSP\0" + struct.pack("<I", 2) + struct.pack("<HHI", len(target), len(target), 56) + \
        struct.pack("<I", flags) + challenge + bytes(8) + \
        struct.pack("<HHI", len(info), len(info), 56 + len(target)) + struct.pack("<BBHBBBB", 10, 0, 0, 0, 0, 0, 15)
    return head + target + info


def ntlm_response(message, challenge, password):
    """-> who says so, whether the password is proven, the channel binding or None"""
    def field(at):
        length, _, offset = struct.unpack("<HHI", message[at:at + 8])
        return message[offset:offset + length]

    answer, domain, user = field(20), field(28).decode("utf-16-le"), field(36).decode("utf-16-le")
    key = hmac.new(md4(password.encode("utf-16-le")), (user.upper() + domain).encode("utf-16-le"), "md5").digest()
    proven = hmac.compare_digest(hmac.new(key, challenge + answer[16:], "md5").digest(), answer[:16])
    bound, at = None, 16 + 28                                    # behind the proof and the fixed part
    while at + 4 <= len(answer):
        kind, length = struct.unpack("<HH", answer[at:at + 4])
        if kind == 0:
            break
        if kind == 10:
            bound = answer[at + 4:at + 4 + length]
        at += 4 + length
    return f"{domain}\\{user}", proven, bound


# ---------------------------------------------------------------- the directory
def dn_key(dn):
    """Good enough to compare the DNs that we made ourselves."""
    return dn.replace("\\2C", "\\,").replace("\\2B", "\\+").replace("\\23", "\\#").replace(", ", ",").casefold()


class Directory:
    def __init__(self, args):
        self.base = args.base
        gen = Generator(args.seed, args.base, huge=args.huge, huge_values=args.huge_values)
        self.domain = gen.domain
        self.entries = []                        # (dn, key, {lower name: values}, {lower name: name})
        for dn, attrs in [(self.base, {"objectClass": ["top", "domain", "domainDNS"]})] + \
                [(dn, {"objectClass": ["top", "organizationalUnit"], "ou": [name]}) for dn, name in gen.containers()] + \
                [(make_dn([("CN", n)], self.base), {"objectClass": ["top", "container"], "cn": [n]})
                 for n in ("Computers", "Users")]:
            self.add(dn, attrs)
        config = f"CN=Configuration,{self.base}"
        drs = f"CN=Device Registration Configuration,CN=Services,{config}"
        for dn in (config, f"CN=Services,{config}", drs):
            self.add(dn, {"objectClass": ["top", "container"]})
        scp = "62a0ff2e-97b9-4513-943f-0d221bd30080"
        self.add(f"CN={scp},{drs}", {
            "objectClass": ["top", "serviceConnectionPoint"], "cn": [scp],
            "keywords": ["azureADName:contoso.onmicrosoft.example", f"azureADId:{args.tenant}"]})
        if args.file:
            with open(args.file, encoding="utf-8") as lines:
                for line in lines:
                    record = json.loads(line)
                    self.add(record["dn"], {k: [base64.b64decode(v["base64"]) if isinstance(v, dict) else v for v in vs]
                                            for k, vs in record["attributes"].items()})
        else:
            for index in range(args.count):
                dn, plain, computed, _ = gen.computer(index)
                if index < args.bad_utf8:
                    plain["operatingSystem"] = [b"Windows Server\xae 2008 Standard"]     # Latin-1
                self.add(dn, plain | computed)
        self.keys = {e[1]: e for e in self.entries}

    def add(self, dn, attrs):
        values = {k.lower(): [v if isinstance(v, bytes) else v.encode() for v in vs] for k, vs in attrs.items()}
        values.setdefault("distinguishedname", [dn.encode()])
        names = {k.lower(): k for k in attrs} | {"distinguishedname": "distinguishedName"}
        self.entries.append((dn, dn_key(dn), values, names))

    def search(self, base, scope, test):
        key, config = dn_key(base), dn_key(f"CN=Configuration,{self.base}")
        in_config = key.endswith(config)
        for entry in list(self.entries):
            other = entry[1]
            if scope == 0:
                hit = other == key
            elif scope == 1:
                hit = other.endswith("," + key) and "," not in other[:-len(key) - 1].replace("\\,", "")
            else:
                hit = other == key or other.endswith("," + key)
            if hit and (in_config or not other.endswith(config)) and test(entry[2]):
                yield entry


    def moved(self, rest, how):
        """Between pages an object goes to another place: it comes a second time, or not at all."""
        if how == "lost":                        # from what is still to come to what has been
            entry = next(rest)
        else:
            entry = next(e for e in self.entries if b"computer" in e[2]["objectclass"])
        dn = f"{entry[0].partition(',')[0]},OU=Moved,{self.base}"
        self.entries.remove(entry)
        self.entries.append((dn, dn_key(dn), entry[2] | {"distinguishedname": [dn.encode()]}, entry[3]))
        return rest if how == "lost" else Server.chain(self.entries[-1], rest)


# ---------------------------------------------------------------- a connection
class Stop(Exception):
    pass


class Session:
    def __init__(self, server, reader, writer):
        self.server, self.args = server, server.args
        self.reader, self.writer = reader, writer
        self.who, self.tls = None, server.args.ldaps

    async def run(self):
        try:
            while True:
                head = await self.reader.readexactly(2)
                length = head[1]
                if length & 0x80:
                    more = await self.reader.readexactly(length & 0x7F)
                    length = int.from_bytes(more, "big")
                message = await self.reader.readexactly(length)
                parts = list(elements(message, 0, len(message)))
                mid = int.from_bytes(parts[0][1], "big")
                controls = {}
                if len(parts) > 2:
                    for _, control in elements(parts[2][1], 0, len(parts[2][1])):
                        fields = [v for t, v in elements(control, 0, len(control)) if t == 0x04]
                        controls[fields[0]] = fields[1] if len(fields) > 1 else b""
                await self.operation(mid, *parts[1], controls)
                await self.writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, Stop, ssl.SSLError):
            pass
        except (ValueError, IndexError, KeyError) as exc:
            self.send(0, ldap_result(0x78, 2, f"cannot decode: {exc}") )
        finally:
            self.writer.close()

    def send(self, mid, op, controls=b""):
        self.writer.write(tlv(0x30, number(mid) + op + controls))

    async def operation(self, mid, tag, body, controls):
        if tag == 0x60:
            self.bind(mid, body)
        elif tag == 0x63:
            await self.search(mid, body, controls)
        elif tag == 0x77:
            await self.extended(mid, body)
        elif tag == 0x42:
            raise Stop
        elif tag != 0x50:                                        # abandon is not answered
            self.send(mid, ldap_result(tag + 1, 53, "read only"))

    def bind(self, mid, body):
        (_, _), (_, name), (kind, secret) = list(elements(body, 0, len(body)))[:3]
        self.who = None
        if self.args.bind_log:
            with open(self.args.bind_log, "a", encoding="utf-8") as log:
                log.write(f"{kind:#x} {name.decode('utf-8', 'replace')}\n")
        if self.args.refuse:
            code, _, message = self.args.refuse.partition(":")
            return self.send(mid, ldap_result(0x61, int(code), message))
        if kind in (0x89, 0x8A, 0x8B) and self.args.ntlm:
            return self.sicily(mid, kind, secret)
        if kind != 0x80:
            code, message = 7, "simple binds only"
        elif not secret:
            code, message = 0, ""                                # nobody, and no error
        elif self.args.require_tls and not self.tls:
            code, message = 8, ("00002028: LdapErr: DSID-00000000, comment: The server requires binds to turn on "
                                "integrity checking if SSL\\TLS are not already active on the connection, data 0, v0")
        elif secret.decode("utf-8", "replace") != self.args.password:
            code, message = 49, "80090308: LdapErr: DSID-00000000, comment: AcceptSecurityContext error, data 52e, v0"
        else:
            self.who, code, message = name.decode(), 0, ""
        self.send(mid, ldap_result(0x61, code, message))

    def sicily(self, mid, kind, secret):
        """NTLM as domain controllers take it: [MS-ADTS] 5.1.1.1.3 around [MS-NLMP]."""
        if kind == 0x89:                                         # what is there?
            return self.send(mid, ldap_result(0x61, 0, matched=b"NTLM"))
        if kind == 0x8A:                                         # [MS-NLMP] 2.2.1.2, a challenge
            self.challenge = os.urandom(8)
            return self.send(mid, ldap_result(0x61, 0, matched=ntlm_challenge(self.challenge, "CONTOSO")))
        binding = None
        if self.tls:
            with open(os.path.join(self.args.tls, "cert.pem"), encoding="ascii") as pem:
                der = ssl.PEM_cert_to_DER_cert(pem.read())
            data = b"tls-server-end-point:" + hashlib.sha256(der).digest()    # RFC 5929; signed with SHA-256
            binding = hashlib.md5(bytes(16) + struct.pack("<I", len(data)) + data).digest()
        who, proven, bound = ntlm_response(secret, self.challenge, self.args.password)
        code, message = 0, ""
        if not proven:
            code, message = 49, "8009030C: LdapErr: DSID-00000000, comment: AcceptSecurityContext error, data 52e, v0"
        elif self.args.ntlm == "bound" and bound != binding:
            code, message = 49, "80090346: LdapErr: DSID-00000000, comment: AcceptSecurityContext error, data 80090346, v0"
        else:
            self.who = who
        if self.args.bind_log:
            with open(self.args.bind_log, "a", encoding="utf-8") as log:
                log.write(f"{who} proven={proven} bound={bound is not None and bound == binding}\n")
        self.send(mid, ldap_result(0x61, code, message))

    async def extended(self, mid, body):
        oid = next(v for t, v in elements(body, 0, len(body)) if t == 0x80)
        if self.args.extended_log:
            with open(self.args.extended_log, "a", encoding="ascii") as log:
                log.write(oid.decode("ascii", "replace") + "\n")
        if oid != START_TLS or not self.server.context:
            return self.send(mid, ldap_result(0x78, 2, "not supported"))
        if self.args.refuse_tls:
            code, _, message = self.args.refuse_tls.partition(":")
            return self.send(mid, ldap_result(0x78, int(code), message))
        self.send(mid, ldap_result(0x78, 0))
        await self.writer.drain()
        await self.writer.start_tls(self.server.context)
        self.tls = True

    def encode(self, entry, wanted):
        dn, _, values, names = entry
        limit, out, options = self.args.max_val_range, [], {}
        for w in wanted:
            name, _, option = w.partition(";")
            options.setdefault(name.lower(), option)
        all_of_them = not options or "*" in options
        for low, vals in values.items():
            if not all_of_them and low not in options:
                continue
            name, option = names[low], options.get(low, "")
            first, last = 0, len(vals) - 1
            if option.startswith("range="):
                a, _, b = option[6:].partition("-")
                first = int(a)
                last = min(last, int(b)) if b != "*" else last
            if option.startswith("range=") or len(vals) > limit:
                last = min(last, first + limit - 1)
                top = "*" if last >= len(vals) - 1 else last
                if not option and self.args.range_empty_twin:
                    out.append(tlv(0x30, text(name) + tlv(0x31, b"")))
                name, vals = f"{name};range={first}-{top}", vals[first:last + 1]
                if not vals:
                    continue
            elif option:
                name += ";" + option
            out.append(tlv(0x30, text(name) + tlv(0x31, b"".join(text(v) for v in vals))))
        return tlv(0x64, text(dn) + tlv(0x30, b"".join(out)))

    async def search(self, mid, body, controls):
        parts = list(elements(body, 0, len(body)))
        base, scope = parts[0][1].decode(), parts[1][1][0]
        size_limit = int.from_bytes(parts[3][1], "big")
        wanted = [v.decode() for _, v in elements(parts[7][1], 0, len(parts[7][1]))]
        directory, done = self.server.directory, 0x65
        if not base and scope == 0:
            values = {
                "defaultNamingContext": [directory.base], "rootDomainNamingContext": [directory.base],
                "configurationNamingContext": [f"CN=Configuration,{directory.base}"],
                "schemaNamingContext": [f"CN=Schema,CN=Configuration,{directory.base}"],
                "namingContexts": [directory.base, f"CN=Configuration,{directory.base}"],
                "supportedControl": [PAGED], "supportedLDAPVersion": ["3"],
                "supportedCapabilities": ["1.2.840.113556.1.4.800"],
                "dnsHostName": [f"dc1.{directory.domain}"]}
            values = {k: [v if isinstance(v, bytes) else v.encode() for v in vs] for k, vs in values.items()}
            entry = ("", "", {k.lower(): v for k, v in values.items()}, {k.lower(): k for k in values})
            self.send(mid, self.encode(entry, [w for w in wanted if w != "+"]))
            return self.send(mid, ldap_result(done, 0))
        if self.who is None:
            return self.send(mid, ldap_result(done, 1, (
                "000004DC: LdapErr: DSID-00000000, comment: In order to perform this operation a successful bind "
                "must be completed on the connection., data 0, v0")))
        if not dn_key(base).endswith(dn_key(directory.base)):
            host = ".".join(p.strip()[3:] for p in base.split(",") if p.strip().upper().startswith("DC=")) or "unknown"
            return self.send(mid, ldap_result(done, 10, "0000202B: RefErr: DSID-00000000, data 0, 1 access points",
                                              referral=[f"ldap://{host}/{base}"]))
        if dn_key(base) not in directory.keys:
            return self.send(mid, ldap_result(done, 32, "0000208D: NameErr: DSID-00000000, problem 2001 (NO_OBJECT), data 0",
                                              matched=directory.base))
        if self.args.range_fault and any(";range=" in w for w in wanted):
            return await self.fail(mid, self.args.range_fault.partition("@")[0])
        most = self.args.max_page_size
        page, cookie, found = 1, None, None
        if PAGED in controls:
            _, start, end = element(controls[PAGED], 0)
            (_, size), (_, cookie) = elements(controls[PAGED], start, end)
            size = int.from_bytes(size, "big")
            most = min(most, size) if size else most
            if cookie:
                found, page = self.server.cookies.pop(cookie, (None, 0))
                if found is None or self.server.faults.get(str(page)) == "expire":
                    return self.send(mid, ldap_result(done, 53, (
                        "00000057: LdapErr: DSID-00000000, comment: Error processing control, data 0, v0")))
        if found is None:
            found = directory.search(base, scope, compile_filter(*parts[6]))
        elif self.args.move and page == 2:
            found, self.args.move = directory.moved(found, self.args.move), None
        if self.args.slow:
            await asyncio.sleep(self.args.slow)
        batch, more = [], False
        for entry in found:
            if len(batch) == most:
                found, more = self.server.chain(entry, found), True
                break
            batch.append(entry)
        fault = self.server.fault(page)
        for n, entry in enumerate(batch):
            if fault and n == len(batch) // 2:
                await self.fail(mid, fault, self.server.remember(found, page + 1))
                return
            if size_limit and n == size_limit:
                return self.send(mid, ldap_result(done, 4))
            self.send(mid, self.encode(entry, wanted))
            if n % 50 == 49:
                await self.writer.drain()
        if fault and not batch:
            await self.fail(mid, fault)
            return
        response = b""
        if PAGED in controls:
            token = self.server.remember(found, page + 1) if more else b""
            value = tlv(0x30, number(0) + text(token))
            response = tlv(0xA0, tlv(0x30, text(PAGED) + text(value)))
        elif more:
            return self.send(mid, ldap_result(done, 4))
        if not more and scope == 2 and dn_key(base) == dn_key(directory.base):
            for zone in ("DomainDnsZones", "ForestDnsZones"):
                self.send(mid, tlv(0x73, text(f"ldap://{zone}.{directory.domain}/DC={zone},{directory.base}")))
            self.send(mid, tlv(0x73, text(f"ldap://{directory.domain}/CN=Configuration,{directory.base}")))
        self.send(mid, ldap_result(done, 0), response)

    async def fail(self, mid, fault, token=b""):
        if fault.endswith("+"):
            value = tlv(0x30, number(0) + text(token))
            control = tlv(0xA0, tlv(0x30, text(PAGED) + text(value)))
            return self.send(mid, ldap_result(0x65, int(fault[:-1]), "fault asked for"), control)
        if fault == "kill":
            await self.writer.drain()
            os.kill(os.getpid(), signal.SIGKILL)
        if fault.isdigit():
            return self.send(mid, ldap_result(0x65, int(fault), "fault asked for"))
        if fault == "notice":
            self.send(0, tlv(0x78, number(52, 0x0A) + text("") + text("going down")
                             + text("1.3.6.1.4.1.1466.20036", 0x8A)))
        elif fault == "cut":
            self.writer.write(b"\x30\x82\x04\x00\x02\x01")
        elif fault == "garbage":
            self.writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await self.writer.drain()
        if fault in ("stall", "garbage"):
            await self.reader.read(-1)
        raise Stop


class Server:
    def __init__(self, args):
        self.args, self.directory = args, Directory(args)
        self.cookies, self.next_cookie, self.sessions = {}, 0, set()
        self.faults = dict(reversed(f.split("@")) for f in args.fault)
        self.context = None
        if args.tls:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(os.path.join(args.tls, "cert.pem"), os.path.join(args.tls, "key.pem"))

    @staticmethod
    def chain(first, rest):
        yield first
        yield from rest

    def remember(self, found, page):
        self.next_cookie += 1
        token = b"cookie-%d" % self.next_cookie
        self.cookies[token] = (found, page)
        return token

    def fault(self, page):
        key = str(page)
        return (self.faults.pop if self.args.once else self.faults.get)(key, None)

    async def client(self, reader, writer):
        task = asyncio.current_task()
        self.sessions.add(task)
        try:
            await Session(self, reader, writer).run()
        except asyncio.CancelledError:
            pass                                                 # the server stops
        finally:
            self.sessions.discard(task)

    async def run(self):
        server = await asyncio.start_server(self.client, self.args.host, self.args.port,
                                            ssl=self.context if self.args.ldaps else None)
        print(server.sockets[0].getsockname()[1], flush=True)
        stop = asyncio.Event()
        for sig in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(sig, stop.set)
        await stop.wait()
        server.close()
        for task in list(self.sessions):
            task.cancel()


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("--host", default="127.0.0.1")
    ap.add_argument("--port", type=int, default=0)
    ap.add_argument("--count", type=int, default=3000)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--base", default="DC=contoso,DC=test")
    ap.add_argument("--file", help="computers from this JSON-lines file (generate_computers.py --format jsonl)")
    ap.add_argument("--huge", type=int, default=0, help="the first this many computers have --huge-values certificates")
    ap.add_argument("--huge-values", type=int, default=4000)
    ap.add_argument("--bad-utf8", type=int, default=0, help="the first this many have Latin-1 in operatingSystem")
    ap.add_argument("--password", default="Passw0rd.Lab1", help="of every account")
    ap.add_argument("--max-page-size", type=int, default=1000)
    ap.add_argument("--max-val-range", type=int, default=1500)
    ap.add_argument("--range-empty-twin", action="store_true")
    ap.add_argument("--tls", help="folder with cert.pem and key.pem (make_certs.sh): offers StartTLS")
    ap.add_argument("--ldaps", action="store_true", help="TLS from the start (with --tls)")
    ap.add_argument("--require-tls", action="store_true")
    ap.add_argument("--slow", type=float, default=0, help="seconds before each page")
    ap.add_argument("--fault", action="append", default=[], metavar="WHAT@PAGE")
    ap.add_argument("--range-fault", metavar="WHAT@2")
    ap.add_argument("--refuse", metavar="CODE:TEXT")
    ap.add_argument("--ntlm", choices=("free", "bound"), help="takes NTLM (Sicily); bound: to the TLS connection only")
    ap.add_argument("--refuse-tls", metavar="CODE:TEXT", help="StartTLS is refused so")
    ap.add_argument("--move", choices=("twice", "lost"), help="an object moves between the first two pages")
    ap.add_argument("--tenant", default="11111111-2222-4333-8444-555555555555", help="in the connection point")
    ap.add_argument("--extended-log", help="a line for each extended request: its object identifier")
    ap.add_argument("--bind-log", help="a line for each sign-in that is asked for: its kind and its name")
    ap.add_argument("--once", action="store_true")
    asyncio.run(Server(ap.parse_args()).run())


if __name__ == "__main__":
    main()
