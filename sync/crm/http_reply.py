"""What an answer, or none, tells of the host that gave it; knows nothing of records and sends nothing."""

import httpx

from sync.crm.http_status import retry_after_of
from sync.crm.lane import Reply, Tone

FINE = Reply(Tone.FINE)
LOST = Reply(Tone.LOST)
_NOBODY_HOME = frozenset({502, 503, 504})


def reply_of(response: httpx.Response) -> Reply | None:
    """None for other faults of the server: one bad record gives a 500 again and again, and is no outage."""
    # superoffice.md 9.1 and onlyoffice.md 3.6: 500 is also said of a single record (seen 2026-11-22)
    status, hold_s = response.status_code, retry_after_of(response.headers)
    # onlyoffice.md 9: 503 with Retry-After means too many calls (seen 2026-11-22)
    if status == 429 or (status == 503 and hold_s is not None):
        return Reply(Tone.BUSY, hold_s or 0.0)
    if status in _NOBODY_HOME:
        return LOST
    return FINE if status < 500 else None
