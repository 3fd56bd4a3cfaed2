"""Dates on the wire and back, in the portal's time zone; it must not know any record."""

import re
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from sync.sandbox.onlyoffice.failures import bad_argument

UNSET = "0001-01-01T00:00:00.0000000Z"

# Three or seven fraction digits; the hyphen clock is meant for URLs.  onlyoffice.md 5.6 (seen 2026-11-22)
_INPUT = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})"
    r"(?:T(?P<clock>\d{2}:\d{2}:\d{2}|\d{2}-\d{2}-\d{2})(?:\.(?P<fraction>\d{3}|\d{7}))?"
    r"(?P<zone>Z|[+-]\d{2}:\d{2})?)?"
)
_JSON_DATE = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\.(\d{1,7})(Z|[+-]\d{2}:\d{2})?")


def reprint_json_date(text: str) -> str:
    """What is left of a JSON string after the server's JSON reader took it for a date: trailing zeros cut."""
    # onlyoffice.md 5.6 "JSON trap" (seen 2026-11-22)
    match = _JSON_DATE.fullmatch(text)
    if match is None:
        return text
    digits = match[2].rstrip("0")
    return match[1] + (f".{digits}" if digits else "") + (match[3] or "")


def from_wire(text: str, zone: ZoneInfo) -> datetime | None:
    """Aware UTC; None for year 0001; a 400 for anything outside the strict grammar."""
    match = _INPUT.fullmatch(text)
    if match is None:
        raise bad_argument(f"invalid date time format: {text}")
    try:
        return _to_utc(match, zone)
    except (ValueError, OverflowError) as error:
        raise bad_argument(f"invalid date time format: {text}") from error


def _to_utc(match: re.Match[str], zone: ZoneInfo) -> datetime | None:
    clock = (match["clock"] or "00:00:00").replace("-", ":")
    micro = int((match["fraction"] or "").ljust(6, "0")[:6])
    local = datetime.fromisoformat(f"{match['day']}T{clock}").replace(microsecond=micro)
    if local.year == 1:
        return None
    return local.replace(tzinfo=_zone(match["zone"], zone)).astimezone(UTC)


def _zone(suffix: str | None, portal: ZoneInfo) -> timezone | ZoneInfo:
    if suffix is None:  # neither Z nor offset means portal-local
        return portal
    if suffix == "Z":
        return UTC
    sign = -1 if suffix[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(suffix[1:3]), minutes=int(suffix[4:6])))


def to_wire(moment: datetime | None, zone: ZoneInfo) -> str:
    if moment is None:
        return UNSET
    local = moment.astimezone(zone)
    offset = offset_minutes(local)
    return f"{local:%Y-%m-%dT%H:%M:%S}.{local.microsecond:06d}0{_suffix(offset)}"


def offset_minutes(local: datetime) -> int:
    return int((local.utcoffset() or timedelta()).total_seconds() // 60)


def _suffix(minutes: int) -> str:
    if minutes == 0:
        return "Z"
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"
