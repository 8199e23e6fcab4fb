"""Headers of a program, such as those of a trace, and never another token."""

from __future__ import annotations

import asyncio

from cases import environment, token_of

from secret_svc import AsyncSecretClient, SecretClient
from secret_svc.v1.audit_service_pb2 import ListAuditEventsRequest
from secret_svc.v1.audit_service_pb2_grpc import AuditServiceStub

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


def headers(trace: str) -> dict[str, str]:
    return {"Traceparent": f"00-{trace}-00f067aa0ba902b7-01", "Authorization": "Bearer none"}


def test_calls_send_them() -> None:
    trace = f"aaaa{TRACE[4:]}"
    with SecretClient(environment("SECRET_URL"), token_of("admin"), headers=lambda: headers(trace)) as client:
        list(client.list(key_pattern="API_KEY"))
        events = AuditServiceStub(client.channel).ListAuditEvents(ListAuditEventsRequest(page_size=20)).events
    assert any(event.request_id.startswith(f"{trace}-") for event in events)


def test_asyncio() -> None:
    trace = f"bbbb{TRACE[4:]}"

    async def call() -> None:
        url, token = environment("SECRET_URL"), token_of("admin")
        async with AsyncSecretClient(url, token, headers=lambda: headers(trace)) as client:
            _ = [secret async for secret in client.list(key_pattern="API_KEY")]
            stub = AuditServiceStub(client.channel)
            events = (await stub.ListAuditEvents(ListAuditEventsRequest(page_size=20))).events
            assert any(event.request_id.startswith(f"{trace}-") for event in events)

    asyncio.run(call())
