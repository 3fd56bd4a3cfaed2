"""Looks after the webhook now and then and repairs it; without one, changes are still found by looking."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from sync.crm.subscription import Subscription
from sync.engine.pairing import Clock
from sync.errors import OpsyncError, OutcomeUnknown, RetryLater, SideDown

EVERY_S = 300.0
_MOST_DOUBLINGS = 3
_TOO_OFTEN = 3
_LONGEST_ERROR = 200
_PASSING = (RetryLater, SideDown, OutcomeUnknown)
"""Told by the side's own outage, or answered by the next look."""


@dataclass(frozen=True, slots=True)
class Hook:
    """The calls about one subscription."""

    look: Callable[[], Subscription]
    repair: Callable[[], Subscription]


@dataclass(frozen=True, slots=True)
class Told:
    """Who hears of it: `begin` and `end` as of an outage, and `catch_up` after a repair, because events
    raised while a hook is stopped are lost: superoffice.md 7.5 (seen 2026-11-22)."""

    begin: Callable[[str], None]
    end: Callable[[], None]
    catch_up: Callable[[], None]


class HookWatch:
    """Used by the worker alone. `look` may be called as often as one likes; it asks every `every_s`, and more
    rarely the longer repairs do not last."""

    def __init__(self, hook: Hook, told: Told, clock: Clock, *, every_s: float = EVERY_S) -> None:
        self._hook = hook
        self._told = told
        self._clock = clock
        self._every_s = every_s
        self._asked_at: datetime | None = None
        self._repairs = 0
        self._log = structlog.get_logger()

    def look(self) -> None:
        if not self._is_due():
            return
        self._asked_at = self._clock()
        try:
            self._settle(self._hook.look())
        except _PASSING as error:
            self._log.debug("webhook.unseen", error=str(error))
        except OpsyncError as error:
            self._told.begin(str(error))

    def _is_due(self) -> bool:
        if self._asked_at is None:
            return True
        age = self._clock() - self._asked_at
        doublings = min(max(self._repairs - 1, 0), _MOST_DOUBLINGS)
        pause = timedelta(seconds=self._every_s * 2**doublings)
        return age < timedelta(0) or age >= pause

    def _settle(self, found: Subscription) -> None:
        if found.is_sound:
            self._repairs = 0
            self._told.end()
        elif found.is_elsewhere:
            self._told.begin(
                f"the webhook {found.name!r} posts to another address: give each installation a"
                " [webhooks] name of its own, or run `opsync webhooks register` to have it here"
            )
        else:
            self._repair(found)

    def _repair(self, found: Subscription) -> None:
        self._repairs += 1
        repaired = self._hook.repair()
        self._log.warning(
            "webhook.repaired",
            name=found.name,
            was=str(found.state),
            differed_in=[str(each) for each in found.differs_in],
            errors=found.consecutive_errors,
            last_error=_short(found.last_error),
            repairs=self._repairs,
        )
        self._told.catch_up()
        if repaired.is_sound and self._repairs < _TOO_OFTEN:
            self._told.end()
        else:
            self._told.begin(_does_not_last(found, self._repairs))


def _does_not_last(found: Subscription, repairs: int) -> str:
    said = f', last error "{_short(found.last_error)}"' if found.last_error else ""
    return (
        f"the webhook {found.name!r} was {found.state} {repairs} times in a row{said}: "
        "run `opsync webhooks test`, see proxy and certificate"
    )


def _short(text: str) -> str:
    return " ".join(text.split())[:_LONGEST_ERROR]
