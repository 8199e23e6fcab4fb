"""The client of secret-svc, a secrets service.

>>> client = SecretClient()  # OO_URL and OO_TOKEN
>>> client.get("payment-svc/STRIPE_KEY").reveal()

Values and tokens are never printed: ``repr``, ``str`` and logging show ``[redacted]`` in their place. Every refusal of
the service is a :class:`SecretServiceError` with a reason. ``secret_svc.v1`` is the whole contract as generated code,
for calls that the clients do not wrap: give its stubs the ``channel`` of a client.
"""

from .aio import AsyncSecretClient
from .client import SecretClient
from .errors import ErrorDetail, Reason, SecretServiceError, error_from_call
from .secrets import (
    ChangeKind,
    ListChange,
    Outcome,
    Removal,
    RemovedSecret,
    SaveResult,
    Secret,
    SecretChange,
    SecretInput,
    State,
    Value,
    View,
    WatchEvent,
)
from .sealing import SealingKey

__all__ = [
    "AsyncSecretClient",
    "ChangeKind",
    "ErrorDetail",
    "ListChange",
    "Outcome",
    "Reason",
    "Removal",
    "RemovedSecret",
    "SaveResult",
    "SealingKey",
    "Secret",
    "SecretChange",
    "SecretClient",
    "SecretInput",
    "SecretServiceError",
    "State",
    "Value",
    "View",
    "WatchEvent",
    "error_from_call",
]
