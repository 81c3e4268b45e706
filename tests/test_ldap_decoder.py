"""Our decoder of search entries gives what ldap3's gives, and malformed bytes are told."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ldap3.utils.asn1 import decode_message_fast

from simulator.errors import IncompleteError
from simulator.sources import ldap_decoder, load_objects
from simulator.sources.ldap_decoder import MalformedError, Names, entry

Attributes = dict[str, list[bytes]]


def element(tag: int, content: bytes, long: int = 0) -> bytes:
    """An element of BER; *long* forces a length of so many bytes, as Active Directory writes it."""
    if long or len(content) > 127:
        size = max(long, (len(content).bit_length() + 7) // 8)
        return bytes([tag, 0x80 | size]) + len(content).to_bytes(size, "big") + content
    return bytes([tag, len(content)]) + content


def written(dn: bytes, attributes: Attributes, long: int = 0) -> bytes:
    """A SearchResultEntry."""
    listed = b"".join(
        element(0x30, element(4, name.encode(), long) + element(0x31, b"".join(element(4, v, long) for v in values), long), long)
        for name, values in attributes.items()
    )  # fmt: skip
    return element(0x64, element(4, dn, long) + element(0x30, listed, long), long)


def read(data: bytes) -> tuple[str, Attributes]:
    return entry(data, 1, len(data), Names())


names = st.text("abcdefgXYZ;-=0123456789", min_size=1, max_size=40)
values = st.lists(st.binary(max_size=300), max_size=4)
attributes = st.dictionaries(names, values, max_size=6)


@given(st.text(max_size=40), attributes, st.sampled_from([0, 1, 2, 4]))
def test_an_entry_comes_back(dn: str, held: Attributes, long: int) -> None:
    if long == 1 and len(written(b"", held)) > 250:
        long = 2
    found = read(written(dn.encode(), held, long))
    assert found == (dn, {name: values for name, values in held.items() if values})


@given(st.text(max_size=20), attributes)
def test_ldap3_reads_the_same(dn: str, held: Attributes) -> None:
    data = written(dn.encode(), held)
    message = element(0x30, b"\x02\x01\x05" + data)
    payload = decode_message_fast(message)["payload"]
    theirs = {
        bytes(a[3][0][3]).decode(): [bytes(v[3]) for v in a[3][1][3] or ()] for a in payload[1][3] or ()
    }  # fmt: skip
    assert read(data)[1] == {name: found for name, found in theirs.items() if found}


SMALL = written(b"CN=a", {"cn": [b"a"], "member": [b"x", b"yy"], "c": [bytes(300)]})


@pytest.mark.parametrize("at", range(len(SMALL)))
def test_a_cut_entry(at: int) -> None:
    with pytest.raises(MalformedError):
        read(SMALL[:at])


@given(st.integers(1, len(SMALL) - 1), st.integers(0, 255))
def test_a_damaged_entry_is_read_or_told(at: int, byte: int) -> None:
    data = SMALL[:at] + bytes([byte]) + SMALL[at + 1 :]
    try:
        dn, held = read(data)
    except MalformedError:
        return
    assert isinstance(dn, str)
    assert all(isinstance(v, bytes) for found in held.values() for v in found)


def test_other_versions_of_ldap3_decode_themselves(
    openldap, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = openldap.url("???(objectClass=computer)")
    request = openldap.request("userCertificate", "description", "servicePrincipalName")
    ours = load_objects(url, request)
    monkeypatch.setattr(ldap_decoder, "TESTED", ())
    theirs = load_objects(url, request)
    assert {o.guid: o for o in ours.objects} == {o.guid: o for o in theirs.objects}
    assert ours.provenance == theirs.provenance


def test_ranges_and_odd_text_are_the_same_either_way(
    fake_ad, generated: Callable[[int], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    server = fake_ad("--bad-utf8", 2, "--count", 150, "--huge", 1, "--huge-values", 1600)
    ours = load_objects(server.url(), server.request("userCertificate"))
    monkeypatch.setattr(ldap_decoder, "TESTED", ())
    theirs = load_objects(server.url(), server.request("userCertificate"))
    assert {o.guid: o for o in ours.objects} == {o.guid: o for o in theirs.objects}


def test_bytes_that_are_no_ldap_are_told_at_once(fake_ad) -> None:
    server = fake_ad("--fault", "garbage@2")
    with pytest.raises(IncompleteError, match="bytes that are no LDAP came"):
        load_objects(server.url(), replace(server.request(), timeout=120))


def test_the_installed_version_is_one_that_is_tested() -> None:
    from ldap3.version import __version__

    assert __version__ in ldap_decoder.TESTED
