"""Tells the demo's story step by step and notes where it does not go as it must; it edits nothing itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from rich.console import Console

from sync.cli.dumps import Difference, differences
from sync.cli.story import Cast, Hand, Records, Scene, act, aftermath, choose_cast, outcome
from sync.domain.link import Link
from sync.domain.mapping import Mapping as ResolvedMapping
from sync.domain.model import AMOUNT, Side
from sync.domain.resolve import resolve
from sync.engine.companies import CompanyBook
from sync.engine.draft import fetch_lists
from sync.engine.pairing import Pairing
from sync.engine.reach import CHANGES, EVERYTHING, Scope
from sync.engine.run import Report, run, worker_pool
from sync.errors import OpsyncError
from sync.store import companies as company_store
from sync.store import conflicts as conflict_store
from sync.store import links as link_store
from sync.store.conflicts import Conflict


class TooFewDeals(OpsyncError):
    """The sample world has not enough open deals for the story."""


@dataclass
class Telling:
    """What the demo saw. `flaws` are the places where the story did not go as it must; `quiet_sync` counts
    (calls, writes) by the servers' own logs."""

    backfill: Mapping[str, int] = field(default_factory=dict)
    edits: list[str] = field(default_factory=list)
    sync: Mapping[str, int] = field(default_factory=dict)
    aftermath: Mapping[str, int] = field(default_factory=dict)
    scenes: list[Scene] = field(default_factory=list)
    quiet_sync: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    conflicts: list[Conflict] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    flaws: list[str] = field(default_factory=list)


class Teller:
    """One telling, printed to `console` while it happens."""

    def __init__(self, pairing: Pairing, hands: Mapping[Side, Hand], console: Console) -> None:
        self._pairing = pairing
        self._hands = hands
        self._console = console
        self._telling = Telling()

    def tell(self) -> Telling:
        """`TooFewDeals` when the world cannot play it."""
        self._tell_before()
        self._tell_backfill()
        cast = choose_cast(self._links(), self._records())
        if cast is None:
            raise TooFewDeals("this world has too few open deals for the story: give more --sales")
        self._tell_edits(cast)
        self._tell_sync(cast)
        self._tell_aftermath(cast)
        self._tell_quiet_sync()
        self._tell_end(cast)
        return self._telling

    def _tell_before(self) -> None:
        records = self._records()
        counts = f"{len(records[Side.LEFT])} sales in SuperOffice, "
        counts += f"{len(records[Side.RIGHT])} opportunities in ONLYOFFICE"
        self._say(f"\n1. Two CRMs that never met: {counts}")

    def _tell_backfill(self) -> None:
        report = self._run("backfill", EVERYTHING)
        self._telling.backfill = report.writes
        made = sum(report.writes.get(f"created {side}", 0) for side in Side)
        self._say(f"\n2. Backfill ({report.seconds:.1f} s)")
        self._say(f"   {len(self._links()) - made} pairs recognised; {_writes(report)}")

    def _tell_edits(self, cast: Cast) -> None:
        self._say("\n3. People work on both sides")
        self._telling.edits = act(cast, self._hands[Side.LEFT], self._hands[Side.RIGHT])
        for line in self._telling.edits:
            self._say(f"   {line}")

    def _tell_sync(self, cast: Cast) -> None:
        report = self._run("sync", CHANGES)
        self._telling.sync = report.writes
        self._telling.scenes = outcome(cast, self._records())
        self._say(f"\n4. Sync ({report.seconds:.1f} s): {_writes(report)}")
        for scene in self._telling.scenes:
            self._check(scene.came_true, f"{scene.told}: {scene.expected}")

    def _tell_aftermath(self, cast: Cast) -> None:
        report = self._run("sync", CHANGES)
        self._telling.aftermath = report.writes
        scene = aftermath(cast, self._records())
        self._telling.scenes.append(scene)
        self._say(f"\n5. Sync again ({report.seconds:.1f} s): {_writes(report)}")
        self._check(scene.came_true, f"{scene.told}: {scene.expected}")

    def _tell_quiet_sync(self) -> None:
        """The servers count, not the engine."""
        for hand in self._hands.values():
            hand.forget()
        report = self._run("sync", CHANGES)
        self._say(f"\n6. Sync once more ({report.seconds:.1f} s), as the servers' own request logs tell")
        for side, hand in self._hands.items():
            calls, writes = hand.requests()
            self._telling.quiet_sync = {**self._telling.quiet_sync, side.label: (calls, writes)}
            self._check(calls > 0 and writes == 0, f"{side.label}: {writes} writes in {calls} calls")

    def _tell_end(self, cast: Cast) -> None:
        """Every record of both dumps is compared; only the conflict and the lost deal may differ."""
        mapping = self._mapping()
        telling = self._telling
        with self._pairing.database.read() as connection:
            telling.conflicts = conflict_store.load_conflicts(connection)
        telling.differences = differences(self._links(), self._records(), mapping)
        self._say("\n7. What both servers hold now")
        named = [(conflict.link_id, conflict.field) for conflict in telling.conflicts]
        waits = f"sale {cast.clash.left_id} ↔ opportunity {cast.clash.right_id}, amount"
        self._check(named == [(cast.clash.id, AMOUNT)], f"one conflict waits for a person: {waits}")
        others = [
            row
            for row in telling.differences
            if not _is_of(row, cast.clash, AMOUNT) and not _is_of(row, cast.deleted, "")
        ]
        self._check(not others, f"everything else is equal, in all {len(self._links())} links")
        telling.flaws += [_described(row) for row in others]

    def _run(self, kind: str, scope: Scope) -> Report:
        report = run(self._pairing, kind, scope)
        if report.outcome != "done":
            self._telling.flaws.append(f"the {kind} ended as {report.outcome}: {report.error}")
        return report

    def _check(self, came_true: bool, text: str) -> None:
        self._say(f"   {'✓' if came_true else '✗'} {text}")
        if not came_true:
            self._telling.flaws.append(text)

    def _say(self, text: str) -> None:
        self._console.print(text, soft_wrap=True)

    def _records(self) -> Records:
        return {side: hand.records() for side, hand in self._hands.items()}

    def _links(self) -> list[Link]:
        with self._pairing.database.read() as connection:
            return list(link_store.load_links(connection))

    def _mapping(self) -> ResolvedMapping:
        """The product's own mapping, with the companies as they are linked by now."""
        with worker_pool(self._pairing) as pool:
            lists = fetch_lists(self._pairing, pool)
        with self._pairing.database.read() as connection:
            book = CompanyBook(tuple(company_store.load_company_links(connection)))
        companies = book.as_companies()
        return resolve(self._pairing.spec, lists[Side.LEFT], lists[Side.RIGHT], companies).mapping


def _writes(report: Report) -> str:
    """`created right` and the like, in words."""
    words = [
        f"{count} {what.replace(side, f'in {side.label}')}"
        for what, count in sorted(report.writes.items())
        for side in Side
        if what.endswith(side)
    ]
    return ", ".join(words) or "nothing to write"


def _is_of(row: Difference, link: Link, name: str) -> bool:
    return (row.left_id, row.right_id, row.field) == (link.left_id, link.right_id, name)


def _described(row: Difference) -> str:
    place = f"sale {row.left_id or '-'} ↔ opportunity {row.right_id or '-'}"
    return f"{place}: {row.field or 'one of them is missing'} differs ({row.left!r}, {row.right!r})"
