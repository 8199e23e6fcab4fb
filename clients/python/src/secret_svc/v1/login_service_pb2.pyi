import datetime

from google.api import annotations_pb2 as _annotations_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from . import identity_service_pb2 as _identity_service_pb2
from . import method_options_pb2 as _method_options_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class LoginMethodKind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    LOGIN_METHOD_KIND_UNSPECIFIED: _ClassVar[LoginMethodKind]
    LOGIN_METHOD_KIND_OIDC: _ClassVar[LoginMethodKind]
    LOGIN_METHOD_KIND_PASSKEY: _ClassVar[LoginMethodKind]
LOGIN_METHOD_KIND_UNSPECIFIED: LoginMethodKind
LOGIN_METHOD_KIND_OIDC: LoginMethodKind
LOGIN_METHOD_KIND_PASSKEY: LoginMethodKind

class ListLoginMethodsRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class ListLoginMethodsResponse(_message.Message):
    __slots__ = ("methods", "session_seconds", "device_login", "passkey_url")
    METHODS_FIELD_NUMBER: _ClassVar[int]
    SESSION_SECONDS_FIELD_NUMBER: _ClassVar[int]
    DEVICE_LOGIN_FIELD_NUMBER: _ClassVar[int]
    PASSKEY_URL_FIELD_NUMBER: _ClassVar[int]
    methods: _containers.RepeatedCompositeFieldContainer[LoginMethod]
    session_seconds: int
    device_login: bool
    passkey_url: str
    def __init__(self, methods: _Optional[_Iterable[_Union[LoginMethod, _Mapping]]] = ..., session_seconds: _Optional[int] = ..., device_login: bool = ..., passkey_url: _Optional[str] = ...) -> None: ...

class LoginMethod(_message.Message):
    __slots__ = ("id", "name", "kind")
    ID_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    id: str
    name: str
    kind: LoginMethodKind
    def __init__(self, id: _Optional[str] = ..., name: _Optional[str] = ..., kind: _Optional[_Union[LoginMethodKind, str]] = ...) -> None: ...

class BeginLoginRequest(_message.Message):
    __slots__ = ("challenge", "loopback_port", "client", "method", "session", "grants")
    CHALLENGE_FIELD_NUMBER: _ClassVar[int]
    LOOPBACK_PORT_FIELD_NUMBER: _ClassVar[int]
    CLIENT_FIELD_NUMBER: _ClassVar[int]
    METHOD_FIELD_NUMBER: _ClassVar[int]
    SESSION_FIELD_NUMBER: _ClassVar[int]
    GRANTS_FIELD_NUMBER: _ClassVar[int]
    challenge: str
    loopback_port: int
    client: str
    method: str
    session: _duration_pb2.Duration
    grants: _containers.RepeatedCompositeFieldContainer[_identity_service_pb2.Grant]
    def __init__(self, challenge: _Optional[str] = ..., loopback_port: _Optional[int] = ..., client: _Optional[str] = ..., method: _Optional[str] = ..., session: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping]] = ..., grants: _Optional[_Iterable[_Union[_identity_service_pb2.Grant, _Mapping]]] = ...) -> None: ...

class BeginLoginResponse(_message.Message):
    __slots__ = ("login_id", "url", "user_code", "expires_in", "interval")
    LOGIN_ID_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    USER_CODE_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_IN_FIELD_NUMBER: _ClassVar[int]
    INTERVAL_FIELD_NUMBER: _ClassVar[int]
    login_id: str
    url: str
    user_code: str
    expires_in: int
    interval: int
    def __init__(self, login_id: _Optional[str] = ..., url: _Optional[str] = ..., user_code: _Optional[str] = ..., expires_in: _Optional[int] = ..., interval: _Optional[int] = ...) -> None: ...

class FinishLoginRequest(_message.Message):
    __slots__ = ("login_id", "verifier", "code")
    LOGIN_ID_FIELD_NUMBER: _ClassVar[int]
    VERIFIER_FIELD_NUMBER: _ClassVar[int]
    CODE_FIELD_NUMBER: _ClassVar[int]
    login_id: str
    verifier: str
    code: str
    def __init__(self, login_id: _Optional[str] = ..., verifier: _Optional[str] = ..., code: _Optional[str] = ...) -> None: ...

class FinishLoginResponse(_message.Message):
    __slots__ = ("token", "who")
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    WHO_FIELD_NUMBER: _ClassVar[int]
    token: str
    who: _identity_service_pb2.WhoAmIResponse
    def __init__(self, token: _Optional[str] = ..., who: _Optional[_Union[_identity_service_pb2.WhoAmIResponse, _Mapping]] = ...) -> None: ...

class OpenSessionRequest(_message.Message):
    __slots__ = ("token", "handoff", "page_half", "preview")
    TOKEN_FIELD_NUMBER: _ClassVar[int]
    HANDOFF_FIELD_NUMBER: _ClassVar[int]
    PAGE_HALF_FIELD_NUMBER: _ClassVar[int]
    PREVIEW_FIELD_NUMBER: _ClassVar[int]
    token: str
    handoff: str
    page_half: str
    preview: bool
    def __init__(self, token: _Optional[str] = ..., handoff: _Optional[str] = ..., page_half: _Optional[str] = ..., preview: bool = ...) -> None: ...

class OpenSessionResponse(_message.Message):
    __slots__ = ("who",)
    WHO_FIELD_NUMBER: _ClassVar[int]
    who: _identity_service_pb2.WhoAmIResponse
    def __init__(self, who: _Optional[_Union[_identity_service_pb2.WhoAmIResponse, _Mapping]] = ...) -> None: ...

class EndSessionRequest(_message.Message):
    __slots__ = ("all", "slug", "tenant")
    ALL_FIELD_NUMBER: _ClassVar[int]
    SLUG_FIELD_NUMBER: _ClassVar[int]
    TENANT_FIELD_NUMBER: _ClassVar[int]
    all: bool
    slug: str
    tenant: str
    def __init__(self, all: bool = ..., slug: _Optional[str] = ..., tenant: _Optional[str] = ...) -> None: ...

class EndSessionResponse(_message.Message):
    __slots__ = ("ended", "logout_url")
    ENDED_FIELD_NUMBER: _ClassVar[int]
    LOGOUT_URL_FIELD_NUMBER: _ClassVar[int]
    ended: int
    logout_url: str
    def __init__(self, ended: _Optional[int] = ..., logout_url: _Optional[str] = ...) -> None: ...

class CreateHandoffRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class CreateHandoffResponse(_message.Message):
    __slots__ = ("code", "url", "expires_in")
    CODE_FIELD_NUMBER: _ClassVar[int]
    URL_FIELD_NUMBER: _ClassVar[int]
    EXPIRES_IN_FIELD_NUMBER: _ClassVar[int]
    code: str
    url: str
    expires_in: int
    def __init__(self, code: _Optional[str] = ..., url: _Optional[str] = ..., expires_in: _Optional[int] = ...) -> None: ...

class BeginPasskeyLoginRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class BeginPasskeyLoginResponse(_message.Message):
    __slots__ = ("challenge_id", "options")
    CHALLENGE_ID_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    challenge_id: str
    options: str
    def __init__(self, challenge_id: _Optional[str] = ..., options: _Optional[str] = ...) -> None: ...

class FinishPasskeyLoginRequest(_message.Message):
    __slots__ = ("challenge_id", "credential")
    CHALLENGE_ID_FIELD_NUMBER: _ClassVar[int]
    CREDENTIAL_FIELD_NUMBER: _ClassVar[int]
    challenge_id: str
    credential: str
    def __init__(self, challenge_id: _Optional[str] = ..., credential: _Optional[str] = ...) -> None: ...

class FinishPasskeyLoginResponse(_message.Message):
    __slots__ = ("handoff",)
    HANDOFF_FIELD_NUMBER: _ClassVar[int]
    handoff: str
    def __init__(self, handoff: _Optional[str] = ...) -> None: ...

class BeginPasskeyRegistrationRequest(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...

class BeginPasskeyRegistrationResponse(_message.Message):
    __slots__ = ("challenge_id", "options")
    CHALLENGE_ID_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    challenge_id: str
    options: str
    def __init__(self, challenge_id: _Optional[str] = ..., options: _Optional[str] = ...) -> None: ...

class FinishPasskeyRegistrationRequest(_message.Message):
    __slots__ = ("challenge_id", "credential", "name")
    CHALLENGE_ID_FIELD_NUMBER: _ClassVar[int]
    CREDENTIAL_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    challenge_id: str
    credential: str
    name: str
    def __init__(self, challenge_id: _Optional[str] = ..., credential: _Optional[str] = ..., name: _Optional[str] = ...) -> None: ...

class FinishPasskeyRegistrationResponse(_message.Message):
    __slots__ = ("passkey",)
    PASSKEY_FIELD_NUMBER: _ClassVar[int]
    passkey: Passkey
    def __init__(self, passkey: _Optional[_Union[Passkey, _Mapping]] = ...) -> None: ...

class Passkey(_message.Message):
    __slots__ = ("id", "slug", "name", "created_at")
    ID_FIELD_NUMBER: _ClassVar[int]
    SLUG_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    CREATED_AT_FIELD_NUMBER: _ClassVar[int]
    id: str
    slug: str
    name: str
    created_at: _timestamp_pb2.Timestamp
    def __init__(self, id: _Optional[str] = ..., slug: _Optional[str] = ..., name: _Optional[str] = ..., created_at: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping]] = ...) -> None: ...

class BeginInvitationRequest(_message.Message):
    __slots__ = ("invitation",)
    INVITATION_FIELD_NUMBER: _ClassVar[int]
    invitation: str
    def __init__(self, invitation: _Optional[str] = ...) -> None: ...

class BeginInvitationResponse(_message.Message):
    __slots__ = ("challenge_id", "options", "tenant", "slug")
    CHALLENGE_ID_FIELD_NUMBER: _ClassVar[int]
    OPTIONS_FIELD_NUMBER: _ClassVar[int]
    TENANT_FIELD_NUMBER: _ClassVar[int]
    SLUG_FIELD_NUMBER: _ClassVar[int]
    challenge_id: str
    options: str
    tenant: str
    slug: str
    def __init__(self, challenge_id: _Optional[str] = ..., options: _Optional[str] = ..., tenant: _Optional[str] = ..., slug: _Optional[str] = ...) -> None: ...

class AcceptInvitationRequest(_message.Message):
    __slots__ = ("invitation", "challenge_id", "credential", "name")
    INVITATION_FIELD_NUMBER: _ClassVar[int]
    CHALLENGE_ID_FIELD_NUMBER: _ClassVar[int]
    CREDENTIAL_FIELD_NUMBER: _ClassVar[int]
    NAME_FIELD_NUMBER: _ClassVar[int]
    invitation: str
    challenge_id: str
    credential: str
    name: str
    def __init__(self, invitation: _Optional[str] = ..., challenge_id: _Optional[str] = ..., credential: _Optional[str] = ..., name: _Optional[str] = ...) -> None: ...

class AcceptInvitationResponse(_message.Message):
    __slots__ = ("handoff",)
    HANDOFF_FIELD_NUMBER: _ClassVar[int]
    handoff: str
    def __init__(self, handoff: _Optional[str] = ...) -> None: ...

class ListPasskeysRequest(_message.Message):
    __slots__ = ("slug", "tenant")
    SLUG_FIELD_NUMBER: _ClassVar[int]
    TENANT_FIELD_NUMBER: _ClassVar[int]
    slug: str
    tenant: str
    def __init__(self, slug: _Optional[str] = ..., tenant: _Optional[str] = ...) -> None: ...

class ListPasskeysResponse(_message.Message):
    __slots__ = ("passkeys",)
    PASSKEYS_FIELD_NUMBER: _ClassVar[int]
    passkeys: _containers.RepeatedCompositeFieldContainer[Passkey]
    def __init__(self, passkeys: _Optional[_Iterable[_Union[Passkey, _Mapping]]] = ...) -> None: ...

class RemovePasskeyRequest(_message.Message):
    __slots__ = ("id", "slug", "tenant")
    ID_FIELD_NUMBER: _ClassVar[int]
    SLUG_FIELD_NUMBER: _ClassVar[int]
    TENANT_FIELD_NUMBER: _ClassVar[int]
    id: str
    slug: str
    tenant: str
    def __init__(self, id: _Optional[str] = ..., slug: _Optional[str] = ..., tenant: _Optional[str] = ...) -> None: ...

class RemovePasskeyResponse(_message.Message):
    __slots__ = ("passkey",)
    PASSKEY_FIELD_NUMBER: _ClassVar[int]
    passkey: Passkey
    def __init__(self, passkey: _Optional[_Union[Passkey, _Mapping]] = ...) -> None: ...
