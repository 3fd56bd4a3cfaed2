"""Dates, custom field texts, filters and log-in headers, each way."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from sync.crm.superoffice.archive import changed_since, text_is
from sync.crm.superoffice.auth import login_headers
from sync.crm.superoffice.custom_text import from_custom, to_custom
from sync.crm.superoffice.moment import parse_instant, parse_moment, parse_sale_date, to_sale_date
from sync.crm.superoffice.options import Basic, Bearer, Ticket
from sync.domain.model import FieldKind, Value

OSLO = ZoneInfo("Europe/Oslo")
NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2021-01-19T10:10:59.4903616+01:00", datetime(2021, 1, 19, 9, 10, 59, 490361, tzinfo=UTC)),
        ("2026-09-14T12:00:05Z", datetime(2026, 9, 14, 12, 0, 5, tzinfo=UTC)),
        ("2026-09-14T12:00:05", datetime(2026, 9, 14, 10, 0, 5, tzinfo=UTC)),
        ("2024-06-30", datetime(2024, 6, 29, 22, 0, tzinfo=UTC)),
        ("0001-01-01T01:00:00+01:00", None),
        ("9999-12-31T23:59:59Z", None),
        ("", None),
    ],
)
def test_instants(text: str, instant: datetime | None) -> None:
    """0 to 7 decimals, any suffix or none, and years that mean nothing."""
    assert parse_instant(text, OSLO) == instant


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-30T00:00:00", date(2026, 11, 30)),
        ("2026-11-30T00:00:00Z", date(2026, 11, 30)),
        ("2026-11-30T00:00:00+01:00", date(2026, 11, 30)),
        ("2026-11-29T23:00:00Z", date(2026, 11, 30)),
        ("2026-06-29T22:00:00Z", date(2026, 6, 30)),
        ("2013-12-09T11:44:34.4001629+01:00", date(2013, 12, 9)),
        ("2024-06-30", date(2024, 6, 30)),
        ("0001-01-01T00:00:00Z", None),
    ],
)
def test_sale_dates_never_move(text: str, day: date | None) -> None:
    """Shifted by the server or not, the calendar day is the one a user typed."""
    assert parse_sale_date(text, UTC, OSLO) == day


def test_dates_that_are_none() -> None:
    """Other text is an error, not an empty date."""
    for text in ("soon", "2026-13-01", "2026-11-30T25:00"):
        with pytest.raises(ValueError, match=r"date|month|hour"):
            parse_moment(text)
    assert to_sale_date(date(2026, 1, 2)) == "2026-01-02T00:00:00"


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (FieldKind.TEXT, "[I:3]", "[I:3]"),
        (FieldKind.TEXT, None, ""),
        (FieldKind.NUMBER, "[I:3]", Decimal(3)),
        (FieldKind.NUMBER, "[F:4.43]", Decimal("4.43")),
        (FieldKind.NUMBER, "42", Decimal(42)),
        (FieldKind.NUMBER, "[F:0]", None),
        (FieldKind.LIST, "[I:4]", "4"),
        (FieldKind.LIST, "[I:0]", None),
        (FieldKind.CHECKBOX, "[I:1]", True),
        (FieldKind.CHECKBOX, "True", True),
        (FieldKind.CHECKBOX, "[I:0]", False),
        (FieldKind.CHECKBOX, "", False),
        (FieldKind.DATE, "[DT:12/24/2026 00:00:00.0000000]", date(2026, 12, 24)),
        (FieldKind.DATE, "[D:06/01/2020]", date(2020, 6, 1)),
        (FieldKind.DATE, "2026-12-24T00:00:00Z", date(2026, 12, 24)),
        (FieldKind.DATE, "[D:01/01/0001 00:00:00.0000000]", None),
        (FieldKind.DATE, "", None),
    ],
)
def test_custom_texts(kind: FieldKind, text: str | None, value: Value) -> None:
    """All encodings that either bucket or any server version uses."""
    assert from_custom(kind, text) == value


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (FieldKind.TEXT, "[I:3] 'x'"),
        (FieldKind.NUMBER, Decimal("-4.43")),
        (FieldKind.NUMBER, None),
        (FieldKind.LIST, "4"),
        (FieldKind.LIST, None),
        (FieldKind.CHECKBOX, True),
        (FieldKind.CHECKBOX, False),
        (FieldKind.DATE, date(2026, 12, 24)),
        (FieldKind.DATE, None),
    ],
)
def test_custom_values_come_back(kind: FieldKind, value: Value) -> None:
    """What we write is what we read, empty values too."""
    assert from_custom(kind, to_custom(kind, value)) == value


def test_custom_values_that_are_wrong() -> None:
    """A number or date that is none is an error."""
    for kind in (FieldKind.NUMBER, FieldKind.DATE, FieldKind.LIST):
        with pytest.raises(ValueError, match="read"):
            from_custom(kind, "some text")


def test_filters() -> None:
    """Quotes are doubled; a time is sent in whichever zone makes it earlier."""
    at = datetime(2026, 9, 14, 12, 0, 5, tzinfo=UTC)

    assert text_is("saleNumber", "O'Neil") == "saleNumber is 'O''Neil'"
    assert changed_since(at, OSLO) == "updatedDate afterTime '2026-09-14T12:00:05'"
    assert changed_since(at, NEW_YORK) == "updatedDate afterTime '2026-09-14T08:00:05'"


@pytest.mark.parametrize(
    ("login", "headers"),
    [
        (Basic("sync", "se:cret"), {"Authorization": "Basic c3luYzpzZTpjcmV0"}),
        (Ticket("7T:abc"), {"Authorization": "SOTicket 7T:abc"}),
        (Ticket("7T:abc", "app"), {"Authorization": "SOTicket 7T:abc", "SO-AppToken": "app"}),
        (Bearer("8A:x"), {"Authorization": "Bearer 8A:x"}),
    ],
)
def test_logins(login: Basic | Ticket | Bearer, headers: dict[str, str]) -> None:
    """Each scheme's headers; no secret shows when a login is printed."""
    assert login_headers(login) == headers
    assert not [secret for secret in ("se:cret", "7T:", "app", "8A:") if secret in repr(login)[7:]]
