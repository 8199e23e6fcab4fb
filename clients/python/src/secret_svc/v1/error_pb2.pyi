from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Reason(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    REASON_UNSPECIFIED: _ClassVar[Reason]
    REASON_UNAUTHENTICATED: _ClassVar[Reason]
    REASON_INVALID_FIELD: _ClassVar[Reason]
    REASON_INVALID_BODY: _ClassVar[Reason]
    REASON_CONFLICTING_FIELDS: _ClassVar[Reason]
    REASON_DUPLICATE_ITEM: _ClassVar[Reason]
    REASON_LIMIT_EXCEEDED: _ClassVar[Reason]
    REASON_CHECKSUM_MISMATCH: _ClassVar[Reason]
    REASON_NOT_A_SEALED_VALUE: _ClassVar[Reason]
    REASON_INVALID_PAGE_TOKEN: _ClassVar[Reason]
    REASON_MISSING_RIGHT: _ClassVar[Reason]
    REASON_FOREIGN_PREFIX: _ClassVar[Reason]
    REASON_ADMIN_ONLY: _ClassVar[Reason]
    REASON_OPERATOR_ONLY: _ClassVar[Reason]
    REASON_NOT_FOUND: _ClassVar[Reason]
    REASON_STALE_VERSION: _ClassVar[Reason]
    REASON_CONTENTION: _ClassVar[Reason]
    REASON_IDEMPOTENCY_KEY_REUSED: _ClassVar[Reason]
    REASON_INTEGRITY: _ClassVar[Reason]
    REASON_AUDIT_UNAVAILABLE: _ClassVar[Reason]
    REASON_STORE_UNAVAILABLE: _ClassVar[Reason]
    REASON_OUTCOME_UNKNOWN: _ClassVar[Reason]
    REASON_NAME_TAKEN: _ClassVar[Reason]
    REASON_LAST_ADMIN: _ClassVar[Reason]
    REASON_NOT_GRANTED: _ClassVar[Reason]
    REASON_NO_SEALING_KEY: _ClassVar[Reason]
    REASON_ISSUER_UNAVAILABLE: _ClassVar[Reason]
    REASON_RATE_LIMITED: _ClassVar[Reason]
    REASON_IN_USE: _ClassVar[Reason]
    REASON_START_OVER: _ClassVar[Reason]
    REASON_QUOTA_EXCEEDED: _ClassVar[Reason]
    REASON_LOGIN_PENDING: _ClassVar[Reason]
    REASON_SLOW_DOWN: _ClassVar[Reason]
    REASON_LOGIN_DENIED: _ClassVar[Reason]
    REASON_LOGIN_EXPIRED: _ClassVar[Reason]
    REASON_MANAGED_BY_LOGIN: _ClassVar[Reason]
    REASON_NOT_A_USER: _ClassVar[Reason]
    REASON_LOGIN_UNAVAILABLE: _ClassVar[Reason]
REASON_UNSPECIFIED: Reason
REASON_UNAUTHENTICATED: Reason
REASON_INVALID_FIELD: Reason
REASON_INVALID_BODY: Reason
REASON_CONFLICTING_FIELDS: Reason
REASON_DUPLICATE_ITEM: Reason
REASON_LIMIT_EXCEEDED: Reason
REASON_CHECKSUM_MISMATCH: Reason
REASON_NOT_A_SEALED_VALUE: Reason
REASON_INVALID_PAGE_TOKEN: Reason
REASON_MISSING_RIGHT: Reason
REASON_FOREIGN_PREFIX: Reason
REASON_ADMIN_ONLY: Reason
REASON_OPERATOR_ONLY: Reason
REASON_NOT_FOUND: Reason
REASON_STALE_VERSION: Reason
REASON_CONTENTION: Reason
REASON_IDEMPOTENCY_KEY_REUSED: Reason
REASON_INTEGRITY: Reason
REASON_AUDIT_UNAVAILABLE: Reason
REASON_STORE_UNAVAILABLE: Reason
REASON_OUTCOME_UNKNOWN: Reason
REASON_NAME_TAKEN: Reason
REASON_LAST_ADMIN: Reason
REASON_NOT_GRANTED: Reason
REASON_NO_SEALING_KEY: Reason
REASON_ISSUER_UNAVAILABLE: Reason
REASON_RATE_LIMITED: Reason
REASON_IN_USE: Reason
REASON_START_OVER: Reason
REASON_QUOTA_EXCEEDED: Reason
REASON_LOGIN_PENDING: Reason
REASON_SLOW_DOWN: Reason
REASON_LOGIN_DENIED: Reason
REASON_LOGIN_EXPIRED: Reason
REASON_MANAGED_BY_LOGIN: Reason
REASON_NOT_A_USER: Reason
REASON_LOGIN_UNAVAILABLE: Reason

class ErrorDetail(_message.Message):
    __slots__ = ("reason", "index", "key", "field", "right", "limit", "actual")
    REASON_FIELD_NUMBER: _ClassVar[int]
    INDEX_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    FIELD_FIELD_NUMBER: _ClassVar[int]
    RIGHT_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    ACTUAL_FIELD_NUMBER: _ClassVar[int]
    reason: Reason
    index: int
    key: str
    field: str
    right: str
    limit: int
    actual: int
    def __init__(self, reason: _Optional[_Union[Reason, str]] = ..., index: _Optional[int] = ..., key: _Optional[str] = ..., field: _Optional[str] = ..., right: _Optional[str] = ..., limit: _Optional[int] = ..., actual: _Optional[int] = ...) -> None: ...
