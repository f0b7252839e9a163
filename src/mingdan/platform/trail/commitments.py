"""Salted commitments: what stands in the trail for a personal value, so that the value can be erased and the trail not.

A commitment is HMAC-SHA-256 of the value's canonical JSON with a salt of 256 random bits. Without the salt nobody can
find the value by trying (all Chinese mobile numbers are hashed in minutes); with salt and value anyone can check it.
"""

import hmac
import secrets
from typing import Any

from mingdan.platform.trail.canonical import canonical

SALT_BYTES = 32


def new_salt() -> bytes:
    """Return a fresh salt; each value has its own, so that equal values cannot be recognised."""
    return secrets.token_bytes(SALT_BYTES)


def commitment(salt: bytes, written: str) -> str:
    """Return the commitment to a value already written as canonical JSON, as 64 hexadecimal digits."""
    return hmac.digest(salt, written.encode(), "sha256").hex()


def commit(value: Any) -> tuple[str, bytes, str]:
    """Return the commitment to a value, the salt made for it, and the value as canonical JSON."""
    salt, written = new_salt(), canonical(value).decode()
    return commitment(salt, written), salt, written
