"""Files that are not sealing keys, and what cannot be sealed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cases import environment

from secret_svc import SealingKey


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("suite", "X25519", "another suite"),
        ("kid", "ABC", "16 hex digits"),
        ("tenant", "", "the tenant of the sealing key"),
        ("tenant", None, "is not a sealing key with a tenant"),
        ("publicKey", "AAAA", "1216 bytes"),
        ("publicKey", "canary-4711!", "is not a sealing key"),
    ],
)
def test_files_that_are_no_sealing_key(field: str, value: str | None, says: str, tmp_path: Path) -> None:
    file = json.loads(Path(environment("SECRET_SEALING_KEY_FILE")).read_text())
    file[field] = value
    if value is None:
        del file[field]
    path = tmp_path / "sealing-key.json"
    path.write_text(json.dumps(file))
    with pytest.raises(ValueError) as caught:
        SealingKey.read(path)
    assert says in str(caught.value)
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("key", "value", "says"),
    [
        ("canary 4711", "value", "a key has"),
        ("k" * 256, "value", "a key has"),
        ("KEY", "", "this one has 0"),
        ("KEY", "é" * 32769, "this one has 65538"),
        ("KEY", "canary-4711\ud800", "UTF-8"),
    ],
)
def test_what_cannot_be_sealed(key: str, value: str, says: str) -> None:
    sealing_key = SealingKey.read(environment("SECRET_SEALING_KEY_FILE"))
    with pytest.raises(ValueError) as caught:
        sealing_key.seal(key, value)
    assert says in str(caught.value)
    assert "canary" not in str(caught.value)
