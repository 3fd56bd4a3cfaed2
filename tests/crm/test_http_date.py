"""The server's clock is read from its answers, or not at all."""

from datetime import UTC, datetime

import httpx
import pytest

from sync.crm.http_date import server_time_of

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sun, 22 Nov 2026 12:00:00 GMT", NOON),
        ("Sun, 22 Nov 2026 13:00:00 +0100", NOON),
        ("Sun, 22 Nov 2026 12:00:00 -0000", NOON),
        ("noon", None),
        ("", None),
    ],
)
def test_a_date_is_an_instant(text: str, expected: datetime | None) -> None:
    """Whatever zone it names; RFC 5322's -0000 is UTC."""
    assert server_time_of(httpx.Headers({"Date": text})) == expected


def test_an_answer_without_date_has_no_time() -> None:
    """Some proxies drop it."""
    assert server_time_of(httpx.Headers()) is None
