"""External ids that applications attach to records; it must not know requests or records."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

# superoffice.md 8.3 (seen 2026-11-22)
LIMITS = {"application": 254, "device": 31, "identifier": 239, "key": 239}


@dataclass(frozen=True, slots=True)
class ForeignKey:
    """One value under application, device, device identifier and key, for one record of one table."""

    id: int
    application: str
    device: str
    identifier: str
    key: str
    table: str
    record_id: int
    value: str
    created_at: datetime
    created_by: int
    updated_at: datetime
    updated_by: int

    @property
    def place(self) -> tuple[str, str, str, str, str, int]:
        return self.application, self.device, self.identifier, self.key, self.table, self.record_id


@dataclass
class ForeignKeys:
    """The applications, devices and keys of one tenant; names match in any case [I]."""

    applications: dict[str, int] = field(default_factory=dict)
    devices: dict[tuple[str, str, str], int] = field(default_factory=dict)
    keys: dict[int, ForeignKey] = field(default_factory=dict)
    last_id: int = 0

    def add_application(self, name: str) -> int:
        _check("application", name)
        return self.applications.setdefault(self._known(name), len(self.applications) + 1)

    def add_device(self, application: str, device: str, identifier: str) -> int:
        self.add_application(application)
        _check("device", device)
        _check("identifier", identifier)
        place = (self._known(application), device, identifier)
        return self.devices.setdefault(place, len(self.devices) + 1)

    def save(self, wanted: ForeignKey) -> ForeignKey:
        """Adds the key, or gives the one at the same place a new value."""
        _check("key", wanted.key)
        self.add_device(wanted.application, wanted.device, wanted.identifier)
        old = next((key for key in self.keys.values() if _lower(key.place) == _lower(wanted.place)), None)
        if old is None:
            self.last_id += 1
            saved = replace(wanted, id=self.last_id)
        else:
            saved = replace(
                old, value=wanted.value, updated_at=wanted.updated_at, updated_by=wanted.updated_by
            )
        self.keys[saved.id] = saved
        return saved

    def matching(self, **wanted: str | int) -> Iterator[ForeignKey]:
        """Keys with these attributes, the oldest first."""
        for key in tuple(self.keys.values()):
            if all(_same(getattr(key, name), value) for name, value in wanted.items()):
                yield key

    def remove(self, chosen: Callable[[ForeignKey], bool]) -> None:
        self.keys = {key.id: key for key in self.keys.values() if not chosen(key)}

    def _known(self, name: str) -> str:
        return next((known for known in self.applications if known.lower() == name.lower()), name)


def _check(kind: str, name: str) -> None:
    if not name or len(name) > LIMITS[kind]:
        raise ValueError(f"a foreign {kind} has 1 to {LIMITS[kind]} characters")


def _lower(place: tuple[str, str, str, str, str, int]) -> tuple[str | int, ...]:
    return tuple(part.lower() if isinstance(part, str) else part for part in place)


def _same(have: str | int, wanted: str | int) -> bool:
    if isinstance(have, str) and isinstance(wanted, str):
        return have.lower() == wanted.lower()
    return have == wanted
