"""Hears every secret that a client sends to the sandboxes, and tells the forms one may take; no test."""

import base64
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any  # ASGI messages and JSON bodies
from urllib.parse import parse_qsl, quote, quote_plus

import pytest

from sync.sandbox.faults import Gate

_HEADERS = {b"authorization", b"so-apptoken", b"cookie", b"x-xsrf-token"}
_MEMBERS = {
    *("password", "SignedSystemToken", "ApplicationToken", "client_secret", "refresh_token", "code"),
    *("code_verifier", "ticket"),
}
_SHORTEST = 6
_LOG_INS = ("authentication", "/authenticate", "/tokens")


@contextmanager
def heard_secrets() -> Iterator[set[str]]:
    """Grows with each request to a sandbox, whichever process it comes from."""
    heard: set[str] = set()
    answer = Gate.__call__

    async def listen(gate: Gate, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/_sandbox/"):
            await answer(gate, scope, receive, send)
            return
        heard.update(_in_headers(scope["headers"]))
        logs_in = scope["path"].removesuffix(".json").casefold().endswith(_LOG_INS)

        async def overhear() -> Any:
            message = await receive()
            if logs_in:
                heard.update(_in_body(message.get("body", b"")))
            return message

        await answer(gate, scope, overhear, send)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Gate, "__call__", listen)
        yield heard


def forms_of(secrets: Iterable[str]) -> dict[str, str]:
    """{form: how it is written}: plain, as base64, as in an address, as in JSON; each line of a key alone."""
    parts = [line for secret in secrets for line in secret.splitlines() if not line.startswith("-----")]
    found: dict[str, str] = {}
    for part in (part for part in parts if len(part) >= _SHORTEST):
        found |= {
            base64.b64encode(part.encode()).decode(): "base64",
            base64.urlsafe_b64encode(part.encode()).decode().rstrip("="): "base64 of addresses",
            quote(part, safe=""): "percent-encoded",
            quote_plus(part): "in a form",
            json.dumps(part)[1:-1]: "in JSON",
            repr(part)[1:-1]: "as a Python value",
            part: "plain",
        }
    return found


def _in_headers(headers: Iterable[tuple[bytes, bytes]]) -> Iterator[str]:
    """Whole, and without the word for the scheme."""
    for name, value in headers:
        if name.lower() in _HEADERS:
            text = value.decode("latin-1")
            yield text
            yield text.partition(" ")[2] or text


def _in_body(body: bytes) -> Iterator[str]:
    try:
        found: Any = json.loads(body)
    except ValueError:
        found = dict(parse_qsl(body.decode("utf-8", "replace")))
    if isinstance(found, dict):
        yield from (str(value) for name, value in found.items() if name in _MEMBERS)
