"""A real domain controller, Samba: what the generator put in is what comes out."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from simulator.errors import UsageError
from simulator.sources import load_objects
from tests.conftest import HUGE
from tests.running import rows_are_the_objects

CONTROLLER = 1  # the domain controller is a computer, too


@pytest.mark.parametrize("scheme", ["ldaps", "ldap"], ids=["LDAPS", "StartTLS"])
def test_every_computer_comes(samba, generated: Callable[[int], Path], scheme: str) -> None:
    url = samba.url() if scheme == "ldaps" else samba.ldap_url()
    found = load_objects(url, samba.request("userCertificate", "dNSHostName", "description"))
    assert len(found.objects) == samba.count + CONTROLLER
    assert max(len(values(o, "userCertificate")) for o in found.objects) == 1600
    by_guid = {o.guid: o for o in found.objects}
    for one in load_objects(str(generated(samba.count, *HUGE))).objects:
        other = by_guid[one.guid]
        assert (other.dn, other.type) == (one.dn, "computer")
        assert other.classes == one.classes
        for name in ("cn", "sAMAccountName", "userAccountControl", "operatingSystem",
                     "operatingSystemVersion", "dNSHostName", "description"):  # fmt: skip
            assert other.attributes.get(name) == one.attributes.get(name)
        assert values(other, "userCertificate") == values(one, "userCertificate")
    assert found.provenance.details["base"] == "DC=contoso,DC=test"
    assert found.provenance.details["server"] == "dc1.contoso.test"


def test_the_facts_of_the_generator_hold(samba) -> None:
    found = load_objects(samba.url(), samba.request("userCertificate", "objectSid"))
    by_guid = {o.guid: o for o in found.objects}
    facts = [json.loads(line) for line in samba.facts.read_text(encoding="utf-8").splitlines()]
    assert len(facts) == samba.count
    for fact in facts:
        one = by_guid[fact["objectGUID"]]
        assert one.dn == fact["dn"]
        assert one.attributes.get("operatingSystem") == fact["operatingSystem"]
        assert one.attributes["userAccountControl"] == fact["userAccountControl"]
        assert bool(values(one, "userCertificate")) == bool(fact["certificates"])


def test_rows_hold_the_same_as_objects(samba) -> None:
    rows_are_the_objects(samba.url(), samba.request("userCertificate", "objectSid", "memberOf"))


def test_what_an_account_may_not_read_is_missing_and_said_so(samba) -> None:
    everything = load_objects(samba.url(), samba.request("userCertificate"))
    user = "svc-nocert@contoso.test"
    found = load_objects(samba.url(), samba.request("userCertificate", user=user))
    assert len(found.objects) == len(everything.objects)
    assert certificates(found.objects) < certificates(everything.objects)
    assert any(
        n.startswith(f"read as {user}: ") and "missing" in n for n in found.provenance.notes
    )


def test_a_wrong_password(samba) -> None:
    with pytest.raises(UsageError, match="the user name or the password is wrong"):
        load_objects(samba.url(), samba.request(password=lambda: "guess"))


def test_an_untrusted_certificate(samba) -> None:
    with pytest.raises(UsageError) as caught:
        load_objects(samba.url(), samba.request(ca_file=samba.other_ca_file))
    assert "is not trusted" in caught.value.message


def test_nobody_is_told_anything(samba) -> None:
    with pytest.raises(UsageError, match="tells nothing without signing in"):
        load_objects(samba.url(), samba.request(user=None))


def values(one, name: str) -> set[bytes]:
    return set(one.attributes.get(name, ()))


def certificates(objects) -> int:
    return sum(len(values(o, "userCertificate")) for o in objects)
