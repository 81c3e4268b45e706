"""LDAP URLs, and settings that are refused before anything is sent."""

from pathlib import Path

import pytest

from simulator.errors import UsageError
from simulator.sources import SourceRequest, load_objects
from simulator.sources.ldap_url import LdapUrl, parse_ldap_url
from simulator.sources.sign_in import SignIn

URLS = [
    ("ldaps://dc1.contoso.com", LdapUrl("ldaps", "dc1.contoso.com", 636)),
    ("LDAP://dc1/", LdapUrl("ldap", "dc1", 389)),
    (
        "ldaps://dc1:3269/DC=contoso,DC=com",
        LdapUrl("ldaps", "dc1", 3269, "DC=contoso,DC=com", exact=True),
    ),
    ("ldaps://10.0.0.1:636", LdapUrl("ldaps", "10.0.0.1", 636, exact=True)),
    ("ldaps://[fe80::1]:6636/", LdapUrl("ldaps", "fe80::1", 6636, exact=True)),
    ("ldaps://dc1/OU=R%26D%2C%20Lab,DC=c", LdapUrl("ldaps", "dc1", 636, "OU=R&D, Lab,DC=c")),
    ("ldaps://dc1/OU=M%C3%BCnchen,DC=c", LdapUrl("ldaps", "dc1", 636, "OU=München,DC=c")),
    ("ldaps://dc1/OU=My Servers,DC=c", LdapUrl("ldaps", "dc1", 636, "OU=My Servers,DC=c")),
    (
        "ldaps://dc1/DC=c?cn,%20info?one?(cn=a)",
        LdapUrl("ldaps", "dc1", 636, "DC=c", ("cn", "info"), "one", "(cn=a)"),
    ),
    ("ldaps://dc1/???(cn=%3F)", LdapUrl("ldaps", "dc1", 636, filter="(cn=?)")),
    ("ldaps://dc1/DC=c??base", LdapUrl("ldaps", "dc1", 636, "DC=c", scope="base")),
    ("ldaps:///OU=a,DC=c,DC=d", LdapUrl("ldaps", "", 636, "OU=a,DC=c,DC=d")),
    ("ldaps://dc1/DC=c????", LdapUrl("ldaps", "dc1", 636, "DC=c")),
]


@pytest.mark.parametrize(("text", "url"), URLS, ids=[u[0] for u in URLS])
def test_parts(text: str, url: LdapUrl) -> None:
    assert parse_ldap_url(text) == url


ERRORS = [
    ("ldaps:///OU=a", "neither a host nor a base that ends in a domain", "ldaps:///DC=contoso"),
    ("ldaps://:636/DC=c", "`:636` is no host", "ldaps://host[:port]"),
    ("ldaps://dc1:x/", "`dc1:x` is no host", "ldaps://host[:port]"),
    ("ldaps://dc1:70000/", "70000 is no port", "ldaps://host[:port]"),
    ("ldaps://dc1:0/", "0 is no port", "ldaps://host[:port]"),
    ("ldaps://dc1?cn", "`dc1?cn` is no host", "ldaps://host[:port]"),
    ("ldaps://dc1/DC=c??all", "`all` is no scope", "sub, one, base"),
    ("ldaps://dc1/DC=c????!bindname=x", "extensions of LDAP URLs", "%3F"),
    ("ldaps://dc1/CN=100%,DC=c", "% that is not followed by two hex digits", "%25"),
    ("ldaps://dc1/CN=%FF", "is not UTF-8", "plainly"),
]


@pytest.mark.parametrize(("text", "problem", "help"), ERRORS, ids=[e[0] for e in ERRORS])
def test_error(text: str, problem: str, help: str) -> None:
    with pytest.raises(UsageError) as caught:
        load_objects(text)
    assert caught.value.message.startswith(f"{text}: ")
    assert problem in caught.value.message
    assert help in (caught.value.help or "")


def test_a_password_in_the_url_is_refused_and_not_repeated() -> None:
    with pytest.raises(UsageError) as caught:
        load_objects("ldaps://reader:Geheim@dc1/")
    assert "Geheim" not in caught.value.render()
    assert "--user" in (caught.value.help or "")


def never() -> str:
    raise AssertionError("the password was asked for")


PEM_WITHOUT_CERTIFICATE = "-----BEGIN PRIVATE KEY-----\nAA==\n-----END PRIVATE KEY-----\n"
REFUSED = [
    (
        "ldap://dc1.invalid/",
        {"user": "a", "password": never, "plain": True},
        "not sent without TLS",
        "--plain",
    ),
    ("ldap://dc1.invalid/", {"user": "a", "plain": True}, "not sent without TLS", "--plain"),
    (
        "ldap://dc1.invalid/",
        {"sign_in": SignIn.KERBEROS, "plain": True},
        "a sign-in is not sent without TLS",
        "--plain",
    ),
    (
        "ldap://dc1.invalid/",
        {"user": "D\\a", "password": never, "sign_in": SignIn.NTLM, "plain": True},
        "a password is not sent",
        "--plain",
    ),
    (
        "ldaps://dc1.invalid/",
        {"user": "a@b", "password": never, "sign_in": SignIn.NTLM},
        "`a@b` is no name for NTLM",
        "DOMAIN",
    ),
    ("ldaps://dc1.invalid/", {"sign_in": SignIn.SIMPLE}, "account is incomplete", "--user"),
    (
        "ldaps://dc1.invalid/",
        {"user": "a", "password": never, "sign_in": SignIn.ANONYMOUS},
        "`a` cannot sign in as nobody",
        "--user",
    ),
    ("ldaps://dc1.invalid/", {"plain": True}, "never without TLS", "--plain"),
    ("ldaps://dc1.invalid/", {"user": "a"}, "account is incomplete", "--user"),
    ("ldaps://dc1.invalid/", {"user": "", "password": never}, "account is incomplete", "--user"),
    (
        "ldaps://dc1.invalid/",
        {"user": "a", "password": lambda: ""},
        "the password is empty",
        "as nobody",
    ),
    ("ldaps://dc1.invalid/???(cn=a)", {"filter": "(cn=b)"}, "two filters", "one of them"),
    ("ldaps://dc1.invalid/", {"server_name": "*"}, "`*` is no name", "certificate"),
    ("ldaps://dc1.invalid/", {"ca_file": Path("/gone.pem")}, "/gone.pem cannot be used", "PEM"),
]


@pytest.mark.parametrize(
    ("url", "settings", "problem", "help"), REFUSED, ids=[r[2] for r in REFUSED]
)
def test_settings_refused_before_connecting(
    url: str, settings: dict[str, object], problem: str, help: str
) -> None:
    with pytest.raises(UsageError) as caught:
        load_objects(url, SourceRequest(**settings))  # type: ignore[arg-type]
    assert caught.value.message.startswith(url.partition("/?")[0].rstrip("/"))
    assert problem in caught.value.message
    assert help in (caught.value.help or "")


def test_a_ca_file_without_certificates(tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    path.write_text(PEM_WITHOUT_CERTIFICATE, encoding="ascii")
    with pytest.raises(UsageError, match="there is no certificate in it"):
        load_objects("ldaps://dc1.invalid/", SourceRequest(ca_file=path))
