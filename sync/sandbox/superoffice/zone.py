"""Instants and dates on the wire, as the SO-TimeZone header of one request asks; it must not read a clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

BASE_NAME = "Europe/Oslo"
BASE = ZoneInfo(BASE_NAME)
FOREVER = "9999-12-31T23:59:59Z"  # carries its suffix on every request: superoffice.md 4.8
_NUMBERS = {"37": BASE_NAME, "41": "UTC"}  # our own ids for the numeric form of the header

_MOMENT = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})"
    r"(?:[T ](?P<time>\d{2}:\d{2}(?::\d{2})?)(?:\.\d{1,7})?)?"
    r"(?P<suffix>[zZ]|[+-]\d{2}:?\d{2})?\Z"
)


@dataclass(frozen=True, slots=True)
class Zone:
    """The zone of one request: names none, then dates are local to the tenant and bare."""

    tz: tzinfo
    with_offset: bool
    name: str

    def instant(self, at: datetime | None) -> str:
        """An aware instant as text; None is the year 1 that means empty."""
        if at is None:
            return self.empty()
        local = at.astimezone(self.tz)
        return local.strftime("%Y-%m-%dT%H:%M:%S") + (_suffix(local) if self.with_offset else "")

    def empty(self) -> str:
        # superoffice.md 4.8: zones shift the empty date too, so 01:00+01:00 occurs.
        winter = datetime(2026, 1, 15, tzinfo=self.tz)
        if not self.with_offset:
            return "0001-01-01T00:00:00"
        return f"0001-01-01T{_clock(winter.utcoffset())}:00{_suffix(winter)}"

    def floating(self, local: datetime | None, *, shifts: bool) -> str:
        """A sale date, kept as the tenant's clock time; sent bare unless the tenant shifts such dates."""
        if local is None or shifts:
            return self.instant(local.replace(tzinfo=BASE) if local else None)
        return local.strftime("%Y-%m-%dT%H:%M:%S")

    def read_instant(self, text: str) -> datetime | None:
        moment = _parse(text)
        if moment.year <= 1:
            return None
        return (moment if moment.tzinfo else moment.replace(tzinfo=self.tz)).astimezone(UTC)

    def read_floating(self, text: str, *, shifts: bool) -> datetime | None:
        """Text with an offset is converted to the tenant's zone; bare text is taken as it stands."""
        moment = _parse(text)
        if moment.year <= 1:
            return None
        if moment.tzinfo is None and not shifts:
            return moment
        aware = moment if moment.tzinfo else moment.replace(tzinfo=self.tz)
        return aware.astimezone(BASE).replace(tzinfo=None)


def from_header(value: str | None) -> Zone:
    """Reads `SO-TimeZone`: a name or numeric id, optionally followed by `,includeTZOffset`."""
    # superoffice.md 4.8 (seen 2026-11-22)
    parts = [part.strip() for part in (value or "").split(",")]
    if not parts[0]:
        return Zone(BASE, False, BASE_NAME)
    name = _NUMBERS.get(parts[0], parts[0])
    with_offset = any(part.lower() == "includetzoffset" for part in parts[1:])
    return Zone(_named(name), with_offset, name)


def _named(name: str) -> tzinfo:
    if name.upper() in {"UTC", "GMT", "Z"}:
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"unknown time zone {name!r}") from error


def _parse(text: str) -> datetime:
    """Whole seconds; the fraction a client sends is not kept."""
    match = _MOMENT.match(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a date")
    bare = datetime.fromisoformat(f"{match['day']}T{match['time'] or '00:00:00'}")
    return bare.replace(tzinfo=_offset(match["suffix"]))


def _offset(suffix: str | None) -> tzinfo | None:
    if suffix is None:
        return None
    if suffix in "zZ":
        return UTC
    digits = suffix[1:].replace(":", "")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-size if suffix[0] == "-" else size)


def _suffix(local: datetime) -> str:
    offset = local.utcoffset() or timedelta(0)
    if not offset:
        return "Z"
    return ("-" if offset < timedelta(0) else "+") + _clock(abs(offset))


def _clock(size: timedelta | None) -> str:
    minutes = int((size or timedelta(0)).total_seconds() // 60) % (24 * 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
