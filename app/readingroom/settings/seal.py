"""Sealing what lies on the disk: AES-256-GCM, and keyed marks in place of identifiers."""

import hashlib
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
MOST_BYTES = 2**31 - 1 - TAG_BYTES
"""The most that one record may hold."""


class Unsealable(Exception):
    """Sealed bytes that this key does not open: another key, another record, or damage."""


class Seal:
    """What one purpose may read and write: its keys are derived from a 32-byte key and the purpose's name.

    A sealed record is a random 12-byte nonce, the ciphertext, and a 16-byte tag over it and over `about`
    (NIST SP 800-38D; at most 2**32 records per key with random nonces).
    """

    def __init__(self, key: bytes, purpose: str) -> None:
        if len(key) != KEY_BYTES:
            raise ValueError(f"a key has {KEY_BYTES} bytes")
        self._cipher = AESGCM(_derived(key, f"readingroom seal {purpose}"))
        self._mark_key = _derived(key, f"readingroom mark {purpose}")

    def seal(self, plain: bytes, about: bytes = b"") -> bytes:
        """Plain bytes sealed together with what they are about, which is needed again to open them."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, about)

    def open(self, sealed: bytes, about: bytes = b"") -> bytes:
        """The plain bytes, or Unsealable."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], memoryview(sealed)[NONCE_BYTES:], about)
        except (InvalidTag, ValueError) as error:
            raise Unsealable from error

    def mark(self, *words: str) -> bytes:
        """Thirty-two bytes that stand for the words and do not tell them (HMAC-SHA-256)."""
        return hmac.digest(self._mark_key, b"\0".join(word.encode() for word in words), hashlib.sha256)


def new_key() -> bytes:
    """A new random 32-byte key."""
    return secrets.token_bytes(KEY_BYTES)


def _derived(key: bytes, label: str) -> bytes:
    return hmac.digest(key, label.encode(), hashlib.sha256)
