"""Moments and spans of time as a person types them; it reads no clock."""

import re
from datetime import UTC, datetime, timedelta

import typer

_UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_SPAN = re.compile(r"(\d+)([dhms])")


def parse_span(text: str) -> timedelta:
    """`2h`, `90m`, `1d12h`; `BadParameter` for anything else, and for nothing."""
    parts = _SPAN.findall(text.strip().lower())
    if not parts or "".join(number + unit for number, unit in parts) != text.strip().lower():
        raise typer.BadParameter(f"{text} is no span of time: write 30m, 2h, 1d12h", param_hint="--for")
    try:
        return sum((timedelta(**{_UNITS[unit]: int(number)}) for number, unit in parts), timedelta())
    except OverflowError:
        raise typer.BadParameter(f"{text} is too long", param_hint="--for") from None


def parse_moment(text: str) -> datetime:
    """`2026-12-24T08:00`, with or without a zone; without one it is this machine's. Aware UTC."""
    try:
        return datetime.fromisoformat(text.strip()).astimezone(UTC)  # naive: the machine's own zone
    except (ValueError, OverflowError):
        hint = "write 2026-12-24T08:00, or 2026-12-24T08:00+01:00"
        raise typer.BadParameter(f"{text} is no moment: {hint}", param_hint="--until") from None


def end_of(until: str, span: str, now: datetime) -> datetime | None:
    """The end that one of the two words gives; None without either. `BadParameter` when it is past."""
    if until and span:
        raise typer.BadParameter("give --until or --for, not both", param_hint="--until")
    try:
        end = parse_moment(until) if until else now + parse_span(span) if span else None
    except OverflowError:
        raise typer.BadParameter(f"{span} is too long", param_hint="--for") from None
    if end is not None and end <= now:
        raise typer.BadParameter(
            f"{in_both_zones(end)} is over already", param_hint="--until" if until else "--for"
        )
    return end


def in_both_zones(at: datetime) -> str:
    """The moment on this machine's clock, with its zone by name and offset, and in UTC."""
    local, utc = at.astimezone(), at.astimezone(UTC)
    if not local.utcoffset():
        return f"{utc:%Y-%m-%d %H:%M} UTC, this machine's zone"
    zone = f"{local.tzname()}, this machine's zone, UTC{local:%z}"
    return f"{local:%Y-%m-%d %H:%M} ({zone}) = {utc:%Y-%m-%d %H:%M} UTC"
