"""Company links: matching both sides' companies once they are needed, and making a missing one."""

import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import uuid4

from sync.domain.field import Unmapped
from sync.domain.link import HAND, CompanyLink
from sync.domain.match import match_companies
from sync.domain.model import COMPANY, Company, Record, Side, Unreadable, Value, Values
from sync.domain.resolve import Companies
from sync.engine.pairing import Pairing
from sync.errors import RecordTrouble, RetryLater
from sync.store import companies as store

NEW = "new:"
"""Prefix of a company value that stands for "make the partner of this company first"."""

NO_PARTNER = "none"
"""Tier of a half link that stays half: nothing like it over there, and making one is switched off."""

CREATING = "creating"
"""Tier of a half link whose partner is being made right now; after a crash it is matched again."""


@dataclass(frozen=True, slots=True)
class CompanyBook:
    """What is known about companies: stored links, and those this run found and has not stored yet."""

    links: tuple[CompanyLink, ...]
    fresh: tuple[CompanyLink, ...] = ()

    def as_companies(self) -> Companies:
        """For mapping: partners, `NEW` where a partner may be made, and reasons for the rest."""
        images: dict[Side, dict[str, str]] = {side: {} for side in Side}
        refusals: dict[Side, dict[str, Unmapped]] = {side: {} for side in Side}
        for link in {link.id: link for link in (*self.links, *self.fresh)}.values():
            for side in Side:
                there, here = link.record_id(side.other), link.record_id(side)
                if there is None:
                    continue
                if link.reason:
                    refusals[side][there] = _refusal(link, side)
                else:
                    images[side][there] = here or NEW + there
        return Companies(images, refusals)


def _refusal(link: CompanyLink, side: Side) -> Unmapped:
    said = f"company {link.name} ({side.other.label} {link.record_id(side.other)}): {link.reason}"
    return Unmapped(said, needs_person=link.tier != NO_PARTNER)


def needed_companies(records: Iterable[Record | Unreadable]) -> set[tuple[Side, str]]:
    """The companies that these records belong to."""
    return {
        (record.side, str(record.values[COMPANY]))
        for record in records
        if isinstance(record, Record) and record.values.get(COMPANY) is not None
    }


def look_up(
    pairing: Pairing,
    links: Iterable[CompanyLink],
    needed: set[tuple[Side, str]],
    pool: ThreadPoolExecutor,
    *,
    again: bool,
) -> CompanyBook:
    """Reads and matches the companies of both sides, but only when a needed one is not settled yet.

    `again` also takes up those that were given up earlier, with a reason."""
    known = tuple(links)
    settled = {
        (side, link.record_id(side))
        for link in known
        if link.whole or (link.reason and not again)
        for side in Side
    }
    if needed <= settled:
        return CompanyBook(known)
    return CompanyBook(known, match_all(pairing, known, needed, pool))


def match_all(
    pairing: Pairing, known: Iterable[CompanyLink], needed: set[tuple[Side, str]], pool: ThreadPoolExecutor
) -> tuple[CompanyLink, ...]:
    """Links for everything that matches, halves with a reason for what is ambiguous or may not be made, bare
    halves for the needed rest."""
    futures = {side: pool.submit(_fetch, pairing, side) for side in Side}
    companies = {side: future.result() for side, future in futures.items()}
    living = {(company.side, company.id) for side in Side for company in companies[side]}
    widowed = {link.id: half for link in known if (half := _widowed(link, living))}
    known = tuple(widowed.get(link.id, link) for link in known)
    bound = [link for link in known if link.whole or link.tier == HAND]
    taken = {(side, link.record_id(side)) for link in bound for side in Side}
    free = {side: [c for c in companies[side] if (side, c.id) not in taken] for side in Side}
    matches = match_companies(free[Side.LEFT], free[Side.RIGHT])
    names = {(side, company.id): company.name for side in Side for company in companies[side]}
    stored = {(side, link.record_id(side)): link for link in known if not link.whole for side in Side}
    whole = [
        CompanyLink(
            _id(stored.get((Side.LEFT, pair.left_id))),
            pair.left_id,
            pair.right_id,
            names[Side.LEFT, pair.left_id],
            pair.tier,
        )
        for pair in matches.pairs
    ]
    reasons = {
        (side, company_id): group.reason(side)
        for group in matches.ambiguous
        for side in Side
        for company_id in group.ids(side)
    }
    bonded = {(side, link.record_id(side)) for link in whole for side in Side}
    alone = needed | reasons.keys() | {key for half in widowed.values() for key in _keys(half)}
    halves = [
        _half(pairing, stored.get(key), key, names.get(key, ""), reasons.get(key, ""))
        for key in sorted(alone - taken - bonded)
    ]
    return (*whole, *halves)


def _widowed(link: CompanyLink, living: set[tuple[Side, str]]) -> CompanyLink | None:
    """What is left of a whole link when one of its companies was merged away or deleted; its records moved
    to another company, which may be matched with the survivor."""
    left, right = ((side, link.record_id(side)) in living for side in Side)
    if not link.whole or left == right:
        return None
    return replace(link, left_id=link.left_id if left else None, right_id=link.right_id if right else None)


def _keys(link: CompanyLink) -> set[tuple[Side, str]]:
    return {(side, company_id) for side in Side if (company_id := link.record_id(side))}


def _fetch(pairing: Pairing, side: Side) -> list[Company]:
    companies = [company for company in pairing.crms[side].fetch_companies() if not company.deleted]
    pairing.progress(f"{side.label}: companies", len(companies), len(companies))
    return companies


def _id(stored: CompanyLink | None) -> str:
    return stored.id if stored else uuid4().hex


def _half(
    pairing: Pairing, stored: CompanyLink | None, key: tuple[Side, str], name: str, reason: str
) -> CompanyLink:
    side, company_id = key
    left, right = (company_id, None) if side is Side.LEFT else (None, company_id)
    tier = CREATING if stored and stored.tier == CREATING else ""
    if not reason and not pairing.options.creates_companies[side.other]:
        tier, reason = NO_PARTNER, f"nothing like it in {side.other.label}, and making companies there is off"
    name = name or (stored.name if stored else "")
    return CompanyLink(_id(stored), left, right, name, tier, reason)


def save_fresh(pairing: Pairing, book: CompanyBook) -> None:
    """Stores what a draft found; what a new match swallows, halves and widowed links, goes away first."""
    at = pairing.clock()
    stored = {link.id: link for link in book.links}
    bonded = {(side, link.record_id(side)) for link in book.fresh if link.whole for side in Side}
    with pairing.database.begin() as connection:
        for link in book.links:
            swallowed = any((side, link.record_id(side)) in bonded for side in Side if link.record_id(side))
            if swallowed:
                store.delete_company_link(connection, link.id)
                stored.pop(link.id)
        for link in book.fresh:
            if link.id not in stored:
                store.insert_company_link(connection, link, at)
            elif stored[link.id] != link:
                store.save_company_link(connection, link, at)


class CompanyMaker:
    """Makes a missing partner company, once, whichever thread asks first."""

    def __init__(self, pairing: Pairing) -> None:
        self._pairing = pairing
        self._lock = threading.Lock()

    def resolve(self, values: Values, to: Side) -> dict[str, Value]:
        """`values` with a `NEW` company replaced by a real id on `to`."""
        company = values.get(COMPANY)
        if not isinstance(company, str) or not company.startswith(NEW):
            return dict(values)
        with self._lock:
            return {**values, COMPANY: self._partner_of(company.removeprefix(NEW), to)}

    def _partner_of(self, company_id: str, to: Side) -> str:
        pairing = self._pairing
        with pairing.database.read() as connection:
            link = store.find_company_link(connection, to.other, company_id)
            saved_at = store.load_saved_at(connection, link.id) if link else None
        if link is None:
            raise RecordTrouble(f"company {company_id} of {to.other.label} is no longer known; run again")
        if partner := link.record_id(to):
            return partner
        wait = timedelta(seconds=pairing.options.settle_s)
        if link.tier == CREATING and saved_at is not None and pairing.clock() - saved_at < wait:
            raise RetryLater(f"company {link.name} was being made in {to.label} and may still appear there")
        company = pairing.crms[to.other].fetch_company(company_id)
        if company is None:
            raise RecordTrouble(f"company {company_id} no longer exists in {to.other.label}")
        self._save(replace(link, tier=CREATING))
        made = pairing.crms[to].create_company(company)
        self._save(replace(link.with_record(to, made.id), tier="created"))
        return made.id

    def _save(self, link: CompanyLink) -> None:
        with self._pairing.database.begin() as connection:
            store.save_company_link(connection, link, self._pairing.clock())
