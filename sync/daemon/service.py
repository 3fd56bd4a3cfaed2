"""Starts the worker, the ticker and the web door, waits for a signal, ends all of them in order."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from queue import Empty, SimpleQueue

import structlog

from sync.daemon import systemd
from sync.daemon.supervisor import Supervisor
from sync.daemon.ticker import Ticker

LEAVE_S = 25.0
"""Time for the records in flight; systemd and Docker get their answer within 30 s."""
_GUEST_LEAVE_S = 3.0


class Message(StrEnum):
    """What the main thread waits for."""

    SIGNAL = "signal"
    WORKER_ENDED = "worker_ended"
    RELOAD = "reload"
    NOW = "now"


class Ending(StrEnum):
    """CLEAN: told to, and all was finished. CUT: told to, but a call hung. FORCED: told twice.
    BY_ITSELF: the worker ended without being told, as it should only after its one turn. RELOADED: ended as
    CLEAN is, to begin anew with another configuration."""

    CLEAN = "clean"
    CUT = "cut"
    FORCED = "forced"
    BY_ITSELF = "by_itself"
    RELOADED = "reloaded"


Mailbox = SimpleQueue[Message]
"""Its `put` is safe inside a signal handler, other than setting a `threading.Event`:
docs.python.org/3.11/library/queue.html#queue.SimpleQueue.put (seen 2026-11-22)."""


@dataclass(frozen=True, slots=True)
class Guest:
    """Something that runs in a thread of its own until it is asked to leave, such as the web door."""

    name: str
    run: Callable[[], None]
    leave: Callable[[], None]


class Service:
    """Everything that runs between start and stop of the daemon."""

    def __init__(  # noqa: PLR0913  keyword-only options of one process
        self,
        supervisor: Supervisor,
        ticker: Ticker,
        mailbox: Mailbox,
        guests: Sequence[Guest] = (),
        *,
        accepts: Callable[[], bool] = lambda: False,
        leave_s: float = LEAVE_S,
    ) -> None:
        self._supervisor = supervisor
        self._ticker = ticker
        self._mailbox = mailbox
        self._guests = [(guest, _thread(guest.name, guest.run)) for guest in guests]
        self._worker = _thread("worker", self._work)
        self._accepts = accepts
        self._leave_s = leave_s
        self._log = structlog.get_logger()

    def run(self) -> Ending:
        """Returns when the service has ended. After CUT or FORCED the worker may still hang in a call."""
        self._log.info("daemon.started")
        self._start()
        told = self._await_end()
        self._log.info("daemon.stopping", because=str(told))
        if told is not Message.RELOAD:
            systemd.notify(systemd.STOPPING)
        self._ticker.stop()
        ending = Ending.BY_ITSELF if told is Message.WORKER_ENDED else self._end_worker()
        if told is Message.RELOAD and ending is Ending.CLEAN:
            ending = Ending.RELOADED
        for guest, thread in self._guests:
            guest.leave()
            thread.join(0 if ending is Ending.FORCED else _GUEST_LEAVE_S)
        self._log.info("daemon.stopped", ending=str(ending))
        return ending

    def _start(self) -> None:
        for _guest, thread in self._guests:
            thread.start()
        self._ticker.start()
        self._worker.start()

    def _await_end(self) -> Message:
        """A reload ends it only if `accepts` finds the new configuration good."""
        while True:
            told = self._mailbox.get()
            if told is Message.NOW:
                self._supervisor.tick()
            elif told is not Message.RELOAD or self._accepts():
                return told

    def _work(self) -> None:
        try:
            self._supervisor.work()
        finally:
            self._mailbox.put(Message.WORKER_ENDED)

    def _end_worker(self) -> Ending:
        self._supervisor.leave()
        try:
            told = self._mailbox.get(timeout=self._leave_s)
        except Empty:
            return Ending.CUT
        return Ending.CLEAN if told is Message.WORKER_ENDED else Ending.FORCED


def _thread(name: str, run: Callable[[], None]) -> threading.Thread:
    return threading.Thread(target=run, name=f"opsync-{name}", daemon=True)
