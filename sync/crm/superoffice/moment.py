"""Dates and instants as SuperOffice writes them; reads no clock."""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

from sync.crm.superoffice.bracket import content_of

# Fractions of 0 to 7 digits, an optional suffix, a bare date: superoffice.md 4.8 (seen 2026-11-22)
_MOMENT = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})"
    r"(?:[T ](?P<time>\d{2}:\d{2}(?::\d{2})?)(?:\.(?P<fraction>\d{1,9}))?)?"
    r"\s*(?P<suffix>[zZ]|[+-]\d{2}:?\d{2})?"
)
# Month first inside brackets and never shifted there: superoffice.md 4.7 (seen 2026-11-22)
_MONTH_FIRST = re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})(?:[T ](?P<time>.*))?")
_MIDNIGHT = time(0, 0)
_FOREVER = 9999


def parse_moment(text: str) -> datetime | None:
    """Naive without a suffix, aware with one; None for empty and for year 1. ValueError for other text."""
    plain = _iso(content_of(text).strip())
    # Any year up to 1 stands for "empty", even one no calendar has: superoffice.md 4.8 (seen 2026-11-22)
    if not plain or plain[:4] in ("0000", "0001"):
        return None
    match = _MOMENT.fullmatch(plain)
    if match is None:
        raise ValueError("a date that cannot be read")
    moment = datetime.fromisoformat(f"{match['day']}T{match['time'] or '00:00'}")
    moment += timedelta(microseconds=int((match["fraction"] or "0").ljust(6, "0")[:6]))
    return moment.replace(tzinfo=_zone(match["suffix"]))


def parse_instant(text: str, zone: tzinfo) -> datetime | None:
    """Aware UTC; text without a suffix is taken in `zone`."""
    moment = parse_moment(text)
    if moment is None or moment.year >= _FOREVER:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def parse_sale_date(text: str, zone: tzinfo, base_zone: tzinfo, *, shifts: bool | None = None) -> date | None:
    """The calendar day of a sale date; `shifts` tells whether this server shifts sale dates between zones.

    Where that is not known, midnight is taken for a plain date and stands as it is, and anything else for
    an instant of the installation's base zone: superoffice.md 4.8 (seen 2026-11-22).
    """
    moment = parse_moment(text)
    if moment is None:
        return None
    is_plain = moment.time() == _MIDNIGHT if shifts is None else not shifts
    if is_plain or moment.year >= _FOREVER:
        return moment.date()
    return _in_zone(moment, zone).astimezone(base_zone).date()


def is_ambiguous(text: str, zone: tzinfo, base_zone: tzinfo) -> bool:
    """Whether the day depends on what the server does with sale dates, which is not documented."""
    readings = {parse_sale_date(text, zone, base_zone, shifts=shifts) for shifts in (True, False)}
    return len(readings) > 1


def tells_shifting(in_utc: str, bare: str, base_zone: tzinfo) -> bool | None:
    """Whether a server shifts sale dates, told by one date read in UTC and in the base zone.

    None when the two texts fit neither reading, as after an edit between the two reads.
    """
    shown, stored = parse_moment(in_utc), parse_moment(bare)
    if shown is None or stored is None:
        return None
    if shown.replace(tzinfo=None) == stored.replace(tzinfo=None):
        return False
    local = stored.replace(tzinfo=base_zone)
    instants = {local.replace(fold=fold).astimezone(UTC) for fold in (0, 1)}
    return True if _in_zone(shown, UTC).astimezone(UTC) in instants else None


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


def _in_zone(moment: datetime, zone: tzinfo) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _iso(text: str) -> str:
    """A month-first date as ISO text; other text as it is."""
    match = _MONTH_FIRST.fullmatch(text)
    if match is None:
        return text
    clock = match["time"] or "00:00"
    return f"{match['year']}-{int(match['month']):02}-{int(match['day']):02}T{clock}"


def _zone(suffix: str | None) -> tzinfo | None:
    if suffix is None:
        return None
    if suffix in "zZ":
        return UTC
    digits = suffix[1:].replace(":", "")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-size if suffix[0] == "-" else size)
