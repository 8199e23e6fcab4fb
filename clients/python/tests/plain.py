"""Results of the client in the form in which the cases describe them, and nothing that shows a value."""

from __future__ import annotations

import base64
import dataclasses
import logging
import pprint
import re
from datetime import datetime
from typing import Any

from secret_svc import ChangeKind, Outcome, Reason, Secret, SecretServiceError, State, Value

ENUMS = {"kind": ChangeKind, "state": State, "outcome": Outcome, "reason": Reason}


def plain(item: Any, name: str = "") -> Any:
    """Dataclasses become mappings with the JSON names of their fields, and enums their names."""
    if dataclasses.is_dataclass(item):
        fields = dataclasses.fields(item)
        return {camel_case(each.name): plain(getattr(item, each.name), each.name) for each in fields}
    if name in ENUMS:
        return ENUMS[name].Name(item)
    if isinstance(item, tuple):
        return [plain(each) for each in item]
    if isinstance(item, datetime):
        assert item.tzinfo is not None
        return item.isoformat()
    return item


def camel_case(name: str) -> str:
    return re.sub("_(.)", lambda letter: letter[1].upper(), name)


def plain_secret(secret: Secret) -> dict[str, Any]:
    if secret.value is None:
        return plain(secret)  # type: ignore[no-any-return]
    if secret.value.is_bytes:
        encoded = base64.b64encode(secret.reveal_bytes()).decode()
        must_not_show(encoded, secret, secret.value, dataclasses.asdict(secret))
        return {**plain(secret), "value": None, "valueBytes": encoded}
    value = secret.reveal()
    must_not_show(value, secret, secret.value, dataclasses.asdict(secret), dataclasses.replace(secret, owner="x"))
    return {**plain(secret), "value": value}


def plain_error(error: SecretServiceError) -> dict[str, Any]:
    return {
        "code": error.code.name,
        "reason": Reason.Name(error.reason),
        "message": error.message,
        "details": plain(tuple(error.details)),
    }


def must_not_show(value: str | bytes, *things: object) -> None:
    """Prints things in every way there is. Short texts would be found by accident."""
    hidden = value if isinstance(value, str) else repr(value)[2:-1]
    if len(hidden) < 6:
        return
    for thing in things:
        record = logging.LogRecord("test", logging.INFO, "", 0, "%s %r", (thing, thing), None)
        shown = [repr(thing), str(thing), f"{thing}", pprint.pformat(thing), record.getMessage()]
        assert not any(hidden in text for text in shown), f"printing a {type(thing).__name__} shows what it must not"


def compare(where: str, expected: Any, actual: Any) -> None:
    """Checks that ``actual`` has what is expected: of a mapping the named entries, of a list all items in order. A list
    where one text is expected means any of them."""
    if isinstance(expected, dict):
        assert isinstance(actual, dict), f"{where}: expected {expected}, got {actual}"
        if where.endswith(".metadata"):
            assert expected == actual, where
        for name, value in expected.items():
            assert name in actual, f"{where}: there is no {name} in {actual}"
            compare(f"{where}.{name}", value, actual[name])
    elif isinstance(expected, list) and isinstance(actual, str):
        assert actual in expected, where
    elif isinstance(expected, list):
        assert isinstance(actual, list) and len(actual) == len(expected), f"{where}: expected {expected}, got {actual}"
        for index, item in enumerate(expected):
            compare(f"{where}[{index}]", item, actual[index])
    else:
        if isinstance(expected, str) and isinstance(actual, Value):
            actual = actual.reveal()
        assert expected == actual, where
