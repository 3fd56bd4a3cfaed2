"""What became of writes whose outcome nobody knows: found by their stamp, waited for, or done again."""

from dataclasses import replace
from datetime import timedelta

from sync.domain.field import same
from sync.domain.link import Link, LinkState
from sync.domain.mapping import Mapping
from sync.domain.model import CLOSE_DATES, STAGE, Record, Side, Value
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


def recover_intents(pairing: Pairing, run_id: str, mapping: Mapping) -> int:
    """Resolves every open intent it can; returns how many still wait. Runs before anything is planned."""
    with pairing.database.read() as connection:
        intents = intent_store.load_intents(connection)
        links = {intent.link_id: link_store.load_link(connection, intent.link_id) for intent in intents}
    waiting = 0
    for intent in intents:
        link = links[intent.link_id]
        if link is None:
            _close(pairing, intent, None, None)
        elif intent.kind is IntentKind.CREATE:
            waiting += not _recover_create(pairing, run_id, mapping, (intent, link))
        elif intent.kind is IntentKind.UPDATE and _may_still_land(pairing, intent, link):
            waiting += 1
        else:
            pending = replace(link, state=LinkState.PENDING, reason="was being written")
            _close(pairing, intent, _agree_own_write(pairing, pending, intent), None)
    return waiting


def _agree_own_write(pairing: Pairing, link: Link, intent: Intent) -> Link:
    """Fields that show what we were writing are nobody's edit: that side's base holds them from now on."""
    record = pairing.crms[intent.side].fetch_record(intent.record_id or "")
    base = link.base(intent.side)
    if not isinstance(record, Record) or base is None:
        return link
    now = record.values
    ours = {name: now[name] for name, sent in intent.payload.items() if name in now and same(now[name], sent)}
    if STAGE in ours:  # superoffice.md 4.1: one sale date serves both meanings and moves with the stage
        ours |= {name: now[name] for name in CLOSE_DATES if name in now}
    return link.with_base(intent.side, {**base, **ours})


def _may_still_land(pairing: Pairing, intent: Intent, link: Link) -> bool:
    """Nothing of what was sent shows yet, and the server may still be at it: nothing is planned beside it."""
    if pairing.clock() - intent.created_at >= timedelta(seconds=pairing.options.settle_s):
        return False
    record = pairing.crms[intent.side].fetch_record(intent.record_id or "")
    base = link.base(intent.side) or {}
    return isinstance(record, Record) and not any(
        name in record.values and same(record.values[name], sent) and not same(base.get(name), sent)
        for name, sent in intent.payload.items()
    )


def _recover_create(pairing: Pairing, run_id: str, mapping: Mapping, open_: tuple[Intent, Link]) -> bool:
    """False while the answer may still be on its way."""
    intent, link = open_
    since = intent.created_at - timedelta(seconds=pairing.options.clock_slack_s)
    try:
        found = pairing.crms[intent.side].find_stamped(link.id, since)
    except RecordTrouble:
        return False  # it is there but cannot be read: waiting is right, creating it again is not
    if len(found) > 1:
        ids = ", ".join(record.id for record in found)
        reason = f"made more than once in {intent.side.label} ({ids}): delete all but one, then run again"
        parked = replace(link, state=LinkState.PARKED, reason=reason)
        _close(pairing, intent, parked, _entry(pairing, run_id, parked, "parked"))
        return True
    if found:
        adopted = _adopt(link, intent, found[0], mapping)
        _close(pairing, intent, adopted, _entry(pairing, run_id, adopted, "recovered", found[0]))
        return True
    waited = pairing.clock() - intent.created_at >= timedelta(seconds=pairing.options.settle_s)
    if not waited or intent.attempts <= LOOKS:
        _looked(pairing, intent)
        return False
    again = replace(link, state=LinkState.PENDING, reason="was not created; trying again")
    _close(pairing, intent, again, _entry(pairing, run_id, again, "not_created"))
    return True


def _looked(pairing: Pairing, intent: Intent) -> None:
    """Counts a look in vain; `attempts` begins at 1."""
    with pairing.database.begin() as connection:
        intent_store.save_intent(connection, replace(intent, attempts=intent.attempts + 1))


def _adopt(link: Link, intent: Intent, record: Record, mapping: Mapping) -> Link:
    """The record exists. What it shows beside what was sent is a later edit, and must not become base."""
    sent, _missing = mapping.image_of(intent.payload, intent.side)
    made = {
        name: value if _is_ours(mapping, intent, name, value) else sent.get(name, value)
        for name, value in mapping.comparable(record.values).items()
    }
    adopted = link.with_record(intent.side, record.id)
    adopted = adopted.with_base(intent.side, made).with_base(intent.side.other, intent.payload)
    return replace(adopted, state=LinkState.PENDING, reason="found after a lost answer")


def _is_ours(mapping: Mapping, intent: Intent, name: str, value: Value) -> bool:
    """Whether the server may have made this of what was sent; a field that was not sent is its own choice."""
    field = mapping.field(name)
    if field is None or name not in intent.payload:
        return True
    pair = {intent.side: value, intent.side.other: intent.payload[name]}
    return field.tolerates(pair[Side.LEFT], pair[Side.RIGHT])


def _entry(pairing: Pairing, run_id: str, link: Link, event: str, record: Record | None = None) -> Entry:
    side, record_id = (record.side, record.id) if record else (None, None)
    return Entry(pairing.clock(), run_id, link.id, event, side, record_id, reason=link.reason)


def _close(pairing: Pairing, intent: Intent, link: Link | None, entry: Entry | None) -> None:
    with pairing.database.begin() as connection:
        intent_store.delete_intent(connection, intent.id)
        if link is not None:
            link_store.save_link(connection, link, pairing.clock())
        if entry is not None:
            journal_store.add_entries(connection, [entry])
