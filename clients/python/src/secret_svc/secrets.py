"""What is read and saved. Printing any of it never shows a value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone

from google.protobuf.timestamp_pb2 import Timestamp

from .v1 import secret_service_pb2 as pb

#: What the metadata ``expires`` and ``rotation_interval`` ask for, such as ``State.SECRET_STATE_EXPIRED``.
State = pb.SecretState
#: How much of each secret a list shows, such as ``View.SECRET_VIEW_FULL``.
View = pb.SecretView
#: What a save did with an item, such as ``Outcome.SAVE_OUTCOME_CREATED``.
Outcome = pb.SaveOutcome
#: What happened to a secret, such as ``ChangeKind.SECRET_CHANGE_KIND_UPDATED``.
ChangeKind = pb.SecretChangeKind

_REDACTED = "[redacted]"


class Value:
    """A value, text or bytes, that prints as ``[redacted]``; only :meth:`reveal` and :meth:`reveal_bytes` return it."""

    __slots__ = ("_content",)

    def __init__(self, content: str | bytes) -> None:
        if not isinstance(content, (str, bytes)):
            # protobuf would quote it in its own error.
            raise TypeError(f"a value is a str or bytes, not {type(content).__name__}")
        try:
            if isinstance(content, str):
                content.encode()
        except UnicodeEncodeError:
            raise ValueError("a value is text that UTF-8 can encode, and this one has lone surrogates") from None
        self._content = content

    @property
    def is_bytes(self) -> bool:
        """Whether it was saved as bytes."""
        return isinstance(self._content, bytes)

    def reveal(self) -> str:
        """The text itself.

        :raises ValueError: the value is bytes: :meth:`reveal_bytes` returns them.
        """
        if isinstance(self._content, bytes):
            raise ValueError("the value is bytes and not text: use reveal_bytes")
        return self._content

    def reveal_bytes(self) -> bytes:
        """The bytes; those of a text are UTF-8."""
        return self._content if isinstance(self._content, bytes) else self._content.encode()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Value) and other._content == self._content

    def __hash__(self) -> int:
        return hash(self._content)

    def __repr__(self) -> str:
        return _REDACTED


@dataclass(frozen=True)
class Secret:
    """A stored secret, as far as the caller may see it."""

    key: str
    id: str = ""
    value: Value | None = None
    readers: Sequence[str] = ()
    writers: Sequence[str] = ()
    deleters: Sequence[str] = ()
    can_change_readers: Sequence[str] = ()
    can_change_writers: Sequence[str] = ()
    can_change_deleters: Sequence[str] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    version: int = 0
    owner: str = ""
    created_by: str = ""
    updated_by: str = ""
    state: State = State.SECRET_STATE_UNSPECIFIED
    #: Times that the view does not show are ``None``, and so is the expiry of a secret without one.
    created_at: datetime | None = None
    updated_at: datetime | None = None
    value_changed_at: datetime | None = None
    expire_at: datetime | None = None

    def reveal(self) -> str:
        """The value.

        :raises ValueError: the value is bytes, or a list did not request it; the latter never after ``get`` and ``get_many``.
        """
        return self._present().reveal()

    def reveal_bytes(self) -> bytes:
        """The bytes of the value; those of a text are UTF-8.

        :raises ValueError: a list did not request the value.
        """
        return self._present().reveal_bytes()

    def _present(self) -> Value:
        if self.value is None:
            raise ValueError(f"{self.key} was listed without its value: use get, or SECRET_VIEW_FULL")
        return self.value


@dataclass
class SecretInput:
    """What to store for one secret. On update, absent fields stay unchanged."""

    key: str = ""
    #: Needed to create.
    value: str | bytes | Value | None = None
    #: Names the secret when no key is given.
    id: str = ""
    #: The value is a sealed text.
    encrypted: bool = False
    #: Of the text of the value, in hexadecimal; the algorithm is CRC32 when it is empty.
    checksum: str = ""
    checksum_algorithm: str = ""
    #: Empty lists and metadata keep what is stored; ``clear`` empties it.
    readers: Sequence[str] = ()
    writers: Sequence[str] = ()
    deleters: Sequence[str] = ()
    can_change_readers: Sequence[str] = ()
    can_change_writers: Sequence[str] = ()
    can_change_deleters: Sequence[str] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)
    #: JSON names of lists to empty, such as ``canChangeReaders``, and ``metadata``.
    clear: Sequence[str] = ()
    #: The version it must be at; 0: it must not exist.
    if_version: int | None = None
    #: Only admins can set it.
    owner: str = ""

    def __setattr__(self, name: str, value: object) -> None:
        # Hidden from the start, so that no way of printing it can show it.
        if name == "value" and value is not None and not isinstance(value, Value):
            value = Value(value)  # type: ignore[arg-type]
        super().__setattr__(name, value)


@dataclass(frozen=True)
class Removal:
    """A secret to remove within a save."""

    key: str
    #: The version it must be at.
    if_version: int | None = None


@dataclass(frozen=True)
class ListChange:
    """The difference between a stored access list and the new one."""

    list: str
    added: Sequence[str]
    removed: Sequence[str]


@dataclass(frozen=True)
class SaveResult:
    """The outcome of one item of a save."""

    key: str
    id: str
    outcome: Outcome
    version: int
    #: JSON names of what changed.
    changed_fields: Sequence[str]
    list_changes: Sequence[ListChange]
    #: Set when a plan says FORBIDDEN.
    missing_right: str


@dataclass(frozen=True)
class RemovedSecret:
    """A secret that was removed."""

    key: str
    id: str
    version: int


@dataclass(frozen=True)
class SecretChange:
    """One change of one secret. It never holds a value."""

    kind: ChangeKind
    key: str
    id: str
    #: The secret as the change left it; ``None`` when it is GONE.
    secret: Secret | None


@dataclass(frozen=True)
class WatchEvent:
    """One event of a watch."""

    #: ``None`` in the first event: the watch has started, so later reads do not become outdated unnoticed.
    change: SecretChange | None
    #: Lets a later watch of the same caller continue after this event.
    resume_token: str


def secret_from_proto(message: pb.Secret) -> Secret:
    """The secret of a response."""

    def time(name: str, stamp: Timestamp) -> datetime | None:
        return stamp.ToDatetime(timezone.utc) if message.HasField(name) else None

    return Secret(
        key=message.key,
        id=message.id,
        value=_value_of(message),
        readers=tuple(message.readers),
        writers=tuple(message.writers),
        deleters=tuple(message.deleters),
        can_change_readers=tuple(message.can_change_readers),
        can_change_writers=tuple(message.can_change_writers),
        can_change_deleters=tuple(message.can_change_deleters),
        metadata=dict(message.metadata),
        version=message.version,
        owner=message.owner,
        created_by=message.created_by,
        updated_by=message.updated_by,
        state=message.state,
        created_at=time("created_at", message.created_at),
        updated_at=time("updated_at", message.updated_at),
        value_changed_at=time("value_changed_at", message.value_changed_at),
        expire_at=time("expire_at", message.expire_at),
    )


def _value_of(message: pb.Secret) -> Value | None:
    if message.HasField("value_bytes"):
        return Value(message.value_bytes)
    return Value(message.value) if message.HasField("value") else None


def input_to_proto(secret: SecretInput) -> pb.SecretInput:
    """The item of a request."""
    message = pb.SecretInput(
        id=secret.id,
        key=secret.key,
        encrypted=secret.encrypted,
        checksum=secret.checksum,
        checksum_algorithm=secret.checksum_algorithm,
        readers=secret.readers,
        writers=secret.writers,
        deleters=secret.deleters,
        can_change_readers=secret.can_change_readers,
        can_change_writers=secret.can_change_writers,
        can_change_deleters=secret.can_change_deleters,
        metadata=secret.metadata,
        clear=secret.clear,
        if_version=secret.if_version,
        owner=secret.owner,
    )
    if isinstance(secret.value, Value):
        if secret.value.is_bytes:
            message.value_bytes = secret.value.reveal_bytes()
        else:
            message.value = secret.value.reveal()
    return message


def result_from_proto(message: pb.SaveResult) -> SaveResult:
    """The result of an item."""
    return SaveResult(
        key=message.key,
        id=message.id,
        outcome=message.outcome,
        version=message.version,
        changed_fields=tuple(message.changed_fields),
        list_changes=tuple(
            ListChange(list=change.list, added=tuple(change.added), removed=tuple(change.removed))
            for change in message.list_changes
        ),
        missing_right=message.missing_right,
    )


def event_from_proto(message: pb.WatchSecretsResponse) -> WatchEvent:
    """The event of a watch."""
    if not message.HasField("change"):
        return WatchEvent(None, message.resume_token)
    change = message.change
    secret = secret_from_proto(change.secret) if change.HasField("secret") else None
    return WatchEvent(SecretChange(change.kind, change.key, change.id, secret), message.resume_token)
