"""Signatures of files, for change tickets: detached, as OpenSSL makes and checks them.

The signature of FILE is in FILE.sig: of its bytes for Ed25519, else of its SHA-256; with RSA as
PKCS#1 v1.5. So `openssl pkeyutl -verify -rawin` and `openssl dgst -sha256 -verify` check it too.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from simulator.errors import InputError, UsageError
from simulator.whole_file import replacing

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    Private: TypeAlias = (
        "ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey"
    )
    Public: TypeAlias = "ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey"

_KINDS = "Ed25519, ECDSA or RSA"


def signature_path(path: Path) -> Path:
    """Where the signature of the file *path* lies."""
    return path.with_name(f"{path.name}.sig")


def load_private(path: str, password: Callable[[], str]) -> "Private":
    """The private key in the PEM file *path*; *password* is asked for where it is encrypted."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    content = _content(path, "--sign")
    secret = password().encode() if b"ENCRYPTED" in content else None
    try:
        key = load_pem_private_key(content, secret)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise InputError(
            f"--sign {path}: is no private key that can be read: {error}",
            "make one with: openssl genpkey -algorithm ed25519 -out key.pem"
            if secret is None
            else "is that its password?",
        ) from None
    if not isinstance(
        key, ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
    ):
        raise InputError(f"--sign {path}: is a key of another kind", f"give one of {_KINDS}")
    return key


def load_public(path: str) -> "Public":
    """The public key in the PEM file *path*, which may be that of a certificate."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
    from cryptography.x509 import load_pem_x509_certificate

    content = _content(path, "--verify")
    try:
        key = (
            load_pem_x509_certificate(content).public_key()
            if b"BEGIN CERTIFICATE" in content
            else load_pem_public_key(content)
        )
    except (ValueError, UnsupportedAlgorithm) as error:
        raise InputError(
            f"--verify {path}: is no public key that can be read: {error}",
            "make one with: openssl pkey -in key.pem -pubout -out public.pem",
        ) from None
    if not isinstance(
        key, ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey
    ):
        raise InputError(f"--verify {path}: is a key of another kind", f"give one of {_KINDS}")
    return key


def sign(path: Path, key: "Private") -> None:
    """Writes the signature of the file *path* beside it."""
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
    from cryptography.hazmat.primitives.hashes import SHA256

    content = path.read_bytes()
    if isinstance(key, rsa.RSAPrivateKey):
        signature = key.sign(content, padding.PKCS1v15(), SHA256())
    elif isinstance(key, ec.EllipticCurvePrivateKey):
        signature = key.sign(content, ec.ECDSA(SHA256()))
    else:
        signature = key.sign(content)
    with replacing(signature_path(path), "--sign") as temporary:
        temporary.write_bytes(signature)


def verified(path: Path, key: "Public") -> bool:
    """Whether the signature beside the file *path* is one of it by *key*.

    Raises `UsageError` where one of both files cannot be read.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
    from cryptography.hazmat.primitives.hashes import SHA256

    content = _content(str(path), "--verify")
    beside = signature_path(path)
    if not beside.exists():
        raise UsageError(
            f"--verify: there is no {beside}, the signature of {path}",
            f"put it beside {path.name}; --sign KEY has written it with the file",
        )
    signature = _content(str(beside), "--verify")
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(signature, content, padding.PKCS1v15(), SHA256())
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, content, ec.ECDSA(SHA256()))
        else:
            key.verify(signature, content)
    except InvalidSignature:
        return False
    return True


def _content(path: str, option: str) -> bytes:
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise UsageError(
            f"{option}: {path} cannot be read: {error.strerror or error}", "name a readable file"
        ) from None
