"""The webhook as findings of `opsync check`; it registers and repairs nothing."""

from collections.abc import Iterator
from contextlib import closing

from sync import wiring
from sync.cli.finding import Finding, broken, fine, odd
from sync.crm.subscription import HookState, Subscription
from sync.errors import OpsyncError
from sync.settings import Settings
from sync.web.server import open_port

_WHERE = "webhooks"
_SHORT_SECRET = 16


def hook_findings(settings: Settings) -> Iterator[Finding]:
    """A webhook out of order is no fault of the synchronisation: changes are still found by looking."""
    section = settings.webhooks
    if not section.url or section.secret is None:
        yield fine(_WHERE, "not configured: changes are found by looking")
        return
    if len(section.secret.get_secret_value()) < _SHORT_SECRET:
        yield odd(_WHERE, "the secret is short", f"make one of at least {_SHORT_SECRET} random characters")
    yield _port_finding(section.host, section.port)
    yield _hook_finding(settings)


def hook_text(found: Subscription) -> str:
    """State, address and counts as one line."""
    if found.state is HookState.MISSING:
        return f"SuperOffice has no webhook named {found.name!r}"
    counts = f"{found.total_calls} calls, {found.total_errors} errors, {found.consecutive_errors} in a row"
    differs = f", not as configured: {', '.join(found.differs_in)}" if found.differs_in else ""
    return f"{found.name}: {found.state}, posts to {found.url} ({counts}){differs}"


def _hook_finding(settings: Settings) -> Finding:
    try:
        with closing(wiring.open_webhooks(settings)) as hooks:
            found = hooks.look()
    except OpsyncError as error:
        return broken(_WHERE, str(error), "see `opsync webhooks status`")
    if found.is_sound:
        return fine(_WHERE, hook_text(found))
    return odd(_WHERE, hook_text(found), _remedy(found))


def _remedy(found: Subscription) -> str:
    if found.state is HookState.MISSING or found.is_elsewhere:
        return "start `opsync serve`, then run `opsync webhooks register`"
    return "`opsync serve` repairs it; or run `opsync webhooks repair` while it runs"


def _port_finding(host: str, port: int) -> Finding:
    try:
        open_port(host, port).close()
    except OSError as error:
        what = f"port {port} of {host} cannot be opened now ({error.strerror})"
        return odd(_WHERE, what, "fine if opsync serve holds it; else change [webhooks] host or port")
    return fine(_WHERE, f"port {port} of {host} is free, the secret is set")
