"""Tells people when something begins to be wrong and when it is over, never per run; it mends nothing."""

import threading
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

import structlog

from sync.daemon.conditions import View
from sync.daemon.notices import Book, Delivery, Judge, Rules, dump_book, load_book
from sync.daemon.post import Post
from sync.engine.pairing import Clock
from sync.errors import StateTrouble
from sync.store import meta
from sync.store.database import Database

EVERY_S = 15.0
LEAP = timedelta(minutes=10)
"""Between two looks; after more than this the clock leapt, or the machine slept."""

_KEY = "alerts.told"


class Alerts:
    """`look` belongs to one thread: the one in `run`, or the only one there is. What was told is in the state
    database, so a restart neither repeats nor forgets; while that is away it is in memory."""

    def __init__(self, rules: Rules, post: Post, database: Database, clock: Clock) -> None:
        self._rules = rules
        self._post = post
        self._database = database
        self._clock = clock
        self._book: Book = {}
        self._is_behind = False
        self._looked_at: datetime | None = None
        self._left = threading.Event()
        self._log = structlog.get_logger()

    def run(self, view: Callable[[], View], every_s: float = EVERY_S) -> None:
        """Looks until told to leave; nobody waits for what it does."""
        while not self._left.is_set():
            try:
                self.look(view())
            except Exception:  # noqa: BLE001  a fault in one look must not end the telling
                self._log.exception("alerts.failed")
            self._left.wait(every_s)

    def leave(self) -> None:
        """From any thread. What is owed is kept for the next start."""
        self._left.set()

    def look(self, view: View) -> None:
        """Compares, remembers, then sends; may take as long as the channels' time-outs."""
        judge = Judge(self._rules, self._post.names, self._clock())
        has_leapt = self._has_leapt(judge.now)
        taken: list[Delivery] = []

        def update(book: Book) -> Book:
            judged = judge.judge(judge.begin_anew(book) if has_leapt else book, view)
            book, taken[:] = judge.take(judged)
            return book

        self._change(update)
        self._tell(taken)
        self._carry(taken)

    def _has_leapt(self, now: datetime) -> bool:
        before, self._looked_at = self._looked_at, now
        return before is not None and not timedelta(0) <= now - before <= LEAP

    def _carry(self, taken: Sequence[Delivery]) -> None:
        for delivery, arrived in self._post.carry(taken):
            judge = Judge(self._rules, self._post.names, self._clock())
            self._change(partial(judge.settle, delivery=delivery, arrived=arrived))

    def _tell(self, taken: Sequence[Delivery]) -> None:
        first = {delivery.alert.condition: delivery.alert for delivery in taken if delivery.tries == 1}
        for alert in first.values():
            self._log.info("alert.told", condition=alert.condition, state=str(alert.state))

    def _change(self, update: Callable[[Book], Book]) -> None:
        """`update` may be called more than once, and the last call counts."""
        try:
            self._book = self._changed_in_database(update)
            self._is_behind = False
        except StateTrouble as error:
            self._log.debug("alerts.kept_in_memory", error=str(error))
            self._book = update(self._book)
            self._is_behind = True

    def _changed_in_database(self, update: Callable[[Book], Book]) -> Book:
        """Most looks change nothing, and then nothing is written. What memory knows better is saved first."""
        if not self._is_behind:
            with self._database.read() as connection:
                before = load_book(meta.get(connection, _KEY))
            if (after := update(before)) == before:
                return after
        with self._database.begin() as connection:
            before = self._book if self._is_behind else load_book(meta.get(connection, _KEY))
            after = update(before)
            meta.put(connection, _KEY, dump_book(after))
        return after
