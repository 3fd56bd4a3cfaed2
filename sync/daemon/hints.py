"""What other systems say may have changed, until the worker looks; it proves nothing and looks nowhere."""

import threading
from collections.abc import Callable

from sync.domain.model import Side

MOST = 1000
"""Ids kept for one side; more of them are a reading of everything new."""
_LONGEST_ID = 18
_CONTEXT = frozenset({"contact", "associate", "list"})


class Hints:
    """Safe from any thread. `wake` is called after each new hint, outside the lock; it must not wait."""

    def __init__(self, wake: Callable[[], None], *, most: int = MOST) -> None:
        self._wake = wake
        self._most = most
        self._lock = threading.Lock()
        self._ids: dict[Side, set[str]] = {}
        self._floods: set[Side] = set()
        self._lists_changed = False

    @property
    def lists_changed(self) -> bool:
        """Whether lists, users or companies are to be read afresh; `take_lists` also forgets it."""
        with self._lock:
            return self._lists_changed

    def hear(self, event: str, record_id: str) -> bool:
        """An event of SuperOffice, by the names of superoffice.md 7.2 (seen 2026-11-22); False where it means
        nothing to a run. One that names no record is a hint at everything new."""
        entity = event.partition(".")[0]
        if entity == "sale":
            self._hear_sale(record_id)
        elif entity in _CONTEXT:
            self.put_lists()
        return entity == "sale" or entity in _CONTEXT

    def put(self, side: Side, record_id: str) -> None:
        with self._lock:
            ids = self._ids.setdefault(side, set())
            is_new = side not in self._floods and record_id not in ids
            if is_new:
                ids.add(record_id)
                self._bound(side, ids)
        if is_new:
            self._wake()

    def put_all(self, side: Side) -> None:
        """Everything new of `side` is to be looked at."""
        with self._lock:
            is_new = side not in self._floods
            self._floods.add(side)
            self._ids.pop(side, None)
        if is_new:
            self._wake()

    def put_lists(self) -> None:
        with self._lock:
            is_new = not self._lists_changed
            self._lists_changed = True
        if is_new:
            self._wake()

    def take(self) -> dict[Side, frozenset[str]]:
        """{side: record ids} since the last call; an empty set means everything new of that side."""
        with self._lock:
            taken = {side: frozenset(ids) for side, ids in self._ids.items() if ids}
            taken |= {side: frozenset() for side in self._floods}
            self._ids, self._floods = {}, set()
        return taken

    def take_lists(self) -> bool:
        """`lists_changed`, which is False afterwards."""
        with self._lock:
            changed, self._lists_changed = self._lists_changed, False
        return changed

    def _hear_sale(self, record_id: str) -> None:
        if _is_id(record_id):
            self.put(Side.LEFT, record_id)
        else:
            self.put_all(Side.LEFT)

    def _bound(self, side: Side, ids: set[str]) -> None:
        if len(ids) > self._most:
            self._floods.add(side)
            del self._ids[side]


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID and int(text) > 0
