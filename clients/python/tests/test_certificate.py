"""A client certificate in place of a token."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from cases import environment, token_of

from secret_svc import AsyncSecretClient, SecretClient
from secret_svc.v1.identity_service_pb2 import WhoAmIRequest
from secret_svc.v1.identity_service_pb2_grpc import IdentityServiceStub


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OO_TOKEN", raising=False)
    monkeypatch.setenv("OO_CLIENT_CERT", environment("SECRET_CLIENT_CERT"))
    monkeypatch.setenv("OO_CLIENT_KEY", environment("SECRET_CLIENT_KEY"))


@pytest.mark.usefixtures("shown")
def test_it_takes_the_place_of_a_token() -> None:
    with SecretClient(environment("SECRET_TLS_URL"), ca_file=environment("SECRET_CA_FILE")) as client:
        assert IdentityServiceStub(client.channel).WhoAmI(WhoAmIRequest()).slug == "mesh-apps-sa-first"
        assert list(client.list()) == []
        assert next(iter(client.watch())).change is None


@pytest.mark.usefixtures("shown")
def test_asyncio() -> None:
    async def call() -> None:
        url, ca_file = environment("SECRET_TLS_URL"), environment("SECRET_CA_FILE")
        async with AsyncSecretClient(url, ca_file=ca_file) as client:
            answer = await IdentityServiceStub(client.channel).WhoAmI(WhoAmIRequest())
            assert answer.slug == "mesh-apps-sa-first"
            assert [secret async for secret in client.list()] == []
            async for event in client.watch():
                assert event.change is None
                break

    asyncio.run(call())


@pytest.mark.usefixtures("shown")
def test_a_token_counts_more() -> None:
    url, ca_file = environment("SECRET_TLS_URL"), environment("SECRET_CA_FILE")
    with SecretClient(url, token_of("app"), ca_file=ca_file) as client:
        assert IdentityServiceStub(client.channel).WhoAmI(WhoAmIRequest()).slug == "app"


@pytest.mark.parametrize(
    ("url", "cert", "key", "says"),
    [
        ("https://localhost", "there", "", "go together"),
        ("https://localhost", "", "there", "go together"),
        ("https://localhost", "gone", "there", "gone"),
        ("https://localhost", "there", "there", "must be a certificate and its private key"),
        ("http://localhost", "there", "there", "there is no token"),
    ],
)
def test_what_cannot_be_used(
    url: str, cert: str, key: str, says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "there").write_text("canary-4711")
    monkeypatch.delenv("OO_TOKEN", raising=False)
    monkeypatch.setenv("OO_CLIENT_CERT", cert and str(tmp_path / cert))
    monkeypatch.setenv("OO_CLIENT_KEY", key and str(tmp_path / key))
    with pytest.raises((ValueError, FileNotFoundError)) as caught:
        SecretClient(url)
    assert says in str(caught.value)
    assert "canary" not in str(caught.value)
