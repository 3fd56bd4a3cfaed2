"""The server's clock as its answers tell it; compares it with nothing."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def server_time_of(headers: Mapping[str, str]) -> datetime | None:
    """The `Date` of an answer, in whole seconds; None where it is missing or no date."""
    # RFC 9110, 6.6.1 (seen 2026-11-22)
    try:
        found = parsedate_to_datetime(headers.get("date", ""))
    except ValueError:
        return None
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
