"""Keeps what a log-in gave for all threads and renews it, one thread at a time; it knows no way to log in."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from sync.errors import SideDown

# A refused log-in is not tried again by every call: each one leaves a row in the tenant's database,
# superoffice.md 2.3 (seen 2026-11-22).
_PATIENCE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Admission:
    """Headers that admit a request for `life`, from the last use where it `slides`, else from the log-in."""

    headers: Mapping[str, str] = field(repr=False)
    life: timedelta
    slides: bool = False


@dataclass(slots=True)
class _Held:
    """An admission in use; `proven` once the server took it."""

    admission: Admission
    since: datetime
    until: datetime
    proven: bool = False


class Doorkeeper:
    """One admission for all threads. `obtain` logs in, and may raise `RetryLater` or `SideDown`."""

    def __init__(self, obtain: Callable[[], Admission], clock: Callable[[], datetime]) -> None:
        self._obtain = obtain
        self._clock = clock
        self._lock = Lock()
        self._held: _Held | None = None
        self._refused: tuple[datetime, SideDown] | None = None

    def current(self) -> Admission:
        """Logs in first where there is none or it has run out."""
        with self._lock:
            held = self._held
            if held is None or held.until <= self._clock():
                held = self._renew()
            return held.admission

    def after_refusal(self, refused: Admission) -> Admission | None:
        """Another admission than `refused`; None when that one is fresh, so that a new one is no help."""
        with self._lock:
            held = self._held
            if held is not None and held.admission is not refused:
                return held.admission
            if held is not None and not held.proven and self._clock() - held.since < _PATIENCE:
                return None
            return self._renew().admission

    def accept(self, admission: Admission) -> None:
        """The server took it, which gives a sliding one its full life again."""
        held = self._held
        if held is None or held.admission is not admission:
            return
        held.proven = True
        if admission.slides:
            held.until = self._clock() + admission.life

    def _renew(self) -> _Held:
        """The lock is held."""
        self._repeat_refusal()
        try:
            admission = self._obtain()
        except SideDown as error:
            self._refused = (self._clock(), error)
            raise
        now = self._clock()
        self._held = _Held(admission, now, now + admission.life)
        return self._held

    def _repeat_refusal(self) -> None:
        if self._refused and self._clock() - self._refused[0] < _PATIENCE:
            error = self._refused[1]
            raise type(error)(str(error))
