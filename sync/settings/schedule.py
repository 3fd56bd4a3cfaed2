"""The [schedule] section: when the daemon looks, and when it leaves both systems alone; it ticks nothing."""

from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, field_validator

from sync.domain.window import parse_window
from sync.settings.section import Seconds, Section


def known_zone(text: str) -> str:
    """`ValueError` unless the tz database has a zone of that name."""
    try:
        return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError("is no time zone of the tz database; write a name such as Europe/Oslo") from None


def _known_window(text: str) -> str:
    return parse_window(text).text


Zone = Annotated[str, AfterValidator(known_zone)]
WindowText = Annotated[str, AfterValidator(_known_window)]


class Schedule(Section):
    """[schedule]: `blackouts` are windows of the week in `time_zone` in which no run begins."""

    interval_s: float = Field(default=60.0, ge=1, allow_inf_nan=False)
    changed_every_s: float = Field(default=900.0, ge=1, allow_inf_nan=False)
    ids_every_s: float = Field(default=3600.0, ge=1, allow_inf_nan=False)
    full_every_s: float = Field(default=21_600.0, ge=1, allow_inf_nan=False)
    jitter_s: Seconds = 5.0
    audit_every_s: Seconds = 86_400.0
    blackouts: list[WindowText] = Field(default_factory=list)
    time_zone: Zone = "UTC"
    settle_edits_s: float = Field(default=0.0, ge=0, le=86_400, allow_inf_nan=False)

    @field_validator("blackouts", mode="before")
    @classmethod
    def _split(cls, given: object) -> object:
        """An environment variable holds several windows with semicolons between them."""
        return [part.strip() for part in given.split(";")] if isinstance(given, str) else given
