import datetime

from google.api import annotations_pb2 as _annotations_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from . import method_options_pb2 as _method_options_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class CredentialKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    CREDENTIAL_KIND_UNSPECIFIED: _ClassVar[CredentialKind]
    CREDENTIAL_KIND_TOKEN: _ClassVar[CredentialKind]
    CREDENTIAL_KIND_SESSION: _ClassVar[CredentialKind]
    CREDENTIAL_KIND_JWT: _ClassVar[CredentialKind]
    CREDENTIAL_KIND_CERTIFICATE: _ClassVar[CredentialKind]

class UserOutcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    USER_OUTCOME_UNSPECIFIED: _ClassVar[UserOutcome]
    USER_OUTCOME_CREATED: _ClassVar[UserOutcome]
    USER_OUTCOME_UPDATED: _ClassVar[UserOutcome]
    USER_OUTCOME_UNCHANGED: _ClassVar[UserOutcome]

class NameKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    NAME_KIND_UNSPECIFIED: _ClassVar[NameKind]
    NAME_KIND_USER: _ClassVar[NameKind]
    NAME_KIND_ROLE: _ClassVar[NameKind]

class TeamKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TEAM_KIND_UNSPECIFIED: _ClassVar[TeamKind]
    TEAM_KIND_USER: _ClassVar[TeamKind]
    TEAM_KIND_PERMIT: _ClassVar[TeamKind]
    TEAM_KIND_TOKEN: _ClassVar[TeamKind]

class TeamOutcome(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    TEAM_OUTCOME_UNSPECIFIED: _ClassVar[TeamOutcome]
    TEAM_OUTCOME_CREATED: _ClassVar[TeamOutcome]
    TEAM_OUTCOME_UPDATED: _ClassVar[TeamOutcome]
    TEAM_OUTCOME_UNCHANGED: _ClassVar[TeamOutcome]
    TEAM_OUTCOME_REMOVED: _ClassVar[TeamOutcome]
    TEAM_OUTCOME_MISSING: _ClassVar[TeamOutcome]
    TEAM_OUTCOME_NOT_NAMED: _ClassVar[TeamOutcome]
CREDENTIAL_KIND_UNSPECIFIED: CredentialKind
CREDENTIAL_KIND_TOKEN: CredentialKind
CREDENTIAL_KIND_SESSION: CredentialKind
CREDENTIAL_KIND_JWT: CredentialKind
CREDENTIAL_KIND_CERTIFICATE: CredentialKind
USER_OUTCOME_UNSPECIFIED: UserOutcome
USER_OUTCOME_CREATED: UserOutcome
USER_OUTCOME_UPDATED: UserOutcome
USER_OUTCOME_UNCHANGED: UserOutcome
NAME_KIND_UNSPECIFIED: NameKind
NAME_KIND_USER: NameKind
NAME_KIND_ROLE: NameKind
TEAM_KIND_UNSPECIFIED: TeamKind
TEAM_KIND_USER: TeamKind
TEAM_KIND_PERMIT: TeamKind
TEAM_KIND_TOKEN: TeamKind
TEAM_OUTCOME_UNSPECIFIED: TeamOutcome
TEAM_OUTCOME_CREATED: TeamOutcome
TEAM_OUTCOME_UPDATED: TeamOutcome
TEAM_OUTCOME_UNCHANGED: TeamOutcome
TEAM_OUTCOME_REMOVED: TeamOutcome
TEAM_OUTCOME_MISSING: TeamOutcome
TEAM_OUTCOME_NOT_NAMED: TeamOutcome

class WhoAmIRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class WhoAmIResponse(_message.Message):
    __slots__ = ("tenant", "slug", "roles", "admin", "operator", "token_id", "token_expire_at", "grants", "credential", "display_name", "service_version", "usage")
    TENANT_FIELD_NUMBER: _ClassVar[int]
    SLUG_FIELD_NUMBER: _ClassVar[int]
    ROLES_FIELD_NUMBER: _ClassVar[int]
    ADMIN_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_FIELD_NUMBER: _ClassVar[int]
    TOKEN_ID_FIELD_NUMBER: _ClassVar[int]
    TOKEN_EXPIRE_AT_FIELD_NUMBER: _ClassVar[int]
    GRANTS_FIELD_NUMBER: _ClassVar[int]
    CREDENTIAL_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    SERVICE_VERSION_FIELD_NUMBER: _ClassVar[int]
    USAGE_FIELD_NUMBER: _ClassVar[int]
    tenant: str
    slug: str
    roles: _containers.RepeatedScalarFieldContainer[str]
    admin: bool
    operator: bool
    token_id: str
    token_expire_at: _timestamp_pb2.Timestamp
    grants: _containers.RepeatedCompositeFieldContainer[Grant]
    credential: CredentialKind
    display_name: str
    service_version: str
    usage: Usage
    def __init__(self, tenant: _Optional[str] = ..., slug: _Optional[str] = ..., roles: _Optional[_Iterable[str]] = ..., admin: bool = ..., operator: bool = ..., token_id: _Optional[str] = ..., token_expire_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., grants: _Optional[_Iterable[_Union[Grant, _Mapping]]] = ..., credential: _Optional[_Union[CredentialKind, str]] = ..., display_name: _Optional[str] = ..., service_version: _Optional[str] = ..., usage: _Optional[_Union[Usage, _Mapping]] = ...) -> None: ...

class Usage(_message.Message):
    __slots__ = ("secrets", "bytes", "tokens", "watches")
    SECRETS_FIELD_NUMBER: _ClassVar[int]
    BYTES_FIELD_NUMBER: _ClassVar[int]
    TOKENS_FIELD_NUMBER: _ClassVar[int]
    WATCHES_FIELD_NUMBER: _ClassVar[int]
    secrets: Amount
    bytes: Amount
    tokens: Amount
    watches: Amount
    def __init__(self, secrets: _Optional[_Union[Amount, _Mapping]] = ..., bytes: _Optional[_Union[Amount, _Mapping]] = ..., tokens: _Optional[_Union[Amount, _Mapping]] = ..., watches: _Optional[_Union[Amount, _Mapping]] = ...) -> None: ...

class Amount(_message.Message):
    __slots__ = ("used", "limit")
    USED_FIELD_NUMBER: _ClassVar[int]
    LIMIT_FIELD_NUMBER: _ClassVar[int]
    used: int
    limit: int
    def __init__(self, used: _Optional[int] = ..., limit: _Optional[int] = ...) -> None: ...

class Quotas(_message.Message):
    __slots__ = ("user_secrets", "user_bytes", "user_tokens", "user_watches", "tenant_secrets", "tenant_bytes", "tenant_tokens", "tenant_watches")
    USER_SECRETS_FIELD_NUMBER: _ClassVar[int]
    USER_BYTES_FIELD_NUMBER: _ClassVar[int]
    USER_TOKENS_FIELD_NUMBER: _ClassVar[int]
    USER_WATCHES_FIELD_NUMBER: _ClassVar[int]
    TENANT_SECRETS_FIELD_NUMBER: _ClassVar[int]
    TENANT_BYTES_FIELD_NUMBER: _ClassVar[int]
    TENANT_TOKENS_FIELD_NUMBER: _ClassVar[int]
    TENANT_WATCHES_FIELD_NUMBER: _ClassVar[int]
    user_secrets: int
    user_bytes: int
    user_tokens: int
    user_watches: int
    tenant_secrets: int
    tenant_bytes: int
    tenant_tokens: int
    tenant_watches: int
    def __init__(self, user_secrets: _Optional[int] = ..., user_bytes: _Optional[int] = ..., user_tokens: _Optional[int] = ..., user_watches: _Optional[int] = ..., tenant_secrets: _Optional[int] = ..., tenant_bytes: _Optional[int] = ..., tenant_tokens: _Optional[int] = ..., tenant_watches: _Optional[int] = ...) -> None: ...

class GetQuotasRequest(_message.Message):
    __slots__ = ("tenant", "slug")
    TENANT_FIELD_NUMBER: _ClassVar[int]
    SLUG_FIELD_NUMBER: _ClassVar[int]
    tenant: str
    slug: str
    def __init__(self, tenant: _Optional[str] = ..., slug: _Optional[str] = ...) -> None: ...

class GetQuotasResponse(_message.Message):
    __slots__ = ("tenant", "user", "own")
    TENANT_FIELD_NUMBER: _ClassVar[int]
    USER_FIELD_NUMBER: _ClassVar[int]
    OWN_FIELD_NUMBER: _ClassVar[int]
    tenant: Usage
    user: Usage
    own: Quotas
    def __init__(self, tenant: _Optional[_Union[Usage, _Mapping]] = ..., user: _Optional[_Union[Usage, _Mapping]] = ..., own: _Optional[_Union[Quotas, _Mapping]] = ...) -> None: ...

class SetQuotasRequest(_message.Message):
    __slots__ = ("tenant", "quotas", "clear")
    TENANT_FIELD_NUMBER: _ClassVar[int]
    QUOTAS_FIELD_NUMBER: _ClassVar[int]
    CLEAR_FIELD_NUMBER: _ClassVar[int]
    tenant: str
    quotas: Quotas
    clear: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, tenant: _Optional[str] = ..., quotas: _Optional[_Union[Quotas, _Mapping]] = ..., clear: _Optional[_Iterable[str]] = ...) -> None: ...

class SetQuotasResponse(_message.Message):
    __slots__ = ("own",)
    OWN_FIELD_NUMBER: _ClassVar[int]
    own: Quotas
    def __init__(self, own: _Optional[_Union[Quotas, _Mapping]] = ...) -> None: ...

class User(_message.Message):
    __slots__ = ("tenant", "slug", "roles", "admin", "operator", "created_at", "created_by", "updated_at", "updated_by", "issuer", "subject", "display_name", "invitation_expire_at", "invitation_used_at")
    TENANT_FIELD_NUMBER: _ClassVar[int]
    SLUG_FIELD_NUMBER: _ClassVar[int]
    ROLES_FIELD_NUMBER: _ClassVar[int]
    ADMIN_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    CREATED_BY_FIELD_NUMBER: _ClassVar[int]
    UPDATED_AT_FIELD_NUMBER: _ClassVar[int]
    UPDATED_BY_FIELD_NUMBER: _ClassVar[int]
    ISSUER_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    DISPLAY_NAME_FIELD_NUMBER: _ClassVar[int]
    INVITATION_EXPIRE_AT_FIELD_NUMBER: _ClassVar[int]
    INVITATION_USED_AT_FIELD_NUMBER: _ClassVar[int]
    tenant: str
    slug: str
    roles: _containers.RepeatedScalarFieldContainer[str]
    admin: bool
    operator: bool
    created_at: _timestamp_pb2.Timestamp
    created_by: str
    updated_at: _timestamp_pb2.Timestamp
    updated_by: str
    issuer: str
    subject: str
    display_name: str
    invitation_expire_at: _timestamp_pb2.Timestamp
    invitation_used_at: _timestamp_pb2.Timestamp
    def __init__(self, tenant: _Optional[str] = ..., slug: _Optional[str] = ..., roles: _Optional[_Iterable[str]] = ..., admin: bool = ..., operator: bool = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., created_by: _Optional[str] = ..., updated_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., updated_by: _Optional[str] = ..., issuer: _Optional[str] = ..., subject: _Optional[str] = ..., display_name: _Optional[str] = ..., invitation_expire_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., invitation_used_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class UserInput(_message.Message):
    __slots__ = ("slug", "roles", "admin", "operator", "clear", "reuse")
    SLUG_FIELD_NUMBER: _ClassVar[int]
    ROLES_FIELD_NUMBER: _ClassVar[int]
    ADMIN_FIELD_NUMBER: _ClassVar[int]
    OPERATOR_FIELD_NUMBER: _ClassVar[int]
    CLEAR_FIELD_NUMBER: _ClassVar[int]
    REUSE_FIELD_NUMBER: _ClassVar[int]
    slug: str
    roles: _containers.RepeatedScalarFieldContainer[str]
    admin: bool
    operator: bool
    clear: _containers.RepeatedScalarFieldContainer[str]
    reuse: bool
    def __init__(self, slug: _Optional[str] = ..., roles: _Optional[_Iterable[str]] = ..., admin: bool = ..., operator: bool = ..., clear: _Optional[_Iterable[str]] = ..., reuse: bool = ...) -> None: ...

class SaveUsersRequest(_message.Message):
    __slots__ = ("users", "tenant")
    USERS_FIELD_NUMBER: _ClassVar[int]
    TENANT_FIELD_NUMBER: _ClassVar[int]
    users: _containers.RepeatedCompositeFieldContainer[UserInput]
    tenant: str
    def __init__(self, users: _Optional[_Iterable[_Union[UserInput, _Mapping]]] = ..., tenant: _Optional[str] = ...) -> None: ...

class SaveUserResult(_message.Message):
    __slots__ = ("user", "outcome")
    USER_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    user: User
    outcome: UserOutcome
    def __init__(self, user: _Optional[_Union[User, _Mapping]] = ..., outcome: _Optional[_Union[UserOutcome, str]] = ...) -> None: ...

class SaveUsersResponse(_message.Message):
    __slots__ = ("results",)
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[SaveUserResult]
    def __init__(self, results: _Optional[_Iterable[_Union[SaveUserResult, _Mapping]]] = ...) -> None: ...

class ListUsersRequest(_message.Message):
    __slots__ = ("tenant", "page_size", "page_token")
    TENANT_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    tenant: str
    page_size: int
    page_token: str
    def __init__(self, tenant: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListUsersResponse(_message.Message):
    __slots__ = ("users", "next_page_token")
    USERS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    users: _containers.RepeatedCompositeFieldContainer[User]
    next_page_token: str
    def __init__(self, users: _Optional[_Iterable[_Union[User, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class RemoveUsersRequest(_message.Message):
    __slots__ = ("slugs", "tenant")
    SLUGS_FIELD_NUMBER: _ClassVar[int]
    TENANT_FIELD_NUMBER: _ClassVar[int]
    slugs: _containers.RepeatedScalarFieldContainer[str]
    tenant: str
    def __init__(self, slugs: _Optional[_Iterable[str]] = ..., tenant: _Optional[str] = ...) -> None: ...

class RemoveUsersResponse(_message.Message):
    __slots__ = ("removed", "tokens_revoked")
    REMOVED_FIELD_NUMBER: _ClassVar[int]
    TOKENS_REVOKED_FIELD_NUMBER: _ClassVar[int]
    removed: _containers.RepeatedScalarFieldContainer[str]
    tokens_revoked: int
    def __init__(self, removed: _Optional[_Iterable[str]] = ..., tokens_revoked: _Optional[int] = ...) -> None: ...

class ListNamesRequest(_message.Message):
    __slots__ = ("prefix", "page_size", "page_token")
    PREFIX_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    prefix: str
    page_size: int
    page_token: str
    def __init__(self, prefix: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListNamesResponse(_message.Message):
    __slots__ = ("names", "next_page_token")
    NAMES_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    names: _containers.RepeatedCompositeFieldContainer[DirectoryName]
    next_page_token: str
    def __init__(self, names: _Optional[_Iterable[_Union[DirectoryName, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class DirectoryName(_message.Message):
    __slots__ = ("name", "kind", "members", "is_admin")
    NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    MEMBERS_FIELD_NUMBER: _ClassVar[int]
    IS_ADMIN_FIELD_NUMBER: _ClassVar[int]
    name: str
    kind: NameKind
    members: _containers.RepeatedScalarFieldContainer[str]
    is_admin: bool
    def __init__(self, name: _Optional[str] = ..., kind: _Optional[_Union[NameKind, str]] = ..., members: _Optional[_Iterable[str]] = ..., is_admin: bool = ...) -> None: ...

class LinkUserRequest(_message.Message):
    __slots__ = ("slug", "method", "subject", "tenant")
    SLUG_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    SUBJECT_FIELD_NUMBER: _ClassVar[int]
    TENANT_FIELD_NUMBER: _ClassVar[int]
    slug: str
    method: str
    subject: str
    tenant: str
    def __init__(self, slug: _Optional[str] = ..., method: _Optional[str] = ..., subject: _Optional[str] = ..., tenant: _Optional[str] = ...) -> None: ...

class LinkUserResponse(_message.Message):
    __slots__ = ("user",)
    USER_FIELD_NUMBER: _ClassVar[int]
    user: User
    def __init__(self, user: _Optional[_Union[User, _Mapping]] = ...) -> None: ...

class InviteUserRequest(_message.Message):
    __slots__ = ("slug", "tenant")
    SLUG_FIELD_NUMBER: _ClassVar[int]
    TENANT_FIELD_NUMBER: _ClassVar[int]
    slug: str
    tenant: str
    def __init__(self, slug: _Optional[str] = ..., tenant: _Optional[str] = ...) -> None: ...

class InviteUserResponse(_message.Message):
    __slots__ = ("url", "code", "expire_at")
    URL_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_AT_FIELD_NUMBER: _ClassVar[int]
    url: str
    code: str
    expire_at: _timestamp_pb2.Timestamp
    def __init__(self, url: _Optional[str] = ..., code: _Optional[str] = ..., expire_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class ListTenantsRequest(_message.Message):
    __slots__ = ("page_size", "page_token")
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    page_size: int
    page_token: str
    def __init__(self, page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListTenantsResponse(_message.Message):
    __slots__ = ("tenants", "next_page_token")
    TENANTS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    tenants: _containers.RepeatedCompositeFieldContainer[TenantSummary]
    next_page_token: str
    def __init__(self, tenants: _Optional[_Iterable[_Union[TenantSummary, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class TenantSummary(_message.Message):
    __slots__ = ("tenant", "users", "admins", "secrets")
    TENANT_FIELD_NUMBER: _ClassVar[int]
    USERS_FIELD_NUMBER: _ClassVar[int]
    ADMINS_FIELD_NUMBER: _ClassVar[int]
    SECRETS_FIELD_NUMBER: _ClassVar[int]
    tenant: str
    users: int
    admins: int
    secrets: int
    def __init__(self, tenant: _Optional[str] = ..., users: _Optional[int] = ..., admins: _Optional[int] = ..., secrets: _Optional[int] = ...) -> None: ...

class Grant(_message.Message):
    __slots__ = ("action", "key_patterns")
    ACTION_FIELD_NUMBER: _ClassVar[int]
    KEY_PATTERNS_FIELD_NUMBER: _ClassVar[int]
    action: str
    key_patterns: _containers.RepeatedScalarFieldContainer[str]
    def __init__(self, action: _Optional[str] = ..., key_patterns: _Optional[_Iterable[str]] = ...) -> None: ...

class Token(_message.Message):
    __slots__ = ("id", "tenant", "slug", "description", "created_at", "created_by", "expire_at", "revoked_at", "grants", "kind", "client")
    ID_FIELD_NUMBER: _ClassVar[int]
    TENANT_FIELD_NUMBER: _ClassVar[int]
    SLUG_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    CREATED_BY_FIELD_NUMBER: _ClassVar[int]
    EXPIRE_AT_FIELD_NUMBER: _ClassVar[int]
    REVOKED_AT_FIELD_NUMBER: _ClassVar[int]
    GRANTS_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    CLIENT_FIELD_NUMBER: _ClassVar[int]
    id: str
    tenant: str
    slug: str
    description: str
    created_at: _timestamp_pb2.Timestamp
    created_by: str
    expire_at: _timestamp_pb2.Timestamp
    revoked_at: _timestamp_pb2.Timestamp
    grants: _containers.RepeatedCompositeFieldContainer[Grant]
    kind: CredentialKind
    client: str
    def __init__(self, id: _Optional[str] = ..., tenant: _Optional[str] = ..., slug: _Optional[str] = ..., description: _Optional[str] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., created_by: _Optional[str] = ..., expire_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., revoked_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ..., grants: _Optional[_Iterable[_Union[Grant, _Mapping]]] = ..., kind: _Optional[_Union[CredentialKind, str]] = ..., client: _Optional[str] = ...) -> None: ...

class CreateTokenRequest(_message.Message):
    __slots__ = ("slug", "ttl", "description", "tenant", "grants")
    SLUG_FIELD_NUMBER: _ClassVar[int]
    TTL_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    TENANT_FIELD_NUMBER: _ClassVar[int]
    GRANTS_FIELD_NUMBER: _ClassVar[int]
    slug: str
    ttl: _duration_pb2.Duration
    description: str
    tenant: str
    grants: _containers.RepeatedCompositeFieldContainer[Grant]
    def __init__(self, slug: _Optional[str] = ..., ttl: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., description: _Optional[str] = ..., tenant: _Optional[str] = ..., grants: _Optional[_Iterable[_Union[Grant, _Mapping]]] = ...) -> None: ...

class CreateTokenResponse(_message.Message):
    __slots__ = ("secret", "token")
    SECRET_FIELD_NUMBER: _ClassVar[int]
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    secret: str
    token: Token
    def __init__(self, secret: _Optional[str] = ..., token: _Optional[_Union[Token, _Mapping]] = ...) -> None: ...

class ListTokensRequest(_message.Message):
    __slots__ = ("slug", "tenant", "page_size", "page_token")
    SLUG_FIELD_NUMBER: _ClassVar[int]
    TENANT_FIELD_NUMBER: _ClassVar[int]
    PAGE_SIZE_FIELD_NUMBER: _ClassVar[int]
    PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    slug: str
    tenant: str
    page_size: int
    page_token: str
    def __init__(self, slug: _Optional[str] = ..., tenant: _Optional[str] = ..., page_size: _Optional[int] = ..., page_token: _Optional[str] = ...) -> None: ...

class ListTokensResponse(_message.Message):
    __slots__ = ("tokens", "next_page_token")
    TOKENS_FIELD_NUMBER: _ClassVar[int]
    NEXT_PAGE_TOKEN_FIELD_NUMBER: _ClassVar[int]
    tokens: _containers.RepeatedCompositeFieldContainer[Token]
    next_page_token: str
    def __init__(self, tokens: _Optional[_Iterable[_Union[Token, _Mapping]]] = ..., next_page_token: _Optional[str] = ...) -> None: ...

class RevokeTokenRequest(_message.Message):
    __slots__ = ("id", "tenant")
    ID_FIELD_NUMBER: _ClassVar[int]
    TENANT_FIELD_NUMBER: _ClassVar[int]
    id: str
    tenant: str
    def __init__(self, id: _Optional[str] = ..., tenant: _Optional[str] = ...) -> None: ...

class RevokeTokenResponse(_message.Message):
    __slots__ = ("token",)
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    token: Token
    def __init__(self, token: _Optional[_Union[Token, _Mapping]] = ...) -> None: ...

class Permit(_message.Message):
    __slots__ = ("name", "pattern")
    NAME_FIELD_NUMBER: _ClassVar[int]
    PATTERN_FIELD_NUMBER: _ClassVar[int]
    name: str
    pattern: str
    def __init__(self, name: _Optional[str] = ..., pattern: _Optional[str] = ...) -> None: ...

class SavePermitsRequest(_message.Message):
    __slots__ = ("permits", "tenant")
    PERMITS_FIELD_NUMBER: _ClassVar[int]
    TENANT_FIELD_NUMBER: _ClassVar[int]
    permits: _containers.RepeatedCompositeFieldContainer[Permit]
    tenant: str
    def __init__(self, permits: _Optional[_Iterable[_Union[Permit, _Mapping]]] = ..., tenant: _Optional[str] = ...) -> None: ...

class SavePermitsResponse(_message.Message):
    __slots__ = ("results",)
    RESULTS_FIELD_NUMBER: _ClassVar[int]
    results: _containers.RepeatedCompositeFieldContainer[SavePermitResult]
    def __init__(self, results: _Optional[_Iterable[_Union[SavePermitResult, _Mapping]]] = ...) -> None: ...

class SavePermitResult(_message.Message):
    __slots__ = ("permit", "created")
    PERMIT_FIELD_NUMBER: _ClassVar[int]
    CREATED_FIELD_NUMBER: _ClassVar[int]
    permit: Permit
    created: bool
    def __init__(self, permit: _Optional[_Union[Permit, _Mapping]] = ..., created: bool = ...) -> None: ...

class ListPermitsRequest(_message.Message):
    __slots__ = ("tenant", "name")
    TENANT_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    tenant: str
    name: str
    def __init__(self, tenant: _Optional[str] = ..., name: _Optional[str] = ...) -> None: ...

class ListPermitsResponse(_message.Message):
    __slots__ = ("permits",)
    PERMITS_FIELD_NUMBER: _ClassVar[int]
    permits: _containers.RepeatedCompositeFieldContainer[Permit]
    def __init__(self, permits: _Optional[_Iterable[_Union[Permit, _Mapping]]] = ...) -> None: ...

class RemovePermitsRequest(_message.Message):
    __slots__ = ("permits", "tenant")
    PERMITS_FIELD_NUMBER: _ClassVar[int]
    TENANT_FIELD_NUMBER: _ClassVar[int]
    permits: _containers.RepeatedCompositeFieldContainer[Permit]
    tenant: str
    def __init__(self, permits: _Optional[_Iterable[_Union[Permit, _Mapping]]] = ..., tenant: _Optional[str] = ...) -> None: ...

class RemovePermitsResponse(_message.Message):
    __slots__ = ("removed",)
    REMOVED_FIELD_NUMBER: _ClassVar[int]
    removed: _containers.RepeatedCompositeFieldContainer[Permit]
    def __init__(self, removed: _Optional[_Iterable[_Union[Permit, _Mapping]]] = ...) -> None: ...

class TeamUser(_message.Message):
    __slots__ = ("slug", "roles", "admin")
    SLUG_FIELD_NUMBER: _ClassVar[int]
    ROLES_FIELD_NUMBER: _ClassVar[int]
    ADMIN_FIELD_NUMBER: _ClassVar[int]
    slug: str
    roles: _containers.RepeatedScalarFieldContainer[str]
    admin: bool
    def __init__(self, slug: _Optional[str] = ..., roles: _Optional[_Iterable[str]] = ..., admin: bool = ...) -> None: ...

class TeamToken(_message.Message):
    __slots__ = ("slug", "description")
    SLUG_FIELD_NUMBER: _ClassVar[int]
    DESCRIPTION_FIELD_NUMBER: _ClassVar[int]
    slug: str
    description: str
    def __init__(self, slug: _Optional[str] = ..., description: _Optional[str] = ...) -> None: ...

class ApplyTeamRequest(_message.Message):
    __slots__ = ("users", "permits", "tokens", "prune", "validate_only", "tenant")
    USERS_FIELD_NUMBER: _ClassVar[int]
    PERMITS_FIELD_NUMBER: _ClassVar[int]
    TOKENS_FIELD_NUMBER: _ClassVar[int]
    PRUNE_FIELD_NUMBER: _ClassVar[int]
    VALIDATE_ONLY_FIELD_NUMBER: _ClassVar[int]
    TENANT_FIELD_NUMBER: _ClassVar[int]
    users: _containers.RepeatedCompositeFieldContainer[TeamUser]
    permits: _containers.RepeatedCompositeFieldContainer[Permit]
    tokens: _containers.RepeatedCompositeFieldContainer[TeamToken]
    prune: _containers.RepeatedScalarFieldContainer[TeamKind]
    validate_only: bool
    tenant: str
    def __init__(self, users: _Optional[_Iterable[_Union[TeamUser, _Mapping]]] = ..., permits: _Optional[_Iterable[_Union[Permit, _Mapping]]] = ..., tokens: _Optional[_Iterable[_Union[TeamToken, _Mapping]]] = ..., prune: _Optional[_Iterable[_Union[TeamKind, str]]] = ..., validate_only: bool = ..., tenant: _Optional[str] = ...) -> None: ...

class ApplyTeamResponse(_message.Message):
    __slots__ = ("changes",)
    CHANGES_FIELD_NUMBER: _ClassVar[int]
    changes: _containers.RepeatedCompositeFieldContainer[TeamChange]
    def __init__(self, changes: _Optional[_Iterable[_Union[TeamChange, _Mapping]]] = ...) -> None: ...

class TeamChange(_message.Message):
    __slots__ = ("kind", "outcome", "name", "detail", "roles_added", "roles_removed", "admin")
    KIND_FIELD_NUMBER: _ClassVar[int]
    OUTCOME_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    DETAIL_FIELD_NUMBER: _ClassVar[int]
    ROLES_ADDED_FIELD_NUMBER: _ClassVar[int]
    ROLES_REMOVED_FIELD_NUMBER: _ClassVar[int]
    ADMIN_FIELD_NUMBER: _ClassVar[int]
    kind: TeamKind
    outcome: TeamOutcome
    name: str
    detail: str
    roles_added: _containers.RepeatedScalarFieldContainer[str]
    roles_removed: _containers.RepeatedScalarFieldContainer[str]
    admin: bool
    def __init__(self, kind: _Optional[_Union[TeamKind, str]] = ..., outcome: _Optional[_Union[TeamOutcome, str]] = ..., name: _Optional[str] = ..., detail: _Optional[str] = ..., roles_added: _Optional[_Iterable[str]] = ..., roles_removed: _Optional[_Iterable[str]] = ..., admin: bool = ...) -> None: ...
