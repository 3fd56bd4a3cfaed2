"""How fast calls may follow each other; it knows no day, no host and no vendor."""

import threading
from collections.abc import Callable
from time import monotonic, sleep

from pyrate_limiter import AbstractBucket, InMemoryBucket, Rate, RateItem, StateBucket, TokenBucket

_MINUTE_MS = 60_000
_TEN_SECONDS_MS = 10_000


class Meter:
    """Shared by all threads and senders of one side. The minute's limit holds on average and may be used up
    in one burst; the other one (0: none) holds in any ten seconds, as servers count."""

    def __init__(
        self,
        per_minute: int,
        per_ten_seconds: int = 0,
        *,
        ticks: Callable[[], float] = monotonic,
        wait: Callable[[float], object] = sleep,
    ) -> None:
        self._ticks = ticks
        self._wait = wait
        self._lock = threading.Lock()
        self._buckets: list[AbstractBucket] = [StateBucket([Rate(per_minute, _MINUTE_MS)], TokenBucket())]
        if per_ten_seconds:
            self._buckets.append(InMemoryBucket([Rate(per_ten_seconds, _TEN_SECONDS_MS)]))

    def wait_turn(self) -> None:
        """Returns when one more call may be made, and counts it."""
        for bucket in self._buckets:
            while (wait_s := self._claim(bucket)) > 0:
                self._wait(wait_s)

    def _claim(self, bucket: AbstractBucket) -> float:
        """Seconds after which to ask again; 0 when the call may go."""
        with self._lock:
            now = int(self._ticks() * 1000)
            bucket.leak(now)
            item = RateItem("call", now)
            if bucket.put(item):
                return 0.0
            wait_ms = bucket.waiting(item)
            return max(wait_ms, 1) / 1000 if isinstance(wait_ms, int) else 0.001
