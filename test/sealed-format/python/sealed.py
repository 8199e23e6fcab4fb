"""Sealed values as docs/sealed-format.md describes them, on nothing but the standard library and `cryptography`.

Independent of the service. Reads one JSON request per line and writes one JSON answer per line: `derive` makes a sealing key
of a keyring key, `seal` seals for a place, `open` opens for the places where a value may be saved.
"""

import base64
import hashlib
import hmac
import json
import re
import struct
import sys

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

SUITE = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
INFO_LABEL = b"secret-svc/seal/v1"
KEY_LABEL = b"secret-svc/sealing-key/v1"
ENC_BYTES, TAG_BYTES, VALUE_BYTES_MAX = 1120, 16, 65536


class Refused(Exception):
    """Holds the class of failure that the vectors expect."""


def derive(keyring_key: bytes) -> dict:
    kid = hmac.digest(keyring_key, b"secret-svc/kid", "sha256")[:8]
    # HKDF-SHA256 with an empty salt; 32 bytes are one block.
    prk = hmac.digest(bytes(32), keyring_key, "sha256")
    material = hmac.digest(prk, KEY_LABEL + kid + b"\x01", "sha256")
    # DeriveKeyPair of HPKE for a KEM of one stage.
    suite = b"KEM" + struct.pack(">H", 0x647A)
    label = b"DeriveKeyPair"
    labeled = material + b"HPKE-v1" + suite + struct.pack(">H", len(label)) + label + struct.pack(">H", 32)
    seed = hashlib.shake_256(labeled).digest(32)
    ml_kem, x25519 = expand(seed)
    public = ml_kem.public_key().public_bytes_raw() + x25519.public_key().public_bytes_raw()
    return {"kid": kid.hex(), "seed": seed.hex(), "publicKey": base64.b64encode(public).decode()}


def expand(seed: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    expanded = hashlib.shake_256(seed).digest(96)
    return MLKEM768PrivateKey.from_seed_bytes(expanded[:64]), X25519PrivateKey.from_private_bytes(expanded[64:])


def public_key(raw: bytes) -> hpke.MLKEM768X25519PublicKey:
    return hpke.MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(raw[:1184]), X25519PublicKey.from_public_bytes(raw[1184:])
    )


def text_field(text: str) -> bytes:
    raw = text.encode()
    return struct.pack(">I", len(raw)) + raw


def header_of(place: dict, is_bytes: bool = False) -> bytes:
    return text_field(place["scope"] + ("-bytes" if is_bytes else "")) + text_field(place["tenant"]) + text_field(place["target"])


def info_of(kid: str, header: bytes, label: bytes = INFO_LABEL) -> bytes:
    return label + bytes.fromhex(kid) + header


def base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def join(kid: str, header: bytes, body: bytes) -> str:
    return f"seal.v1.{kid}.{base64url(header)}.{base64url(body)}"


def seal(kid: str, public: bytes, place: dict, value: str | bytes) -> str:
    header = header_of(place, isinstance(value, bytes))
    plaintext = value if isinstance(value, bytes) else value.encode()
    return join(kid, header, SUITE.encrypt(plaintext, public_key(public), info=info_of(kid, header)))


def decode(text: str) -> bytes:
    if re.fullmatch(r"[A-Za-z0-9_-]+", text) is None or len(text) % 4 == 1:
        raise Refused("malformed")
    raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    if base64url(raw) != text:
        raise Refused("malformed")
    return raw


def parse_header(header: bytes) -> tuple[dict, bool]:
    fields, at = [], 0
    while at < len(header):
        if at + 4 > len(header):
            raise Refused("malformed")
        (size,) = struct.unpack_from(">I", header, at)
        at += 4 + size
        if at > len(header):
            raise Refused("malformed")
        fields.append(header[at - size : at])
    is_bytes = len(fields) == 3 and fields[0].endswith(b"-bytes")
    if is_bytes:
        fields[0] = fields[0].removesuffix(b"-bytes")
    if len(fields) != 3 or fields[0] not in (b"key", b"principal"):
        raise Refused("malformed")
    target_max = 255 if fields[0] == b"key" else 64
    if re.fullmatch(rb"[a-z0-9-]{1,64}", fields[1]) is None:
        raise Refused("malformed")
    if re.fullmatch(rb"[A-Za-z0-9_.+=@/-]+", fields[2]) is None or len(fields[2]) > target_max:
        raise Refused("malformed")
    scope, tenant, target = (field.decode() for field in fields)
    return {"scope": scope, "tenant": tenant, "target": target}, is_bytes


def open_sealed(keys: dict, places: list, text: str) -> str | bytes:
    match = re.fullmatch(r"seal\.v1\.([0-9a-f]{16})\.([^.]*)\.([^.]*)", text)
    if match is None:
        raise Refused("malformed")
    kid, header, body = match[1], decode(match[2]), decode(match[3])
    place, is_bytes = parse_header(header)
    if not ENC_BYTES + 1 + TAG_BYTES <= len(body) <= ENC_BYTES + VALUE_BYTES_MAX + TAG_BYTES:
        raise Refused("malformed")
    if place not in places:
        raise Refused("misplaced")
    if kid not in keys:
        raise Refused("unknown-key")
    try:
        private = hpke.MLKEM768X25519PrivateKey(*expand(bytes.fromhex(keys[kid])))
        plaintext = SUITE.decrypt(body, private, info=info_of(kid, header))
        return plaintext if is_bytes else plaintext.decode()
    except (InvalidTag, ValueError) as error:
        raise Refused("does-not-open") from error


def answer(request: dict) -> dict:
    if request["op"] == "derive":
        return derive(bytes.fromhex(request["keyringKey"]))
    if request["op"] == "seal":
        public = base64.b64decode(request["publicKey"])
        raw = request.get("valueBytes")
        value = request["value"] if raw is None else base64.b64decode(raw)
        return {"text": seal(request["kid"], public, request["place"], value)}
    try:
        opened = open_sealed(request["keys"], request["places"], request["text"])
        if isinstance(opened, bytes):
            return {"valueBytes": base64.b64encode(opened).decode()}
        return {"value": opened}
    except Refused as refused:
        return {"error": str(refused)}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
