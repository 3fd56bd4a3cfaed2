"""The request log and the counters of one sandbox server; it must not change a request."""

from __future__ import annotations

import itertools
import re
import threading
from collections import Counter, deque
from dataclasses import asdict, dataclass, field

from sync.sandbox.wire import Clock, IsWrite, JsonObject

KEEP = 100_000


@dataclass(frozen=True, slots=True)
class Entry:
    """One answered, or cut, request; status 0 means that no answer was sent."""

    seq: int
    at: str
    method: str
    path: str
    query: str
    status: int
    write: bool
    fault: str | None


@dataclass
class Recorder:
    """Bounded log of requests; `is_write` is the vendor's own judgement of what may change records."""

    is_write: IsWrite
    clock: Clock
    entries: deque[Entry] = field(default_factory=lambda: deque(maxlen=KEEP))
    counters: Counter[str] = field(default_factory=Counter)
    totals: Counter[str] = field(default_factory=Counter)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))
    lock: threading.Lock = field(default_factory=threading.Lock)

    def record(self, method: str, path: str, *, query: str, status: int, fault: str | None) -> None:
        write = self.is_write(method, path)
        with self.lock:
            at = self.clock().isoformat()
            self.entries.append(Entry(next(self.numbers), at, method, path, query, status, write, fault))
            self.counters[f"{method} {template(path)}"] += 1
            self.totals.update(["requests", "writes" if write else "reads"])

    def since(self, seq: int) -> list[JsonObject]:
        with self.lock:
            return [asdict(entry) for entry in self.entries if entry.seq > seq]

    def clear(self) -> None:
        with self.lock:
            self.entries.clear()
            self.counters.clear()
            self.totals.clear()

    def as_json(self) -> JsonObject:
        with self.lock:
            totals = {name: self.totals[name] for name in ("requests", "reads", "writes")}
            return {"totals": totals, "by_route": dict(sorted(self.counters.items()))}


def template(path: str) -> str:
    """The path with its ids blanked, so that calls of one kind count together."""
    return re.sub(r"(?<=/)\d+(?=/|$|\.json)", "{id}", path)
