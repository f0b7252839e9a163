import hashlib
import hmac

from hypothesis import given
from hypothesis import strategies as st

from mingdan.platform.trail import commitments
from mingdan.platform.trail.commitments import commit, commitment


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_salt_and_value_prove_the_commitment_and_no_other_value_does(value: str) -> None:
    committed, salt, written = commit(value)
    assert len(salt) == 32
    assert commitment(salt, written) == committed == hmac.new(salt, written.encode(), hashlib.sha256).hexdigest()
    assert commitment(salt, f"{written} ") != committed


def test_equal_values_cannot_be_recognised_and_without_salts_they_could() -> None:
    assert commit("13671284567")[0] != commit("13671284567")[0]
    unsalted = [commitment(bytes(32), '"13671284567"') for _ in range(2)]
    assert unsalted[0] == unsalted[1]


def test_a_salt_is_never_used_twice() -> None:
    assert len({commitments.new_salt() for _ in range(1000)}) == 1000
