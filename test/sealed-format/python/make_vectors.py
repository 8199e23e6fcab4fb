"""Writes test/vectors/sealed/, one file for each behaviour. Every run seals anew: HPKE is random."""

import base64
import json
import pathlib
import struct
import sys

import sealed
from cryptography.hazmat.primitives import hpke

KEYRING_KEY, OTHER_KEYRING_KEY = bytes(range(32)), bytes(range(32, 64))
KEY, OTHER = sealed.derive(KEYRING_KEY), sealed.derive(OTHER_KEYRING_KEY)
KEYS = {key["kid"]: key["seed"] for key in (KEY, OTHER)}
PLACE = {"tenant": "acme", "scope": "key", "target": "prod/DATABASE_URL"}
OWN = {"tenant": "acme", "scope": "principal", "target": "payment-svc"}
VALUE = "postgres://user:pass@db/prod"
HEADER = sealed.header_of(PLACE)
folder = pathlib.Path(sys.argv[1])


def write(name: str, about: str, vector: dict) -> None:
    content = json.dumps({"about": about, **vector}, indent=2, ensure_ascii=False)
    (folder / f"{name}.json").write_text(content + "\n", encoding="utf-8")


def opens(name: str, about: str, text: str, value: str, places: list) -> None:
    write(name, about, {"expect": "opens", "keys": KEYS, "places": places, "text": text, "value": value})


def opens_bytes(name: str, about: str, text: str, value: bytes, places: list) -> None:
    content = {"expect": "opens", "keys": KEYS, "places": places, "text": text}
    write(name, about, {**content, "valueBytes": base64.b64encode(value).decode()})


def refused(expect: str, name: str, about: str, text: str, places: list | None = None, keys: dict | None = None) -> None:
    content = {"expect": expect, "keys": keys or KEYS, "places": places or [PLACE], "text": text}
    write(f"{expect}-{name}", about, content)


def raw(
    plaintext: bytes = VALUE.encode(),
    header: bytes = HEADER,
    shown: bytes | None = None,
    key: dict = KEY,
    kid: str = KEY["kid"],
    info: bytes | None = None,
    suite: hpke.Suite = sealed.SUITE,
) -> bytes:
    """The body of a sealed value that breaks whatever rule is asked for."""
    public = sealed.public_key(base64.b64decode(key["publicKey"]))
    return suite.encrypt(plaintext, public, info=sealed.info_of(kid, header) if info is None else info)


def joined(body: bytes, header: bytes = HEADER, kid: str = KEY["kid"]) -> str:
    return sealed.join(kid, header, body)


def flipped(body: bytes, at: int) -> bytes:
    return body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]


def with_header(header: bytes) -> str:
    return joined(raw(header=header), header)


def text(value: bytes) -> bytes:
    return struct.pack(">I", len(value)) + value


def make_opening() -> None:
    public = base64.b64decode(KEY["publicKey"])
    other = base64.b64decode(OTHER["publicKey"])

    def sealed_for(place: dict, value: str | bytes = VALUE) -> str:
        return sealed.seal(KEY["kid"], public, place, value)

    for name, keyring_key in (("derives-key", KEYRING_KEY), ("derives-other-key", OTHER_KEYRING_KEY)):
        content = {"expect": "derives", "keyringKey": keyring_key.hex(), **sealed.derive(keyring_key)}
        write(name, "a keyring key gives this sealing key", content)
    opens("opens-key", "sealed for one key", sealed_for(PLACE), VALUE, [PLACE, OWN])
    opens("opens-principal", "sealed for what one principal saves", sealed_for(OWN), VALUE, [PLACE, OWN])
    opens("opens-other-kid", "each kid opens with its own key", sealed.seal(OTHER["kid"], other, PLACE, VALUE), VALUE, [PLACE])
    opens("opens-one-byte", "the shortest value", sealed_for(PLACE, "x"), "x", [PLACE])
    longest = {"tenant": "t" * 64, "scope": "key", "target": "k" * 255}
    opens("opens-longest-place", "the longest tenant and key", sealed_for(longest), VALUE, [longest])
    unicode = "ключ = 🔑\n\ttab \\ \" ' \u0000 end"
    opens("opens-unicode", "any UTF-8, NUL and line breaks included", sealed_for(PLACE, unicode), unicode, [PLACE])
    for name, about, value in (("bytes", "bytes", b"\xff\xfe\0"), ("bytes-ascii", "bytes that are text also", b"text")):
        opens_bytes(f"opens-{name}", about, sealed_for(PLACE, value), value, [PLACE, OWN])
    opens_bytes("opens-bytes-principal", "bytes for what one principal saves", sealed_for(OWN, b"\x80"), b"\x80", [OWN])
    for size in (27, 28, 29):
        value = "x" * size
        opens(f"opens-length-{size}", "each number of unused bits at the end", sealed_for(PLACE, value), value, [PLACE])


def make_malformed() -> None:
    good = joined(raw())
    body = raw()
    head = good[: good.rindex(".") + 1]
    text_of_body = good[good.rindex(".") + 1 :]
    for name, about, bad in (
        ("plain", "a plain value", VALUE),
        ("empty", "nothing", ""),
        ("prefix-only", "nothing after the prefix", "seal.v1."),
        ("version", "a version that does not exist", good.replace("seal.v1", "seal.v2")),
        ("upper-case-prefix", "the prefix in capitals", good.replace("seal.v1", "SEAL.V1")),
        ("kid-short", "a kid of 14 digits", good.replace(KEY["kid"], KEY["kid"][2:])),
        ("kid-upper-case", "hex digits of the kid in capitals", good.replace(KEY["kid"], "ABCDEF0123456789")),
        ("part-missing", "without ciphertext", head[:-1]),
        ("part-empty", "with an empty ciphertext", head),
        ("part-more", "with one part more", good + ".AAAA"),
        ("line-break", "a line break at the end", good + "\n"),
        ("space", "a space before", " " + good),
        ("padding", "base64 with padding", good + "="),
        ("alphabet", "base64 in the other alphabet", head + "+/+/" + text_of_body[4:]),
        ("junk", "characters that some decoders skip", head + text_of_body[:40] + "!\n" + text_of_body[40:]),
        ("cut-character", "one character is missing", joined(raw(b"x" * 27))[:-1]),
        ("short", "without one byte of value", joined(body[: sealed.ENC_BYTES + sealed.TAG_BYTES])),
        ("long", "a value over 64 KiB", joined(raw(b"x" * 65537))),
    ):
        refused("malformed", name, about, bad)
    unused = joined(raw(b"x" * 27))
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    last = alphabet.index(unused[-1])
    refused("malformed", "unused-bits", "unused bits at the end that are not zero", unused[:-1] + alphabet[last + 1])
    fields = [b"key", b"acme", b"prod/DATABASE_URL"]
    for name, about, header in (
        ("header-cut", "a header that is cut short", HEADER[:-1]),
        ("header-more", "a byte after the last field of the header", HEADER + b"\0"),
        ("header-length", "a length that reaches beyond the header", struct.pack(">I", 2**32 - 1) + HEADER[4:]),
        ("header-two-fields", "a header of two fields", text(fields[0]) + text(fields[1])),
        ("header-four-fields", "a header of four fields", HEADER + text(b"x")),
        ("header-scope", "a scope that does not exist", text(b"tenant") + text(fields[1]) + text(fields[2])),
        ("header-tenant", "an empty tenant", text(fields[0]) + text(b"") + text(fields[2])),
        ("header-target", "an empty target", text(fields[0]) + text(fields[1]) + text(b"")),
        ("header-characters", "characters that no key has", text(fields[0]) + text(fields[1]) + text(b"a b\n\x1b[31m")),
        ("header-bytes", "bytes that are not ASCII", text(fields[0]) + text(fields[1]) + text("ключ".encode())),
        ("header-long", "a key of 256 bytes", text(fields[0]) + text(fields[1]) + text(b"k" * 256)),
    ):
        refused("malformed", name, about, with_header(header))


def make_misplaced() -> None:
    for name, about, place in (
        ("key", "for another key", {**PLACE, "target": "prod/OTHER"}),
        ("key-case", "for a key that differs in case", {**PLACE, "target": "prod/database_url"}),
        ("key-prefix", "for a key that begins like it", {**PLACE, "target": "prod/DATABASE_URL_2"}),
        ("tenant", "for another tenant", {**PLACE, "tenant": "acme-test"}),
        ("scope", "for a principal with the name of the key", {**PLACE, "scope": "principal"}),
        ("principal", "for another principal", {**OWN, "target": "billing-svc"}),
        ("principal-scope", "for a key with the name of the principal", {**OWN, "scope": "key"}),
    ):
        refused("misplaced", name, about, with_header(sealed.header_of(place)), [PLACE, OWN])


def make_unopened() -> None:
    refused("unknown-key", "kid", "of a key that is not there", joined(raw()), keys={OTHER["kid"]: OTHER["seed"]})
    body = raw()
    swapped = sealed.header_of({**PLACE, "target": "prod/OTHER_KEY"})
    bytes_header = sealed.header_of(PLACE, True)
    aes128 = hpke.Suite(hpke.KEM.MLKEM768_X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_128_GCM)
    for name, about, bad in (
        ("kid-edited", "the kid of another key", joined(body, kid=OTHER["kid"])),
        ("wrong-key", "sealed with the key of another kid", joined(raw(key=OTHER))),
        ("header-edited", "the header was changed after sealing", joined(raw(header=swapped))),
        ("bytes-as-text", "bytes whose header was changed to that of a text", joined(raw(b"x", bytes_header))),
        ("text-as-bytes", "a text whose header was changed to that of bytes", joined(raw(), bytes_header)),
        ("label", "under another label", joined(raw(info=sealed.info_of(KEY["kid"], HEADER, b"secret-svc/seal/v2")))),
        ("no-info", "bound to nothing", joined(raw(info=b""))),
        ("suite", "with another cipher", joined(raw(suite=aes128))),
        ("ml-kem-flipped", "a bit of the ML-KEM ciphertext was changed", joined(flipped(body, 0))),
        ("x25519-flipped", "a bit of the X25519 share was changed", joined(flipped(body, 1119))),
        ("ciphertext-flipped", "a bit of the ciphertext was changed", joined(flipped(body, 1120))),
        ("tag-flipped", "a bit of the tag was changed", joined(flipped(body, len(body) - 1))),
        ("cut", "the last byte is missing", joined(body[:-1])),
        ("extended", "a byte was added", joined(body + b"\0")),
        ("other-ciphertext", "ciphertext of another sealed value", joined(body[:1120] + raw()[1120:])),
        ("not-utf8", "a value that is not UTF-8", joined(raw(b"\xff\xfe"))),
        ("surrogate", "a value with an encoded surrogate", joined(raw(b"\xed\xa0\x80"))),
    ):
        refused("does-not-open", name, about, bad)


for old in folder.glob("*.json"):
    old.unlink()
make_opening()
make_malformed()
make_misplaced()
make_unopened()
