"""Finds where the vendor hosts a tenant at the moment; it stores that nowhere and sends no credential."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from threading import Lock
from urllib.parse import SplitResult, urlsplit

import structlog
from pydantic import ValidationError

from sync.crm.http import Call, Http, HttpOptions
from sync.crm.superoffice.hosts import is_recovery, may_receive_credentials
from sync.crm.superoffice.moment import parse_instant
from sync.crm.superoffice.options import Cloud
from sync.crm.superoffice.wire import Text, Wire
from sync.domain.model import Side
from sync.errors import OpsyncError, RecordGone, RetryLater, SideDown, WrongShape

_ROUTE = "api/state/{tenant}"
_LIFE = timedelta(minutes=10)  # where ValidUntil says nothing [I]
_SHORTEST = timedelta(seconds=5)  # our clock may be ahead of the vendor's
_LOOK_AGAIN = timedelta(seconds=60)


class State(StrEnum):
    """superoffice.md 1.2 (seen 2026-11-22)."""

    UNKNOWN = "unknown"
    PROVISIONING = "provisioning"
    RUNNING = "running"
    DELETED = "deleted"
    SUSPENDED = "suspended"
    ONLINE_MAINTENANCE = "onlinemaintenance"
    OFFLINE_MAINTENANCE = "offlinemaintenance"
    PROVISIONING_FAILED = "provisioningfailed"
    DELETING = "deleting"
    DELETE_FAILED = "deletefailed"
    MIGRATION_PENDING = "migrationpending"


_NUMBERS = dict(zip((0, 1, 2, 3, 4, 5, 6, 8, 10, 11, 12), State, strict=True))
_USABLE = frozenset({State.RUNNING, State.ONLINE_MAINTENANCE})
_NEVER_AGAIN = frozenset({State.DELETED, State.DELETING, State.DELETE_FAILED, State.PROVISIONING_FAILED})
_ADVICE = {
    State.UNKNOWN: "the vendor does not know it or has an incident; if it lasts, correct `tenant`",
    State.PROVISIONING: "it is being set up; opsync goes on when it runs",
    State.SUSPENDED: "it is suspended; opsync goes on when the vendor resumes it",
    State.OFFLINE_MAINTENANCE: "maintenance, usually for minutes; opsync goes on afterwards",
    State.MIGRATION_PENDING: "it is being migrated, which may last weeks; opsync goes on afterwards",
}


class TenantState(Wire):
    """The answer of the state endpoint: superoffice.md 1.2 (seen 2026-11-22)."""

    context_identifier: Text = ""
    endpoint: Text = ""
    state: Text = ""
    is_running: bool | None = None
    valid_until: Text = ""
    api: Text = ""


class Tenancy:
    """The tenant's root address, asked for again when it may have changed."""

    def __init__(
        self,
        cloud: Cloud,
        http_options: HttpOptions,
        on_call: Callable[[Call], None],
        clock: Callable[[], datetime],
    ) -> None:
        self._cloud = cloud
        self._clock = clock
        self._lock = Lock()
        self._root = ""
        self._trouble: OpsyncError | None = None
        self._until: datetime | None = None
        address = replace(http_options, base_url=cloud.state_address)
        self._http = Http(
            Side.LEFT, address, auth=None, headers={}, explain=lambda _status, _body: "", on_call=on_call
        )

    def close(self) -> None:
        self._http.close()

    def root(self) -> str:
        """Where requests go, without `/api`. `RetryLater` while the tenant pauses, `SideDown` for ever."""
        with self._lock:
            if self._until is None or self._until <= self._clock():
                self._ask()
            if self._trouble:
                raise type(self._trouble)(str(self._trouble))
            return self._root

    def root_after(self, refused: str) -> str:
        """Asks again, unless another thread already learnt of another host than `refused`."""
        with self._lock:
            if self._root == refused:
                self._until = None
        return self.root()

    def doubt(self) -> None:
        """A connection failed; the next call asks again: superoffice.md 1.1 (seen 2026-11-22). A pause that
        we know of sends nothing, so it is no reason to ask."""
        if self._trouble is None:
            self._until = None

    def moved_from(self, before: str) -> bool:
        """True when the tenant is in another place than it was."""
        return self.root() != before

    @property
    def last_root(self) -> str:
        return self._root

    def remarks(self) -> list[str]:
        if not is_recovery(self._root):
            return []
        return ["the tenant runs on the vendor's disaster recovery host; the newest changes may be missing"]

    def _ask(self) -> None:
        """The lock is held."""
        state = self._fetch()
        now = self._clock()
        self._trouble = self._trouble_of(state)
        if self._trouble is None:
            self._move(self._root_of(state))
        self._until = self._valid_until(state, now)

    def _fetch(self) -> TenantState:
        try:
            answer = self._http.read("GET", self._cloud.state_address, route=_ROUTE)
        except RecordGone as error:
            raise SideDown(f"{error}; correct `tenant` or `environment`") from error
        try:
            state = TenantState.model_validate(answer.body if answer else None)
        except ValidationError:
            raise WrongShape(f"SuperOffice GET {_ROUTE}: expected a tenant's state") from None
        if state.context_identifier.casefold() not in ("", self._cloud.tenant.casefold()):
            raise SideDown(f"SuperOffice GET {_ROUTE}: the answer is about another tenant; nothing is sent")
        return state

    def _trouble_of(self, told: TenantState) -> OpsyncError | None:
        state = _state(told.state)
        is_running = state in _USABLE if told.is_running is None else told.is_running
        if is_running and state not in _NEVER_AGAIN:
            return None
        where = f"SuperOffice tenant {self._cloud.tenant}"
        if state in _NEVER_AGAIN:
            return SideDown(f"{where}: state {told.state}, it will not come back; stop this pairing")
        advice = _ADVICE.get(state or State.RUNNING, "it is not running; opsync goes on when it is")
        return RetryLater(f"{where}: {advice}")

    def _root_of(self, told: TenantState) -> str:
        """`Api` is the tenant's root and `/api`, without `/v1`: superoffice.md 1.2 (seen 2026-11-22)."""
        parts = _split(told.api or told.endpoint)
        if not may_receive_credentials(parts, self._cloud):
            raise SideDown(
                f"SuperOffice GET {_ROUTE}: the host is not the vendor's; no credential is sent there"
            )
        path = parts.path.rstrip("/")
        for tail in ("/v1", "/api"):
            path = path[: -len(tail)] if path.casefold().endswith(tail) else path
        return f"{parts.scheme}://{parts.netloc}{path}"

    def _move(self, root: str) -> None:
        if root == self._root:
            return
        log = structlog.get_logger()
        log.info("tenant.located", side=Side.LEFT.label, host=urlsplit(root).hostname)
        if is_recovery(root):
            log.warning("tenant.recovery_host_noticed", side=Side.LEFT.label)
        self._root = root

    def _valid_until(self, told: TenantState, now: datetime) -> datetime:
        try:
            until = parse_instant(told.valid_until, UTC) or now + _LIFE
        except ValueError:
            until = now + _LIFE
        latest = now + _LOOK_AGAIN if self._trouble else until
        return max(min(until, latest), now + _SHORTEST)


def _state(name: str) -> State | None:
    """By name, or by number where a server sends that; None for one the sheet does not know."""
    if name.isdigit():
        return _NUMBERS.get(int(name))
    return next((state for state in State if state == name.replace(" ", "").casefold()), None)


def _split(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return urlsplit("")
    return parts
