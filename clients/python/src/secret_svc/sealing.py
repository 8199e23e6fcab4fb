"""Values that only the service can open, for git."""

from __future__ import annotations

import base64
import binascii
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

from .secrets import Value

_SUITE = "MLKEM768-X25519/HKDF-SHA256/AES-256-GCM"
_LABEL = b"secret-svc/seal/v1"
_MLKEM_BYTES = 1184
_PUBLIC_KEY_BYTES = _MLKEM_BYTES + 32
_MAX_VALUE_BYTES = 64 << 10
_MAX_KEY_BYTES = 255
_KID = re.compile(r"[0-9a-f]{16}")
_TENANT = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_KEY = re.compile(r"[A-Za-z0-9_.+=@/-]+")
_SOURCE = "'oo secret sealing-key' prints one"


@dataclass(frozen=True)
class SealingKey:
    """Seals values that only the service can open, and only as one key of one tenant: they are safe in git. It is
    public, and needs neither the service nor a token, but the extra ``secret-svc[seal]``.

    :raises ValueError: it is not a sealing key.
    """

    kid: str
    public_key: bytes
    tenant: str
    suite: str = _SUITE

    def __post_init__(self) -> None:
        if self.suite != _SUITE:
            raise ValueError(f"the sealing key is for another suite than {_SUITE}")
        if _KID.fullmatch(self.kid) is None:
            raise ValueError("the kid of the sealing key is not 16 hex digits")
        if _TENANT.fullmatch(self.tenant) is None:
            raise ValueError("the tenant of the sealing key is not a-z and 0-9, in groups joined by single '-'")
        if len(self.public_key) != _PUBLIC_KEY_BYTES:
            raise ValueError(f"the public key of the sealing key is not {_PUBLIC_KEY_BYTES} bytes")

    @classmethod
    def read(cls, path: str | os.PathLike[str]) -> SealingKey:
        """Reads the file that ``oo secret sealing-key`` prints.

        :raises ValueError: it is not such a file.
        """
        try:
            content = json.loads(Path(path).read_text())
            public_key = base64.b64decode(content["publicKey"], validate=True)
            return cls(str(content["kid"]), public_key, str(content["tenant"]), str(content["suite"]))
        except (KeyError, TypeError, binascii.Error, json.JSONDecodeError, UnicodeDecodeError):
            raise ValueError(f"{path} is not a sealing key with a tenant: {_SOURCE}") from None

    def seal(self, key: str, value: str | bytes | Value) -> str:
        """Seals a value, 1 byte to 64 KiB, text or bytes, that can then be saved (with ``encrypted``) as ``key`` and as
        nothing else. Two seals of one value differ; the length of the value is visible.

        :raises ValueError: the key or the value breaks a rule.
        :raises ImportError: the extra ``secret-svc[seal]`` is not installed.
        """
        if _KEY.fullmatch(key) is None or len(key) > _MAX_KEY_BYTES:
            raise ValueError(f"a key has 1 to {_MAX_KEY_BYTES} characters of A-Z a-z 0-9 _ . + = @ - and /")
        content = value if isinstance(value, Value) else Value(value)
        plaintext = content.reveal_bytes()
        if not 0 < len(plaintext) <= _MAX_VALUE_BYTES:
            raise ValueError(f"a value has 1 to {_MAX_VALUE_BYTES} bytes, and this one has {len(plaintext)}")
        header = _encode_header("key-bytes" if content.is_bytes else "key", self.tenant, key)
        info = _LABEL + bytes.fromhex(self.kid) + header
        return f"seal.v1.{self.kid}.{_base64url(header)}.{_base64url(self._encrypt(plaintext, info))}"

    def _encrypt(self, plaintext: bytes, info: bytes) -> bytes:
        try:
            from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
            from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
            from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, MLKEM768X25519PublicKey, Suite
        except ImportError:
            raise ImportError("sealing needs cryptography 50 or newer: pip install 'secret-svc[seal]'") from None
        public_key = MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(self.public_key[:_MLKEM_BYTES]),
            X25519PublicKey.from_public_bytes(self.public_key[_MLKEM_BYTES:]),
        )
        suite = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
        return suite.encrypt(plaintext, public_key, info=info)


def _encode_header(*fields: str) -> bytes:
    """Each field after its length in four bytes, so that no two places have the same bytes."""
    return b"".join(len(field).to_bytes(4, "big") + field.encode() for field in fields)


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
