"""Match keys: what lets the engine compare phone numbers or accounts without holding them."""

import hmac
import os
import re
import secrets
import stat
from collections.abc import Callable
from pathlib import Path

from mingdan.lib.company_names import person_or_firm_name
from mingdan.lib.phone_numbers import e164
from mingdan.lib.street_addresses import address_form
from mingdan.lib.written_form import bare, folded, is_placeholder

SECRET_BYTES = 32
KEY_BYTES = 16
"""Half of SHA-256, the least that RFC 2104 (section 5) allows a truncated HMAC to keep."""

_LEAST_BANK, _LEAST_ID = 6, 5

_FIELD_KINDS = (
    ("email", ("email", "e-mail", "邮箱", "邮件")),
    ("phone", ("phone", "mobile", "telephone", "tel", "cell", "电话", "手机")),
    ("bank", ("bank", "iban", "银行", "账号", "帐号")),
    ("address", ("address", "street", "ship_to", "地址")),
)


class KeyFileError(Exception):
    """The key file cannot be used; the message is one sentence that says what to do."""


class Keyring:
    """One secret of one company; the same value of the same kind always gives the same key.

    `region` is where a phone number without a country code belongs (ISO 3166, default China).
    """

    def __init__(self, secret: bytes, region: str = "CN") -> None:
        if len(secret) < SECRET_BYTES:
            raise KeyFileError(f"A secret for match keys needs {SECRET_BYTES} bytes; this one has {len(secret)}.")
        self._secret = secret
        self._region = region

    @classmethod
    def load(cls, path: Path, region: str = "CN") -> "Keyring":
        """Read the key file, or make it with mode 600 where there is none yet; raise KeyFileError if it cannot serve."""
        try:
            if not path.exists():
                _make_secret(path)
            return cls(_read_secret(path), region)
        except OSError as error:
            raise KeyFileError(f"The key file {path} cannot be used: {error.strerror or error}.") from error

    @property
    def fingerprint(self) -> str:
        """A short name of the secret that does not give it away."""
        return self._hmac(b"fingerprint of the key file")[:12]

    def key(self, kind: str, plain: str) -> str | None:
        """Return the match key of a plain value, or None where nothing comparable is left of it.

        32 hexadecimal digits: HMAC-SHA-256 over the kind and the normalised value, cut to 128 bits. Raise KeyError for
        an unknown kind.
        """
        form = normalised(kind, plain, self._region)
        return None if form is None else self._hmac(kind.encode() + b"\0" + form.encode())

    def _hmac(self, message: bytes) -> str:
        return hmac.digest(self._secret, message, "sha256")[:KEY_BYTES].hex()


def normalised(kind: str, plain: str, region: str = "CN") -> str | None:
    """Return the one writing of a value that its key is made from, or None; raise KeyError for an unknown kind."""
    # a lone surrogate, which a broken export can carry, has no bytes to hash
    plain = plain.encode("utf-8", "replace").decode("utf-8")
    if kind == "phone":
        return e164(plain, region)
    form = _FORMS[kind](plain)
    while form is not None and (again := _FORMS[kind](form)) != form:
        form = again
    return form


def kind_of_field(field: str) -> str:
    """Return the kind under which old and new values of a changed field are keyed (`Mobile` -> phone, else `field`)."""
    name = folded(field)
    words = set(re.split(r"[\W_]+", name))
    for kind, signs in _FIELD_KINDS:
        if any(sign in words if sign == "tel" else sign in name for sign in signs):
            return kind
    return "field"


def _bank(plain: str) -> str | None:
    form = bare(plain).upper()
    return form if len(form) >= _LEAST_BANK and any(map(str.isdigit, form)) and not is_placeholder(form) else None


def _id(plain: str) -> str | None:
    form = bare(plain).upper()
    return form if len(form) >= _LEAST_ID and not is_placeholder(form) else None


def _email(plain: str) -> str | None:
    form = folded(plain).replace(" ", "").removeprefix("mailto:")
    name, at, domain = form.rpartition("@")
    return form if name and at and "." in domain.strip(".") else None


def _name(plain: str) -> str | None:
    form = person_or_firm_name(plain)
    return form if len(form) > 1 and not is_placeholder(form) else None


def _field(plain: str) -> str | None:
    return folded(plain) or None


_FORMS: dict[str, Callable[[str], str | None]] = {
    "address": address_form,
    "bank": _bank,
    "email": _email,
    "field": _field,
    "id": _id,
    "person": _name,
}


def _make_secret(path: Path) -> None:
    """Put a new secret at `path` in one step, so that two first runs at once agree on one secret."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(SECRET_BYTES))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return  # another run was first: its secret is the one
    finally:
        draft.unlink()


def _read_secret(path: Path) -> bytes:
    if not path.is_file():
        raise KeyFileError(f"The key file {path} is not a file; name another with MINGDAN_KEY_FILE.")
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyFileError(f"The key file {path} can be read by others on this machine; run: chmod 600 {path}")
    secret = path.read_bytes()
    if len(secret) < SECRET_BYTES:
        raise KeyFileError(
            f"The key file {path} holds {len(secret)} bytes instead of {SECRET_BYTES}; restore it from a backup, "
            "for keys made with another secret never match."
        )
    return secret
