"""Named settings and planned faults of one sandbox server; it decides nothing about any vendor."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from enum import StrEnum

from sync.sandbox.wire import JsonObject, JsonValue


@dataclass(frozen=True, slots=True)
class SwitchInfo:
    """One switch as the docs print it; `values` are worth trying, the default among them."""

    name: str
    default: JsonValue
    values: tuple[JsonValue, ...]
    meaning: str
    section: str


def defaults_of(catalogue: Iterable[SwitchInfo]) -> dict[str, JsonValue]:
    """A server's switches as they stand before anyone touches them; two of one name are a mistake."""
    found: dict[str, JsonValue] = {}
    for info in catalogue:
        if info.name in found:
            raise ValueError(f"two switches are called {info.name!r}")
        found[info.name] = info.default
    return found


@dataclass
class Switches:
    """Quirks a test may turn on or off; only the names the server declared exist."""

    values: dict[str, JsonValue]

    def get(self, name: str) -> JsonValue:
        return self.values[name]

    def on(self, name: str) -> bool:
        return bool(self.values[name])

    def set(self, name: str, value: JsonValue) -> None:
        if name not in self.values:
            raise KeyError(name)
        self.values[name] = value


class FaultKind(StrEnum):
    """What goes wrong with a matching request."""

    STATUS = "status"
    DROP_BEFORE = "drop_before"
    DROP_AFTER = "drop_after"
    TRUNCATE = "truncate"
    HTML = "html"
    DELAY = "delay"


@dataclass
class Fault:
    """One planned misbehaviour; `times` counts down with each request it hits, -1 never ends.

    `writes_only` spares the requests that only read, whatever their method is.
    """

    kind: str
    method: str = "*"
    path: str = ""
    times: int = 1
    skip: int = 0
    status: int = 500
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    delay_s: float = 0.0
    writes_only: bool = False

    def __post_init__(self) -> None:
        FaultKind(self.kind)
        re.compile(self.path)

    def matches(self, method: str, path: str, *, write: bool) -> bool:
        if self.times == 0 or self.method.upper() not in {"*", method} or (self.writes_only and not write):
            return False
        return re.search(self.path, path, re.IGNORECASE) is not None


@dataclass
class Faults:
    """All planned faults of one server; the first match that is not spent or skipped wins."""

    planned: list[Fault] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, fault: Fault) -> None:
        with self.lock:
            self.planned.append(fault)

    def clear(self) -> None:
        with self.lock:
            self.planned.clear()

    def as_json(self) -> list[JsonObject]:
        with self.lock:
            return [asdict(fault) for fault in self.planned]

    def take(self, method: str, path: str, *, write: bool = True) -> Fault | None:
        """The fault that hits this request; `write` tells whether the request may change records."""
        with self.lock:
            return next((f for f in self.planned if f.matches(method, path, write=write) and _spend(f)), None)


def _spend(fault: Fault) -> bool:
    if fault.skip > 0:
        fault.skip -= 1
        return False
    if fault.times > 0:
        fault.times -= 1
    return True
