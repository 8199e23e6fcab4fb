"""Channels for generated code, which send the token of a client with each call."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import grpc
import grpc.aio

from .settings import CHANNEL_OPTIONS, Headers, Settings


def authorized_channel(channel: grpc.Channel, settings: Settings) -> grpc.Channel:
    """The same connection, with the token and the timeout of the client."""
    return grpc.intercept_channel(channel, _Sending(settings.metadata, settings.timeout_seconds))


def open_channel(settings: Settings) -> grpc.Channel:
    """A channel with the headers of the program. It connects when it is first used."""
    if settings.is_tls:
        credentials = settings.channel_credentials()
        channel = grpc.secure_channel(settings.target, credentials, CHANNEL_OPTIONS)
    else:
        channel = grpc.insecure_channel(settings.target, CHANNEL_OPTIONS)
    return channel if settings.headers is None else grpc.intercept_channel(channel, _Sending(_pairs_of(settings.headers)))


def open_async_channel(
    settings: Settings, interceptors: Sequence[grpc.aio.ClientInterceptor] = ()
) -> grpc.aio.Channel:
    """A channel for asyncio with the headers of the program. It connects when it is first used."""
    if settings.headers is not None:
        pairs = _pairs_of(settings.headers)
        interceptors = [*interceptors, _AsyncUnary(pairs), _AsyncStream(pairs)]
    if settings.is_tls:
        credentials = settings.channel_credentials()
        return grpc.aio.secure_channel(settings.target, credentials, CHANNEL_OPTIONS, interceptors=interceptors)
    return grpc.aio.insecure_channel(settings.target, CHANNEL_OPTIONS, interceptors=interceptors)


def open_authorized_async_channel(settings: Settings) -> grpc.aio.Channel:
    """A channel with the token and the timeout of the client."""
    return open_async_channel(settings, [_AsyncUnary(settings.metadata, settings.timeout_seconds), _AsyncStream(settings.metadata)])


@dataclass(frozen=True)
class _CallDetails(grpc.ClientCallDetails):
    """The details of a call, as gRPC takes them from an interceptor."""

    method: str
    timeout: float | None
    metadata: tuple[tuple[str, str | bytes], ...]
    credentials: grpc.CallCredentials | None
    wait_for_ready: bool | None
    compression: grpc.Compression | None


Pairs = Callable[[], Iterable[tuple[str, str]]]


class _Sending(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor):
    """Adds pairs to the metadata of each call, and a timeout to those that have none. A stream may last."""

    def __init__(self, pairs: Pairs, timeout: float | None = None) -> None:
        self._pairs = pairs
        self._timeout = timeout

    def intercept_unary_unary(
        self, continuation: Callable[..., Any], client_call_details: grpc.ClientCallDetails, request: Any
    ) -> Any:
        timeout = client_call_details.timeout
        return continuation(self._completed(client_call_details, self._timeout if timeout is None else timeout), request)

    def intercept_unary_stream(
        self, continuation: Callable[..., Any], client_call_details: grpc.ClientCallDetails, request: Any
    ) -> Any:
        return continuation(self._completed(client_call_details, client_call_details.timeout), request)

    def _completed(self, details: grpc.ClientCallDetails, timeout: float | None) -> grpc.ClientCallDetails:
        return _CallDetails(
            details.method,
            timeout,
            (*(details.metadata or ()), *self._pairs()),
            details.credentials,
            details.wait_for_ready,
            getattr(details, "compression", None),
        )


# gRPC takes an interceptor for one kind of call only.
class _AsyncUnary(grpc.aio.UnaryUnaryClientInterceptor):
    def __init__(self, pairs: Pairs, timeout: float | None = None) -> None:
        self._pairs = pairs
        self._timeout = timeout

    async def intercept_unary_unary(
        self, continuation: Callable[..., Any], client_call_details: grpc.aio.ClientCallDetails, request: Any
    ) -> Any:
        timeout = client_call_details.timeout
        limited = self._timeout if timeout is None else timeout
        return await continuation(_completed_async(client_call_details, self._pairs, limited), request)


class _AsyncStream(grpc.aio.UnaryStreamClientInterceptor):
    def __init__(self, pairs: Pairs) -> None:
        self._pairs = pairs

    async def intercept_unary_stream(
        self, continuation: Callable[..., Any], client_call_details: grpc.aio.ClientCallDetails, request: Any
    ) -> Any:
        details = _completed_async(client_call_details, self._pairs, client_call_details.timeout)
        return await continuation(details, request)


def _completed_async(
    details: grpc.aio.ClientCallDetails, pairs: Pairs, timeout: float | None
) -> grpc.aio.ClientCallDetails:
    given = [] if details.metadata is None else list(details.metadata)
    metadata = grpc.aio.Metadata(*given, *pairs())
    return grpc.aio.ClientCallDetails(details.method, timeout, metadata, details.credentials, details.wait_for_ready)


def _pairs_of(headers: Headers) -> Pairs:
    """What the program wants to send; gRPC takes names in lower case only. The token is the client's."""

    def pairs() -> list[tuple[str, str]]:
        sent = [(name.lower(), value) for name, value in headers().items()]
        return [(name, value) for name, value in sent if name != "authorization"]

    return pairs
