"""A database backup of one server and its restore, as an administrator does it; no vendor rule lives here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy

Backup = Mapping[str, object]
"""Tables by name, as they were."""


def take(owner: object, tables: Iterable[str]) -> Backup:
    return {name: deepcopy(getattr(owner, name)) for name in tables}


def put_back(owner: object, backup: Backup) -> None:
    """May be done again and again with the same backup."""
    for name, table in backup.items():
        setattr(owner, name, deepcopy(table))
