"""Starts both sandbox servers on one world and says how to reach them; it must not know what they answer."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sync.sandbox import server
from sync.sandbox.seeds import World
from sync.sandbox.server import RunningServer
from sync.sandbox.superoffice import app as superoffice
from sync.sandbox.superoffice.app import Installation
from sync.sandbox.wire import Clock, JsonObject

PRIVATE_PERCENT = 3
"""So many of the seeded opportunities are private, as in a real portal."""


@dataclass(frozen=True, slots=True)
class Sandbox:
    """Two running servers and the secrets to log in with."""

    superoffice: RunningServer
    onlyoffice: RunningServer
    installation: Installation
    portal_credentials: JsonObject

    def as_json(self) -> JsonObject:
        tenant = self.installation.tenant
        left = {
            "base_url": f"{self.superoffice.base_url}{tenant.base_path}",
            "state_url": f"{self.superoffice.base_url}/api/state/{tenant.name}",
            "tenant": tenant.name,
            "control_url": f"{self.superoffice.base_url}/_sandbox",
        }
        right = {"base_url": self.onlyoffice.base_url, "control_url": f"{self.onlyoffice.base_url}/_sandbox"}
        return {
            "superoffice": left | self.installation.credentials,
            "onlyoffice": right | self.portal_credentials,
        }

    def stop(self) -> None:
        self.superoffice.stop()
        self.onlyoffice.stop()
        self.installation.stop()


def launch(
    world: World,
    *,
    superoffice_port: int = 0,
    onlyoffice_port: int = 0,
    password: str | None = None,
    clock: Clock,
) -> Sandbox:
    """Both servers on loopback; without a password a fresh random one is made."""
    from sync.sandbox.onlyoffice import app as onlyoffice

    secret = password or secrets.token_urlsafe(18)
    installation = superoffice.build(world, clock=clock, password=secret, base_path="/Cust90001")
    portal = onlyoffice.build(world, clock=clock, password=secret, private_percent=PRIVATE_PERCENT)
    left = server.start(installation.app, port=superoffice_port)
    try:
        right = server.start(portal.app, port=onlyoffice_port)
    except BaseException:
        left.stop()
        raise
    return Sandbox(left, right, installation, portal.credentials)
