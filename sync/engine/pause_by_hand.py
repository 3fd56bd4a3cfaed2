"""What a person does with pauses: makes one, ends one. It writes to the state only, and waits for no run."""

from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from sqlalchemy.engine import Connection

from sync.domain.link import Link, LinkState
from sync.domain.model import Side
from sync.engine.bonding import find_company_link
from sync.engine.by_hand import find_link, side_named
from sync.engine.pairing import Pairing
from sync.engine.pauses import RESUMED, Held, company_targets, load_held, wake
from sync.errors import RecordTrouble
from sync.store import journal as journal_store
from sync.store import pauses as store
from sync.store.journal import Entry
from sync.store.pauses import Pause, Scope, Target

PAUSED = "paused"
"""The event of a pause that a person made."""


@dataclass(frozen=True, slots=True)
class Word:
    """Who pauses, why, and until when (aware UTC; None: until somebody resumes)."""

    who: str
    why: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What a person named: by all its targets, the link if it is a record, and the name of its journal."""

    targets: tuple[Target, ...]
    link: Link | None = None

    @property
    def journal_id(self) -> str:
        return self.link.id if self.link else self.targets[0].id


def pause(pairing: Pairing, scope: Scope, wanted: str, word: Word) -> tuple[Held, Held | None]:
    """The new pause, and the one it replaces. A run under way goes on as it began: the next one obeys."""
    at = pairing.clock()
    with pairing.database.begin() as connection:
        subject = _find(connection, scope, wanted)
        _refuse_out_of_play(subject.link)
        before = _take_away(connection, subject, at)
        store.save_pause(connection, Pause(subject.targets[0], word.who, word.why, at, word.until))
        held = _holding(connection, subject, at)[-1]
        if subject.link is not None:
            store.hold_link(connection, subject.link.id, held.reason, at)
        entry = Entry(at, None, subject.journal_id, PAUSED, reason=held.reason)
        journal_store.add_entries(connection, [entry])
    wake(pairing)  # links that waited under the old words
    return held, before[-1] if before else None


def resume(pairing: Pairing, scope: Scope, wanted: str, who: str) -> tuple[Held, int]:
    """The pause that ended, and how many links it let go; `RecordTrouble` when nothing was paused."""
    at = pairing.clock()
    with pairing.database.begin() as connection:
        subject = _find_again(connection, scope, wanted)
        ended = _take_away(connection, subject, at)
        if not ended:
            raise RecordTrouble(f"{_spoken(scope, wanted)} is not paused; `opsync pause --list` tells all")
        entry = Entry(at, None, subject.journal_id, RESUMED, reason=f"by {who}")
        journal_store.add_entries(connection, [entry])
    return ended[-1], wake(pairing)


def _spoken(scope: Scope, wanted: str) -> str:
    return "everything" if scope is Scope.ALL else wanted if scope is Scope.SIDE else f"{scope} {wanted}"


def _find(connection: Connection, scope: Scope, wanted: str) -> Subject:
    """`RecordTrouble` for a record or company that opsync does not know: a slip of the pen pauses nothing."""
    match scope:
        case Scope.ALL:
            return Subject((Target(Scope.ALL),))
        case Scope.SIDE:
            return Subject((Target(Scope.SIDE, side_named(wanted)),))
        case Scope.COMPANY:
            company = find_company_link(connection, wanted)
            if company is None:
                raise RecordTrouble(f"no company {wanted}: `opsync contacts list` shows those opsync knows")
            return Subject(company_targets(company))
        case Scope.RECORD:
            link = find_link(connection, wanted)
            return Subject(_record_targets(link), link)
        case _:
            assert_never(scope)


def _find_again(connection: Connection, scope: Scope, wanted: str) -> Subject:
    """Like `_find`; what opsync forgot meanwhile is still found by side and id."""
    try:
        return _find(connection, scope, wanted)
    except RecordTrouble:
        word, colon, target_id = wanted.partition(":")
        if not colon:
            raise
        return Subject((Target(scope, side_named(word), target_id),))


def _record_targets(link: Link) -> tuple[Target, ...]:
    return tuple(Target(Scope.RECORD, side, found) for side in Side if (found := link.record_id(side)))


def _refuse_out_of_play(link: Link | None) -> None:
    if link is not None and (link.excluded_by_hand or link.state is LinkState.BURIED):
        state = str(link.state).replace("_", " ")
        raise RecordTrouble(f"link {link.id} is {state} ({link.reason}): nothing is written to it anyway")


def _holding(connection: Connection, subject: Subject, at: datetime) -> list[Held]:
    known = set(subject.targets)
    return [held for held in load_held(connection, at) if held.pause.target in known]


def _take_away(connection: Connection, subject: Subject, at: datetime) -> list[Held]:
    """Deletes every pause of the subject; those that still held."""
    ended = _holding(connection, subject, at)
    for target in subject.targets:
        store.delete_pause(connection, target.id)
    return ended
