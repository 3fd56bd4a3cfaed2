"""Company links: matching both sides' companies once they are needed, and making a missing one."""

import threading
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from uuid import uuid4

from sync.domain.field import Unmapped
from sync.domain.link import HAND, CompanyLink
from sync.domain.match import Matches, Pair, match_companies
from sync.domain.model import COMPANY, Company, Record, Side, Unreadable, Value, Values
from sync.domain.resolve import Companies
from sync.engine.pairing import Pairing
from sync.errors import RecordTrouble, RetryLater
from sync.store import companies as store

Key = tuple[Side, str]
"""One company of one side."""

Free = Mapping[Side, Mapping[str, Company]]
"""Living companies of each side that nobody has linked, by id."""

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

    @property
    def current(self) -> list[CompanyLink]:
        """Each link once; what this run found of it stands for what was known before."""
        return list({link.id: link for link in (*self.links, *self.fresh)}.values())

    def as_companies(self) -> Companies:
        """For mapping: partners, `NEW` where a partner may be made, and reasons for the rest."""
        images: dict[Side, dict[str, str]] = {side: {} for side in Side}
        refusals: dict[Side, dict[str, Unmapped]] = {side: {} for side in Side}
        for link in self.current:
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


def needed_companies(records: Iterable[Record | Unreadable]) -> set[Key]:
    """The companies that these records belong to."""
    return {
        (record.side, str(record.values[COMPANY]))
        for record in records
        if isinstance(record, Record) and record.values.get(COMPANY) is not None
    }


def look_up(
    pairing: Pairing,
    links: Iterable[CompanyLink],
    needed: AbstractSet[Key],
    pool: ThreadPoolExecutor,
    *,
    again: bool,
) -> CompanyBook:
    """Reads and matches the companies of both sides, but only when a needed one is not settled yet.

    `again` also takes up those that were given up earlier, with a reason."""
    known = tuple(links)
    settled = {key for link in known if link.whole or (link.reason and not again) for key in keys_of(link)}
    if needed <= settled:
        return CompanyBook(known)
    return CompanyBook(known, match_all(pairing, known, needed, pool).links)


@dataclass(frozen=True, slots=True)
class Matched:
    """`links` are new or changed: whole ones for what matches, halves with a reason for what is ambiguous or
    may not be made, bare halves for the needed rest. `free` is what they were looked for among."""

    links: tuple[CompanyLink, ...]
    free: Free


def match_all(
    pairing: Pairing, known: Iterable[CompanyLink], needed: AbstractSet[Key], pool: ThreadPoolExecutor
) -> Matched:
    """Reads all companies of both sides and looks for the partners of those that have none."""
    read = dict(zip(Side, pool.map(partial(read_companies, pairing), Side), strict=True))
    widowed = {link.id: half for link in known if (half := _widowed(link, read))}
    known = [widowed.get(link.id, link) for link in known]
    taken = {key for link in known if link.whole or link.tier == HAND for key in keys_of(link)}
    free = {side: {key: row for key, row in read[side].items() if (side, key) not in taken} for side in Side}
    matches = match_companies(list(free[Side.LEFT].values()), list(free[Side.RIGHT].values()))
    stored = {key: link for link in known if not link.whole for key in keys_of(link)}
    whole = [_bond(pair, stored.get((Side.LEFT, pair.left_id)), free) for pair in matches.pairs]
    bonded = {key for link in whole for key in keys_of(link)}
    reasons = _reasons(matches)
    alone = needed | reasons.keys() | {key for half in widowed.values() for key in keys_of(half)}
    halves = [
        _half(pairing, stored.get(key), key, free[key[0]].get(key[1]), reasons.get(key, ""))
        for key in sorted(alone - taken - bonded)
    ]
    return Matched((*whole, *halves), free)


def read_companies(pairing: Pairing, side: Side) -> dict[str, Company]:
    """All living companies of a side, by id."""
    found = {company.id: company for company in pairing.crms[side].fetch_companies() if not company.deleted}
    pairing.progress(f"{side.label}: companies", len(found), len(found))
    return found


def keys_of(link: CompanyLink) -> set[Key]:
    """The companies that a link holds: two of a whole one, one of a half."""
    return {(side, company_id) for side in Side if (company_id := link.record_id(side))}


def _widowed(link: CompanyLink, living: Mapping[Side, Mapping[str, Company]]) -> CompanyLink | None:
    """What is left of a whole link when one of its companies was merged away or deleted; its records moved
    to another company, which may be matched with the survivor, whoever made the link."""
    left, right = (link.record_id(side) in living[side] for side in Side)
    if not link.whole or left == right:
        return None
    survivor = Side.LEFT if left else Side.RIGHT
    return half_link(link.id, (survivor, link.record_id(survivor) or ""), link.name, "", link.reason)


def _bond(pair: Pair, stored: CompanyLink | None, free: Free) -> CompanyLink:
    name = free[Side.LEFT][pair.left_id].name
    return CompanyLink(_id(stored), pair.left_id, pair.right_id, name, pair.tier)


def _reasons(matches: Matches) -> dict[Key, str]:
    return {
        (side, company_id): group.reason(side)
        for group in matches.ambiguous
        for side in Side
        for company_id in group.ids(side)
    }


def _id(stored: CompanyLink | None) -> str:
    return stored.id if stored else uuid4().hex


def _half(
    pairing: Pairing, stored: CompanyLink | None, key: Key, company: Company | None, reason: str
) -> CompanyLink:
    there = key[0].other
    name = company.name if company else stored.name if stored else ""
    tier = CREATING if stored and stored.tier == CREATING else ""
    if not reason and not pairing.options.creates_companies[there]:
        tier, reason = NO_PARTNER, f"nothing like it in {there.label}, and making companies there is off"
    return half_link(_id(stored), key, name, tier, reason)


def half_link(link_id: str, key: Key, name: str, tier: str, reason: str) -> CompanyLink:
    return CompanyLink(link_id, None, None, name, tier, reason).with_record(*key)


def save_fresh(pairing: Pairing, book: CompanyBook) -> None:
    """Stores what a draft found; what a new match swallows, halves and widowed links, goes away first."""
    at = pairing.clock()
    stored = {link.id: link for link in book.links}
    bonded = {key for link in book.fresh if link.whole for key in keys_of(link)}
    with pairing.database.begin() as connection:
        for link in book.links:
            if keys_of(link) & bonded:
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
