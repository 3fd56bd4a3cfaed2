"""Account, state database and console as findings of `opsync check`; it writes into none of them."""

import os
from collections.abc import Iterator
from ipaddress import ip_address
from pathlib import Path

from sync.cli.finding import Finding, broken, fine, odd
from sync.cli.hook_findings import hook_findings
from sync.domain.model import Access, Side
from sync.errors import OpsyncError
from sync.settings import Settings
from sync.store.address import parse_address
from sync.store.database import Database
from sync.web.server import open_port

_SHORT_TOKEN = 16


def access_findings(side: Side, access: Access) -> Iterator[Finding]:
    """Who we are; the rights that are missing are the adapter's warnings."""
    who = f"logged in to {access.tenant} as {access.user}, version {access.version}"
    yield fine(side.label, f"{who}, {'administrator' if access.is_admin else 'no administrator'}")
    for warning in access.warnings:
        yield odd(side.label, warning, "correct it there, or see the user's rights")


def deletion_findings(settings: Settings, side: Side, *, sees_all: bool) -> Iterator[Finding]:
    """An account that does not see everything cannot tell hidden from deleted: superoffice.md 11 and
    onlyoffice.md 9 (seen 2026-11-22)."""
    if sees_all:
        return
    policy, name = settings.policy, f"deleted_in_{side.label.lower()}"
    removal = policy.deleted_in_superoffice if side is Side.LEFT else policy.deleted_in_onlyoffice
    useless = f', so {name} = "{removal}" has no effect' if removal != "keep" else ""
    what = f"deletions are switched off: this account may not see every record{useless}"
    yield odd(side.label, what, "use an administrator's account to have deletions noticed")


def state_findings(settings: Settings) -> Iterator[Finding]:
    try:
        database = Database(url := settings.state.url.get_secret_value())
    except OpsyncError as error:
        yield broken("state", str(error), "correct [state] url")
        return
    try:
        if database.revision() is None:
            yield _not_yet(database, parse_address(url).path)
            return
        database.require_current()
        yield fine("state", f"the {database.name} is up to date")
    except OpsyncError as error:
        yield broken("state", str(error), "see the message")
    finally:
        database.close()


def _not_yet(database: Database, path: Path | None) -> Finding:
    if path is not None and not os.access(path.parent, os.W_OK):
        return broken("state", f"the folder {path.parent} may not be written", "give its user that right")
    return odd("state", f"the {database.name} has no tables yet", "the first run makes them")


def web_findings(settings: Settings) -> Iterator[Finding]:
    """The console's port, which a running daemon holds itself; and what webhooks would need."""
    yield from _port_findings(settings)
    yield from hook_findings(settings)


def _port_findings(settings: Settings) -> Iterator[Finding]:
    web = settings.web
    if web.token is None:
        yield fine("web", "no token: the console stays closed")
        return
    if len(web.token.get_secret_value()) < _SHORT_TOKEN:
        yield odd("web", "the token is short", f"make one of at least {_SHORT_TOKEN} random characters")
    if not _is_loopback(web.host):
        what = f"the console is open to other machines at {web.host}"
        yield odd("web", what, "put a proxy with TLS in front of it")
    yield _port_finding(web.host, web.port)


def _port_finding(host: str, port: int) -> Finding:
    try:
        open_port(host, port).close()
    except OSError as error:
        what = f"port {port} of {host} cannot be opened now ({error.strerror})"
        return odd("web", what, "fine if opsync serve holds it; else change [web] host or port")
    return fine("web", f"port {port} of {host} is free, the token is set")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
