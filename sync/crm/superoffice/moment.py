"""Dates and instants as SuperOffice writes them; reads no clock."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

# Fractions of 0 to 7 digits, an optional suffix, a bare date: superoffice.md 4.8 (seen 2026-11-22)
_MOMENT = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})"
    r"(?:[T ](?P<time>\d{2}:\d{2}(?::\d{2})?)(?:\.(?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<suffix>[zZ]|[+-]\d{2}:?\d{2})?"
)
_MIDNIGHT = time(0, 0)


def parse_moment(text: str) -> datetime | None:
    """Naive without a suffix, aware with one; None for empty and for year 1. ValueError for other text."""
    if not text.strip():
        return None
    match = _MOMENT.fullmatch(text.strip())
    if match is None:
        raise ValueError("a date that cannot be read")
    moment = datetime.fromisoformat(f"{match['day']}T{match['time'] or '00:00'}")
    moment += timedelta(microseconds=int((match["fraction"] or "0").ljust(6, "0")[:6]))
    # Any year up to 1 stands for "empty": superoffice.md 4.8 (seen 2026-11-22)
    return None if moment.year <= 1 else moment.replace(tzinfo=_zone(match["suffix"]))


def parse_instant(text: str, zone: tzinfo) -> datetime | None:
    """Aware UTC; text without a suffix is taken in `zone`."""
    moment = parse_moment(text)
    if moment is None or moment.year >= 9999:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def parse_sale_date(text: str, zone: tzinfo, base_zone: tzinfo) -> date | None:
    """The calendar day of a sale date.

    Midnight is a plain date that the server may or may not have shifted, so it is taken as it stands;
    anything else is an instant of the installation's base zone: superoffice.md 4.8 (seen 2026-11-22).
    """
    moment = parse_moment(text)
    if moment is None:
        return None
    if moment.time() == _MIDNIGHT or moment.year >= 9999:
        return moment.date()
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(base_zone).date()


def to_sale_date(day: date) -> str:
    """Without suffix and sent without SO-TimeZone, so that nothing shifts it: superoffice.md 4.8."""
    return f"{day.isoformat()}T00:00:00"


def version_of(text: str, zone: tzinfo) -> str | None:
    """The last change as UTC text that reads the same whatever zone an answer came in."""
    try:
        at = parse_instant(text, zone)
    except ValueError:
        return text
    return at.isoformat() if at else None


def _zone(suffix: str | None) -> tzinfo | None:
    if suffix is None:
        return None
    if suffix in "zZ":
        return UTC
    digits = suffix[1:].replace(":", "")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-size if suffix[0] == "-" else size)
