"""Takes chance out of the engine: ids from a counter, and a pool that works in the caller's thread."""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ParamSpec, TypeVar  # any task may be submitted
from unittest.mock import patch
from uuid import UUID

import sync.engine.bonding
import sync.engine.run
from sync.engine.pairing import Pairing

Given = ParamSpec("Given")
Result = TypeVar("Result")


class InlinePool(Executor):
    """Runs every task at once, in the order submitted, and keeps what it raised for whoever asks."""

    def submit(
        self, fn: Callable[Given, Result], /, *args: Given.args, **kwargs: Given.kwargs
    ) -> Future[Result]:
        future: Future[Result] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001  as every executor does: the asker gets it
            future.set_exception(error)
        return future


@contextmanager
def _inline(_pairing: Pairing) -> Iterator[InlinePool]:
    yield InlinePool()


@dataclass
class Numbers:
    """Where ids come from; whoever rewinds a world rewinds this too."""

    last: int = 0

    def next_id(self) -> UUID:
        self.last += 1
        return UUID(int=self.last)


@contextmanager
def steady_engine() -> Iterator[Numbers]:
    """While it lasts, equal input makes the engine do equal things in equal order."""
    numbers = Numbers()
    with patch_all("uuid4", numbers.next_id), patch.object(sync.engine.run, "worker_pool", _inline):
        yield numbers


@contextmanager
def patch_all(name: str, value: object) -> Iterator[None]:
    """Replaces `name` in every module of the engine that imported it."""
    modules: list[Any] = [
        module
        for key, module in sys.modules.items()
        if key.startswith("sync.engine.") and hasattr(module, name)
    ]
    kept = [getattr(module, name) for module in modules]
    for module in modules:
        setattr(module, name, value)
    try:
        yield
    finally:
        for module, old in zip(modules, kept, strict=True):
            setattr(module, name, old)
