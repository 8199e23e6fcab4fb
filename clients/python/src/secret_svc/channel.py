"""Channels for generated code, which send the token of a client with each call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import grpc
import grpc.aio

from .settings import CHANNEL_OPTIONS, Headers, Settings


def authorized_channel(channel: grpc.Channel, settings: Settings) -> grpc.Channel:
    """The same connection, with the token and the timeout of the client."""
    return grpc.intercept_channel(channel, _Authorization(settings))


def open_channel(settings: Settings) -> grpc.Channel:
    """A channel with the headers of the program. It connects when it is first used."""
    if settings.is_tls:
        credentials = settings.channel_credentials()
        channel = grpc.secure_channel(settings.target, credentials, CHANNEL_OPTIONS)
    else:
        channel = grpc.insecure_channel(settings.target, CHANNEL_OPTIONS)
    return channel if settings.headers is None else grpc.intercept_channel(channel, _Headers(settings.headers))


def open_async_channel(
    settings: Settings, interceptors: Sequence[grpc.aio.ClientInterceptor] = ()
) -> grpc.aio.Channel:
    """A channel for asyncio with the headers of the program. It connects when it is first used."""
    if settings.headers is not None:
        interceptors = [*interceptors, _AsyncUnaryHeaders(settings.headers), _AsyncStreamHeaders(settings.headers)]
    if settings.is_tls:
        credentials = settings.channel_credentials()
        return grpc.aio.secure_channel(settings.target, credentials, CHANNEL_OPTIONS, interceptors=interceptors)
    return grpc.aio.insecure_channel(settings.target, CHANNEL_OPTIONS, interceptors=interceptors)


def open_authorized_async_channel(settings: Settings) -> grpc.aio.Channel:
    """A channel with the token and the timeout of the client."""
    return open_async_channel(settings, [_AsyncUnary(settings), _AsyncStream(settings)])


@dataclass(frozen=True)
class _CallDetails(grpc.ClientCallDetails):
    """The details of a call, as gRPC takes them from an interceptor."""

    method: str
    timeout: float | None
    metadata: tuple[tuple[str, str | bytes], ...]
    credentials: grpc.CallCredentials | None
    wait_for_ready: bool | None
    compression: grpc.Compression | None


class _Headers(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor):
    def __init__(self, headers: Headers) -> None:
        self._headers = headers

    def intercept_unary_unary(
        self, continuation: Callable[..., Any], client_call_details: grpc.ClientCallDetails, request: Any
    ) -> Any:
        return continuation(self._completed(client_call_details), request)

    def intercept_unary_stream(
        self, continuation: Callable[..., Any], client_call_details: grpc.ClientCallDetails, request: Any
    ) -> Any:
        return continuation(self._completed(client_call_details), request)

    def _completed(self, details: grpc.ClientCallDetails) -> grpc.ClientCallDetails:
        metadata = (*(details.metadata or ()), *_pairs(self._headers))
        return _CallDetails(
            details.method,
            details.timeout,
            metadata,
            details.credentials,
            details.wait_for_ready,
            getattr(details, "compression", None),
        )


class _AsyncUnaryHeaders(grpc.aio.UnaryUnaryClientInterceptor):
    def __init__(self, headers: Headers) -> None:
        self._headers = headers

    async def intercept_unary_unary(
        self, continuation: Callable[..., Any], client_call_details: grpc.aio.ClientCallDetails, request: Any
    ) -> Any:
        return await continuation(_completed_async(self._headers, client_call_details), request)


class _AsyncStreamHeaders(grpc.aio.UnaryStreamClientInterceptor):
    def __init__(self, headers: Headers) -> None:
        self._headers = headers

    async def intercept_unary_stream(
        self, continuation: Callable[..., Any], client_call_details: grpc.aio.ClientCallDetails, request: Any
    ) -> Any:
        return await continuation(_completed_async(self._headers, client_call_details), request)


def _completed_async(headers: Headers, details: grpc.aio.ClientCallDetails) -> grpc.aio.ClientCallDetails:
    given = [] if details.metadata is None else list(details.metadata)
    metadata = grpc.aio.Metadata(*given, *_pairs(headers))
    return grpc.aio.ClientCallDetails(details.method, details.timeout, metadata, details.credentials, details.wait_for_ready)


def _pairs(headers: Headers) -> list[tuple[str, str]]:
    """What the program wants to send; gRPC takes names in lower case only. The token is the client's."""
    pairs = [(name.lower(), value) for name, value in headers().items()]
    return [(name, value) for name, value in pairs if name != "authorization"]


class _Authorization(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor):
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def intercept_unary_unary(
        self, continuation: Callable[..., Any], client_call_details: grpc.ClientCallDetails, request: Any
    ) -> Any:
        timeout = client_call_details.timeout
        limited = self._settings.timeout_seconds if timeout is None else timeout
        return continuation(self._authorized(client_call_details, limited), request)

    def intercept_unary_stream(
        self, continuation: Callable[..., Any], client_call_details: grpc.ClientCallDetails, request: Any
    ) -> Any:
        return continuation(self._authorized(client_call_details, client_call_details.timeout), request)

    def _authorized(self, details: grpc.ClientCallDetails, timeout: float | None) -> grpc.ClientCallDetails:
        metadata = (*(details.metadata or ()), *self._settings.metadata())
        return _CallDetails(
            details.method,
            timeout,
            metadata,
            details.credentials,
            details.wait_for_ready,
            getattr(details, "compression", None),
        )


# gRPC takes an interceptor for one kind of call only.
class _AsyncUnary(grpc.aio.UnaryUnaryClientInterceptor):
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def intercept_unary_unary(
        self, continuation: Callable[..., Any], client_call_details: grpc.aio.ClientCallDetails, request: Any
    ) -> Any:
        timeout = client_call_details.timeout
        limited = self._settings.timeout_seconds if timeout is None else timeout
        return await continuation(_authorized_async(self._settings, client_call_details, limited), request)


class _AsyncStream(grpc.aio.UnaryStreamClientInterceptor):
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def intercept_unary_stream(
        self, continuation: Callable[..., Any], client_call_details: grpc.aio.ClientCallDetails, request: Any
    ) -> Any:
        details = _authorized_async(self._settings, client_call_details, client_call_details.timeout)
        return await continuation(details, request)


def _authorized_async(
    settings: Settings, details: grpc.aio.ClientCallDetails, timeout: float | None
) -> grpc.aio.ClientCallDetails:
    given = [] if details.metadata is None else list(details.metadata)
    metadata = grpc.aio.Metadata(*given, *settings.metadata())
    return grpc.aio.ClientCallDetails(details.method, timeout, metadata, details.credentials, details.wait_for_ready)
