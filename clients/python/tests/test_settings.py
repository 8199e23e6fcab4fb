"""Settings that cannot be used, and those of the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from plain import must_not_show

from secret_svc import SecretClient, SecretInput, Value

TOKEN = "oo_canary-4711"


@pytest.mark.parametrize(
    ("url", "options", "says"),
    [
        ("localhost:11337", {"token": TOKEN}, "must look like https://HOST:PORT"),
        ("grpc://localhost", {"token": TOKEN}, "must look like https://HOST:PORT"),
        ("http://localhost/api", {"token": TOKEN}, "must look like https://HOST:PORT"),
        ("http://me:canary-4711@localhost", {"token": "oo_x"}, "must look like https://HOST:PORT"),
        ("http://localhost:canary", {"token": TOKEN}, "must look like https://HOST:PORT"),
        ("http://localhost", {}, "set OO_TOKEN"),
        ("http://localhost", {"token": "oo_canary\n4711"}, "the token does not hold a token"),
        ("http://localhost", {"token": TOKEN, "token_file": "x"}, "not both"),
        ("http://localhost", {"token": TOKEN, "timeout": 0}, "must be positive"),
        ("http://localhost", {"token": TOKEN, "ca_file": "x"}, "without https"),
    ],
)
def test_settings_that_cannot_be_used(
    url: str, options: dict[str, Any], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OO_TOKEN", raising=False)
    with pytest.raises(ValueError) as caught:
        SecretClient(url, **options)
    assert says in str(caught.value)
    assert "canary" not in str(caught.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        SecretClient("https://localhost", TOKEN, ca_file=tmp_path / "gone")
    with SecretClient("http://127.0.0.1:1", token_file=tmp_path / "gone") as client:
        with pytest.raises(FileNotFoundError):
            client.get("X")


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("", "SecretClient(dns:///127.0.0.1:11337)"),
        ("https://secrets.example", "SecretClient(dns:///secrets.example:443)"),
        ("http://secrets.example", "SecretClient(dns:///secrets.example:80)"),
        ("http://[::1]:11337/", "SecretClient(dns:///[::1]:11337)"),
    ],
)
def test_address_and_token_of_the_environment(url: str, shown: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OO_URL", url)
    monkeypatch.setenv("OO_TOKEN", TOKEN)
    with SecretClient() as client:
        assert repr(client) == shown
        must_not_show(TOKEN, client, vars(client))


def test_a_token_file_without_a_token(tmp_path: Path) -> None:
    for content in (b"", b"oo_canary\n4711", b"oo_canary\xff"):
        (tmp_path / "token").write_bytes(content)
        with SecretClient("http://127.0.0.1:1", token_file=tmp_path / "token") as client:
            with pytest.raises(ValueError) as caught:
                client.get("X")
        assert "the token file does not hold a token" in str(caught.value)
        assert "canary" not in str(caught.value)


def test_values_are_compared_by_what_they_hold() -> None:
    assert SecretInput("KEY", "a") == SecretInput("KEY", Value("a")) != SecretInput("KEY", "b")


def test_a_value_that_is_neither_text_nor_bytes_is_refused_unseen() -> None:
    values: list[tuple[Any, type[Exception]]] = [(["canary-4711"], TypeError), ("canary-4711\ud800", ValueError)]
    for value, error in values:
        with pytest.raises(error) as caught:
            SecretInput("KEY", value)
        assert "canary" not in str(caught.value)
        assert caught.value.__cause__ is None and (caught.value.__suppress_context__ or not caught.value.__context__)


def test_an_input_hides_its_value_however_it_is_set() -> None:
    secret = SecretInput("KEY", Value("canary-4711"))
    must_not_show("canary-4711", secret)
    secret.value = "canary-4712"
    must_not_show("canary-4712", secret)
