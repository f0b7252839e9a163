"""Our own check of signatures against RFC 8032 and against the library that makes them."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from mingdan.platform.trail import ed25519
from mingdan.platform.trail.ed25519 import verify_ed25519

RFC_8032 = [  # section 7.1, tests 1, 2, 3: public key, message, signature
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("public", "message", "signature"), RFC_8032)
def test_the_vectors_of_the_rfc_verify_and_none_of_another_message(public: str, message: str, signature: str) -> None:
    key, said, signed = map(bytes.fromhex, (public, message, signature))
    assert verify_ed25519(key, said, signed)
    assert not verify_ed25519(key, said + b"x", signed)


@settings(max_examples=25, deadline=None)
@given(secret=st.binary(min_size=32, max_size=32), message=st.binary(max_size=64), bit=st.integers(0, 511))
def test_what_the_library_signs_verifies_and_no_flipped_bit_does(secret: bytes, message: bytes, bit: int) -> None:
    private = Ed25519PrivateKey.from_private_bytes(secret)
    public, signature = private.public_key().public_bytes_raw(), private.sign(message)
    assert verify_ed25519(public, message, signature)
    flipped = (int.from_bytes(signature, "big") ^ 1 << bit).to_bytes(64, "big")
    assert not verify_ed25519(public, message, flipped)


def test_a_signature_with_the_order_added_to_its_scalar_is_refused_though_it_leads_to_the_same_point() -> None:
    public, message, signature = map(bytes.fromhex, RFC_8032[1])
    scalar = int.from_bytes(signature[32:], "little")
    order = 2**252 + 27742317777372353535851937790883648493
    assert ed25519._encoded(ed25519._times(scalar, ed25519._BASE)) == ed25519._encoded(
        ed25519._times(scalar + order, ed25519._BASE)
    )
    assert not verify_ed25519(public, message, signature[:32] + (scalar + order).to_bytes(32, "little"))


@pytest.mark.parametrize("public", ["00" * 31, "ff" * 32, "02" + "00" * 31, "01" + "00" * 30 + "80"])
def test_what_is_no_point_of_the_curve_is_no_key(public: str) -> None:
    assert not verify_ed25519(bytes.fromhex(public), b"", bytes(64))


def test_a_signature_of_the_wrong_length_is_refused() -> None:
    public, message, signature = map(bytes.fromhex, RFC_8032[0])
    assert not verify_ed25519(public, message, signature[:-1])
    assert not verify_ed25519(public, message, signature + b"\0")
