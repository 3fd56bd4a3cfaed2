"""What became of writes whose outcome nobody knows: found by their stamp, waited for, or done again."""

from dataclasses import replace
from datetime import timedelta
from typing import assert_never

from sqlalchemy.engine import Connection

from sync.domain.field import Unmapped, same
from sync.domain.link import Link, LinkState
from sync.domain.mapping import Mapping
from sync.domain.model import CLOSE_DATES, STAGE, Record, Side, Unreadable, Value
from sync.engine.pairing import Pairing
from sync.errors import RecordTrouble
from sync.store import intents as intent_store
from sync.store import journal as journal_store
from sync.store import links as link_store
from sync.store.intents import Intent, IntentKind
from sync.store.journal import Entry

LOOKS = 1
"""So often a stamp must be looked for in vain, besides the last look, before a create is believed lost: an
answer that got lost may belong to a write that becomes visible late."""

FOUND = "found after a lost answer"
Changes = dict[str, tuple[Value, Value]]
"""(old, new) by field."""


def recover_intents(pairing: Pairing, run_id: str, mapping: Mapping) -> None:
    """Resolves every open intent it can, before a draft is made; nothing is planned for links of the rest."""
    with pairing.database.read() as connection:
        intents = intent_store.load_intents(connection)
        links = {intent.link_id: link_store.load_link(connection, intent.link_id) for intent in intents}
    recovery = _Recovery(pairing, run_id, mapping)
    for intent in intents:
        recovery.attempt(intent, links[intent.link_id])


class _Recovery:
    """The open intents of one run, each on its own: trouble with one record changes nothing for others."""

    def __init__(self, pairing: Pairing, run_id: str, mapping: Mapping) -> None:
        self._pairing = pairing
        self._run_id = run_id
        self._mapping = mapping

    def attempt(self, intent: Intent, link: Link | None) -> None:
        """An intent whose record makes trouble stays open, and its link says why."""
        if link is None:
            self._forget(intent)
            return
        try:
            self._resolve(intent, link)
        except RecordTrouble as trouble:
            self._park(link, str(trouble))

    def _resolve(self, intent: Intent, link: Link) -> None:
        match intent.kind:
            case IntentKind.CREATE:
                self._resolve_create(intent, link)
            case IntentKind.UPDATE:
                self._resolve_update(intent, link)
            case IntentKind.DELETE:
                self._resolve_delete(intent, link)
            case _:
                assert_never(intent.kind)

    def _resolve_update(self, intent: Intent, link: Link) -> None:
        """Left open while nothing of what was sent shows yet and the server may still be at it."""
        record = self._pairing.crms[intent.side].fetch_record(intent.record_id or "")
        if isinstance(record, Unreadable):
            raise RecordTrouble(f"{record.side.label} {record.id}: {record.reason}")
        if record is None:
            self._close(intent, _unwritten(link))
        elif self._waited(intent) or _shows(record, link, intent):
            agreed = _agree_own_write(self._mapping, _unwritten(link), intent, record)
            self._close(intent, agreed, self._written(intent, _difference(link, agreed, intent.side)))

    def _resolve_delete(self, intent: Intent, link: Link) -> None:
        """Whether it has to be done again is for the next plan to say."""
        record = self._pairing.crms[intent.side].fetch_record(intent.record_id or "")
        lost: Changes = {name: (value, None) for name, value in (link.base(intent.side) or {}).items()}
        self._close(intent, _unwritten(link), self._written(intent, lost) if record is None else None)

    def _resolve_create(self, intent: Intent, link: Link) -> None:
        """Left open while the record may still turn up."""
        since = intent.created_at - timedelta(seconds=self._pairing.options.clock_slack_s)
        found = self._pairing.crms[intent.side].find_stamped(link.id, since)
        if len(found) > 1:
            twins = _made_twice(link, found)
            self._close(intent, twins, self._entry(twins, "parked"))
        elif found:
            self._adopt(intent, link, found[0])
        elif not self._waited(intent) or intent.attempts <= LOOKS:
            self._look_again(intent)
        else:
            again = replace(link, state=LinkState.PENDING, reason="was not created; trying again")
            self._close(intent, again, self._entry(again, "not_created"))

    def _adopt(self, intent: Intent, link: Link, record: Record) -> None:
        """A half link that the record was given meanwhile goes away; any other bond is left to a person."""
        with self._pairing.database.read() as connection:
            holder = link_store.find_link(connection, record.side, record.id) or link
            if holder.id != link.id and not _may_be_swallowed(connection, holder):
                raise RecordTrouble(_taken(link, record, holder))
        adopted = _adopted(self._mapping, intent, link, record)
        swallowed = holder.id if holder.id != link.id else ""
        made: Changes = {name: (None, value) for name, value in (adopted.base(record.side) or {}).items()}
        self._close(intent, adopted, self._written(intent, made, record.id), swallowed)

    def _waited(self, intent: Intent) -> bool:
        """Whether the server had the time it may take for a write whose answer was lost."""
        settle = timedelta(seconds=self._pairing.options.settle_s)
        return self._pairing.clock() - intent.created_at >= settle

    def _look_again(self, intent: Intent) -> None:
        """Counts a look in vain; `attempts` begins at 1."""
        with self._pairing.database.begin() as connection:
            intent_store.save_intent(connection, replace(intent, attempts=intent.attempts + 1))

    def _forget(self, intent: Intent) -> None:
        with self._pairing.database.begin() as connection:
            intent_store.delete_intent(connection, intent.id)

    def _park(self, link: Link, reason: str) -> None:
        parked = replace(link, state=LinkState.PARKED, reason=reason)
        if parked == link:
            return
        with self._pairing.database.begin() as connection:
            link_store.save_link(connection, parked, self._pairing.clock())
            journal_store.add_entries(connection, [self._entry(parked, "parked")])

    def _close(self, intent: Intent, link: Link, entry: Entry | None = None, swallowed: str = "") -> None:
        """The intent goes in the transaction that stores what became of its link."""
        with self._pairing.database.begin() as connection:
            intent_store.delete_intent(connection, intent.id)
            link_store.delete_link(connection, swallowed)
            link_store.save_link(connection, link, self._pairing.clock())
            journal_store.add_entries(connection, [entry] if entry else [])

    def _entry(self, link: Link, event: str) -> Entry:
        return Entry(self._pairing.clock(), self._run_id, link.id, event, reason=link.reason)

    def _written(self, intent: Intent, fields: Changes, record_id: str | None = None) -> Entry | None:
        """The write as the run that sent it would have told it, so that its undo finds it."""
        if not fields:
            return None
        at, key = self._pairing.clock(), record_id or intent.record_id
        return Entry(at, intent.run_id, intent.link_id, intent.kind.done, intent.side, key, fields, FOUND)


def _difference(before: Link, after: Link, side: Side) -> Changes:
    """What of the base of `side` is not as it was before."""
    old, new = before.base(side) or {}, after.base(side) or {}
    return {name: (old.get(name), value) for name, value in new.items() if not same(old.get(name), value)}


def _unwritten(link: Link) -> Link:
    return replace(link, state=LinkState.PENDING, reason="was being written")


def _shows(record: Record, link: Link, intent: Intent) -> bool:
    """Whether anything of what was sent is there that was not there before."""
    base, now = link.base(intent.side) or {}, record.values
    return any(
        name in now and same(now[name], sent) and not same(base.get(name), sent)
        for name, sent in intent.payload.items()
    )


def _agree_own_write(mapping: Mapping, link: Link, intent: Intent, record: Record) -> Link:
    """Fields that show what we were writing are nobody's edit: both bases hold them from now on. If the other
    side shows again what it showed before, that is an edit, and not the state both agreed upon."""
    base, origin, now = link.base(intent.side), link.base(intent.side.other), record.values
    if base is None or origin is None:
        return link
    ours = {name: now[name] for name, sent in intent.payload.items() if name in now and same(now[name], sent)}
    images = {name: _image(mapping, name, value, intent.side.other) for name, value in ours.items()}
    known = {name: image for name, image in images.items() if not isinstance(image, Unmapped)}
    if STAGE in ours:  # superoffice.md 4.1: one sale date serves both meanings and moves with the stage
        ours |= {name: now[name] for name in CLOSE_DATES if name in now}
    link = link.with_base(intent.side, {**base, **ours})
    return link.with_base(intent.side.other, {**origin, **known})


def _image(mapping: Mapping, name: str, value: Value, to: Side) -> Value | Unmapped:
    field = mapping.field(name)
    return Unmapped("not mapped any more") if field is None else field.image(value, to)


def _made_twice(link: Link, found: tuple[Record, ...]) -> Link:
    ids = ", ".join(record.id for record in found)
    reason = f"made more than once in {found[0].side.label} ({ids}): delete all but one, then run again"
    return replace(link, state=LinkState.PARKED, reason=reason)


def _may_be_swallowed(connection: Connection, holder: Link) -> bool:
    """A half link only says that a record exists, unless it is excluded or a partner is being made for it."""
    writing = intent_store.load_intent_of(connection, holder.id) is not None
    return not (holder.whole or holder.excluded_by_hand or writing)


def _taken(link: Link, record: Record, holder: Link) -> str:
    here, there = record.side, record.side.other
    bond = f"is linked to {there.label} {holder.record_id(there)}" if holder.whole else "has its own link"
    return (
        f"{here.label} {record.id} was made for {there.label} {link.record_id(there)} but {bond} "
        f"(link {holder.id}): delete it there or clear its stamp, and another one is made"
    )


def _adopted(mapping: Mapping, intent: Intent, link: Link, record: Record) -> Link:
    """The record exists. What it shows beside what was sent is a later edit, and must not become base."""
    sent, _missing = mapping.image_of(intent.payload, intent.side)
    made = {
        name: value if _is_ours(mapping, intent, name, value) else sent.get(name, value)
        for name, value in mapping.comparable(record.values).items()
    }
    adopted = link.with_record(intent.side, record.id)
    adopted = adopted.with_base(intent.side, made).with_base(intent.side.other, intent.payload)
    return replace(adopted, state=LinkState.PENDING, reason=FOUND)


def _is_ours(mapping: Mapping, intent: Intent, name: str, value: Value) -> bool:
    """Whether the server may have made this of what was sent; a field that was not sent is its own choice."""
    field = mapping.field(name)
    if field is None or name not in intent.payload:
        return True
    pair = {intent.side: value, intent.side.other: intent.payload[name]}
    return field.tolerates(pair[Side.LEFT], pair[Side.RIGHT])
