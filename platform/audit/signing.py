"""The key that signs checkpoints (Ed25519, RFC 8032): made once for each hall, in a file that only the server may read."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)


class BadKey(Exception):
    """A file holds no Ed25519 key in PEM."""


class Signer:
    """A private key; `public` is its public one in hexadecimal digits."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()

    def sign(self, data: bytes) -> str:
        """The signature of some bytes in hexadecimal digits."""
        return self._key.sign(data).hex()


def signer(path: Path) -> tuple[Signer, bool]:
    """The key in a file, and whether it was made just now; of two who make it at once both get the same.

    Raises BadKey for a file that holds something else, OSError where it cannot be read or written.
    """
    made = False
    if not path.exists():
        made = _make(path)
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise BadKey(str(path)) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BadKey(str(path))
    return Signer(key), made


def _make(path: Path) -> bool:
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # for the owner alone (0600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(temporary, path)
            return True
        return False
    finally:
        Path(temporary).unlink(missing_ok=True)


def signed_by(public: str, signature: str, data: bytes) -> bool:
    """Whether a signature is that of a public key, both in hexadecimal digits."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(bytes.fromhex(signature), data)
    except (InvalidSignature, ValueError):
        return False
    return True


def public_pem(public: str) -> bytes:
    """A public key as a PEM file."""
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def read_public(data: bytes) -> str:
    """The public key in a PEM file; BadKey for anything else."""
    try:
        key = load_pem_public_key(data)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BadKey from error
    if not isinstance(key, Ed25519PublicKey):
        raise BadKey
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
