"""The daemon looks after its webhook: what can be repaired is, once, and what cannot is told, once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from sync.crm.subscription import Difference, HookState, Subscription
from sync.daemon.hookwatch import EVERY_S, Hook, HookWatch, Told
from sync.errors import OpsyncError, OutcomeUnknown, RecordRefused, RetryLater, SideDown
from tests.daemon.bench import heard, named

SOUND = Subscription("opsync", HookState.ACTIVE, "https://sync.example.com/superoffice")
BROKEN = replace(
    SOUND, state=HookState.TOO_MANY_ERRORS, consecutive_errors=9, last_error="the receiver answered 502"
)


class Vendor:
    """A hook in a CRM that a repair makes sound, if nothing prevents it."""

    def __init__(self) -> None:
        self.hook = SOUND
        self.trouble: OpsyncError | None = None
        self.refusal: OpsyncError | None = None
        self.looks = self.repairs = 0

    def look(self) -> Subscription:
        self.looks += 1
        if self.trouble:
            raise self.trouble
        return self.hook

    def repair(self) -> Subscription:
        self.repairs += 1
        if self.refusal:
            raise self.refusal
        self.hook = SOUND
        return self.hook


class Room:
    """The watch with a vendor, a clock, and all it told."""

    def __init__(self) -> None:
        self.vendor = Vendor()
        self.now = datetime(2026, 11, 22, 8, tzinfo=UTC)
        self.told: list[str] = []
        told = Told(self.told.append, lambda: self.told.append("over"), lambda: self.told.append("catch up"))
        self.watch = HookWatch(Hook(self.vendor.look, self.vendor.repair), told, lambda: self.now)

    def later(self, seconds: float = EVERY_S) -> None:
        self.now += timedelta(seconds=seconds)
        self.watch.look()


@pytest.fixture
def room() -> Room:
    return Room()


def test_a_sound_hook_costs_one_call_now_and_then(room: Room) -> None:
    """However often the supervisor asks."""
    for _ in range(100):
        room.later(EVERY_S / 50)

    assert (room.vendor.looks, room.vendor.repairs) == (2, 0)
    assert set(room.told) == {"over"}


@pytest.mark.parametrize(
    "state", [HookState.TOO_MANY_ERRORS, HookState.STOPPED, HookState.MISSING, HookState.UNKNOWN]
)
def test_a_hook_that_is_not_active_is_repaired_and_reported(room: Room, state: HookState) -> None:
    """With the reason it stopped for; what it did not tell meanwhile is looked for."""
    room.vendor.hook = replace(BROKEN, state=state)
    with heard() as events:
        room.watch.look()
        room.later()
    (repaired,) = named(events, "webhook.repaired")

    assert (repaired["was"], repaired["errors"], repaired["last_error"]) == (state, 9, BROKEN.last_error)
    assert room.told == ["catch up", "over", "over"]
    assert room.vendor.repairs == 1


@pytest.mark.parametrize("difference", [Difference.EVENTS, Difference.SECRET])
def test_a_hook_that_is_not_as_configured_is_corrected(room: Room, difference: Difference) -> None:
    """Events of a newer version, or a secret that was changed."""
    room.vendor.hook = replace(SOUND, differs_in=(difference,))
    room.watch.look()

    assert (room.vendor.repairs, room.told) == (1, ["catch up", "over"])


@pytest.mark.parametrize("state", [HookState.ACTIVE, HookState.TOO_MANY_ERRORS])
def test_a_hook_that_posts_elsewhere_is_left_to_a_person(room: Room, state: HookState) -> None:
    """Two installations of one name would take it from each other for ever."""
    room.vendor.hook = replace(SOUND, state=state, differs_in=(Difference.ADDRESS, Difference.EVENTS))
    room.watch.look()

    assert room.vendor.repairs == 0
    assert "opsync webhooks register" in room.told[0]


def test_a_refused_repair_is_told_and_tried_again(room: Room) -> None:
    """In the vendor's words; when it works again, that is told as well."""
    room.vendor.hook = BROKEN
    room.vendor.refusal = RecordRefused("the certificate is not valid")
    room.watch.look()
    told = list(room.told)
    room.vendor.refusal = None
    room.later(2 * EVERY_S)

    assert told == ["the certificate is not valid"]
    assert room.told[1:] == ["catch up", "over"]


@pytest.mark.parametrize("error", [RetryLater("down"), SideDown("down"), OutcomeUnknown("lost")])
@pytest.mark.parametrize("call", ["trouble", "refusal"])
def test_a_side_that_is_down_is_not_told_twice(room: Room, error: OpsyncError, call: str) -> None:
    """The side's own outage tells it; the hook is looked at again later."""
    room.vendor.hook = BROKEN
    setattr(room.vendor, call, error)
    room.watch.look()
    told = list(room.told)
    setattr(room.vendor, call, None)
    room.later(2 * EVERY_S)

    assert (told, room.told) == ([], ["catch up", "over"])


def test_repairs_that_do_not_last_become_rarer_and_are_told(room: Room) -> None:
    """The third in a row names the last error; a sound look begins anew."""
    for _ in range(24):
        room.vendor.hook = BROKEN
        room.later()
    told = [said for said in room.told if said not in ("over", "catch up")]
    room.later(8 * EVERY_S)

    assert room.vendor.repairs == 6
    assert "TooManyErrors 3 times in a row" in told[0]
    assert BROKEN.last_error in told[0]
    assert room.told[-1] == "over"


def test_a_clock_that_was_set_back_does_not_stop_the_watch(room: Room) -> None:
    """The next look is a fresh one."""
    room.watch.look()
    room.later(-86_400)

    assert room.vendor.looks == 2
