"""Calls that failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import grpc
from google.rpc.status_pb2 import Status

from .v1 import error_pb2, secret_service_pb2

#: Why a request was refused, such as ``Reason.REASON_NOT_FOUND``.
Reason = error_pb2.Reason

# The number of details that the service puts into an error.
_MAX_DETAILS = 20


@dataclass(frozen=True)
class ErrorDetail:
    """What is wrong with one item of a request."""

    reason: Reason
    #: Position of the item in the request, from 0.
    index: int = 0
    key: str = ""
    #: Path of the field, with the names of the JSON form.
    field: str = ""
    #: The right that the caller lacks.
    right: str = ""
    #: What was exceeded by ``actual``.
    limit: int = 0
    actual: int = 0


class SecretServiceError(Exception):
    """A call that failed. It never holds a value or a token."""

    code: grpc.StatusCode
    #: That of the first detail; ``REASON_UNSPECIFIED`` when the service did not answer.
    reason: Reason
    message: str
    #: One for each failing item, the first 20 at most.
    details: Sequence[ErrorDetail]

    def __init__(self, code: grpc.StatusCode, message: str, details: Sequence[ErrorDetail] = ()) -> None:
        super().__init__(code, message, details)
        self.code = code
        self.message = message
        self.details = tuple(details[:_MAX_DETAILS])
        self.reason = details[0].reason if details else Reason.REASON_UNSPECIFIED

    def __str__(self) -> str:
        reason = "" if self.reason == Reason.REASON_UNSPECIFIED else f", {_name(self.reason)}"
        return f"{self.message} ({self.code.name}{reason})"


def _name(reason: Reason) -> str:
    known = Reason.values()
    return Reason.Name(reason) if reason in known else f"reason {int(reason)}"


def error_from_call(error: grpc.RpcError) -> SecretServiceError:
    """What a failed call means, also one of generated code."""
    assert isinstance(error, grpc.Call | grpc.aio.AioRpcError)
    details = []
    for name, value in error.trailing_metadata() or ():
        if name == "grpc-status-details-bin":
            for packed in Status.FromString(value).details:
                detail = error_pb2.ErrorDetail()
                if packed.Unpack(detail):
                    details.append(_detail_from_proto(detail))
    return SecretServiceError(error.code(), error.details() or "", details)


def _detail_from_proto(message: error_pb2.ErrorDetail) -> ErrorDetail:
    return ErrorDetail(
        reason=message.reason,
        index=message.index,
        key=message.key,
        field=message.field,
        right=message.right,
        limit=message.limit,
        actual=message.actual,
    )


def not_found(missing: Sequence[tuple[int, str]]) -> SecretServiceError:
    """Some of the requested keys do not exist: their positions and names."""
    details = [ErrorDetail(Reason.REASON_NOT_FOUND, index, key) for index, key in missing]
    first = details[0].key
    message = (
        f"there is no secret {first} that you can read"
        if len(details) == 1
        else f"there are {len(details)} secrets that do not exist or that you cannot read, the first is {first}"
    )
    return SecretServiceError(grpc.StatusCode.NOT_FOUND, message, details)


def unverified(failures: Sequence[secret_service_pb2.SecretError]) -> SecretServiceError:
    """Some stored documents do not verify."""
    details = [ErrorDetail(failure.reason, key=failure.key) for failure in failures]
    message = f"the stored document of {details[0].key} cannot be shown"
    return SecretServiceError(grpc.StatusCode.DATA_LOSS, message, details)
