"""Compares both sides with each other once in a while, as `opsync audit` does; it repairs nothing."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from sync.domain.audit import Kind
from sync.engine.audit import audit_pairing
from sync.engine.pairing import Pairing
from sync.store import meta

_KEY = "daemon.inspected_at"


class Inspection:
    """Used by the worker alone; `on_drift` hears how many links in sync are not equal."""

    def __init__(self, pairing: Pairing, every_s: float, on_drift: Callable[[int], None]) -> None:
        self._pairing = pairing
        self._every = timedelta(seconds=every_s)
        self._on_drift = on_drift
        self._log = structlog.get_logger()

    def look(self) -> None:
        """Does its work when it is due; costs a complete reading of both sides."""
        at = self._pairing.clock()
        if not self._is_due(at):
            return
        counts = Counter(finding.kind for finding in audit_pairing(self._pairing))
        with self._pairing.database.begin() as connection:
            meta.put(connection, _KEY, at.isoformat())
        self._on_drift(counts[Kind.DRIFT])
        write = self._log.warning if counts else self._log.info
        write("audit.finished", **{str(kind): number for kind, number in counts.items()})

    def _is_due(self, at: datetime) -> bool:
        """The first one is due a while after the first start, not at once."""
        if not self._every:
            return False
        with self._pairing.database.begin() as connection:
            text = meta.get(connection, _KEY)
            if text is None:
                meta.put(connection, _KEY, at.isoformat())
        return text is not None and not timedelta(0) <= at - datetime.fromisoformat(text) < self._every
