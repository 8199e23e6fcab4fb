"""Where the service is and how to reach it."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import grpc

DEFAULT_URL = "http://127.0.0.1:11337"
#: How long a call may take, including its retries; in a list, each page.
DEFAULT_TIMEOUT_SECONDS = 10.0

#: Options of the channel. The service ends a response at 3 MiB. The waits between attempts to connect are shorter than
#: by default, so that a call that is repeated finds a service that is back. "min_reconnect_backoff" is, against its
#: name, how long one attempt may take. A proxy that the environment names for other purposes would see the token.
CHANNEL_OPTIONS: Sequence[tuple[str, int]] = (
    ("grpc.max_receive_message_length", 8 << 20),
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 5000),
    ("grpc.max_reconnect_backoff_ms", 5000),
    ("grpc.enable_http_proxy", 0),
    # A watch finds out that its connection is dead.
    ("grpc.keepalive_time_ms", 30_000),
)

#: Is called before each try for more headers to send.
Headers = Callable[[], Mapping[str, str]]

_TOKEN = re.compile(r"[!-~]+")


@dataclass(frozen=True)
class Settings:
    """Checked settings of a client."""

    target: str
    is_tls: bool
    #: PEM of the authorities to trust; those that gRPC comes with when ``None``.
    roots: bytes | None
    #: A function, so that printing this does not show the token.
    token: Callable[[], str]
    #: Whether the token may change from call to call.
    is_token_file: bool
    timeout_seconds: float
    headers: Headers | None = None
    #: PEM of the private key and of the certificate to show; ``None`` for none. Not shown when this is printed.
    certificate: tuple[bytes, bytes] | None = field(default=None, repr=False)

    def metadata(self, token: str | None = None) -> tuple[tuple[str, str], ...]:
        """The header with the token. There is none for an empty one: a certificate counts only without it."""
        text = self.token() if token is None else token
        return (("authorization", f"Bearer {text}"),) if text else ()

    def channel_credentials(self) -> grpc.ChannelCredentials:
        """What TLS needs."""
        key, chain = self.certificate or (None, None)
        return grpc.ssl_channel_credentials(self.roots, key, chain)


def read_settings(
    url: str | None,
    token: str | None,
    token_file: str | os.PathLike[str] | None,
    ca_file: str | os.PathLike[str] | None,
    timeout: float,
    headers: Headers | None = None,
) -> Settings:
    """Checks settings and completes them from the environment.

    :raises ValueError: one of them cannot be used.
    :raises OSError: a file cannot be read.
    """
    target, is_tls = _parse_url(url or os.environ.get("OO_URL") or DEFAULT_URL)
    if ca_file is not None and not is_tls:
        raise ValueError("certificate authorities are of no use without https")
    if not timeout > 0:
        raise ValueError(f"the timeout must be positive, and is {timeout}")
    roots = None if ca_file is None else Path(ca_file).read_bytes()
    certificate = _client_certificate(is_tls)
    source = _token_source(token, token_file, certificate is not None)
    return Settings(target, is_tls, roots, source, token_file is not None, timeout, headers, certificate)


def _client_certificate(is_tls: bool) -> tuple[bytes, bytes] | None:
    """The private key and the certificate that the environment names. gRPC cannot read them again later."""
    cert_file = os.environ.get("OO_CLIENT_CERT")
    key_file = os.environ.get("OO_CLIENT_KEY")
    if not cert_file and not key_file:
        return None
    if not cert_file or not key_file:
        raise ValueError("OO_CLIENT_CERT and OO_CLIENT_KEY go together")
    if not is_tls:
        return None
    pair = (Path(key_file).read_bytes(), Path(cert_file).read_bytes())
    try:
        # gRPC would say nothing about them before the first call. No one is asked for the passphrase of a key.
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(cert_file, key_file, password="")
    except (ssl.SSLError, ValueError):
        raise ValueError("OO_CLIENT_CERT and OO_CLIENT_KEY must be a certificate and its private key, as PEM") from None
    return pair


def _parse_url(url: str) -> tuple[str, bool]:
    # The address is not quoted: it may have a password in it.
    wrong = ValueError("the address of the service must look like https://HOST:PORT, with nothing after it")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise wrong from None
    rest = (parts.path.rstrip("/"), parts.query, parts.fragment)
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or any(rest):
        raise wrong
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    is_tls = parts.scheme == "https"
    return f"dns:///{host}:{port or (443 if is_tls else 80)}", is_tls


def _token_source(
    token: str | None, file: str | os.PathLike[str] | None, has_certificate: bool
) -> Callable[[], str]:
    if token and file is not None:
        raise ValueError("give a token or a token file, not both")
    if file is not None:
        path = Path(file)
        return lambda: _checked_token(path.read_bytes().decode("ascii", "replace").strip(), "the token file")
    source = "the token" if token else "OO_TOKEN"
    text = token or os.environ.get("OO_TOKEN") or ""
    if not text and has_certificate:
        return lambda: ""
    if not text:
        raise ValueError("there is no token: give one, or a token file, or set OO_TOKEN")
    checked = _checked_token(text, source)
    return lambda: checked


def _checked_token(token: str, source: str) -> str:
    if _TOKEN.fullmatch(token) is None:
        raise ValueError(f"{source} does not hold a token: that is one line without spaces, such as oo_…")
    return token
