"""The requests and responses of both clients; no connection in here."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping, Sequence

import grpc

from .errors import SecretServiceError, not_found
from .secrets import Removal, Secret, SecretInput, State, View, input_to_proto
from .v1 import secret_service_pb2 as pb

# How many keys the service takes in one request.
_MAX_KEYS = 1000
_MAX_TRIES = 4
_FIRST_WAIT_SECONDS = 0.1


class Tries:
    """Decides whether a call is made again, and when: up to four times while the service is UNAVAILABLE and the time
    lasts, and only if it is safe to repeat. The waits double and vary at random."""

    def __init__(self, timeout_seconds: float, is_repeatable: bool) -> None:
        self._end = time.monotonic() + timeout_seconds
        self._left = _MAX_TRIES if is_repeatable else 1
        self._wait = _FIRST_WAIT_SECONDS

    def seconds_left(self) -> float:
        """Until the deadline."""
        return max(0.0, self._end - time.monotonic())

    def wait_after(self, error: SecretServiceError) -> float:
        """How many seconds to wait before the next try.

        :raises SecretServiceError: ``error``, when there is no further try.
        """
        self._left -= 1
        wait = self._wait * random.uniform(0.5, 1)
        self._wait *= 2
        if error.code is not grpc.StatusCode.UNAVAILABLE or self._left == 0 or wait > self.seconds_left():
            raise error
        return wait


def many_requests(keys: Sequence[str]) -> Iterator[pb.ListSecretsRequest]:
    """Requests that together name all keys, once each."""
    unique = sorted(set(keys))
    for start in range(0, len(unique), _MAX_KEYS):
        some = unique[start : start + _MAX_KEYS]
        yield pb.ListSecretsRequest(keys=some, view=View.SECRET_VIEW_FULL)


def check_all_found(keys: Sequence[str], found: Mapping[str, Secret]) -> None:
    """
    :raises SecretServiceError: some are missing, with REASON_NOT_FOUND and their names.
    """
    first_positions: dict[str, int] = {}
    for index, key in enumerate(keys):
        if key not in found:
            first_positions.setdefault(key, index)
    if first_positions:
        raise not_found([(index, key) for key, index in first_positions.items()])


def list_request(
    namespace: str, key_pattern: str, state: State, view: View, page_size: int
) -> pb.ListSecretsRequest:
    """The request for a first page."""
    return pb.ListSecretsRequest(
        namespace=namespace, key_pattern=key_pattern, state=state, view=view, page_size=page_size
    )


def save_request(
    secrets: Sequence[SecretInput], remove: Sequence[Removal], validate_only: bool, idempotency_key: str
) -> pb.SaveSecretsRequest:
    """The request of a save."""
    return pb.SaveSecretsRequest(
        secrets=[input_to_proto(secret) for secret in secrets],
        remove=[pb.SecretRemoval(key=removal.key, if_version=removal.if_version) for removal in remove],
        validate_only=validate_only,
        idempotency_key=idempotency_key,
    )
