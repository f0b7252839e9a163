"""Ids that say nothing and match keys that hide what they match."""

import hmac
from hashlib import sha256

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from mingdan.engine.keys import KEY_BYTES, Keyring
from mingdan.engine.simulate.dice import Ints, stream

_LETTERS = np.frombuffer(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ", dtype=np.uint8)
_BITS = 35
_MASK = np.uint64((1 << _BITS) - 1)
_WIDTH = 2 + _BITS // 5


class Identifiers:
    """Turns a row's running number into its id: a bijection, so ids are unique and tell no order."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def encode(self, table: str, numbers: Ints) -> pa.Array:
        """Return ids of two letters and seven signs; a negative number is null."""
        mixed = self._mix(table, numbers)
        signs = np.empty((len(numbers), _WIDTH), dtype=np.uint8)
        signs[:, :2] = np.frombuffer(prefix(table), dtype=np.uint8)
        for place in range(_WIDTH - 2):
            signs[:, 2 + place] = _LETTERS[((mixed >> np.uint64(5 * place)) & np.uint64(31)).astype(np.int64)]
        return fixed_width(signs, numbers >= 0)

    def _mix(self, table: str, numbers: Ints) -> NDArray[np.uint64]:
        dice = stream(self._seed, "ids", table)
        values = numbers.astype(np.uint64) & _MASK
        for shift in (18, 17, 19):
            odd, offset = (np.uint64(int(part)) for part in dice.integers(1 << 30, 1 << 34, 2))
            values = (values * (odd | np.uint64(1)) + offset) & _MASK
            values ^= values >> np.uint64(shift)
        return values


def prefix(table: str) -> bytes:
    """Return the two letters that a table's ids start with."""
    words = table.upper().split("_")
    return (words[0][0] + (words[1][0] if len(words) > 1 else words[0][1])).encode()


def fixed_width(signs: NDArray[np.uint8], valid: NDArray[np.bool_]) -> pa.Array:
    """Return rows of equally many bytes as an Arrow text column, without a Python object for each."""
    n, width = signs.shape
    offsets = pa.py_buffer(np.arange(0, (n + 1) * width, width, dtype=np.int32))
    validity = pa.py_buffer(np.packbits(valid, bitorder="little"))
    return pa.Array.from_buffers(pa.string(), n, [validity, offsets, pa.py_buffer(signs)])


class Keys:
    """All match keys of one company; a column holds their numbers until it is written, -1 for none."""

    def __init__(self, seed: int) -> None:
        self._secret = sha256(b"mingdan simulate" + str(seed).encode()).digest()
        self._hex: list[str] = []

    @property
    def fingerprint(self) -> str:
        return Keyring(self._secret).fingerprint

    def add(self, kind: str, values: list[str]) -> Ints:
        """Key plain values that are already in normal form; an empty one gets -1.

        The message is the one of `keys.Keyring`, whose normalising would take most of a large run's time.
        """
        start = len(self._hex)
        head = kind.encode() + b"\0"
        for value in values:
            self._hex.append(hmac.digest(self._secret, head + value.encode(), "sha256")[:KEY_BYTES].hex())
        numbers = np.arange(start, len(self._hex), dtype=np.int64)
        return np.where(np.array([bool(value) for value in values], dtype=bool), numbers, -1)

    def encode(self, numbers: Ints) -> pa.Array:
        """Return the keys of these numbers as an Arrow text column."""
        pool = pa.array(self._hex, pa.string())
        return pool.take(pa.array(numbers, mask=numbers < 0))
