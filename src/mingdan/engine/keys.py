"""Match keys: what lets the engine compare phone numbers or accounts without holding them."""

from pathlib import Path


class Keyring:
    """One secret of one company; the same value of the same kind always gives the same key."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    @classmethod
    def load(cls, path: Path) -> "Keyring":
        """Read the key file, or make it with mode 600 where there is none yet."""
        raise NotImplementedError

    @property
    def fingerprint(self) -> str:
        """A short name of the secret that does not give it away."""
        raise NotImplementedError

    def key(self, kind: str, plain: str) -> str | None:
        """Return the match key of a plain value, or None where nothing comparable is left of it."""
        raise NotImplementedError
