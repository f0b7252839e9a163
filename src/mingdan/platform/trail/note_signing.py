"""Sign what the log vouches for: checkpoints and receipts, as signed notes of C2SP with the log's Ed25519 key."""

import base64
import os
import stat
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from mingdan.platform.trail.doubts import UnusableTrailError
from mingdan.platform.trail.note_reading import key_number

SECRET_BYTES = 32
ED25519 = b"\1"
"""The kind of key, as signed-note numbers them."""


class LogKeyError(UnusableTrailError):
    """The log's key cannot be used; the message is one sentence that says what to do."""


class LogKey:
    """The key that signs for one log; `name` is the log's origin, a name of your own without spaces and plus signs."""

    def __init__(self, name: str, secret: bytes) -> None:
        if not name or any(character.isspace() or character == "+" for character in name):
            raise LogKeyError(f"The log's name {name!r} is empty or has a space or a plus sign; choose another.")
        if len(secret) != SECRET_BYTES:
            raise LogKeyError(f"The log's key needs {SECRET_BYTES} bytes; this one has {len(secret)}.")
        self.name = name
        self._private = Ed25519PrivateKey.from_private_bytes(secret)
        self._public = self._private.public_key().public_bytes_raw()
        self._number = key_number(name, self._public)

    @classmethod
    def load(cls, name: str, path: Path, *, is_new: bool = True) -> "LogKey":
        """Read the key file, or make it with mode 600 for a new log; raise LogKeyError if it cannot serve."""
        try:
            if not path.exists():
                if not is_new:
                    raise LogKeyError(f"The log's key {path} is missing; restore it from a backup, the log needs it.")
                _make_secret(path)
            if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise LogKeyError(f"The log's key {path} can be read by others; run `chmod 600 {path}`.")
            return cls(name, bytes.fromhex(path.read_text(encoding="ascii").strip()))
        except OSError as error:
            raise LogKeyError(f"The log's key {path} cannot be used: {error.strerror or error}.") from error
        except ValueError as error:
            raise LogKeyError(
                f"The log's key {path} is not 64 hexadecimal digits; restore it from a backup."
            ) from error

    @property
    def public(self) -> str:
        """The verifier key that others need: name, number and public key, joined by plus signs."""
        encoded = _base64(ED25519 + self._public)
        return f"{self.name}+{self._number.hex()}+{encoded}"

    def sign(self, text: str) -> str:
        """Return the text as a note signed with this key; the text ends in a line feed."""
        signature = self._private.sign(text.encode())
        return f"{text}\n\u2014 {self.name} {_base64(self._number + signature)}\n"

    def sign_checkpoint(self, size: int, root: bytes) -> str:
        """Return the signed checkpoint of a tree with so many entries and this root (C2SP tlog-checkpoint)."""
        return self.sign(f"{self.name}\n{size}\n{_base64(root)}\n")


def verify_fast(public: bytes, message: bytes, signature: bytes) -> bool:
    """Say what `verify_ed25519` says, with the library, some thirty times as fast."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def proof_text(index: int, hashes: list[bytes], checkpoint: str) -> str:
    """Return a proof of inclusion with the checkpoint it leads to, in the format of C2SP tlog-proof."""
    lines = ["c2sp.org/tlog-proof@v1", f"index {index}", *map(_base64, hashes)]
    return "\n".join(lines) + f"\n\n{checkpoint}"


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _make_secret(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # linked into place whole: two processes that start together must not read half a key or make two
    partial = path.with_name(f"{path.name}.{os.getpid()}")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"{os.urandom(SECRET_BYTES).hex()}\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(partial, path)
    except FileExistsError:
        pass
    finally:
        partial.unlink()
