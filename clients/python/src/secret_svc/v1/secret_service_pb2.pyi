import datetime

from google.api import annotations_pb2 as _annotations_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from . import error_pb2 as _error_pb2
from . import method_options_pb2 as _method_options_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class SecretState(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SECRET_STATE_UNSPECIFIED: _ClassVar[SecretState]
    SECRET_STATE_ACTIVE: _ClassVar[SecretState]
    SECRET_STATE_EXPIRING: _ClassVar[SecretState]
    SECRET_STATE_EXPIRED: _ClassVar[SecretState]
    SECRET_STATE_ROTATION_DUE: _ClassVar[SecretState]

class SecretView(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SECRET_VIEW_UNSPECIFIED: _ClassVar[SecretView]
    SECRET_VIEW_KEYS: _ClassVar[SecretView]
    SECRET_VIEW_METADATA: _ClassVar[SecretView]
    SECRET_VIEW_FULL: _ClassVar[SecretView]

class SaveOutcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SAVE_OUTCOME_UNSPECIFIED: _ClassVar[SaveOutcome]
    SAVE_OUTCOME_CREATED: _ClassVar[SaveOutcome]
    SAVE_OUTCOME_UPDATED: _ClassVar[SaveOutcome]
    SAVE_OUTCOME_UNCHANGED: _ClassVar[SaveOutcome]
    SAVE_OUTCOME_REMOVED: _ClassVar[SaveOutcome]
    SAVE_OUTCOME_FORBIDDEN: _ClassVar[SaveOutcome]

class Comparison(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    COMPARISON_UNSPECIFIED: _ClassVar[Comparison]
    COMPARISON_SAME: _ClassVar[Comparison]
    COMPARISON_DIFFERENT: _ClassVar[Comparison]
    COMPARISON_ONLY_LEFT: _ClassVar[Comparison]
    COMPARISON_ONLY_RIGHT: _ClassVar[Comparison]
    COMPARISON_NOT_READABLE: _ClassVar[Comparison]
    COMPARISON_DAMAGED: _ClassVar[Comparison]

class SecuritySeverity(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SECURITY_SEVERITY_UNSPECIFIED: _ClassVar[SecuritySeverity]
    SECURITY_SEVERITY_NOTICE: _ClassVar[SecuritySeverity]
    SECURITY_SEVERITY_WARNING: _ClassVar[SecuritySeverity]
    SECURITY_SEVERITY_CRITICAL: _ClassVar[SecuritySeverity]

class SecretChangeKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    SECRET_CHANGE_KIND_UNSPECIFIED: _ClassVar[SecretChangeKind]
    SECRET_CHANGE_KIND_APPEARED: _ClassVar[SecretChangeKind]
    SECRET_CHANGE_KIND_UPDATED: _ClassVar[SecretChangeKind]
    SECRET_CHANGE_KIND_GONE: _ClassVar[SecretChangeKind]
SECRET_STATE_UNSPECIFIED: SecretState
SECRET_STATE_ACTIVE: SecretState
SECRET_STATE_EXPIRING: SecretState
SECRET_STATE_EXPIRED: SecretState
SECRET_STATE_ROTATION_DUE: SecretState
SECRET_VIEW_UNSPECIFIED: SecretView
SECRET_VIEW_KEYS: SecretView
SECRET_VIEW_METADATA: SecretView
SECRET_VIEW_FULL: SecretView
SAVE_OUTCOME_UNSPECIFIED: SaveOutcome
SAVE_OUTCOME_CREATED: SaveOutcome
SAVE_OUTCOME_UPDATED: SaveOutcome
SAVE_OUTCOME_UNCHANGED: SaveOutcome
SAVE_OUTCOME_REMOVED: SaveOutcome
SAVE_OUTCOME_FORBIDDEN: SaveOutcome
COMPARISON_UNSPECIFIED: Comparison
COMPARISON_SAME: Comparison
COMPARISON_DIFFERENT: Comparison
COMPARISON_ONLY_LEFT: Comparison
COMPARISON_ONLY_RIGHT: Comparison
COMPARISON_NOT_READABLE: Comparison
COMPARISON_DAMAGED: Comparison
SECURITY_SEVERITY_UNSPECIFIED: SecuritySeverity
SECURITY_SEVERITY_NOTICE: SecuritySeverity
SECURITY_SEVERITY_WARNING: SecuritySeverity
SECURITY_SEVERITY_CRITICAL: SecuritySeverity
SECRET_CHANGE_KIND_UNSPECIFIED: SecretChangeKind
SECRET_CHANGE_KIND_APPEARED: SecretChangeKind
SECRET_CHANGE_KIND_UPDATED: SecretChangeKind
SECRET_CHANGE_KIND_GONE: SecretChangeKind

class Secret(_message.Message):
    __slots__ = ("id", "key", "value", "encrypted", "readers", "writers", "deleters", "can_change_readers", "can_change_writers", "can_change_deleters", "metadata", "version", "owner", "created_at", "created_by", "updated_at", "updated_by", "value_changed_at", "expire_at", "value_bytes", "state", "rights")
    class MetadataEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ID_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    ENCRYPTED_FIELD_NUMBER: _ClassVar[int]
    READERS_FIELD_NUMBER: _ClassVar[int]
    WRITERS_FIELD_NUMBER: _ClassVar[int]
    DELETERS_FIELD_NUMBER: _ClassVar[int]
    CAN_CHANGE_READERS_FIELD_NUMBER: _ClassVar[int]
    CAN_CHANGE_WRITERS_FIELD_NUMBER: _ClassVar[int]
    CAN_CHANGE_DELETERS_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    OWNER_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    CREATED_BY_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_BY_FIELD_NUMBER: _ClassVar[int]
    VALUE_CHANGED_AT_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_AT_FIELD_NUMBER: _ClassVar[int]
    VALUE_BYTES_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    RIGHTS_FIELD_NUMBER: _ClassVar[int]
    id: str
    key: str
    value: str
    encrypted: bool
    readers: _containers.RepeatedScalarFieldContainer[str]
    writers: _containers.RepeatedScalarFieldContainer[str]
    deleters: _containers.RepeatedScalarFieldContainer[str]
    can_change_readers: _containers.RepeatedScalarFieldContainer[str]
    can_change_writers: _containers.RepeatedScalarFieldContainer[str]
    can_change_deleters: _containers.RepeatedScalarFieldContainer[str]
    metadata: _containers.ScalarMap[str, str]
    version: int
    owner: str
    created_at: _timestamp_pb2.Timestamp
    created_by: str
    updated_at: _timestamp_pb2.Timestamp
    updated_by: str
    value_changed_at: _timestamp_pb2.Timestamp
    expire_at: _timestamp_pb2.Timestamp
    value_bytes: bytes
    state: SecretState
    rights: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, id: _Optional[str] = ..., key: _Optional[str] = ..., value: _Optional[str] = ..., encrypted: bool = ..., readers: _Optional[_Iterable[str]] = ..., writers: _Optional[_Iterable[str]] = ..., deleters: _Optional[_Iterable[str]] = ..., can_change_readers: _Optional[_Iterable[str]] = ..., can_change_writers: _Optional[_Iterable[str]] = ..., can_change_deleters: _Optional[_Iterable[str]] = ..., metadata: _Optional[_Mapping[str, str]] = ..., version: _Optional[int] = ..., owner: _Optional[str] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., created_by: _Optional[str] = ..., updated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., updated_by: _Optional[str] = ..., value_changed_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., expire_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., value_bytes: _Optional[bytes] = ..., state: _Optional[_Union[SecretState, str]] = ..., rights: _Optional[_Iterable[str]] = ...) -> None: ...

class ListSecretsRequest(_message.Message):
    __slots__ = ("keys", "ids", "key", "id", "namespace", "key_pattern", "state", "view", "page_size", "page_token", "within", "folder", "removed", "text")
    KEYS_FIELD_NUMBER: _ClassVar[int]
    IDS_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    KEY_PATTERN_FIELD_NUMBER: _ClassVar[int]
    STATE_FIELD_NUMBER: _ClassVar[int]
    VIEW_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    WITHIN_FIELD_NUMBER: _ClassVar[int]
    FOLDER_FIELD_NUMBER: _ClassVar[int]
    REMOVED_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    keys: _containers.RepeatedScalarFieldContainer[str]
    ids: _containers.RepeatedScalarFieldContainer[str]
    key: str
    id: str
    namespace: str
    key_pattern: str
    state: SecretState
    view: SecretView
    page_size: int
    page_token: str
    within: _duration_pb2.Duration
    folder: str
    removed: bool
    text: str
    def __init__(self, keys: _Optional[_Iterable[str]] = ..., ids: _Optional[_Iterable[str]] = ..., key: _Optional[str] = ..., id: _Optional[str] = ..., namespace: _Optional[str] = ..., key_pattern: _Optional[str] = ..., state: _Optional[_Union[SecretState, str]] = ..., view: _Optional[_Union[SecretView, str]] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ..., within: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., folder: _Optional[str] = ..., removed: bool = ..., text: _Optional[str] = ...) -> None: ...

class ListSecretsResponse(_message.Message):
    __slots__ = ("secrets", "missing_keys", "missing_ids", "errors", "next_page_token", "folders")
    SECRETS_FIELD_NUMBER: _ClassVar[int]
    MISSING_KEYS_FIELD_NUMBER: _ClassVar[int]
    MISSING_IDS_FIELD_NUMBER: _ClassVar[int]
    ERRORS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    FOLDERS_FIELD_NUMBER: _ClassVar[int]
    secrets: _containers.RepeatedCompositeFieldContainer[Secret]
    missing_keys: _containers.RepeatedScalarFieldContainer[str]
    missing_ids: _containers.RepeatedScalarFieldContainer[str]
    errors: _containers.RepeatedCompositeFieldContainer[SecretError]
    next_page_token: str
    folders: _containers.RepeatedCompositeFieldContainer[Folder]
    def __init__(self, secrets: _Optional[_Iterable[_Union[Secret, _Mapping]]] = ..., missing_keys: _Optional[_Iterable[str]] = ..., missing_ids: _Optional[_Iterable[str]] = ..., errors: _Optional[_Iterable[_Union[SecretError, _Mapping]]] = ..., next_page_token: _Optional[str] = ..., folders: _Optional[_Iterable[_Union[Folder, _Mapping]]] = ...) -> None: ...

class Folder(_message.Message):
    __slots__ = ("path", "secrets", "expiring", "expired", "rotation_due", "more")
    PATH_FIELD_NUMBER: _ClassVar[int]
    SECRETS_FIELD_NUMBER: _ClassVar[int]
    EXPIRING_FIELD_NUMBER: _ClassVar[int]
    EXPIRED_FIELD_NUMBER: _ClassVar[int]
    ROTATION_DUE_FIELD_NUMBER: _ClassVar[int]
    MORE_FIELD_NUMBER: _ClassVar[int]
    path: str
    secrets: int
    expiring: int
    expired: int
    rotation_due: int
    more: bool
    def __init__(self, path: _Optional[str] = ..., secrets: _Optional[int] = ..., expiring: _Optional[int] = ..., expired: _Optional[int] = ..., rotation_due: _Optional[int] = ..., more: bool = ...) -> None: ...

class SecretError(_message.Message):
    __slots__ = ("key", "reason")
    KEY_FIELD_NUMBER: _ClassVar[int]
    REASON_FIELD_NUMBER: _ClassVar[int]
    key: str
    reason: _error_pb2.Reason
    def __init__(self, key: _Optional[str] = ..., reason: _Optional[_Union[_error_pb2.Reason, str]] = ...) -> None: ...

class SecretInput(_message.Message):
    __slots__ = ("id", "key", "value", "encrypted", "checksum", "checksum_algorithm", "readers", "writers", "deleters", "can_change_readers", "can_change_writers", "can_change_deleters", "metadata", "clear", "if_version", "owner", "value_bytes")
    class MetadataEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: str
        def __init__(self, key: _Optional[str] = ..., value: _Optional[str] = ...) -> None: ...
    ID_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    ENCRYPTED_FIELD_NUMBER: _ClassVar[int]
    CHECKSUM_FIELD_NUMBER: _ClassVar[int]
    CHECKSUM_ALGORITHM_FIELD_NUMBER: _ClassVar[int]
    READERS_FIELD_NUMBER: _ClassVar[int]
    WRITERS_FIELD_NUMBER: _ClassVar[int]
    DELETERS_FIELD_NUMBER: _ClassVar[int]
    CAN_CHANGE_READERS_FIELD_NUMBER: _ClassVar[int]
    CAN_CHANGE_WRITERS_FIELD_NUMBER: _ClassVar[int]
    CAN_CHANGE_DELETERS_FIELD_NUMBER: _ClassVar[int]
    METADATA_FIELD_NUMBER: _ClassVar[int]
    CLEAR_FIELD_NUMBER: _ClassVar[int]
    IF_VERSION_FIELD_NUMBER: _ClassVar[int]
    OWNER_FIELD_NUMBER: _ClassVar[int]
    VALUE_BYTES_FIELD_NUMBER: _ClassVar[int]
    id: str
    key: str
    value: str
    encrypted: bool
    checksum: str
    checksum_algorithm: str
    readers: _containers.RepeatedScalarFieldContainer[str]
    writers: _containers.RepeatedScalarFieldContainer[str]
    deleters: _containers.RepeatedScalarFieldContainer[str]
    can_change_readers: _containers.RepeatedScalarFieldContainer[str]
    can_change_writers: _containers.RepeatedScalarFieldContainer[str]
    can_change_deleters: _containers.RepeatedScalarFieldContainer[str]
    metadata: _containers.ScalarMap[str, str]
    clear: _containers.RepeatedScalarFieldContainer[str]
    if_version: int
    owner: str
    value_bytes: bytes
    def __init__(self, id: _Optional[str] = ..., key: _Optional[str] = ..., value: _Optional[str] = ..., encrypted: bool = ..., checksum: _Optional[str] = ..., checksum_algorithm: _Optional[str] = ..., readers: _Optional[_Iterable[str]] = ..., writers: _Optional[_Iterable[str]] = ..., deleters: _Optional[_Iterable[str]] = ..., can_change_readers: _Optional[_Iterable[str]] = ..., can_change_writers: _Optional[_Iterable[str]] = ..., can_change_deleters: _Optional[_Iterable[str]] = ..., metadata: _Optional[_Mapping[str, str]] = ..., clear: _Optional[_Iterable[str]] = ..., if_version: _Optional[int] = ..., owner: _Optional[str] = ..., value_bytes: _Optional[bytes] = ...) -> None: ...

class SecretRemoval(_message.Message):
    __slots__ = ("key", "if_version")
    KEY_FIELD_NUMBER: _ClassVar[int]
    IF_VERSION_FIELD_NUMBER: _ClassVar[int]
    key: str
    if_version: int
    def __init__(self, key: _Optional[str] = ..., if_version: _Optional[int] = ...) -> None: ...

class SaveSecretsRequest(_message.Message):
    __slots__ = ("secrets", "remove", "validate_only", "idempotency_key", "explain_access")
    SECRETS_FIELD_NUMBER: _ClassVar[int]
    REMOVE_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENCY_KEY_FIELD_NUMBER: _ClassVar[int]
    EXPLAIN_ACCESS_FIELD_NUMBER: _ClassVar[int]
    secrets: _containers.RepeatedCompositeFieldContainer[SecretInput]
    remove: _containers.RepeatedCompositeFieldContainer[SecretRemoval]
    validate_only: bool
    idempotency_key: str
    explain_access: bool
    def __init__(self, secrets: _Optional[_Iterable[_Union[SecretInput, _Mapping]]] = ..., remove: _Optional[_Iterable[_Union[SecretRemoval, _Mapping]]] = ..., validate_only: bool = ..., idempotency_key: _Optional[str] = ..., explain_access: bool = ...) -> None: ...

class SaveSecretsResponse(_message.Message):
    __slots__ = ("results",)
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[SaveResult]
    def __init__(self, results: _Optional[_Iterable[_Union[SaveResult, _Mapping]]] = ...) -> None: ...

class SaveResult(_message.Message):
    __slots__ = ("key", "id", "outcome", "version", "changed_fields", "list_changes", "missing_right", "missing_permit", "access_changes", "access_change_count")
    KEY_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELDS_FIELD_NUMBER: _ClassVar[int]
    LIST_CHANGES_FIELD_NUMBER: _ClassVar[int]
    MISSING_RIGHT_FIELD_NUMBER: _ClassVar[int]
    MISSING_PERMIT_FIELD_NUMBER: _ClassVar[int]
    ACCESS_CHANGES_FIELD_NUMBER: _ClassVar[int]
    ACCESS_CHANGE_COUNT_FIELD_NUMBER: _ClassVar[int]
    key: str
    id: str
    outcome: SaveOutcome
    version: int
    changed_fields: _containers.RepeatedScalarFieldContainer[str]
    list_changes: _containers.RepeatedCompositeFieldContainer[ListChange]
    missing_right: str
    missing_permit: str
    access_changes: _containers.RepeatedCompositeFieldContainer[AccessChange]
    access_change_count: int
    def __init__(self, key: _Optional[str] = ..., id: _Optional[str] = ..., outcome: _Optional[_Union[SaveOutcome, str]] = ..., version: _Optional[int] = ..., changed_fields: _Optional[_Iterable[str]] = ..., list_changes: _Optional[_Iterable[_Union[ListChange, _Mapping]]] = ..., missing_right: _Optional[str] = ..., missing_permit: _Optional[str] = ..., access_changes: _Optional[_Iterable[_Union[AccessChange, _Mapping]]] = ..., access_change_count: _Optional[int] = ...) -> None: ...

class AccessChange(_message.Message):
    __slots__ = ("slug", "right", "gains", "through", "last_read_at")
    SLUG_FIELD_NUMBER: _ClassVar[int]
    RIGHT_FIELD_NUMBER: _ClassVar[int]
    GAINS_FIELD_NUMBER: _ClassVar[int]
    THROUGH_FIELD_NUMBER: _ClassVar[int]
    LAST_READ_AT_FIELD_NUMBER: _ClassVar[int]
    slug: str
    right: str
    gains: bool
    through: str
    last_read_at: _timestamp_pb2.Timestamp
    def __init__(self, slug: _Optional[str] = ..., right: _Optional[str] = ..., gains: bool = ..., through: _Optional[str] = ..., last_read_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListChange(_message.Message):
    __slots__ = ("list", "added", "removed")
    LIST_FIELD_NUMBER: _ClassVar[int]
    ADDED_FIELD_NUMBER: _ClassVar[int]
    REMOVED_FIELD_NUMBER: _ClassVar[int]
    list: str
    added: _containers.RepeatedScalarFieldContainer[str]
    removed: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, list: _Optional[str] = ..., added: _Optional[_Iterable[str]] = ..., removed: _Optional[_Iterable[str]] = ...) -> None: ...

class CopyItem(_message.Message):
    __slots__ = ("source", "target", "if_version")
    SOURCE_FIELD_NUMBER: _ClassVar[int]
    TARGET_FIELD_NUMBER: _ClassVar[int]
    IF_VERSION_FIELD_NUMBER: _ClassVar[int]
    source: str
    target: str
    if_version: int
    def __init__(self, source: _Optional[str] = ..., target: _Optional[str] = ..., if_version: _Optional[int] = ...) -> None: ...

class CopySecretsRequest(_message.Message):
    __slots__ = ("items", "move", "validate_only", "readers", "idempotency_key")
    ITEMS_FIELD_NUMBER: _ClassVar[int]
    MOVE_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    READERS_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENCY_KEY_FIELD_NUMBER: _ClassVar[int]
    items: _containers.RepeatedCompositeFieldContainer[CopyItem]
    move: bool
    validate_only: bool
    readers: _containers.RepeatedScalarFieldContainer[str]
    idempotency_key: str
    def __init__(self, items: _Optional[_Iterable[_Union[CopyItem, _Mapping]]] = ..., move: bool = ..., validate_only: bool = ..., readers: _Optional[_Iterable[str]] = ..., idempotency_key: _Optional[str] = ...) -> None: ...

class CopySecretsResponse(_message.Message):
    __slots__ = ("results",)
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[SaveResult]
    def __init__(self, results: _Optional[_Iterable[_Union[SaveResult, _Mapping]]] = ...) -> None: ...

class CompareNamespacesRequest(_message.Message):
    __slots__ = ("left", "right")
    LEFT_FIELD_NUMBER: _ClassVar[int]
    RIGHT_FIELD_NUMBER: _ClassVar[int]
    left: str
    right: str
    def __init__(self, left: _Optional[str] = ..., right: _Optional[str] = ...) -> None: ...

class CompareNamespacesResponse(_message.Message):
    __slots__ = ("secrets",)
    SECRETS_FIELD_NUMBER: _ClassVar[int]
    secrets: _containers.RepeatedCompositeFieldContainer[ComparedSecret]
    def __init__(self, secrets: _Optional[_Iterable[_Union[ComparedSecret, _Mapping]]] = ...) -> None: ...

class ComparedSecret(_message.Message):
    __slots__ = ("name", "comparison")
    NAME_FIELD_NUMBER: _ClassVar[int]
    COMPARISON_FIELD_NUMBER: _ClassVar[int]
    name: str
    comparison: Comparison
    def __init__(self, name: _Optional[str] = ..., comparison: _Optional[_Union[Comparison, str]] = ...) -> None: ...

class RemoveSecretsRequest(_message.Message):
    __slots__ = ("keys", "ids", "key", "id", "idempotency_key")
    KEYS_FIELD_NUMBER: _ClassVar[int]
    IDS_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENCY_KEY_FIELD_NUMBER: _ClassVar[int]
    keys: _containers.RepeatedScalarFieldContainer[str]
    ids: _containers.RepeatedScalarFieldContainer[str]
    key: str
    id: str
    idempotency_key: str
    def __init__(self, keys: _Optional[_Iterable[str]] = ..., ids: _Optional[_Iterable[str]] = ..., key: _Optional[str] = ..., id: _Optional[str] = ..., idempotency_key: _Optional[str] = ...) -> None: ...

class RemoveSecretsResponse(_message.Message):
    __slots__ = ("removed",)
    REMOVED_FIELD_NUMBER: _ClassVar[int]
    removed: _containers.RepeatedCompositeFieldContainer[RemovedSecret]
    def __init__(self, removed: _Optional[_Iterable[_Union[RemovedSecret, _Mapping]]] = ...) -> None: ...

class RemovedSecret(_message.Message):
    __slots__ = ("key", "id", "version")
    KEY_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    key: str
    id: str
    version: int
    def __init__(self, key: _Optional[str] = ..., id: _Optional[str] = ..., version: _Optional[int] = ...) -> None: ...

class ListVersionsRequest(_message.Message):
    __slots__ = ("key", "version", "show_values")
    KEY_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    SHOW_VALUES_FIELD_NUMBER: _ClassVar[int]
    key: str
    version: int
    show_values: bool
    def __init__(self, key: _Optional[str] = ..., version: _Optional[int] = ..., show_values: bool = ...) -> None: ...

class ListVersionsResponse(_message.Message):
    __slots__ = ("versions", "broken_versions")
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    BROKEN_VERSIONS_FIELD_NUMBER: _ClassVar[int]
    versions: _containers.RepeatedCompositeFieldContainer[SecretVersion]
    broken_versions: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, versions: _Optional[_Iterable[_Union[SecretVersion, _Mapping]]] = ..., broken_versions: _Optional[_Iterable[int]] = ...) -> None: ...

class SecretVersion(_message.Message):
    __slots__ = ("secret", "outcome", "changed_fields", "list_changes")
    SECRET_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    CHANGED_FIELDS_FIELD_NUMBER: _ClassVar[int]
    LIST_CHANGES_FIELD_NUMBER: _ClassVar[int]
    secret: Secret
    outcome: SaveOutcome
    changed_fields: _containers.RepeatedScalarFieldContainer[str]
    list_changes: _containers.RepeatedCompositeFieldContainer[ListChange]
    def __init__(self, secret: _Optional[_Union[Secret, _Mapping]] = ..., outcome: _Optional[_Union[SaveOutcome, str]] = ..., changed_fields: _Optional[_Iterable[str]] = ..., list_changes: _Optional[_Iterable[_Union[ListChange, _Mapping]]] = ...) -> None: ...

class RestoreVersionRequest(_message.Message):
    __slots__ = ("key", "version", "if_version", "idempotency_key")
    KEY_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    IF_VERSION_FIELD_NUMBER: _ClassVar[int]
    IDEMPOTENCY_KEY_FIELD_NUMBER: _ClassVar[int]
    key: str
    version: int
    if_version: int
    idempotency_key: str
    def __init__(self, key: _Optional[str] = ..., version: _Optional[int] = ..., if_version: _Optional[int] = ..., idempotency_key: _Optional[str] = ...) -> None: ...

class RestoreVersionResponse(_message.Message):
    __slots__ = ("result",)
    RESULT_FIELD_NUMBER: _ClassVar[int]
    result: SaveResult
    def __init__(self, result: _Optional[_Union[SaveResult, _Mapping]] = ...) -> None: ...

class PurgeSecretsRequest(_message.Message):
    __slots__ = ("keys", "old_versions", "versions")
    KEYS_FIELD_NUMBER: _ClassVar[int]
    OLD_VERSIONS_FIELD_NUMBER: _ClassVar[int]
    VERSIONS_FIELD_NUMBER: _ClassVar[int]
    keys: _containers.RepeatedScalarFieldContainer[str]
    old_versions: bool
    versions: _containers.RepeatedScalarFieldContainer[int]
    def __init__(self, keys: _Optional[_Iterable[str]] = ..., old_versions: bool = ..., versions: _Optional[_Iterable[int]] = ...) -> None: ...

class PurgeSecretsResponse(_message.Message):
    __slots__ = ("purged",)
    PURGED_FIELD_NUMBER: _ClassVar[int]
    purged: _containers.RepeatedCompositeFieldContainer[PurgedSecret]
    def __init__(self, purged: _Optional[_Iterable[_Union[PurgedSecret, _Mapping]]] = ...) -> None: ...

class PurgedSecret(_message.Message):
    __slots__ = ("key", "version")
    KEY_FIELD_NUMBER: _ClassVar[int]
    VERSION_FIELD_NUMBER: _ClassVar[int]
    key: str
    version: int
    def __init__(self, key: _Optional[str] = ..., version: _Optional[int] = ...) -> None: ...

class GetSealingKeyRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class GetSealingKeyResponse(_message.Message):
    __slots__ = ("kid", "suite", "public_key")
    KID_FIELD_NUMBER: _ClassVar[int]
    SUITE_FIELD_NUMBER: _ClassVar[int]
    PUBLIC_KEY_FIELD_NUMBER: _ClassVar[int]
    kid: str
    suite: str
    public_key: bytes
    def __init__(self, kid: _Optional[str] = ..., suite: _Optional[str] = ..., public_key: _Optional[bytes] = ...) -> None: ...

class EncryptValueRequest(_message.Message):
    __slots__ = ("value", "values", "key", "checksum_algorithm", "value_bytes")
    VALUE_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    CHECKSUM_ALGORITHM_FIELD_NUMBER: _ClassVar[int]
    VALUE_BYTES_FIELD_NUMBER: _ClassVar[int]
    value: str
    values: _containers.RepeatedScalarFieldContainer[str]
    key: str
    checksum_algorithm: str
    value_bytes: bytes
    def __init__(self, value: _Optional[str] = ..., values: _Optional[_Iterable[str]] = ..., key: _Optional[str] = ..., checksum_algorithm: _Optional[str] = ..., value_bytes: _Optional[bytes] = ...) -> None: ...

class EncryptValueResponse(_message.Message):
    __slots__ = ("value", "values", "checksum", "checksums", "checksum_algorithm")
    VALUE_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    CHECKSUM_FIELD_NUMBER: _ClassVar[int]
    CHECKSUMS_FIELD_NUMBER: _ClassVar[int]
    CHECKSUM_ALGORITHM_FIELD_NUMBER: _ClassVar[int]
    value: str
    values: _containers.RepeatedScalarFieldContainer[str]
    checksum: str
    checksums: _containers.RepeatedScalarFieldContainer[str]
    checksum_algorithm: str
    def __init__(self, value: _Optional[str] = ..., values: _Optional[_Iterable[str]] = ..., checksum: _Optional[str] = ..., checksums: _Optional[_Iterable[str]] = ..., checksum_algorithm: _Optional[str] = ...) -> None: ...

class DecryptValueRequest(_message.Message):
    __slots__ = ("value", "values")
    VALUE_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    value: str
    values: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, value: _Optional[str] = ..., values: _Optional[_Iterable[str]] = ...) -> None: ...

class DecryptValueResponse(_message.Message):
    __slots__ = ("value", "values", "value_bytes")
    VALUE_FIELD_NUMBER: _ClassVar[int]
    VALUES_FIELD_NUMBER: _ClassVar[int]
    VALUE_BYTES_FIELD_NUMBER: _ClassVar[int]
    value: str
    values: _containers.RepeatedScalarFieldContainer[str]
    value_bytes: bytes
    def __init__(self, value: _Optional[str] = ..., values: _Optional[_Iterable[str]] = ..., value_bytes: _Optional[bytes] = ...) -> None: ...

class ExplainAccessRequest(_message.Message):
    __slots__ = ("key", "principal", "who_can", "page_size", "page_token")
    KEY_FIELD_NUMBER: _ClassVar[int]
    PRINCIPAL_FIELD_NUMBER: _ClassVar[int]
    WHO_CAN_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    key: str
    principal: str
    who_can: str
    page_size: int
    page_token: str
    def __init__(self, key: _Optional[str] = ..., principal: _Optional[str] = ..., who_can: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ExplainAccessResponse(_message.Message):
    __slots__ = ("key", "principal", "rights", "holders", "listed", "next_page_token")
    KEY_FIELD_NUMBER: _ClassVar[int]
    PRINCIPAL_FIELD_NUMBER: _ClassVar[int]
    RIGHTS_FIELD_NUMBER: _ClassVar[int]
    HOLDERS_FIELD_NUMBER: _ClassVar[int]
    LISTED_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    key: str
    principal: str
    rights: _containers.RepeatedCompositeFieldContainer[RightExplanation]
    holders: _containers.RepeatedCompositeFieldContainer[RightHolder]
    listed: _containers.RepeatedScalarFieldContainer[str]
    next_page_token: str
    def __init__(self, key: _Optional[str] = ..., principal: _Optional[str] = ..., rights: _Optional[_Iterable[_Union[RightExplanation, _Mapping]]] = ..., holders: _Optional[_Iterable[_Union[RightHolder, _Mapping]]] = ..., listed: _Optional[_Iterable[str]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class RightExplanation(_message.Message):
    __slots__ = ("right", "allowed", "rule", "list", "entries", "grant", "permit")
    RIGHT_FIELD_NUMBER: _ClassVar[int]
    ALLOWED_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    LIST_FIELD_NUMBER: _ClassVar[int]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    GRANT_FIELD_NUMBER: _ClassVar[int]
    PERMIT_FIELD_NUMBER: _ClassVar[int]
    right: str
    allowed: bool
    rule: str
    list: str
    entries: _containers.RepeatedScalarFieldContainer[str]
    grant: str
    permit: str
    def __init__(self, right: _Optional[str] = ..., allowed: bool = ..., rule: _Optional[str] = ..., list: _Optional[str] = ..., entries: _Optional[_Iterable[str]] = ..., grant: _Optional[str] = ..., permit: _Optional[str] = ...) -> None: ...

class RightHolder(_message.Message):
    __slots__ = ("slug", "rule", "entries", "permit")
    SLUG_FIELD_NUMBER: _ClassVar[int]
    RULE_FIELD_NUMBER: _ClassVar[int]
    ENTRIES_FIELD_NUMBER: _ClassVar[int]
    PERMIT_FIELD_NUMBER: _ClassVar[int]
    slug: str
    rule: str
    entries: _containers.RepeatedScalarFieldContainer[str]
    permit: str
    def __init__(self, slug: _Optional[str] = ..., rule: _Optional[str] = ..., entries: _Optional[_Iterable[str]] = ..., permit: _Optional[str] = ...) -> None: ...

class IsSecureRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class IsSecureResponse(_message.Message):
    __slots__ = ("is_secure", "reasons", "findings")
    IS_SECURE_FIELD_NUMBER: _ClassVar[int]
    REASONS_FIELD_NUMBER: _ClassVar[int]
    FINDINGS_FIELD_NUMBER: _ClassVar[int]
    is_secure: bool
    reasons: _containers.RepeatedScalarFieldContainer[str]
    findings: _containers.RepeatedCompositeFieldContainer[SecurityFinding]
    def __init__(self, is_secure: bool = ..., reasons: _Optional[_Iterable[str]] = ..., findings: _Optional[_Iterable[_Union[SecurityFinding, _Mapping]]] = ...) -> None: ...

class SecurityFinding(_message.Message):
    __slots__ = ("id", "severity", "summary", "fix")
    ID_FIELD_NUMBER: _ClassVar[int]
    SEVERITY_FIELD_NUMBER: _ClassVar[int]
    SUMMARY_FIELD_NUMBER: _ClassVar[int]
    FIX_FIELD_NUMBER: _ClassVar[int]
    id: str
    severity: SecuritySeverity
    summary: str
    fix: str
    def __init__(self, id: _Optional[str] = ..., severity: _Optional[_Union[SecuritySeverity, str]] = ..., summary: _Optional[str] = ..., fix: _Optional[str] = ...) -> None: ...

class WatchSecretsRequest(_message.Message):
    __slots__ = ("keys", "namespace", "key_pattern", "resume_token", "heartbeat_seconds")
    KEYS_FIELD_NUMBER: _ClassVar[int]
    NAMESPACE_FIELD_NUMBER: _ClassVar[int]
    KEY_PATTERN_FIELD_NUMBER: _ClassVar[int]
    RESUME_TOKEN_FIELD_NUMBER: _ClassVar[int]
    HEARTBEAT_SECONDS_FIELD_NUMBER: _ClassVar[int]
    keys: _containers.RepeatedScalarFieldContainer[str]
    namespace: str
    key_pattern: str
    resume_token: str
    heartbeat_seconds: int
    def __init__(self, keys: _Optional[_Iterable[str]] = ..., namespace: _Optional[str] = ..., key_pattern: _Optional[str] = ..., resume_token: _Optional[str] = ..., heartbeat_seconds: _Optional[int] = ...) -> None: ...

class WatchSecretsResponse(_message.Message):
    __slots__ = ("change", "resume_token")
    CHANGE_FIELD_NUMBER: _ClassVar[int]
    RESUME_TOKEN_FIELD_NUMBER: _ClassVar[int]
    change: SecretChange
    resume_token: str
    def __init__(self, change: _Optional[_Union[SecretChange, _Mapping]] = ..., resume_token: _Optional[str] = ...) -> None: ...

class SecretChange(_message.Message):
    __slots__ = ("kind", "key", "id", "secret")
    KIND_FIELD_NUMBER: _ClassVar[int]
    KEY_FIELD_NUMBER: _ClassVar[int]
    ID_FIELD_NUMBER: _ClassVar[int]
    SECRET_FIELD_NUMBER: _ClassVar[int]
    kind: SecretChangeKind
    key: str
    id: str
    secret: Secret
    def __init__(self, kind: _Optional[_Union[SecretChangeKind, str]] = ..., key: _Optional[str] = ..., id: _Optional[str] = ..., secret: _Optional[_Union[Secret, _Mapping]] = ...) -> None: ...
