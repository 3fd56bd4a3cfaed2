"""What a person does to company links: match all, link, unlink. It writes to the state database only."""

import re
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy.engine import Connection

from sync.domain.link import HAND, CompanyLink, Link, LinkState
from sync.domain.match import Matches, match_companies
from sync.domain.model import Company, Side
from sync.engine.by_hand import SHORTEST_PREFIX, side_named, wake
from sync.engine.companies import CREATING, NO_PARTNER, CompanyBook, save_fresh
from sync.engine.pairing import Pairing
from sync.engine.run import worker_pool
from sync.engine.turn import changing, own_turn
from sync.errors import RecordTrouble
from sync.store import companies as store
from sync.store import links as link_store

Key = tuple[Side, str]
"""One company of one side."""

_NAMED = re.compile(
    r"\((SuperOffice|ONLYOFFICE) (\S+)\):|company (\S+) of (SuperOffice|ONLYOFFICE) has no image"
)
"""How reasons of waiting links name the company they wait for (`engine/companies.py`, `domain/field.py`)."""


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
        free = _free_companies(pairing, known, pool)
        matches = match_companies(list(free[Side.LEFT].values()), list(free[Side.RIGHT].values()))
        linked, ambiguous = _bonds(known, matches, free), _doubts(known, matches, free)
        save_fresh(pairing, CompanyBook(known, (*linked, *ambiguous)))
        with pairing.database.begin() as connection:
            woken = wake_waiting(pairing, connection, linked)
    return Matching(linked, ambiguous, _alone(free, (*linked, *ambiguous)), woken)


def _free_companies(
    pairing: Pairing, known: Iterable[CompanyLink], pool: ThreadPoolExecutor
) -> dict[Side, dict[str, Company]]:
    """Living companies that are neither linked nor taken apart by hand."""
    out = {(side, link.record_id(side)) for link in known if link.whole or link.tier == HAND for side in Side}
    read = dict(zip(Side, pool.map(lambda side: read_companies(pairing, side), Side), strict=True))
    return {
        side: {key: company for key, company in read[side].items() if (side, key) not in out} for side in Side
    }


def read_companies(pairing: Pairing, side: Side) -> dict[str, Company]:
    """All living companies of a side, by id."""
    found = {company.id: company for company in pairing.crms[side].fetch_companies() if not company.deleted}
    pairing.progress(f"{side.label}: companies", len(found), len(found))
    return found


def _stored_ids(known: Iterable[CompanyLink]) -> dict[tuple[Side, str | None], str]:
    return {(side, link.record_id(side)): link.id for link in known if not link.whole for side in Side}


def _bonds(
    known: Iterable[CompanyLink], matches: Matches, free: dict[Side, dict[str, Company]]
) -> tuple[CompanyLink, ...]:
    stored = _stored_ids(known)
    return tuple(
        CompanyLink(
            stored.get((Side.LEFT, pair.left_id)) or uuid4().hex,
            pair.left_id,
            pair.right_id,
            free[Side.LEFT][pair.left_id].name,
            pair.tier,
        )
        for pair in matches.pairs
    )


def _doubts(
    known: Iterable[CompanyLink], matches: Matches, free: dict[Side, dict[str, Company]]
) -> tuple[CompanyLink, ...]:
    stored = _stored_ids(known)
    return tuple(
        _half(
            stored.get((side, key)) or uuid4().hex, (side, key), free[side][key].name, "", group.reason(side)
        )
        for group in matches.ambiguous
        for side in Side
        for key in group.ids(side)
    )


def _half(link_id: str, key: Key, name: str, tier: str, reason: str) -> CompanyLink:
    return CompanyLink(link_id, None, None, name, tier, reason).with_record(*key)


def _alone(
    free: dict[Side, dict[str, Company]], found: Iterable[CompanyLink]
) -> dict[Side, tuple[Company, ...]]:
    named = {(side, link.record_id(side)) for link in found for side in Side}
    return {
        side: tuple(company for key, company in free[side].items() if (side, key) not in named)
        for side in Side
    }


def wake_waiting(pairing: Pairing, connection: Connection, changed: Iterable[CompanyLink]) -> int:
    """Links that waited for one of these companies become pending; how many they were."""
    keys = {(side, link.record_id(side)) for link in changed for side in Side}
    asleep = link_store.load_links_in(connection, [LinkState.EXCLUDED, LinkState.PARKED])
    waiting = [link for link in asleep if not link.excluded_by_hand and _awaited(link) & keys]
    wake(pairing, connection, waiting, "its company was linked")
    return len(waiting)


def _awaited(link: Link) -> set[tuple[Side, str | None]]:
    named = {Side.LEFT.label: Side.LEFT, Side.RIGHT.label: Side.RIGHT}
    return {
        (named[one or other], first or second) for one, first, second, other in _NAMED.findall(link.reason)
    }


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
    for link in links:
        for side in Side:
            half = store.find_company_link(connection, side, link.record_id(side) or "")
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
        halves = [
            _half(uuid4().hex, (side, link.record_id(side) or ""), link.name, HAND, reason) for side in Side
        ]
        store.insert_company_links(connection, halves, pairing.clock())
        return link
