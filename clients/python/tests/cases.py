"""The cases of ``clients/testdata``, whose README has the meaning of each field. Unknown fields are errors."""

from __future__ import annotations

import os
import re
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
import yaml

FOLDER = Path(__file__).parents[2] / "testdata"


@dataclass
class Numbered:
    prefix: str
    count: int
    bytes: int = 0

    def keys(self) -> list[str]:
        return [f"{self.prefix}{index}" for index in range(self.count)]


@dataclass
class Step:
    call: str = ""
    as_: str = "app"
    key: str = ""
    value: str = ""
    keys: list[str] = field(default_factory=list)
    numbered_keys: Numbered | None = None
    secrets: list[dict[str, Any]] = field(default_factory=list)
    numbered_secrets: Numbered | None = None
    remove: list[dict[str, Any]] = field(default_factory=list)
    validate_only: bool = False
    idempotency_key: str = ""
    namespace: str = ""
    key_pattern: str = ""
    state: str = "SECRET_STATE_UNSPECIFIED"
    view: str = "SECRET_VIEW_UNSPECIFIED"
    page_size: int = 0
    resume_token: str = ""
    during: list[Any] = field(default_factory=list)
    write_token_of: str = ""
    fault: str = ""
    expect: dict[str, Any] = field(default_factory=dict)


@dataclass
class ClientSettings:
    token: str = ""
    token_file: bool = False
    ca: str = ""
    through: str = ""
    timeout_ms: int = 0


@dataclass
class Case:
    name: str
    steps: list[Step]
    only: str = ""
    client: ClientSettings = field(default_factory=ClientSettings)


def snake_case(name: str) -> str:
    return "as_" if name == "as" else re.sub("[A-Z]", lambda letter: "_" + letter[0].lower(), name)


def snake_fields(fields: dict[str, Any]) -> dict[str, Any]:
    return {snake_case(name): value for name, value in fields.items()}


def read_cases(file: Path, run: str) -> list[Case]:
    """All cases of a file, with ``{run}`` replaced."""
    return [_case(fields) for fields in yaml.safe_load(file.read_text().replace("{run}", run))]


def read_case(file: Path, name: str) -> Case:
    """One case, with its own run."""
    return next(case for case in read_cases(file, "py" + uuid.uuid4().hex) if case.name == name)


def _case(fields: dict[str, Any]) -> Case:
    steps = [_step(step) for step in fields.pop("steps")]
    client = ClientSettings(**snake_fields(fields.pop("client", {})))
    return Case(**fields, steps=steps, client=client)


def _step(fields: dict[str, Any]) -> Step:
    step = Step(**snake_fields(fields))
    step.during = [_step(inner) for inner in step.during]
    for name in ("numbered_keys", "numbered_secrets"):
        numbered = getattr(step, name)
        if numbered is not None:
            setattr(step, name, Numbered(**numbered))
    return step


def environment(name: str) -> str:
    value = os.environ.get(name, "")
    if not value:
        pytest.skip(f"{name} is not set: run 'npm run test:clients python'")
    return value


def token_of(who: str) -> str:
    if who == "brief":
        return ask_control("POST", "brief")
    return "oo_" + "A" * 43 if who == "nobody" else environment(f"SECRET_TOKEN_{who.upper()}")


def ask_control(verb: str, path: str) -> str:
    """Talks to the proxy that fails calls."""
    request = Request(f"{environment('SECRET_FAULTY_CONTROL_URL')}/{path}", method=verb)
    with urlopen(request) as response:
        return str(response.read().decode())
