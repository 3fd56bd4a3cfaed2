"""What a run must know of pauses: may it begin, which plans wait, which links wait no more; it makes none."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Connection

from sync.domain.actions import Create, LinkPlan
from sync.domain.link import CompanyLink, LinkState
from sync.domain.model import COMPANY, Side
from sync.engine.pairing import Pairing
from sync.engine.waiting import Wait, Waits, nobody_waits
from sync.errors import RunHeld
from sync.store import companies as company_store
from sync.store import journal as journal_store
from sync.store import pauses as store
from sync.store.journal import Entry
from sync.store.pauses import Pause, Scope, Target

RESUMED = "resumed"
"""The event of a link that waits for no pause any more, and of a pause that a person ended."""


@dataclass(frozen=True, slots=True)
class Held:
    """A pause that holds now, everything it is known by (a company has an id on each side), and the words
    that its links show as their reason."""

    pause: Pause
    targets: tuple[Target, ...]
    reason: str


def paused_all(pairing: Pairing) -> Pause | None:
    """The pause of everything, if one holds: no run may begin then."""
    with pairing.database.read() as connection:
        pause = store.load_pause(connection, Target(Scope.ALL).id)
    return pause if pause and pause.holds_at(pairing.clock()) else None


def refuse_if_paused(pairing: Pairing) -> None:
    """`RunHeld` says who paused everything, why, until when, and how it ends."""
    if pause := paused_all(pairing):
        raise RunHeld(f"{tell(pause)}. Nothing was begun; `opsync resume all` ends it")


def load_held(connection: Connection, at: datetime) -> tuple[Held, ...]:
    """All pauses that hold at this moment, oldest first."""
    return tuple(_held(connection, pause) for pause in store.load_holding(connection, at))


def _held(connection: Connection, pause: Pause) -> Held:
    target = pause.target
    if target.scope is not Scope.COMPANY or target.side is None:
        return Held(pause, (target,), tell(pause))
    link = company_store.find_company_link(connection, target.side, target.target_id or "")
    return Held(pause, company_targets(link) if link else (target,), tell(pause, link.name if link else ""))


def company_targets(link: CompanyLink) -> tuple[Target, ...]:
    """The company by its id on each side that has it."""
    return tuple(
        Target(Scope.COMPANY, side, company_id) for side in Side if (company_id := link.record_id(side))
    )


def tell(pause: Pause, name: str = "") -> str:
    """One sentence: what, who, until when, why. Different for different targets, which `wake` relies on."""
    until = f" until {pause.until:%Y-%m-%d %H:%M} UTC" if pause.until else ""
    return f"{_subject(pause.target, name)} is paused by {pause.who}{until}: {pause.why}"


def _subject(target: Target, name: str) -> str:
    if target.side is None:
        return "everything"
    if target.scope is Scope.SIDE:
        return f"writing to {target.side.label}"
    known = f"{target.side.label} {target.target_id}"
    if target.scope is Scope.RECORD:
        return f"record {known}"
    return f"company {name} ({known})" if name else f"company {known}"


def load_waits(pairing: Pairing) -> Waits:
    """The pauses as they are now, for the plans of one run."""
    with pairing.database.read() as connection:
        held = load_held(connection, pairing.clock())
    reasons = {target: one.reason for one in held for target in one.targets}
    if not reasons:
        return nobody_waits

    def ask(plan: LinkPlan) -> Wait | None:
        found = (reasons[target] for target in _touched(plan) if target in reasons)
        return next((Wait(LinkState.PAUSED, reason) for reason in found), None)

    return ask


def _touched(plan: LinkPlan) -> Iterator[Target]:
    """All that a pause of holds the plan back: its records, their companies now and before, the sides it
    writes to."""
    for side in Side:
        if record_id := plan.link.record_id(side):
            yield Target(Scope.RECORD, side, record_id)
    shown = [(side, plan.link.base(side) or {}) for side in Side]
    shown += [(side, plan.seen.get(side, {})) for side in Side]
    shown += [(act.source.side, act.source.values) for act in plan.actions if isinstance(act, Create)]
    for side, values in shown:
        if company_id := values.get(COMPANY):
            yield Target(Scope.COMPANY, side, str(company_id))
    for action in plan.actions:
        yield Target(Scope.SIDE, action.side)


def wake(pairing: Pairing, run_id: str | None = None) -> int:
    """Links whose pause was resumed, changed or is over become pending; how many they were."""
    at = pairing.clock()
    with pairing.database.read() as connection:
        waiting = store.load_reasons(connection)
        held = load_held(connection, at) if waiting else ()
    reasons = {one.reason for one in held}
    awake = [link_id for link_id, reason in waiting.items() if reason not in reasons]
    if awake:
        with pairing.database.begin() as connection:
            store.wake_links(connection, awake, at)
            entries = [Entry(at, run_id, link_id, RESUMED, reason="its pause is over") for link_id in awake]
            journal_store.add_entries(connection, entries)
    return len(awake)
