"""Ticks at an interval and does nothing else: APScheduler without a job store of its own."""

from collections.abc import Callable
from datetime import UTC

from apscheduler.schedulers.background import (  # type: ignore[import-untyped]  # ships no type information
    BackgroundScheduler,
)


class Ticker:
    """Calls `tick` every `interval_s`, up to `jitter_s` early or late, first after one interval."""

    def __init__(self, tick: Callable[[], None], interval_s: float, jitter_s: float) -> None:
        executors = {"default": {"type": "threadpool", "max_workers": 1}}
        self._scheduler = BackgroundScheduler(timezone=UTC, executors=executors, daemon=True)
        self._scheduler.add_job(
            tick,
            "interval",
            seconds=interval_s,
            jitter=min(jitter_s, interval_s / 2) or None,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,  # a late tick is as good as one in time
        )

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        self._scheduler.shutdown(wait=False)
