import datetime

from google.api import annotations_pb2 as _annotations_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from . import method_options_pb2 as _method_options_pb2
from . import secret_service_pb2 as _secret_service_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class AuditDecision(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AUDIT_DECISION_UNSPECIFIED: _ClassVar[AuditDecision]
    AUDIT_DECISION_ALLOWED: _ClassVar[AuditDecision]
    AUDIT_DECISION_DENIED: _ClassVar[AuditDecision]
    AUDIT_DECISION_REFUSED: _ClassVar[AuditDecision]

class AuditProblemKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    AUDIT_PROBLEM_KIND_UNSPECIFIED: _ClassVar[AuditProblemKind]
    AUDIT_PROBLEM_KIND_EDITED: _ClassVar[AuditProblemKind]
    AUDIT_PROBLEM_KIND_MISSING: _ClassVar[AuditProblemKind]
    AUDIT_PROBLEM_KIND_CUT_OFF: _ClassVar[AuditProblemKind]
    AUDIT_PROBLEM_KIND_UNREGISTERED: _ClassVar[AuditProblemKind]
    AUDIT_PROBLEM_KIND_BAD_CHECKPOINT: _ClassVar[AuditProblemKind]
    AUDIT_PROBLEM_KIND_UNFINISHED: _ClassVar[AuditProblemKind]
AUDIT_DECISION_UNSPECIFIED: AuditDecision
AUDIT_DECISION_ALLOWED: AuditDecision
AUDIT_DECISION_DENIED: AuditDecision
AUDIT_DECISION_REFUSED: AuditDecision
AUDIT_PROBLEM_KIND_UNSPECIFIED: AuditProblemKind
AUDIT_PROBLEM_KIND_EDITED: AuditProblemKind
AUDIT_PROBLEM_KIND_MISSING: AuditProblemKind
AUDIT_PROBLEM_KIND_CUT_OFF: AuditProblemKind
AUDIT_PROBLEM_KIND_UNREGISTERED: AuditProblemKind
AUDIT_PROBLEM_KIND_BAD_CHECKPOINT: AuditProblemKind
AUDIT_PROBLEM_KIND_UNFINISHED: AuditProblemKind

class AuditEvent(_message.Message):
    __slots__ = ("time", "tenant", "principal", "action", "key", "version", "decision", "rule", "request_id", "peer", "count", "names", "filter", "chain", "position", "validate_only", "outcome")
    TIME_FIELD_NUMBER: _ClassVar[int]
    TENANT_FIELD_NUMBER: _ClassVar[int]
    PRINCIPAL_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    DECISION_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    REQUEST_ID_FIELD_NUMBER: _ClassVar[int]
    PEER_FIELD_NUMBER: _ClassVar[int]
    COUNT_FIELD_NUMBER: _ClassVar[int]
    NAMES_FIELD_NUMBER: _ClassVar[int]
    FILTER_FIELD_NUMBER: _ClassVar[int]
    CHAIN_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    time: _timestamp_pb2.Timestamp
    tenant: str
    principal: str
    action: str
    key: str
    version: int
    decision: AuditDecision
    rule: str
    request_id: str
    peer: str
    count: int
    names: _containers.RepeatedScalarFieldContainer[str]
    filter: str
    chain: str
    position: int
    validate_only: bool
    outcome: _secret_service_pb2.SaveOutcome
    def __init__(self, time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., tenant: _Optional[str] = ..., principal: _Optional[str] = ..., action: _Optional[str] = ..., key: _Optional[str] = ..., version: _Optional[int] = ..., decision: _Optional[_Union[AuditDecision, str]] = ..., rule: _Optional[str] = ..., request_id: _Optional[str] = ..., peer: _Optional[str] = ..., count: _Optional[int] = ..., names: _Optional[_Iterable[str]] = ..., filter: _Optional[str] = ..., chain: _Optional[str] = ..., position: _Optional[int] = ..., validate_only: bool = ..., outcome: _Optional[_Union[_secret_service_pb2.SaveOutcome, str]] = ...) -> None: ...

class ListAuditEventsRequest(_message.Message):
    __slots__ = ("key", "principal", "action", "decision", "start_time", "end_time", "page_size", "page_token", "actions", "key_pattern")
    KEY_FIELD_NUMBER: _ClassVar[int]
    PRINCIPAL_FIELD_NUMBER: _ClassVar[int]
    ACTION_FIELD_NUMBER: _ClassVar[int]
    DECISION_FIELD_NUMBER: _ClassVar[int]
    START_TIME_FIELD_NUMBER: _ClassVar[int]
    END_TIME_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    ACTIONS_FIELD_NUMBER: _ClassVar[int]
    KEY_PATTERN_FIELD_NUMBER: _ClassVar[int]
    key: str
    principal: str
    action: str
    decision: AuditDecision
    start_time: _timestamp_pb2.Timestamp
    end_time: _timestamp_pb2.Timestamp
    page_size: int
    page_token: str
    actions: _containers.RepeatedScalarFieldContainer[str]
    key_pattern: str
    def __init__(self, key: _Optional[str] = ..., principal: _Optional[str] = ..., action: _Optional[str] = ..., decision: _Optional[_Union[AuditDecision, str]] = ..., start_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., end_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., actions: _Optional[_Iterable[str]] = ..., key_pattern: _Optional[str] = ...) -> None: ...

class ListAuditEventsResponse(_message.Message):
    __slots__ = ("events", "next_page_token", "complete_until")
    EVENTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    COMPLETE_UNTIL_FIELD_NUMBER: _ClassVar[int]
    events: _containers.RepeatedCompositeFieldContainer[AuditEvent]
    next_page_token: str
    complete_until: _timestamp_pb2.Timestamp
    def __init__(self, events: _Optional[_Iterable[_Union[AuditEvent, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., complete_until: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListUsageRequest(_message.Message):
    __slots__ = ("keys",)
    KEYS_FIELD_NUMBER: _ClassVar[int]
    keys: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, keys: _Optional[_Iterable[str]] = ...) -> None: ...

class ListUsageResponse(_message.Message):
    __slots__ = ("usage",)
    USAGE_FIELD_NUMBER: _ClassVar[int]
    usage: _containers.RepeatedCompositeFieldContainer[KeyUsage]
    def __init__(self, usage: _Optional[_Iterable[_Union[KeyUsage, _Mapping]]] = ...) -> None: ...

class KeyUsage(_message.Message):
    __slots__ = ("key", "last_read_at", "readers")
    KEY_FIELD_NUMBER: _ClassVar[int]
    LAST_READ_AT_FIELD_NUMBER: _ClassVar[int]
    READERS_FIELD_NUMBER: _ClassVar[int]
    key: str
    last_read_at: _timestamp_pb2.Timestamp
    readers: _containers.RepeatedCompositeFieldContainer[KeyReader]
    def __init__(self, key: _Optional[str] = ..., last_read_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., readers: _Optional[_Iterable[_Union[KeyReader, _Mapping]]] = ...) -> None: ...

class KeyReader(_message.Message):
    __slots__ = ("slug", "last_read_at", "version", "reads")
    SLUG_FIELD_NUMBER: _ClassVar[int]
    LAST_READ_AT_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    READS_FIELD_NUMBER: _ClassVar[int]
    slug: str
    last_read_at: _timestamp_pb2.Timestamp
    version: int
    reads: int
    def __init__(self, slug: _Optional[str] = ..., last_read_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., version: _Optional[int] = ..., reads: _Optional[int] = ...) -> None: ...

class VerifyAuditRequest(_message.Message):
    __slots__ = ("head",)
    HEAD_FIELD_NUMBER: _ClassVar[int]
    head: str
    def __init__(self, head: _Optional[str] = ...) -> None: ...

class VerifyAuditResponse(_message.Message):
    __slots__ = ("records", "done", "problems", "chains", "head")
    RECORDS_FIELD_NUMBER: _ClassVar[int]
    DONE_FIELD_NUMBER: _ClassVar[int]
    PROBLEMS_FIELD_NUMBER: _ClassVar[int]
    CHAINS_FIELD_NUMBER: _ClassVar[int]
    HEAD_FIELD_NUMBER: _ClassVar[int]
    records: int
    done: bool
    problems: _containers.RepeatedCompositeFieldContainer[AuditProblem]
    chains: int
    head: str
    def __init__(self, records: _Optional[int] = ..., done: bool = ..., problems: _Optional[_Iterable[_Union[AuditProblem, _Mapping]]] = ..., chains: _Optional[int] = ..., head: _Optional[str] = ...) -> None: ...

class AuditProblem(_message.Message):
    __slots__ = ("chain", "position", "kind", "after_time")
    CHAIN_FIELD_NUMBER: _ClassVar[int]
    POSITION_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    AFTER_TIME_FIELD_NUMBER: _ClassVar[int]
    chain: str
    position: int
    kind: AuditProblemKind
    after_time: _timestamp_pb2.Timestamp
    def __init__(self, chain: _Optional[str] = ..., position: _Optional[int] = ..., kind: _Optional[_Union[AuditProblemKind, str]] = ..., after_time: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class CloseAuditChainRequest(_message.Message):
    __slots__ = ("chain",)
    CHAIN_FIELD_NUMBER: _ClassVar[int]
    chain: str
    def __init__(self, chain: _Optional[str] = ...) -> None: ...

class CloseAuditChainResponse(_message.Message):
    __slots__ = ("last_position",)
    LAST_POSITION_FIELD_NUMBER: _ClassVar[int]
    last_position: int
    def __init__(self, last_position: _Optional[int] = ...) -> None: ...
