"""The draft of a run: what would be done to every link and why. It reads both sides and writes nothing."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import uuid4

from sync.domain.actions import Create, Delete, LinkPlan, Update
from sync.domain.half import recalled
from sync.domain.link import Link, LinkState
from sync.domain.linkup import LinkUp, Scene, link_up
from sync.domain.model import COMPANY, PERSON, Lists, Record, Side, Unreadable
from sync.domain.plan import Rules, plan_link
from sync.domain.resolve import MappingSpec, resolve
from sync.domain.settle import finish
from sync.engine import companies
from sync.engine.births import learnt, with_births
from sync.engine.companies import CompanyBook
from sync.engine.known import Known, load_known
from sync.engine.observe import UNFINISHED, Look, Sights, find_blank, look_at_both, matches_base
from sync.engine.older import unless_untold
from sync.engine.pairing import Pairing
from sync.engine.pauses import load_waits
from sync.engine.people import match_needed
from sync.engine.reach import Reach, Scope
from sync.engine.waiting import Waits, first_of, put_off
from sync.errors import RunHeld

REMEDY = "nothing was written. To let exactly one run pass: `opsync sync --release REASON`"

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
    `waiting` are links whose last write has no known outcome yet; `living` counts whole links not buried.
    `born` are links of which it became known when their records were created."""

    plans: tuple[LinkPlan, ...]
    rules: Rules
    book: CompanyBook
    looks: Mapping[Side, Look]
    sights: Sights = field(compare=False)
    waits: Waits = field(compare=False)
    blank: tuple[str, ...] = ()
    waiting: frozenset[str] = frozenset()
    notes: tuple[str, ...] = ()
    unchanged: int = 0
    living: int = 0
    born: tuple[Link, ...] = ()

    @property
    def actions(self) -> int:
        return sum(len(plan.actions) for plan in self.plans)

    @property
    def calls(self) -> int:
        return sum(CALLS[type(action), action.side] for plan in self.plans for action in plan.actions)


def fetch_lists(pairing: Pairing, pool: ThreadPoolExecutor) -> dict[Side, Lists]:
    futures = {side: pool.submit(pairing.crms[side].fetch_lists) for side in Side}
    return {side: future.result() for side, future in futures.items()}


def draft_run(
    pairing: Pairing,
    lists: Mapping[Side, Lists],
    pool: ThreadPoolExecutor,
    scope: Scope,
    *,
    release: bool = False,
) -> Draft:
    """What a run of that scope would do; a side that was never read is read whole. `RunHeld` where a side
    shows nothing, before every record is asked for by itself, unless somebody lets it pass."""
    check_mapping(pairing.spec, lists)
    known = load_known(pairing, scope)
    looks = look_at_both(pairing, known.asks(scope), lists, pool)
    blank = find_blank(looks, known.links)
    if blank and not release:
        raise RunHeld(f"{'; '.join(blank)}; {REMEDY}")
    sights = Sights(pairing, looks, lists, known.disputed)
    scene = _scene(pairing, known, looks, scope)
    loose = [row for rows in scene.loose().values() for row in rows.values()]
    needed = companies.needed_companies([*loose, *_moved_records(known, looks)])
    book = companies.look_up(pairing, known.companies, needed, pool, again=scope.reach is Reach.ALL)
    people = match_needed(pairing, book, [*loose, *_moved_records(known, looks, COMPANY, PERSON)], pool)
    resolution = resolve(pairing.spec, lists[Side.LEFT], lists[Side.RIGHT], book.as_companies(), people)
    rules = Rules(resolution.mapping, pairing.policy)
    linked = link_up(scene, rules.mapping, lambda: uuid4().hex)
    covered = [link for link in linked.links if scope.covers(link)]
    links = with_births(covered, looks)
    waits = first_of(load_waits(pairing), pairing.waits)
    marked = (_mark(plan, linked) for plan in _plan_all(pairing, links, sights, rules, pool))
    worth = tuple(plan for plan in (put_off(plan, waits) for plan in marked) if is_news(plan))
    return Draft(
        worth,
        rules,
        book,
        looks,
        sights,
        waits,
        blank,
        known.waiting,
        resolution.notes,
        len(known.links) - sum(1 for plan in worth if not plan.is_new),
        sum(1 for link in known.links if link.whole and link.state is not LinkState.BURIED),
        tuple(link for link in learnt(covered, links) if link.id not in linked.new),
    )


def check_mapping(spec: MappingSpec, lists: Mapping[Side, Lists]) -> tuple[str, ...]:
    """Refuses (`Misconfigured`) before anything else is read; returns what an operator should know."""
    nothing = CompanyBook(()).as_companies()
    return resolve(spec, lists[Side.LEFT], lists[Side.RIGHT], nothing).notes


def _scene(pairing: Pairing, known: Known, looks: Mapping[Side, Look], scope: Scope) -> Scene:
    scene = Scene(known.links, known.waiting, {side: looks[side].records for side in Side})
    unlisted = {side: _unlisted(pairing, scene.halves, looks[side], scope) for side in Side}
    return replace(scene, shown={side: {**looks[side].records, **unlisted[side]} for side in Side})


def _unlisted(
    pairing: Pairing, halves: Iterable[Link], look: Look, scope: Scope
) -> dict[str, Record | Unreadable]:
    """Records of half links that a look did not show: as they were last seen, or read directly where that
    is not enough and the run is about them."""
    rows: dict[str, Record | Unreadable] = {}
    for link in halves:
        record_id = link.record_id(look.side)
        if record_id is None or record_id in look.records or look.census:
            continue
        uncertain = link.state in UNFINISHED or look.misses(link)
        known = None if uncertain and scope.covers(link) else recalled(link)
        if row := known or pairing.crms[look.side].fetch_record(record_id):
            rows[record_id] = row
    return rows


def _moved_records(known: Known, looks: Mapping[Side, Look], *fields: str) -> list[Record]:
    """Linked records that do not show their base, in one of these fields if any are named: they may belong to
    another company or person now."""
    pairs = (
        (link, look.records.get(link.record_id(look.side) or ""))
        for link in known.links
        for look in looks.values()
    )
    return [
        record
        for link, record in pairs
        if link.whole and isinstance(record, Record) and not matches_base(link, record, *fields)
    ]


def _plan_all(
    pairing: Pairing, links: Iterable[Link], sights: Sights, rules: Rules, pool: ThreadPoolExecutor
) -> list[LinkPlan]:
    """Most links need no remote read to plan; those that do share the pool."""

    def plan_one(link: Link) -> LinkPlan:
        seen = sights.of(link)
        plan = plan_link(link, seen[Side.LEFT], seen[Side.RIGHT], rules)
        return unless_untold(pairing, plan, sights.looks, rules.mapping)

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
    reason = linked.refusal(plan)
    return _parked(plan, reason) if reason else plan


def _parked(plan: LinkPlan, reason: str) -> LinkPlan:
    """Nothing is written; the bases of a whole link stay, so that the change is not forgotten. What was to be
    made again is still gone."""
    seen = {} if plan.link.whole else plan.seen
    missing = {action.side for action in plan.actions if isinstance(action, Create) and plan.link.whole}
    parked = replace(plan, actions=(), clashes=(), seen=seen, gone=plan.gone | missing)
    return replace(parked, state=LinkState.PARKED, reason=reason)


def is_news(plan: LinkPlan) -> bool:
    """Whether carrying out the plan would change anything, be it only in the state database."""
    return (
        plan.is_new or bool(plan.swallows or plan.actions) or finish(plan.link, plan, _SOME_TIME) != plan.link
    )


_SOME_TIME = datetime.max.replace(tzinfo=UTC)
