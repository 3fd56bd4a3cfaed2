"""Progress on stderr: a bar on a terminal, a line now and then elsewhere; it never writes to stdout."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from sync.engine.pairing import Progress as Report

EVERY = 500
"""Without a terminal: a line each so many records."""


@contextmanager
def shown(console: Console) -> Iterator[Report]:
    """Gives the callback that engine parts report to, from any thread."""
    if not console.is_terminal:
        yield _Lines(console)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        yield _Bars(progress)


class _Lines:
    """One line at the end of each step, and every `EVERY` records before."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._lock = threading.Lock()
        self._told: dict[str, int] = {}

    def __call__(self, what: str, done: int, total: int | None) -> None:
        with self._lock:
            last = self._told.get(what, -1)
            if done == last or (done != total and done - max(last, 0) < EVERY):
                return
            self._told[what] = done
        of = "" if total is None else f" of {total}"
        self._console.print(f"{what}: {done}{of}", soft_wrap=True)


class _Bars:
    """One bar a step."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._lock = threading.Lock()
        self._tasks: dict[str, TaskID] = {}

    def __call__(self, what: str, done: int, total: int | None) -> None:
        with self._lock:
            if what not in self._tasks:
                self._tasks[what] = self._progress.add_task(what, total=total)
            self._progress.update(self._tasks[what], completed=done, total=total)
