"""What a person does to links: retry, exclude, pair and their opposites. It writes to the state only."""

from dataclasses import replace
from uuid import uuid4

from sqlalchemy.engine import Connection

from sync.domain.link import HAND, Link, LinkState
from sync.domain.model import Record, Side
from sync.engine.pairing import Pairing
from sync.engine.turn import changing
from sync.errors import RecordTrouble
from sync.store import intents as intent_store
from sync.store import journal as journal_store
from sync.store import links as link_store
from sync.store.journal import Entry

RETRIABLE = frozenset({LinkState.PARKED, LinkState.RETRYING, LinkState.CONFLICT, LinkState.EXCLUDED})
SHORTEST_PREFIX = 6

_SIDES = {
    "left": Side.LEFT,
    "superoffice": Side.LEFT,
    "sale": Side.LEFT,
    "right": Side.RIGHT,
    "onlyoffice": Side.RIGHT,
    "opportunity": Side.RIGHT,
}


def side_named(word: str) -> Side:
    """The side a person means; `RecordTrouble` for any other word."""
    side = _SIDES.get(word.strip().casefold())
    if side is None:
        raise RecordTrouble(f"{word}: say superoffice:ID or onlyoffice:ID")
    return side


def find_link(connection: Connection, wanted: str) -> Link:
    """By link id, by the unique start of one, or by record as in `superoffice:123` and `onlyoffice:45`."""
    word, colon, record_id = wanted.partition(":")
    if colon:
        link = link_store.find_link(connection, side_named(word), record_id)
    else:
        link = link_store.load_link(connection, wanted) or _find_by_prefix(connection, wanted)
    if link is None:
        raise RecordTrouble(f"no link {wanted}: `opsync links` lists them")
    return link


def _find_by_prefix(connection: Connection, prefix: str) -> Link | None:
    if len(prefix) < SHORTEST_PREFIX:
        return None
    found = [link for link in link_store.load_links(connection) if link.id.startswith(prefix)]
    if len(found) > 1:
        raise RecordTrouble(f"{len(found)} links begin with {prefix}: give more of the id")
    return found[0] if found else None


def retry(pairing: Pairing, wanted: str) -> Link:
    """The next sync tries again, even what a CRM refused before."""
    with changing(pairing) as connection:
        link = find_link(connection, wanted)
        if link.state not in RETRIABLE or link.excluded_by_hand:
            raise RecordTrouble(f"link {link.id} is {_spoken(link)}: there is nothing to try again")
        return _save(pairing, connection, _awake(link), "retried", "by hand")


def retry_parked(pairing: Pairing) -> int:
    """All parked links at once; how many they were."""
    with changing(pairing) as connection:
        parked = link_store.load_links_in(connection, [LinkState.PARKED])
        wake(pairing, connection, parked, "by hand")
        return len(parked)


def wake(pairing: Pairing, connection: Connection, links: list[Link], reason: str) -> None:
    """Makes the links pending, so that the next sync looks at them again."""
    at = pairing.clock()
    link_store.save_links(connection, [_awake(link) for link in links], at)
    entries = [Entry(at, None, link.id, "retried", reason=reason) for link in links]
    journal_store.add_entries(connection, entries)


def _awake(link: Link) -> Link:
    return replace(link, state=LinkState.PENDING, reason="", refused="")


def exclude(pairing: Pairing, wanted: str, reason: str) -> Link:
    """Nothing happens to the records any more, on either side, until `include`."""
    with changing(pairing) as connection:
        link = find_link(connection, wanted)
        if link.state is LinkState.BURIED:
            raise RecordTrouble(f"link {link.id} is buried: {link.reason}")
        _refuse_while_writing(connection, link)
        out = replace(link, state=LinkState.EXCLUDED, reason=reason, origin=HAND, refused="")
        return _save(pairing, connection, out, "excluded", reason)


def include(pairing: Pairing, wanted: str) -> Link:
    """Takes an exclusion back."""
    with changing(pairing) as connection:
        link = find_link(connection, wanted)
        if not link.excluded_by_hand:
            raise RecordTrouble(f"link {link.id} was not excluded by hand, it is {_spoken(link)}")
        origin = HAND if link.whole else "found"
        return _save(pairing, connection, replace(_awake(link), origin=origin), "included", "by hand")


def pair(pairing: Pairing, sale_id: str, opportunity_id: str) -> Link:
    """Bonds two records; what is known of each half is merged. The next sync compares them."""
    ids = {Side.LEFT: sale_id, Side.RIGHT: opportunity_id}
    for side, record_id in ids.items():
        _require_record(pairing, side, record_id)
    with changing(pairing) as connection:
        halves = [link for side in Side if (link := link_store.find_link(connection, side, ids[side]))]
        for half in halves:
            _refuse_bonded(half)
            _refuse_while_writing(connection, half)
        return _bond(pairing, connection, halves, ids)


def unlink(pairing: Pairing, wanted: str) -> tuple[Link, Link]:
    """Parts a pair, a buried one too: each record gets a link of its own, and the next sync treats both as
    new."""
    with changing(pairing) as connection:
        link = find_link(connection, wanted)
        if not link.whole:
            raise RecordTrouble(f"link {link.id} is no pair, it is {_spoken(link)}")
        _refuse_while_writing(connection, link)
        link_store.delete_link(connection, link.id)
        left, right = (_half_of(link, side) for side in Side)
        at = pairing.clock()
        link_store.insert_links(connection, [left, right], at)
        parted = [Entry(at, None, one.id, "unlinked", reason=one.reason) for one in (left, right)]
        journal_store.add_entries(
            connection, [Entry(at, None, link.id, "unlinked", reason="by hand"), *parted]
        )
        return left, right


def _half_of(link: Link, side: Side) -> Link:
    return Link(uuid4().hex, reason=f"parted by hand from link {link.id}").with_record(
        side, link.record_id(side) or ""
    )


def _require_record(pairing: Pairing, side: Side, record_id: str) -> None:
    record = pairing.crms[side].fetch_record(record_id)
    if record is None:
        raise RecordTrouble(f"{side.label} has no record {record_id}, or does not show it to us")
    if not isinstance(record, Record):
        raise RecordTrouble(f"{side.label} {record_id} cannot be read: {record.reason}")


def _refuse_bonded(link: Link) -> None:
    if link.whole:
        pair_ = f"SuperOffice {link.left_id} and ONLYOFFICE {link.right_id}"
        raise RecordTrouble(
            f"link {link.id} already bonds {pair_} ({_spoken(link)}): `opsync links unlink` first"
        )


def _bond(pairing: Pairing, connection: Connection, halves: list[Link], ids: dict[Side, str]) -> Link:
    """The first half's id lives on; another half goes away, its journal stays."""
    keep = halves[0] if halves else Link(uuid4().hex)
    bonded = Link(
        keep.id,
        ids[Side.LEFT],
        ids[Side.RIGHT],
        reason="paired by hand; the next sync compares the two",
        origin=HAND,
    )
    at = pairing.clock()
    for swallowed in halves[1:]:
        link_store.delete_link(connection, swallowed.id)
        merged = Entry(at, None, swallowed.id, "merged", reason=f"into link {bonded.id}")
        journal_store.add_entries(connection, [merged])
    if not halves:
        link_store.insert_link(connection, bonded, at)
    return _save(pairing, connection, bonded, "paired", "by hand")


def _refuse_while_writing(connection: Connection, link: Link) -> None:
    if intent_store.load_intent_of(connection, link.id) is not None:
        raise RecordTrouble(
            f"the last write of link {link.id} has no known outcome yet: run `opsync sync` first"
        )


def _save(pairing: Pairing, connection: Connection, link: Link, event: str, reason: str) -> Link:
    at = pairing.clock()
    link_store.save_link(connection, link, at)
    journal_store.add_entries(connection, [Entry(at, None, link.id, event, reason=reason)])
    return link


def _spoken(link: Link) -> str:
    state = str(link.state).replace("_", " ")
    return f"{state}: {link.reason}" if link.reason else state
