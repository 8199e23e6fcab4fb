"""What both clients share for watching; no connection in here."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

import grpc

from .errors import Reason, SecretServiceError
from .secrets import WatchEvent, event_from_proto
from .settings import Settings
from .v1 import secret_service_pb2 as pb

_HEARTBEAT_SECONDS = 15
#: After this long without a heartbeat the connection counts as dead.
SILENCE_SECONDS = 3.0 * _HEARTBEAT_SECONDS
_FIRST_WAIT_SECONDS = 0.1
_LONGEST_WAIT_SECONDS = 10.0
_MAX_TRIES_TO_START = 4
_MAX_LOOKS_AT_TOKEN = 4


class Watching:
    """A watch over as many connections as it takes."""

    def __init__(self, keys: Sequence[str], namespace: str, key_pattern: str, resume_token: str) -> None:
        #: What to ask for when a connection is made.
        self.request = pb.WatchSecretsRequest(
            keys=keys,
            namespace=namespace,
            key_pattern=key_pattern,
            resume_token=resume_token,
            heartbeat_seconds=_HEARTBEAT_SECONDS,
        )
        self._has_started = False
        self._failures = 0

    def take(self, message: pb.WatchSecretsResponse) -> WatchEvent | None:
        """The event that a message is, if it is one."""
        is_told = message.HasField("change") or not self._has_started
        self._has_started = True
        self._failures = 0
        self.request.resume_token = message.resume_token
        return event_from_proto(message) if is_told else None

    def waits_for_token(self, error: SecretServiceError, settings: Settings, refused: str) -> Iterator[float]:
        """How many seconds to wait each time before looking whether the token file holds another token than the refused one.
        It may be written just after the old one was revoked. Ends when it does: then the watch continues.

        :raises SecretServiceError: ``error``, when it does not.
        """
        for look in range(_MAX_LOOKS_AT_TOKEN):
            if look > 0:
                yield _FIRST_WAIT_SECONDS * 2.0 ** (look - 1)
            try:
                if settings.token() != refused:
                    return
            except (OSError, ValueError):
                # A file without a token may be in the middle of being written.
                pass
        raise error

    def wait_after(self, error: SecretServiceError) -> float:
        """How many seconds to wait before connecting again. What the service refused stays refused; anything else passes,
        once it is known that it can work.

        :raises SecretServiceError: ``error``, when it does not help.
        """
        self._failures += 1
        is_unavailable = error.code is grpc.StatusCode.UNAVAILABLE
        is_passing = is_unavailable or (self._has_started and error.reason == Reason.REASON_UNSPECIFIED)
        if not is_passing or (not self._has_started and self._failures == _MAX_TRIES_TO_START):
            raise error
        wait = min(_LONGEST_WAIT_SECONDS, _FIRST_WAIT_SECONDS * 2.0 ** (self._failures - 1))
        return wait * random.uniform(0.5, 1)


def is_refused_token(error: SecretServiceError, settings: Settings) -> bool:
    """The token ended, and a file may hold another one."""
    return error.code is grpc.StatusCode.UNAUTHENTICATED and settings.is_token_file


def ended() -> SecretServiceError:
    """The service ended the stream, as it does when it stops."""
    return SecretServiceError(grpc.StatusCode.UNAVAILABLE, "the service ended the watch")


def silent() -> SecretServiceError:
    """Nothing came for too long."""
    return SecretServiceError(grpc.StatusCode.DEADLINE_EXCEEDED, "the service did not say anything in time")
