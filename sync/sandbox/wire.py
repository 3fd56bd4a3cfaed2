"""The few type names every sandbox module shares; it must hold no behaviour."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

JsonValue = Any  # JSON enters and leaves the servers here; its shape is the vendor's
JsonObject = dict[str, Any]
Clock = Callable[[], datetime]
IsWrite = Callable[[str, str], bool]
