#!/usr/bin/env python3
"""A DNS server for tests, on loopback: answers the records given, and nothing else (dnspython).

    dns_server.py "_ldap._tcp.contoso.test. SRV 0 100 389 dc1.contoso.test." ...

Prints its UDP port first.  --silent: hears and says nothing.  --refuse: answers REFUSED.
--log FILE: writes each name that is asked for, one a line.
"""
import argparse
import socket

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("records", nargs="*")
    ap.add_argument("--silent", action="store_true")
    ap.add_argument("--refuse", action="store_true")
    ap.add_argument("--log")
    args = ap.parse_args()
    found = {}
    for record in args.records:
        name, kind, data = record.split(None, 2)
        found.setdefault((name.lower(), kind), []).append(data)
    names = {name for name, _ in found}
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", 0))
    print(udp.getsockname()[1], flush=True)
    while True:
        wire, client = udp.recvfrom(4096)
        query = dns.message.from_wire(wire)
        question = query.question[0]
        name, kind = question.name.to_text().lower(), dns.rdatatype.to_text(question.rdtype)
        if args.log:
            with open(args.log, "a", encoding="utf-8") as log:
                log.write(f"{name} {kind}\n")
        if args.silent:
            continue
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.AA | dns.flags.RA
        if args.refuse:
            answer.set_rcode(dns.rcode.REFUSED)
        elif data := found.get((name, kind)):
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *data))
        elif name not in names:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        udp.sendto(answer.to_wire(), client)


if __name__ == "__main__":
    main()
