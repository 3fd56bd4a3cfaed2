"""The draft of a run: what would be done to every link and why. It reads both sides and writes nothing."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import uuid4

from sync.domain.actions import Create, Delete, LinkPlan, Update
from sync.domain.half import recalled
from sync.domain.link import CompanyLink, Link, LinkState
from sync.domain.linkup import LinkUp, link_up
from sync.domain.mapping import Mapping as ResolvedMapping
from sync.domain.match import match_records
from sync.domain.model import Lists, Record, Side, Unreadable
from sync.domain.plan import Rules, plan_link
from sync.domain.resolve import MappingSpec, resolve
from sync.domain.settle import finish
from sync.engine import companies
from sync.engine.companies import CompanyBook
from sync.engine.observe import UNFINISHED, Look, Sights, hold_if_empty, look_at_both, matches_base
from sync.engine.pairing import Pairing
from sync.engine.people import match_needed
from sync.store import companies as company_store
from sync.store import cursors as cursor_store
from sync.store import intents as intent_store
from sync.store import links as link_store

CALLS: Mapping[tuple[type, Side], int] = {
    (Create, Side.LEFT): 3,
    (Create, Side.RIGHT): 1,
    (Update, Side.LEFT): 3,
    (Update, Side.RIGHT): 2,
    (Delete, Side.LEFT): 3,
    (Delete, Side.RIGHT): 2,
}
"""Remote calls of one action. Left: default + validate + post, or read + quote check + write. Right: post, or
read + write."""


@dataclass(frozen=True, slots=True)
class Draft:
    """`plans` holds only links with something to do or to remember. `notes` come from the mapping.
    `waiting` are links whose last write has no known outcome yet; `living` counts whole links not buried."""

    plans: tuple[LinkPlan, ...]
    rules: Rules
    book: CompanyBook
    looks: Mapping[Side, Look]
    sights: Sights = field(compare=False)
    waiting: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    unchanged: int = 0
    living: int = 0

    @property
    def actions(self) -> int:
        return sum(len(plan.actions) for plan in self.plans)

    @property
    def calls(self) -> int:
        return sum(CALLS[type(action), action.side] for plan in self.plans for action in plan.actions)


@dataclass(frozen=True, slots=True)
class Known:
    """The stored state a draft starts from."""

    links: tuple[Link, ...]
    companies: tuple[CompanyLink, ...]
    cursors: Mapping[Side, str | None]
    waiting: frozenset[str]


def load_known(pairing: Pairing, *, full: bool) -> Known:
    with pairing.database.read() as connection:
        cursors = {side: None if full else cursor_store.load_cursor(connection, side) for side in Side}
        return Known(
            tuple(link_store.load_links(connection)),
            tuple(company_store.load_company_links(connection)),
            cursors,
            frozenset(intent.link_id for intent in intent_store.load_intents(connection)),
        )


def fetch_lists(pairing: Pairing, pool: ThreadPoolExecutor) -> dict[Side, Lists]:
    futures = {side: pool.submit(pairing.crms[side].fetch_lists) for side in Side}
    return {side: future.result() for side, future in futures.items()}


def draft_run(
    pairing: Pairing, lists: Mapping[Side, Lists], pool: ThreadPoolExecutor, *, full: bool
) -> Draft:
    """`full` reads everything on both sides; otherwise a side that can tell its changes is asked for them."""
    check_mapping(pairing.spec, lists)
    known = load_known(pairing, full=full)
    looks = look_at_both(pairing, known.cursors, pool)
    hold_if_empty(looks, known.links)
    sights = Sights(pairing, looks, lists)
    loose = _loose_records(pairing, known, looks)
    concerned = [*loose[Side.LEFT].values(), *loose[Side.RIGHT].values(), *_moved_records(known, looks)]
    needed = companies.needed_companies(concerned)
    book = companies.look_up(pairing, known.companies, needed, pool, again=full)
    people = match_needed(pairing, book, concerned, pool)
    resolution = resolve(pairing.spec, lists[Side.LEFT], lists[Side.RIGHT], book.as_companies(), people)
    rules = Rules(resolution.mapping, pairing.policy)
    halves = [link for link in known.links if _is_half(link) and link.id not in known.waiting]
    unsuspected = _without_suspects(known, looks, loose, rules.mapping)
    linked = link_up(halves, unsuspected, rules.mapping, lambda: uuid4().hex)
    whole = [link for link in known.links if not _is_half(link) and link.id not in known.waiting]
    plans = _plan_all(pairing, [*whole, *linked.links], sights, rules, pool)
    bonded = {link.id for link in whole} | known.waiting
    plans = [_refuse_twin(_mark(plan, linked), bonded) for plan in plans]
    worth = tuple(plan for plan in plans if is_news(plan))
    return Draft(
        worth,
        rules,
        book,
        looks,
        sights,
        known.waiting,
        resolution.notes,
        len(known.links) - sum(1 for plan in worth if not plan.is_new),
        sum(1 for link in known.links if link.whole and link.state is not LinkState.BURIED),
    )


def check_mapping(spec: MappingSpec, lists: Mapping[Side, Lists]) -> tuple[str, ...]:
    """Refuses (`Misconfigured`) before anything else is read; returns what an operator should know."""
    nothing = CompanyBook(()).as_companies()
    return resolve(spec, lists[Side.LEFT], lists[Side.RIGHT], nothing).notes


def _is_half(link: Link) -> bool:
    return not link.whole and link.state is not LinkState.BURIED


def _loose_records(
    pairing: Pairing, known: Known, looks: Mapping[Side, Look]
) -> dict[Side, dict[str, Record | Unreadable]]:
    """Records without a whole link. One that a delta did not show takes part in matching as it was last seen,
    and is read directly when its link is unfinished."""
    taken = {
        (side, link.record_id(side))
        for link in known.links
        if not _is_half(link) or link.id in known.waiting
        for side in Side
    }
    loose = {
        side: {
            key: record
            for key, record in looks[side].records.items()
            if (side, key) not in taken and getattr(record, "stamp", None) not in known.waiting
        }
        for side in Side
    }
    for link in known.links:
        side = Side.LEFT if link.left_id else Side.RIGHT
        record_id = link.record_id(side) or ""
        if not _is_half(link) or (side, record_id) in taken or looks[side].census or record_id in loose[side]:
            continue
        remembered = None if link.state in UNFINISHED else recalled(link)
        record = remembered or pairing.crms[side].fetch_record(record_id)
        if record is not None:
            loose[side][record_id] = record
    return loose


def _without_suspects(
    known: Known,
    looks: Mapping[Side, Look],
    loose: Mapping[Side, Mapping[str, Record | Unreadable]],
    mapping: ResolvedMapping,
) -> dict[Side, Mapping[str, Record | Unreadable]]:
    """Left alone for now: records that may be what a create of unknown outcome made, stamped or not."""
    waiting = [link for link in known.links if link.id in known.waiting and not link.whole]
    if not waiting:
        return dict(loose)
    sources: dict[Side, list[Record]] = {side: [] for side in Side}
    for link in waiting:
        side = Side.LEFT if link.left_id else Side.RIGHT
        source = looks[side].records.get(link.record_id(side) or "") or recalled(link)
        sources[side] += [source] if isinstance(source, Record) else []
    readable = {side: [row for row in loose[side].values() if isinstance(row, Record)] for side in Side}
    on_right = match_records(sources[Side.LEFT], readable[Side.RIGHT], mapping).ids(Side.RIGHT)
    on_left = match_records(readable[Side.LEFT], sources[Side.RIGHT], mapping).ids(Side.LEFT)
    suspects = {Side.LEFT: on_left, Side.RIGHT: on_right}
    return {
        side: {key: row for key, row in loose[side].items() if key not in suspects[side]} for side in Side
    }


def _moved_records(known: Known, looks: Mapping[Side, Look]) -> list[Record]:
    """Linked records that do not show their base: they may belong to another company or person now."""
    pairs = (
        (link, look.records.get(link.record_id(look.side) or ""))
        for link in known.links
        for look in looks.values()
    )
    return [
        record
        for link, record in pairs
        if link.whole and isinstance(record, Record) and not matches_base(link, record)
    ]


def _plan_all(
    pairing: Pairing, links: Iterable[Link], sights: Sights, rules: Rules, pool: ThreadPoolExecutor
) -> list[LinkPlan]:
    """Most links need no remote read to plan; those that do share the pool."""

    def plan_one(link: Link) -> LinkPlan:
        seen = sights.of(link)
        return plan_link(link, seen[Side.LEFT], seen[Side.RIGHT], rules)

    busy = [link for link in links if not sights.is_quiet(link, rules.mapping)]
    plans: list[LinkPlan] = []
    for plan in pool.map(plan_one, busy):
        plans.append(plan)
        pairing.progress("planned", len(plans), len(busy))
    return plans


def _mark(plan: LinkPlan, linked: LinkUp) -> LinkPlan:
    link_id = plan.link.id
    plan = replace(plan, is_new=link_id in linked.new, swallows=linked.swallowed.get(link_id, ""))
    if plan.link.refused and plan.actions and plan.fingerprint == plan.link.refused:
        return _parked(plan, plan.link.reason)
    reason = linked.ambiguous.get(link_id)
    return _parked(plan, reason) if reason else plan


def _refuse_twin(plan: LinkPlan, bonded: AbstractSet[str]) -> LinkPlan:
    """A record that carries the stamp of another link is that link's copy made twice, and no new deal."""
    for action in plan.actions:
        if isinstance(action, Create) and action.source.stamp in bonded - {plan.link.id}:
            twin = (
                f"carries the stamp of link {action.source.stamp}: it was made twice, delete one of the two"
            )
            return _parked(plan, f"{action.source.side.label} {action.source.id} {twin}")
    return plan


def _parked(plan: LinkPlan, reason: str) -> LinkPlan:
    """Nothing is written; the bases of a whole link stay, so that the change is not forgotten."""
    seen = {} if plan.link.whole else plan.seen
    return replace(plan, actions=(), clashes=(), seen=seen, state=LinkState.PARKED, reason=reason)


def is_news(plan: LinkPlan) -> bool:
    """Whether carrying out the plan would change anything, be it only in the state database."""
    return (
        plan.is_new or bool(plan.swallows or plan.actions) or finish(plan.link, plan, _SOME_TIME) != plan.link
    )


_SOME_TIME = datetime.max.replace(tzinfo=UTC)
