"""The route table below /api/v1, and which of its calls may change records; it must not handle any."""

from __future__ import annotations

import re

from sync.sandbox.superoffice import webhook_calls
from sync.sandbox.superoffice.agent_routes import AGENTS
from sync.sandbox.superoffice.call import Handler
from sync.sandbox.superoffice.rest_routes import REST

ROUTES: tuple[tuple[str, str, Handler], ...] = (
    *REST,
    *(("POST", f"Agents/{path}", handler) for path, handler in AGENTS.items()),
)
# These call the receiver back, who may well ask the API something before he answers.
UNLOCKED = frozenset({webhook_calls.post, webhook_calls.put, webhook_calls.agent_save, webhook_calls.tested})

_AGENT = re.compile(r"/agents/\w+/(?P<name>\w+)/?\Z", re.IGNORECASE)
_WRITING = ("save", "delete", "setas", "merge", "add", "undelete", "signal", "update")
_READING_POSTS = re.compile(
    r"/(validate|archive/\w+|authenticate|oauth/tokens|login|webhook/test)/?\Z", re.IGNORECASE
)


def is_write(method: str, path: str) -> bool:
    """Agents are always POST, so there the name tells: superoffice.md 3.1."""
    if method in {"GET", "HEAD", "OPTIONS"}:
        return False
    agent = _AGENT.search(path)
    if agent is not None:
        return agent["name"].lower().startswith(_WRITING)
    return _READING_POSTS.search(path) is None
