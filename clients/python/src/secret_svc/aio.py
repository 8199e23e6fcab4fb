"""The client for asyncio."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, TypeVar

import grpc
import grpc.aio

from .channel import open_async_channel, open_authorized_async_channel
from .errors import error_from_call, unverified
from .requests import Tries, check_all_found, list_request, many_requests, save_request
from .secrets import (
    Removal,
    RemovedSecret,
    SaveResult,
    Secret,
    SecretInput,
    State,
    Value,
    View,
    WatchEvent,
    result_from_proto,
    secret_from_proto,
)
from .sealing import SealingKey
from .settings import DEFAULT_TIMEOUT_SECONDS, Headers, read_settings
from .v1 import identity_service_pb2 as identity_pb
from .v1 import secret_service_pb2 as pb
from .v1.identity_service_pb2_grpc import IdentityServiceStub
from .v1.secret_service_pb2_grpc import SecretServiceStub
from .watching import SILENCE_SECONDS, Watching, ended, is_refused_token, silent

if TYPE_CHECKING:
    from .v1.identity_service_pb2_grpc import IdentityServiceAsyncStub
    from .v1.secret_service_pb2_grpc import SecretServiceAsyncStub

_Request = TypeVar("_Request")
_Response = TypeVar("_Response")


class AsyncSecretClient:
    """Calls the service, for asyncio: make it within the event loop that uses it. One is enough for a program.

    :param url: ``http://HOST:PORT`` or ``https://HOST:PORT``; defaults to ``OO_URL``, then ``http://127.0.0.1:11337``.
        Without https the token and the values are readable on the network.
    :param token: defaults to ``OO_TOKEN``.
    :param token_file: a file that holds the token instead; it is read again before each call, and when the token of a watch
        ends.
    :param ca_file: PEM file with the certificate authorities to trust, and no others.
    :param timeout: seconds that a call may take, including its retries; in a list, each page.
    :param headers: is called before each try for more headers to send, such as ``traceparent``. It must not fail.
    :raises ValueError: one of them cannot be used. It does not connect yet.
    """

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        *,
        token_file: str | os.PathLike[str] | None = None,
        ca_file: str | os.PathLike[str] | None = None,
        timeout: float = DEFAULT_TIMEOUT_SECONDS,
        headers: Headers | None = None,
    ) -> None:
        self._settings = read_settings(url, token, token_file, ca_file, timeout, headers)
        self._channel = open_async_channel(self._settings)
        self._authorized: grpc.aio.Channel | None = None
        self._stub: SecretServiceAsyncStub = SecretServiceStub(self._channel)
        self._identity: IdentityServiceAsyncStub = IdentityServiceStub(self._channel)

    async def get(self, key: str) -> Secret:
        """Reads one secret with its value.

        :raises SecretServiceError: with ``REASON_NOT_FOUND`` if there is none that the caller may read.
        """
        return (await self.get_many(key))[key]

    async def get_many(self, *keys: str) -> dict[str, Secret]:
        """Reads secrets with their values, by key: all of them, or none.

        :raises SecretServiceError: with ``REASON_NOT_FOUND`` and details that name the missing ones, or
            ``REASON_INTEGRITY``.
        """
        found = {
            secret.key: secret for request in many_requests(keys) async for secret in self._pages(request)
        }
        check_all_found(keys, found)
        return found

    def list(
        self,
        *,
        namespace: str = "",
        key_pattern: str = "",
        state: State = State.SECRET_STATE_UNSPECIFIED,
        view: View = View.SECRET_VIEW_UNSPECIFIED,
        page_size: int = 0,
    ) -> AsyncIterator[Secret]:
        """Goes through the secrets that the caller can see, ordered by key, page after page to the end.

        :param namespace: the first segment of the keys.
        :param key_pattern: a text that the key contains or, when it has a ``*``, that matches it as a whole.
        :param view: how much to show: METADATA, without values, unless set.
        :param page_size: how many are fetched at a time, up to 1,000; 0 means 100.
        :raises SecretServiceError: for a stored document that does not verify only after all others, with
            ``REASON_INTEGRITY`` and its key.
        """
        return self._pages(list_request(namespace, key_pattern, state, view, page_size))

    async def save(
        self,
        *secrets: SecretInput,
        remove: Sequence[Removal] = (),
        validate_only: bool = False,
        idempotency_key: str = "",
    ) -> tuple[SaveResult, ...]:
        """Creates, updates and removes secrets: all of it, or nothing. The results are those of the secrets, then those
        of the removals.

        :param validate_only: decide and return the results, but store nothing.
        :param idempotency_key: up to 128 printable ASCII characters; makes the save happen once however often it is
            sent within 24 hours. Only a save that has one is repeated when the service is unavailable.
        """
        request = save_request(secrets, remove, validate_only, idempotency_key)
        response = await self._call(self._stub.SaveSecrets, request, is_repeatable=idempotency_key != "")
        return tuple(result_from_proto(result) for result in response.results)

    async def remove(self, *keys: str, idempotency_key: str = "") -> tuple[RemovedSecret, ...]:
        """Removes secrets: all of them, or none.

        :param idempotency_key: as in :meth:`save`.
        """
        request = pb.RemoveSecretsRequest(keys=keys, idempotency_key=idempotency_key)
        response = await self._call(self._stub.RemoveSecrets, request, is_repeatable=idempotency_key != "")
        return tuple(RemovedSecret(secret.key, secret.id, secret.version) for secret in response.removed)

    def watch(
        self, *, keys: Sequence[str] = (), namespace: str = "", key_pattern: str = "", resume_token: str = ""
    ) -> AsyncIterator[WatchEvent]:
        """Yields every change of the secrets that the caller can see, in order, without values. The first event, without a
        change, says that the watch has started. After a lost connection, and when the token ended and the token file holds
        another one, it continues without a gap, until the loop ends.

        :param keys: only secrets with one of these keys, up to 1,000.
        :param namespace: the first segment of the keys.
        :param key_pattern: a text that the key contains or, when it has a ``*``, that matches it as a whole.
        :param resume_token: of an earlier event: sends what happened since. Without it: what happens from now on.
        :raises SecretServiceError: with ``REASON_START_OVER`` if the resume token is too old.
        """
        return self._watch(Watching(keys, namespace, key_pattern, resume_token))

    async def sealing_key(self) -> SealingKey:
        """Asks the service for its sealing key, for secrets of the caller's own tenant."""
        key = await self._call(self._stub.GetSealingKey, pb.GetSealingKeyRequest(), is_repeatable=True)
        caller = await self._call(self._identity.WhoAmI, identity_pb.WhoAmIRequest(), is_repeatable=True)
        return SealingKey(key.kid, key.public_key, caller.tenant, key.suite)

    async def seal(self, key: str, value: str | bytes | Value) -> str:
        """Seals a value as ``key`` with the sealing key of the service. The value does not leave the program unsealed. To
        seal many, or without the service, use a :class:`SealingKey`.
        """
        return (await self.sealing_key()).seal(key, value)

    @property
    def channel(self) -> grpc.aio.Channel:
        """A connection with the settings of this client for generated code: ``AuditServiceStub(client.channel)``. Each call sends
        the token of the client, and ends after its timeout unless it has one of its own; a stream has none. Nothing is
        repeated. Failures are those of gRPC; :func:`error_from_call` finds their reason.
        """
        if self._authorized is None:
            self._authorized = open_authorized_async_channel(self._settings)
        return self._authorized

    async def close(self) -> None:
        """Ends the connection; running calls fail."""
        await self._channel.close()
        if self._authorized is not None:
            await self._authorized.close()

    async def __aenter__(self) -> AsyncSecretClient:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"AsyncSecretClient({self._settings.target})"

    async def _pages(self, request: pb.ListSecretsRequest) -> AsyncIterator[Secret]:
        failures: list[pb.SecretError] = []
        while True:
            page = await self._call(self._stub.ListSecrets, request, is_repeatable=True)
            for secret in page.secrets:
                yield secret_from_proto(secret)
            failures.extend(page.errors)
            if not page.next_page_token:
                break
            request.page_token = page.next_page_token
        if failures:
            raise unverified(failures)

    async def _watch(self, watching: Watching) -> AsyncIterator[WatchEvent]:
        while True:
            failure = ended()
            patience = self._settings.timeout_seconds
            token = self._settings.token()
            metadata = self._settings.metadata(token)
            stream = self._stub.WatchSecrets(watching.request, metadata=metadata)
            try:
                # It reads EOF, which is of another type, when the service ends the stream.
                while isinstance(message := await asyncio.wait_for(stream.read(), patience), pb.WatchSecretsResponse):
                    event = watching.take(message)
                    if event is not None:
                        yield event
                    patience = SILENCE_SECONDS
            except grpc.RpcError as error:
                failure = error_from_call(error)
            except (TimeoutError, asyncio.TimeoutError):
                failure = silent()
            finally:
                stream.cancel()
            if is_refused_token(failure, self._settings):
                for seconds in watching.waits_for_token(failure, self._settings, token):
                    await asyncio.sleep(seconds)
            else:
                await asyncio.sleep(watching.wait_after(failure))

    async def _call(
        self,
        method: grpc.aio.UnaryUnaryMultiCallable[_Request, _Response],
        request: _Request,
        *,
        is_repeatable: bool,
    ) -> _Response:
        tries = Tries(self._settings.timeout_seconds, is_repeatable)
        while True:
            metadata = self._settings.metadata()
            try:
                return await method(request, timeout=tries.seconds_left(), metadata=metadata)
            except grpc.RpcError as error:
                failure = error_from_call(error)
            await asyncio.sleep(tries.wait_after(failure))
