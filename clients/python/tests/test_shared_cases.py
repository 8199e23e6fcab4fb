"""Runs the cases that all clients share, with both clients, against services with and without TLS."""

from __future__ import annotations

import base64
import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from cases import FOLDER, ClientSettings, Step, ask_control, environment, read_case, read_cases, snake_fields, token_of
from plain import compare, must_not_show, plain, plain_error, plain_secret

from secret_svc import (
    AsyncSecretClient,
    Removal,
    SecretClient,
    SecretInput,
    SecretServiceError,
    State,
    View,
    WatchEvent,
)

Client = SecretClient | AsyncSecretClient

PARAMETERS = [
    pytest.param(flavour, target, file, case.name, id=f"{flavour}-{target}-{file.name}-{case.name}")
    for flavour in ("sync", "asyncio")
    for target in ("plain", "tls")
    for file in sorted(FOLDER.glob("*.yaml"))
    for case in read_cases(file, "run")
    if case.only in ("", target)
]


def test_there_are_cases() -> None:
    assert PARAMETERS


@pytest.mark.parametrize(("flavour", "target", "file", "name"), PARAMETERS)
def test_case(flavour: str, target: str, file: Path, name: str, tmp_path: Path) -> None:
    asyncio.run(run_case(flavour, target, file, name, tmp_path / "token"))


async def run_case(flavour: str, target: str, file: Path, name: str, token_file: Path) -> None:
    case = read_case(file, name)
    if case.client.through == "faulty":
        control("POST", "none")
    clients: dict[str, Client] = {}
    sealed = ""

    async def carry_out(where: str, step: Step) -> None:
        nonlocal sealed
        if step.write_token_of:
            # With a line end, as editors and shells write it.
            token_file.write_text(token_of(step.write_token_of) + "\n")
            return
        if step.fault:
            control("POST", step.fault)
            return
        if step.as_ not in clients:
            clients[step.as_] = connect(flavour, target, case.client, step.as_, token_file)
        for secret in step.secrets:
            if secret.get("value") == "{sealed}":
                secret["value"] = sealed
            if "valueBytes" in secret:
                secret["value"] = base64.b64decode(secret.pop("valueBytes"))

        async def during() -> None:
            for index, inner in enumerate(step.during):
                await carry_out(f"{where}.{index}", inner)

        actual = await perform(clients[step.as_], step, during)
        sealed = actual.get("sealed", sealed)
        if "calls" in step.expect:
            actual["calls"] = control("GET", "calls")
        assert "error" in step.expect or "error" not in actual, f"{where}: {actual}"
        compare(where, step.expect, actual)

    for index, step in enumerate(case.steps):
        await carry_out(f"step {index}", step)
    for client in clients.values():
        closing = client.close()
        if closing is not None:
            await closing


def connect(flavour: str, target: str, settings: ClientSettings, who: str, token_file: Path) -> Client:
    url = environment({"plain": "SECRET_URL", "tls": "SECRET_TLS_URL"}[target])
    if settings.through == "faulty":
        url = environment("SECRET_FAULTY_URL")
    options: dict[str, Any] = {}
    if target == "tls" and settings.ca != "none":
        options["ca_file"] = environment({"": "SECRET_CA_FILE", "other": "SECRET_OTHER_CA_FILE"}[settings.ca])
    if settings.timeout_ms:
        options["timeout"] = settings.timeout_ms / 1000
    if settings.token_file:
        options["token_file"] = token_file
    else:
        options["token"] = settings.token or token_of(who)
    client = SecretClient(url, **options) if flavour == "sync" else AsyncSecretClient(url, **options)
    if "token" in options:
        must_not_show(options["token"], client, vars(client))
    return client


async def perform(client: Client, step: Step, during: Callable[[], Awaitable[None]]) -> dict[str, Any]:
    """Makes the call of a step and answers what came of it, as the cases describe it."""
    try:
        if step.call == "get":
            return {"secret": plain_secret(await wait_for(client.get(step.key)))}
        if step.call == "seal":
            return {"sealed": await wait_for(client.seal(step.key, step.value))}
        if step.call == "list":
            return await list_all(client, step)
        if step.call == "watch":
            return {"changes": await watch(client, step, during)}
        name, items = await items_of(client, step)
    except SecretServiceError as error:
        return {"error": plain_error(error)}
    return {name: items, name.removesuffix("s") + "Count": len(items)}


async def items_of(client: Client, step: Step) -> tuple[str, list[Any]]:
    keys = step.numbered_keys.keys() if step.numbered_keys else step.keys
    if step.call == "getMany":
        found = await wait_for(client.get_many(*keys))
        return "secrets", [plain_secret(found[key]) for key in sorted(found)]
    if step.call == "save":
        results = await wait_for(
            client.save(
                *inputs_of(step),
                remove=[Removal(**snake_fields(removal)) for removal in step.remove],
                validate_only=step.validate_only,
                idempotency_key=step.idempotency_key,
            )
        )
        return "results", plain(results)
    assert step.call == "remove", f"there is no call {step.call}"
    return "removed", plain(await wait_for(client.remove(*keys, idempotency_key=step.idempotency_key)))


async def wait_for(result: Any) -> Any:
    """What a call of either client answers."""
    return await result if asyncio.iscoroutine(result) else result


async def list_all(client: Client, step: Step) -> dict[str, Any]:
    listing = client.list(
        namespace=step.namespace,
        key_pattern=step.key_pattern,
        state=cast("State", State.Value(step.state)),
        view=cast("View", View.Value(step.view)),
        page_size=step.page_size,
    )
    secrets: list[dict[str, Any]] = []
    answer: dict[str, Any] = {"secrets": secrets}
    try:
        if isinstance(listing, Iterator):
            for secret in listing:
                secrets.append(plain_secret(secret))
        else:
            async for secret in listing:
                secrets.append(plain_secret(secret))
    except SecretServiceError as error:
        answer["error"] = plain_error(error)
    return {**answer, "secretCount": len(secrets)}


async def watch(client: Client, step: Step, during: Callable[[], Awaitable[None]]) -> list[dict[str, Any]]:
    watching = client.watch(
        keys=step.keys, namespace=step.namespace, key_pattern=step.key_pattern, resume_token=step.resume_token
    )
    changes: list[dict[str, Any]] = []
    async for event in each_of(watching):
        if event.change is None:
            await during()
        else:
            changes.append(plain(event.change))
        if "changes" in step.expect and len(changes) == len(step.expect["changes"]):
            break
    return changes


async def each_of(items: Iterator[WatchEvent] | AsyncIterator[WatchEvent]) -> AsyncIterator[WatchEvent]:
    if isinstance(items, Iterator):
        for item in items:
            yield item
    else:
        async for item in items:
            yield item


def inputs_of(step: Step) -> list[SecretInput]:
    inputs = [SecretInput(**snake_fields(secret)) for secret in step.secrets]
    if step.numbered_secrets:
        value = "x" * step.numbered_secrets.bytes
        inputs += [SecretInput(key, value) for key in step.numbered_secrets.keys()]
    for given, secret in zip(step.secrets, inputs, strict=False):
        must_not_show(given.get("value") or "", secret)
    return inputs


def control(verb: str, path: str) -> int:
    return int(ask_control(verb, path))
