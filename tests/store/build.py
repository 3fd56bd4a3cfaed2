"""Values to store, with defaults for all that a test does not care about."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from sync.domain.link import Link, LinkState
from sync.domain.model import Values

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(minutes=5)

BASE: Values = {
    "title": "Avtale for Ærlig Øl AS",
    "amount": Decimal("1250.50"),
    "probability": 40,
    "expected_close_on": date(2026, 3, 1),
    "description": None,
    "custom:big": True,
}


def a_link(
    link_id: str = "a",
    left_id: str | None = "1",
    right_id: str | None = "2",
    state: LinkState = LinkState.IN_SYNC,
    reason: str = "",
) -> Link:
    return Link(link_id, left_id, right_id, base_left=BASE, state=state, reason=reason, origin="census")
