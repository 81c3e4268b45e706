"""What --sign signs, OpenSSL verifies, and what OpenSSL signs, --verify verifies."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.running import Command

FLEET = str(Path(__file__).parent.parent / "fixtures" / "fleet.jsonl")
AUDIT = ("audit", "--rules", "standard-2016", "--objects", FLEET)
ALGORITHMS = {
    "ed25519": ("-algorithm", "ed25519"),
    "ec": ("-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"),
    "rsa": ("-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"),
}
pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


def openssl(*arguments: object) -> str:
    ran = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.fixture(scope="module", params=ALGORITHMS)
def keys(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with key.pem and public.pem; its name begins with the algorithm."""
    folder = tmp_path_factory.mktemp(request.param)
    openssl("genpkey", *ALGORITHMS[request.param], "-out", folder / "key.pem")
    openssl("pkey", "-in", folder / "key.pem", "-pubout", "-out", folder / "public.pem")
    return folder


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    return Command(monkeypatch, capsys)


def test_openssl_verifies_what_is_signed(keys: Path, run: Command, tmp_path: Path) -> None:
    report, saved = tmp_path / "report.html", tmp_path / "saved"
    ran = run(*AUDIT, "--format", "html", "--output", str(report), "--save", str(saved),
              "--sign", str(keys / "key.pem"))  # fmt: skip
    assert ran.status == 0, ran.err
    for file in (report, saved):
        verify = ("-verify", "-pubin", "-inkey", keys / "public.pem", "-rawin", "-in", file)
        assert "Success" in openssl("pkeyutl", *verify, "-sigfile", f"{file}.sig")
        ran = run("report", str(file), "--verify", str(keys / "public.pem"))
        assert (ran.status, ran.out) == (
            0,
            f"{file}: is as it was signed with {keys}/public.pem\n",
        )


def test_what_openssl_signs_is_verified_until_it_is_changed(
    keys: Path, run: Command, tmp_path: Path
) -> None:
    file = tmp_path / "file"
    file.write_text("as it was", encoding="utf-8")
    openssl("pkeyutl", "-sign", "-inkey", keys / "key.pem", "-rawin", "-in", file, "-out",
            f"{file}.sig")  # fmt: skip
    verify = ("report", str(file), "--verify", str(keys / "public.pem"))
    assert run(*verify).status == 0
    file.write_text("as it was not", encoding="utf-8")
    ran = run(*verify)
    assert ran.status == 1 and f"{file}: has changed since {file}.sig was made" in ran.out


def test_a_key_may_be_encrypted_and_a_certificate_verifies(
    run: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, certificate, saved = tmp_path / "key.pem", tmp_path / "c.pem", tmp_path / "saved"
    openssl("req", "-x509", "-newkey", "ed25519", "-keyout", key, "-out", certificate,
            "-subj", "/CN=ticket", "-passout", "pass:secret")  # fmt: skip
    asked = (*AUDIT, "--save", str(saved), "--sign", str(key))
    ran = run(*asked)
    assert ran.status == 2 and f"no password of {key}" in ran.err and not saved.exists()
    monkeypatch.setenv("AADSIM_KEY_PASSWORD", "wrong")
    ran = run(*asked)
    assert ran.status == 2 and "help: is that its password?" in ran.err
    monkeypatch.setenv("AADSIM_KEY_PASSWORD", "secret")
    assert run(*asked).status == 0
    assert run("report", str(saved), "--verify", str(certificate)).status == 0


def test_what_is_no_key_or_has_no_signature_is_told(run: Command, tmp_path: Path) -> None:
    other, saved = tmp_path / "other.pem", tmp_path / "saved"
    openssl("genpkey", "-algorithm", "x25519", "-out", other)
    openssl("pkey", "-in", other, "-pubout", "-out", tmp_path / "other.pub")
    save = (*AUDIT, "--save", str(saved), "--sign")
    for path, problem in {
        FLEET: "is no private key", str(tmp_path / "absent"): "cannot be read",
        str(other): "is a key of another kind",
    }.items():  # fmt: skip
        ran = run(*save, path)
        assert ran.status == 2 and problem in ran.err and ran.out == "" and not saved.exists()
    run(*AUDIT, "--save", str(saved))
    openssl("genpkey", "-algorithm", "ed25519", "-out", tmp_path / "key.pem")
    openssl("pkey", "-in", tmp_path / "key.pem", "-pubout", "-out", tmp_path / "key.pub")
    for path, problem in {
        FLEET: "is no public key", str(tmp_path / "other.pub"): "is a key of another kind",
        str(tmp_path / "key.pub"): f"there is no {saved}.sig, the signature of {saved}\n",
    }.items():  # fmt: skip
        ran = run("report", str(saved), "--verify", path)
        assert ran.status == 2 and problem in ran.err and ran.out == ""
    ran = run(*AUDIT, "--sign", str(tmp_path / "key.pem"))
    assert ran.status == 2 and "--sign: no file is written" in ran.err and ran.out == ""


def test_a_key_on_a_curve_that_is_not_known_is_told(run: Command, tmp_path: Path) -> None:
    key, public = tmp_path / "key.pem", tmp_path / "public.pem"
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp224k1", "-out", key)
    openssl("pkey", "-in", key, "-pubout", "-out", public)
    ran = run(*AUDIT, "--save", str(tmp_path / "saved"), "--sign", str(key))
    assert ran.status == 2 and f"--sign {key}: is no private key" in ran.err
    ran = run("report", str(key), "--verify", str(public))
    assert ran.status == 2 and f"--verify {public}: is no public key" in ran.err
