"""Fault C15: generated code over the connection of the clients."""

from __future__ import annotations

import asyncio

import grpc
import pytest
from cases import environment, token_of
from plain import must_not_show

from secret_svc import AsyncSecretClient, Reason, SecretClient, error_from_call
from secret_svc.v1.audit_service_pb2 import ListAuditEventsRequest, VerifyAuditRequest
from secret_svc.v1.audit_service_pb2_grpc import AuditServiceStub


@pytest.mark.parametrize(("url", "ca"), [("SECRET_URL", None), ("SECRET_TLS_URL", "SECRET_CA_FILE")])
def test_calls_and_streams_send_the_token(url: str, ca: str | None) -> None:
    ca_file = None if ca is None else environment(ca)
    with SecretClient(environment(url), token_of("admin"), ca_file=ca_file) as client:
        audit = AuditServiceStub(client.channel)
        assert len(audit.ListAuditEvents(ListAuditEventsRequest(page_size=1)).events) == 1
        *_, last = audit.VerifyAudit(VerifyAuditRequest())
        assert last.done
        must_not_show(token_of("admin"), client.channel, audit)


def test_failures_have_the_reason() -> None:
    with SecretClient(environment("SECRET_URL"), token_of("app")) as client:
        with pytest.raises(grpc.RpcError) as caught:
            AuditServiceStub(client.channel).ListAuditEvents(ListAuditEventsRequest())
    assert error_from_call(caught.value).reason == Reason.REASON_ADMIN_ONLY


@pytest.mark.parametrize(("url", "ca"), [("SECRET_URL", None), ("SECRET_TLS_URL", "SECRET_CA_FILE")])
def test_asyncio(url: str, ca: str | None) -> None:
    ca_file = None if ca is None else environment(ca)

    async def call() -> None:
        async with AsyncSecretClient(environment(url), token_of("admin"), ca_file=ca_file) as client:
            audit = AuditServiceStub(client.channel)
            assert len((await audit.ListAuditEvents(ListAuditEventsRequest(page_size=1))).events) == 1
            messages = [message async for message in audit.VerifyAudit(VerifyAuditRequest())]
            assert messages[-1].done
        async with AsyncSecretClient(environment("SECRET_URL"), token_of("app")) as client:
            with pytest.raises(grpc.aio.AioRpcError) as caught:
                await AuditServiceStub(client.channel).ListAuditEvents(ListAuditEventsRequest())
            assert error_from_call(caught.value).reason == Reason.REASON_ADMIN_ONLY

    asyncio.run(call())
