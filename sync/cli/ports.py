"""The ports that a daemon listens on: opened, or refused in words; nothing is served here."""

import socket

from sync.cli.state import FAILED, fail
from sync.errors import Misconfigured
from sync.settings import Settings
from sync.web.server import open_port


def _ports(settings: Settings) -> dict[tuple[str, int], str]:
    """What each fixed port is for, by host and number."""
    web, hooks = settings.web, settings.webhooks
    wanted = {(web.host, web.port): "web"} if web.token else {}
    wanted |= {(hooks.host, hooks.port): "webhooks"} if hooks.url and hooks.secret else {}
    return {place: what for place, what in wanted.items() if place[1]}


def require_ports(after: Settings, before: Settings) -> None:
    """`Misconfigured` names those that somebody else has, and hosts that are not ours."""
    ours = _ports(before)
    problems: list[str] = []
    for place, what in _ports(after).items():
        try:
            if place not in ours:
                open_port(*place).close()
        except OSError as error:
            problems.append(_cannot_listen(what, *place, error))
    if problems:
        raise Misconfigured(problems)


def _cannot_listen(what: str, host: str, port: int, error: OSError) -> str:
    return f"{what}: cannot listen on {host} port {port}: {error.strerror}"


def open_or_leave(what: str, host: str, port: int) -> socket.socket:
    try:
        return open_port(host, port)
    except OSError as error:
        fail(_cannot_listen(what, host, port, error), FAILED)
