"""Keys and sealed values: what links a made instance to its original, and cannot be read from the database alone.

Two layers. The master key (`DEIDENTIFICATION_KEY`, else derived from `SECRET_KEY`) seals one random data key per
profile; everything of the profile hangs on its data key: pseudonym look-ups, UIDs, date shifts, sealed originals. So
the master key can change (`manage.py rotate_deidentification_key`) and every mapping stays.
"""

import base64
import hashlib
import hmac
import json
import secrets
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from common.errors import ConflictError

SECRET_BYTES = 32
Stored = bytes | memoryview
"""As a database gives a binary column."""
SHIFT_DAYS = (365, 3650)
"""Dates move back by a number of whole days in this range (both ends included), the same for all of a patient."""


class KeyMissingError(ConflictError):
    """The key that sealed a profile is not among those of this installation."""

    default_code = "deidentification_key"


def _derived(secret: bytes, purpose: str) -> bytes:
    """Return 32 bytes for one purpose (HKDF, RFC 5869)."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=purpose.encode()).derive(secret)


def _fernet(secret: bytes, purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(_derived(secret, purpose)))


def master() -> MultiFernet:
    """Return the master keys: the first seals, all of them open; SECRET_KEY's own comes last."""
    keys = [*settings.DEIDENTIFICATION_KEYS, settings.SECRET_KEY]
    return MultiFernet([_fernet(key.encode(), "fiducial deidentification master") for key in keys])


def new_secret() -> bytes:
    """Return a new data key, sealed."""
    return master().encrypt(secrets.token_bytes(SECRET_BYTES))


def resealed(sealed: Stored) -> bytes:
    """Return a sealed data key sealed anew with the first master key.

    Raises
    ------
    KeyMissingError
        None of the master keys opens it.
    """
    try:
        return master().rotate(bytes(sealed))
    except InvalidToken as error:
        raise KeyMissingError(_MISSING) from error


_MISSING = (
    "The key that protects this de-identification profile is not set here. Put the former DEIDENTIFICATION_KEY (or "
    "SECRET_KEY) back, after the new one, and run manage.py rotate_deidentification_key."
)


class Vault:
    """What one profile's data key does.

    Parameters
    ----------
    sealed_secret : bytes
        The profile's `secret` column.

    Raises
    ------
    KeyMissingError
        None of the master keys opens it.
    """

    def __init__(self, sealed_secret: Stored) -> None:
        try:
            secret = master().decrypt(bytes(sealed_secret))
        except InvalidToken as error:
            raise KeyMissingError(_MISSING) from error
        self._seal = _fernet(secret, "seal")
        self._lookup, self._uid, self._shift = (_derived(secret, name) for name in ("lookup", "uid", "shift"))

    def seal(self, value: Any) -> bytes:
        """Return a JSON value as ciphertext, another one each time."""
        return self._seal.encrypt(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())

    def open(self, sealed: Stored) -> Any:
        """Return what was sealed."""
        return json.loads(self._seal.decrypt(bytes(sealed)))

    def lookup(self, value: str) -> str:
        """Return the keyed hash (64 hexadecimal digits) under which a value is found again."""
        return hmac.digest(self._lookup, value.encode(), hashlib.sha256).hex()

    def uid(self, original: str, *, version: int) -> str:
        """Return the UID that stands for `original` in what this version of the profile makes.

        Of the form 2.25.<128 bits> (PS3.5 B.2). The version is part of it: new rules make new objects, so that one
        UID never names two different ones.
        """
        digest = hmac.digest(self._uid, f"{version}:{original}".encode(), hashlib.sha256)
        return f"2.25.{int.from_bytes(digest[:16], 'big')}"

    def shift_days(self, patient: str) -> int:
        """Return by how many days (negative: back) the dates of a patient move; `patient` is their look-up."""
        low, high = SHIFT_DAYS
        digest = hmac.digest(self._shift, patient.encode(), hashlib.sha256)
        return -(low + int.from_bytes(digest[:8], "big") % (high - low + 1))
