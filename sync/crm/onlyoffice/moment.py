"""Days and instants as the portal writes them; it never converts a day through UTC."""

import re
from datetime import UTC, date, datetime

_ECHO = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)")
_OFFSET = re.compile(r"(?P<sign>-?)(?P<hours>\d\d):(?P<minutes>\d\d)(?::\d\d)?")


def day_of(text: str) -> date | None:
    """The day the portal shows; year 0001 is unset. Going through UTC would shift it."""
    # onlyoffice.md 5.6 (seen 2026-11-22)
    try:
        day = date.fromisoformat(text[:10])
    except ValueError as error:
        raise ValueError("a close date is no date") from error
    return day if day.year > 1 else None


def echo_of(text: str) -> str:
    """The same instant in a form the portal takes back, so that an exact close time is not cut to midnight.

    Whole seconds only: a fraction with a trailing zero would be answered 400."""
    # onlyoffice.md 5.6 "JSON trap", 4.4 "dates echoed as received" (seen 2026-11-22)
    found = _ECHO.fullmatch(text)
    return f"{found[1]}{found[2]}" if found else text[:10]


def instant_of(text: str) -> datetime | None:
    """Aware UTC in whole seconds, None when it is no instant."""
    try:
        # Only the answer to a create has fractions.  onlyoffice.md 4.4 (seen 2026-11-22)
        return datetime.fromisoformat(text).astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None


def minutes_of(text: str) -> int:
    """Minutes of a portal's `utcOffset` ("02:00:00", "-05:30:00"); ValueError for anything else."""
    # onlyoffice.md 5.6 "Portal zone" (seen 2026-11-22)
    found = _OFFSET.fullmatch(text)
    if found is None:
        raise ValueError("not an offset")
    minutes = 60 * int(found["hours"]) + int(found["minutes"])
    return -minutes if found["sign"] else minutes
