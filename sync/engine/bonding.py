"""What a person does to company links: match all, link, unlink. It writes to the state database only."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy.engine import Connection

from sync.domain.link import HAND, CompanyLink, Link, LinkState
from sync.domain.model import COMPANY, Company, Side
from sync.engine.by_hand import SHORTEST_PREFIX, side_named, wake
from sync.engine.companies import (
    CREATING,
    NO_PARTNER,
    CompanyBook,
    Key,
    Matched,
    half_link,
    keys_of,
    match_all,
    save_fresh,
)
from sync.engine.pairing import Pairing
from sync.engine.run import worker_pool
from sync.engine.turn import changing, own_turn
from sync.errors import RecordTrouble
from sync.store import companies as store
from sync.store import conflicts as conflict_store
from sync.store import links as link_store
from sync.store.conflicts import Conflict


@dataclass(frozen=True, slots=True)
class Matching:
    """`linked` are new; `ambiguous` need a person; `alone[side]` have nothing alike over there; `woken` links
    had waited for one of the companies."""

    linked: tuple[CompanyLink, ...]
    ambiguous: tuple[CompanyLink, ...]
    alone: dict[Side, tuple[Company, ...]]
    woken: int


def state_of(link: CompanyLink) -> str:
    """linked, waiting (for a partner to appear or to be made), or ambiguous (a person must choose)."""
    if link.whole:
        return "linked"
    waits = not link.reason or link.tier in (NO_PARTNER, CREATING)
    return "waiting" if waits else "ambiguous"


def find_company_link(connection: Connection, wanted: str) -> CompanyLink | None:
    """By link id, by the unique start of one, or by company as in `superoffice:501` and `onlyoffice:61`."""
    word, colon, company_id = wanted.partition(":")
    if colon:
        return store.find_company_link(connection, side_named(word), company_id)
    link = store.load_company_link(connection, wanted)
    if link is not None or len(wanted) < SHORTEST_PREFIX:
        return link
    found = [link for link in store.load_company_links(connection) if link.id.startswith(wanted)]
    if len(found) > 1:
        raise RecordTrouble(f"{len(found)} company links begin with {wanted}: give more of the id")
    return found[0] if found else None


def match(pairing: Pairing) -> Matching:
    """Reads and matches all companies of both sides; only what is certain becomes a link."""
    with own_turn(pairing), worker_pool(pairing) as pool:
        with pairing.database.read() as connection:
            known = tuple(store.load_company_links(connection))
        found = match_all(pairing, known, frozenset(), pool)
        save_fresh(pairing, CompanyBook(known, found.links))
        linked = tuple(link for link in found.links if link.whole)
        with pairing.database.begin() as connection:
            woken = wake_waiting(pairing, connection, linked)
    ambiguous = tuple(link for link in found.links if state_of(link) == "ambiguous")
    return Matching(linked, ambiguous, _alone(found), woken)


def _alone(found: Matched) -> dict[Side, tuple[Company, ...]]:
    """Free companies with nothing alike over there."""
    like = {key for link in found.links if state_of(link) != "waiting" for key in keys_of(link)}
    return {
        side: tuple(company for key, company in found.free[side].items() if (side, key) not in like)
        for side in Side
    }


def wake_waiting(pairing: Pairing, connection: Connection, changed: Iterable[CompanyLink]) -> int:
    """Links that waited for one of these companies become pending; how many they were."""
    keys = {key for link in changed for key in keys_of(link)}
    disputes = {row.link_id: row for row in conflict_store.load_conflicts(connection) if row.field == COMPANY}
    asleep = link_store.load_links_in(connection, [LinkState.EXCLUDED, LinkState.PARKED])
    waiting = [
        link
        for link in asleep
        if not link.excluded_by_hand and _companies_of(link, disputes.get(link.id)) & keys
    ]
    wake(pairing, connection, waiting, "its company was linked")
    return len(waiting)


def _companies_of(link: Link, dispute: Conflict | None) -> set[Key]:
    """Where a sleeping record belongs: as it was when it was last seen, or as both sides showed it when its
    company could not be carried over."""
    shown = {side: (link.base(side) or {}).get(COMPANY) for side in Side}
    if dispute is not None:
        shown = {Side.LEFT: dispute.left_value, Side.RIGHT: dispute.right_value}
    return {(side, str(company_id)) for side, company_id in shown.items() if company_id is not None}


def link_companies(pairing: Pairing, left_id: str, right_id: str) -> tuple[CompanyLink, int]:
    """The new link, and how many records had waited for it."""
    company = _require_company(pairing, Side.LEFT, left_id)
    _require_company(pairing, Side.RIGHT, right_id)
    link = CompanyLink(uuid4().hex, left_id, right_id, company.name, HAND)
    with changing(pairing) as connection:
        for side in Side:
            _refuse_linked(store.find_company_link(connection, side, link.record_id(side) or ""))
        return link, store_links(pairing, connection, [link])


def _require_company(pairing: Pairing, side: Side, company_id: str) -> Company:
    company = pairing.crms[side].fetch_company(company_id)
    if company is None or company.deleted:
        raise RecordTrouble(f"{side.label} has no company {company_id}, or does not show it to us")
    return company


def _refuse_linked(link: CompanyLink | None) -> None:
    if link is not None and link.whole:
        bond = f"SuperOffice {link.left_id} ↔ ONLYOFFICE {link.right_id} ({link.name})"
        raise RecordTrouble(f"{bond} are already linked: `opsync contacts unlink {link.id[:8]}` first")


def store_links(pairing: Pairing, connection: Connection, links: list[CompanyLink]) -> int:
    """Stores whole links over the halves known of their companies; how many records had waited for them."""
    for side, company_id in (key for link in links for key in keys_of(link)):
        half = store.find_company_link(connection, side, company_id)
        if half is not None:
            store.delete_company_link(connection, half.id)
    store.insert_company_links(connection, links, pairing.clock())
    return wake_waiting(pairing, connection, links)


def unlink_company(pairing: Pairing, wanted: str) -> CompanyLink:
    """Takes a link apart; its halves say so, and are not matched again by themselves."""
    with changing(pairing) as connection:
        link = find_company_link(connection, wanted)
        if link is None or not link.whole:
            raise RecordTrouble(f"no company link {wanted}: `opsync contacts list --state linked` shows them")
        store.delete_company_link(connection, link.id)
        reason = "unlinked by hand: link the right one with `opsync contacts link`"
        halves = [half_link(uuid4().hex, key, link.name, HAND, reason) for key in sorted(keys_of(link))]
        store.insert_company_links(connection, halves, pairing.clock())
        return link
