"""What the client seals for the place of a vector has the form of the vector, and opens in the same way."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PrivateKey, Suite

from secret_svc import SealingKey

VECTORS = [json.loads(path.read_text()) for path in Path(__file__).parents[3].glob("test/vectors/sealed/*.json")]
KEYS = {vector["kid"]: vector for vector in VECTORS if vector["expect"] == "derives"}
# The last place is what it was sealed for; clients do not seal for principals.
SEALED = [vector for vector in VECTORS if vector["expect"] == "opens" and vector["places"][-1]["scope"] == "key"]


def test_there_are_vectors() -> None:
    assert KEYS and SEALED


@pytest.mark.parametrize("vector", SEALED, ids=lambda vector: vector["about"])
def test_sealed_vector(vector: dict[str, Any]) -> None:
    place = vector["places"][-1]
    key = KEYS[vector["text"].split(".")[2]]
    in_base64 = vector.get("valueBytes")
    content = vector["value"] if in_base64 is None else base64.b64decode(in_base64)
    expected = content if isinstance(content, bytes) else content.encode()
    assert open_sealed(key, vector["text"]) == expected
    sealing_key = SealingKey(key["kid"], base64.b64decode(key["publicKey"]), place["tenant"])
    sealed = sealing_key.seal(place["target"], content)
    assert sealed.split(".")[:4] == vector["text"].split(".")[:4]
    assert len(sealed) == len(vector["text"])
    assert open_sealed(key, sealed) == expected


def open_sealed(key: dict[str, str], text: str) -> bytes:
    """Does what the service does."""
    _, _, kid, header, body = text.split(".")
    # The two private keys come out of one seed.
    seeds = hashlib.shake_256(bytes.fromhex(key["seed"])).digest(96)
    private_key = MLKEM768X25519PrivateKey(
        MLKEM768PrivateKey.from_seed_bytes(seeds[:64]), X25519PrivateKey.from_private_bytes(seeds[64:])
    )
    info = b"secret-svc/seal/v1" + bytes.fromhex(kid) + _decode(header)
    suite = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
    return suite.decrypt(_decode(body), private_key, info=info)


def _decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
