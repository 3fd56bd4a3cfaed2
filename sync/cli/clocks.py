"""How far this machine's clock is from a server's, as findings of `opsync check`; it reads no clock."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sync.cli.finding import Finding, broken, fine, odd
from sync.domain.model import Side

_WARN_S = 60
_REFUSE_S = 300
_HEADER_S = 1
"""A `Date` header has whole seconds."""


def clock_findings(
    side: Side, server_time: datetime | None, asked: tuple[datetime, datetime], *, signs_time: bool
) -> Iterator[Finding]:
    """`asked`: our time before and after the call that the server answered at `server_time`. `signs_time`:
    this log-in signs our time, so that a wrong clock locks us out."""
    if server_time is None:
        yield odd(side.label, "the server does not tell its time", "see that this machine's clock is right")
        return
    apart = _apart(server_time, asked)
    seconds, way = abs(apart).total_seconds(), "ahead of" if apart < timedelta() else "behind"
    what = f"this machine's clock is {seconds:.0f} s {way} the server's"
    to_do = "keep both in step (NTP)"
    # The signed time has whole minutes, and a wrong one is refused: superoffice.md 2.3 (seen 2026-11-22)
    if seconds > _REFUSE_S and signs_time:
        yield broken(side.label, f"{what}; the system user's log-in signs the time", to_do)
    elif seconds > _WARN_S:
        yield odd(side.label, what, to_do)
    else:
        yield fine(side.label, "the clocks agree")


def _apart(server_time: datetime, asked: tuple[datetime, datetime]) -> timedelta:
    """Server minus us; nothing while it lies within the call."""
    before, after = asked
    if server_time > after:
        return server_time - after
    return min(server_time + timedelta(seconds=_HEADER_S) - before, timedelta())
