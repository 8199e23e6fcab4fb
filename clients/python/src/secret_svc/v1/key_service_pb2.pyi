import datetime

from google.api import annotations_pb2 as _annotations_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from . import method_options_pb2 as _method_options_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class KeyState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    KEY_STATE_UNSPECIFIED: _ClassVar[KeyState]
    KEY_STATE_ACTIVE: _ClassVar[KeyState]
    KEY_STATE_NEEDED: _ClassVar[KeyState]
    KEY_STATE_UNUSED: _ClassVar[KeyState]
    KEY_STATE_DROPPED: _ClassVar[KeyState]
    KEY_STATE_MISSING: _ClassVar[KeyState]

class SealingKeyState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SEALING_KEY_STATE_UNSPECIFIED: _ClassVar[SealingKeyState]
    SEALING_KEY_STATE_KEPT: _ClassVar[SealingKeyState]
    SEALING_KEY_STATE_DESTROYED: _ClassVar[SealingKeyState]
KEY_STATE_UNSPECIFIED: KeyState
KEY_STATE_ACTIVE: KeyState
KEY_STATE_NEEDED: KeyState
KEY_STATE_UNUSED: KeyState
KEY_STATE_DROPPED: KeyState
KEY_STATE_MISSING: KeyState
SEALING_KEY_STATE_UNSPECIFIED: SealingKeyState
SEALING_KEY_STATE_KEPT: SealingKeyState
SEALING_KEY_STATE_DESTROYED: SealingKeyState

class ListKeysRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListKeysResponse(_message.Message):
    __slots__ = ("keys", "processes", "rotation")
    KEYS_FIELD_NUMBER: _ClassVar[int]
    PROCESSES_FIELD_NUMBER: _ClassVar[int]
    ROTATION_FIELD_NUMBER: _ClassVar[int]
    keys: _containers.RepeatedCompositeFieldContainer[EncryptionKey]
    processes: _containers.RepeatedCompositeFieldContainer[ServiceProcess]
    rotation: Rotation
    def __init__(self, keys: _Optional[_Iterable[_Union[EncryptionKey, _Mapping]]] = ..., processes: _Optional[_Iterable[_Union[ServiceProcess, _Mapping]]] = ..., rotation: _Optional[_Union[Rotation, _Mapping]] = ...) -> None: ...

class Rotation(_message.Message):
    __slots__ = ("running", "done", "total", "started_at")
    RUNNING_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    STARTED_AT_FIELD_NUMBER: _ClassVar[int]
    running: bool
    done: int
    total: int
    started_at: _timestamp_pb2.Timestamp
    def __init__(self, running: bool = ..., done: _Optional[int] = ..., total: _Optional[int] = ..., started_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class EncryptionKey(_message.Message):
    __slots__ = ("kid", "state", "added_at", "secrets", "versions", "users", "tokens", "answers", "audit_keys", "sealing_keys", "sealing")
    KID_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    ADDED_AT_FIELD_NUMBER: _ClassVar[int]
    SECRETS_FIELD_NUMBER: _ClassVar[int]
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    USERS_FIELD_NUMBER: _ClassVar[int]
    TOKENS_FIELD_NUMBER: _ClassVar[int]
    ANSWERS_FIELD_NUMBER: _ClassVar[int]
    AUDIT_KEYS_FIELD_NUMBER: _ClassVar[int]
    SEALING_KEYS_FIELD_NUMBER: _ClassVar[int]
    SEALING_FIELD_NUMBER: _ClassVar[int]
    kid: str
    state: KeyState
    added_at: _timestamp_pb2.Timestamp
    secrets: int
    versions: int
    users: int
    tokens: int
    answers: int
    audit_keys: int
    sealing_keys: int
    sealing: SealingKeyState
    def __init__(self, kid: _Optional[str] = ..., state: _Optional[_Union[KeyState, str]] = ..., added_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., secrets: _Optional[int] = ..., versions: _Optional[int] = ..., users: _Optional[int] = ..., tokens: _Optional[int] = ..., answers: _Optional[int] = ..., audit_keys: _Optional[int] = ..., sealing_keys: _Optional[int] = ..., sealing: _Optional[_Union[SealingKeyState, str]] = ...) -> None: ...

class ServiceProcess(_message.Message):
    __slots__ = ("id", "active_kid", "kids")
    ID_FIELD_NUMBER: _ClassVar[int]
    ACTIVE_KID_FIELD_NUMBER: _ClassVar[int]
    KIDS_FIELD_NUMBER: _ClassVar[int]
    id: str
    active_kid: str
    kids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, id: _Optional[str] = ..., active_kid: _Optional[str] = ..., kids: _Optional[_Iterable[str]] = ...) -> None: ...

class RotateKeysRequest(_message.Message):
    __slots__ = ("rows_per_second", "forget_answers")
    ROWS_PER_SECOND_FIELD_NUMBER: _ClassVar[int]
    FORGET_ANSWERS_FIELD_NUMBER: _ClassVar[int]
    rows_per_second: int
    forget_answers: bool
    def __init__(self, rows_per_second: _Optional[int] = ..., forget_answers: bool = ...) -> None: ...

class RotateKeysResponse(_message.Message):
    __slots__ = ("kid", "done", "total", "damaged", "finished", "unused_kids", "needed_kids")
    KID_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    TOTAL_FIELD_NUMBER: _ClassVar[int]
    DAMAGED_FIELD_NUMBER: _ClassVar[int]
    FINISHED_FIELD_NUMBER: _ClassVar[int]
    UNUSED_KIDS_FIELD_NUMBER: _ClassVar[int]
    NEEDED_KIDS_FIELD_NUMBER: _ClassVar[int]
    kid: str
    done: int
    total: int
    damaged: int
    finished: bool
    unused_kids: _containers.RepeatedScalarFieldContainer[str]
    needed_kids: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, kid: _Optional[str] = ..., done: _Optional[int] = ..., total: _Optional[int] = ..., damaged: _Optional[int] = ..., finished: bool = ..., unused_kids: _Optional[_Iterable[str]] = ..., needed_kids: _Optional[_Iterable[str]] = ...) -> None: ...

class DestroySealingKeyRequest(_message.Message):
    __slots__ = ("kid",)
    KID_FIELD_NUMBER: _ClassVar[int]
    kid: str
    def __init__(self, kid: _Optional[str] = ...) -> None: ...

class DestroySealingKeyResponse(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
