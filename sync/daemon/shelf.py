"""Both sides' lists, kept for a while; fetching them is also how a side that was lost is tried again."""

from collections.abc import Mapping
from concurrent.futures import Future
from datetime import datetime, timedelta

from sync.domain.model import Lists, Side
from sync.engine.pairing import Pairing
from sync.engine.run import worker_pool
from sync.errors import RetryLater, SideDown

KEPT_S = 3600.0


class Shelf:
    """Used by the worker alone."""

    def __init__(self, pairing: Pairing) -> None:
        self._pairing = pairing
        self._lists: Mapping[Side, Lists] = {}
        self._fetched_at: datetime | None = None

    @property
    def lists(self) -> Mapping[Side, Lists]:
        return self._lists

    def is_fresh(self) -> bool:
        if self._fetched_at is None:
            return False
        age = self._pairing.clock() - self._fetched_at
        return timedelta(0) <= age < timedelta(seconds=KEPT_S)

    def drop(self) -> None:
        """Make the next look a fresh one."""
        self._fetched_at = None

    def fetch(self) -> dict[Side, str]:
        """Asks both sides; what each one that cannot be worked with said. Fresh only if there is none."""
        self.drop()
        at = self._pairing.clock()
        with worker_pool(self._pairing) as pool:
            futures = {side: pool.submit(self._pairing.crms[side].fetch_lists) for side in Side}
        troubles = {side: said for side, future in futures.items() if (said := _trouble(future))}
        if not troubles:
            self._lists = {side: future.result() for side, future in futures.items()}
            self._fetched_at = at
        return troubles


def _trouble(future: Future[Lists]) -> str:
    error = future.exception()
    if error is None:
        return ""
    if isinstance(error, RetryLater | SideDown):
        return str(error) or type(error).__name__
    raise error
