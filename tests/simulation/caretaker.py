"""The person who runs opsync and looks at what it holds; a run that had to be held is judged on the spot."""

from dataclasses import dataclass, field

from sync.domain.model import Side
from sync.engine.reach import Reach
from sync.engine.run import Report
from tests.simulation.arena import Arena, is_braked
from tests.simulation.chance import Chance
from tests.simulation.faults import Fate
from tests.simulation.restore import Backups

BASE_CALLS = 10
CALLS_PER_RECORD = 4
"""A run asks each side once for its lists, changes, records, companies and canary. A linked deal counts as
three, two records and a link: two reads to plan it, three times two more and a write, one by its stamp."""


@dataclass
class Caretaker:
    """`held` after a run that a brake held. Whether to let the next one pass is this person's decision, and
    never taken while a side shows nothing of ours."""

    arena: Arena
    chance: Chance
    backups: Backups = field(init=False)
    held: bool = False

    def __post_init__(self) -> None:
        self.backups = Backups(self.arena)

    def sync(self, fate: Fate) -> str:
        full, release = self.chance.happens(0.5), self._word()
        barred = any(crm.barred for crm in self.arena.sides.values())
        full = full or (barred and not self.arena.pairing.options.brakes.canaries)
        must_hold = barred or (full and not release and self.backups.must_hold())
        reach = self.chance.pick([Reach.IDS, Reach.OPEN, Reach.CHANGED])
        report = self.arena.sync(fate, full=full, reach=reach, release=release)
        self.held = is_braked(report)
        if must_hold and (self.arena.process.writes or (report and report.outcome == "done")):
            self.arena.ledger.violations.append("a run that had to be held was not")
        self._check_calls()
        for crm in self.arena.sides.values():
            crm.run_over()
        if report is not None and report.outcome == "done" and not report.retrying:
            self.arena.ledger.alike.clear()
        self.arena.wait(self.chance.pick([35.0, 60.0]))
        return f"{full=} {reach=!s} {release=} {_told(report)}"

    def back_up(self) -> str:
        side = self.chance.pick(list(Side))
        if self.backups.restored is not None:
            return "nothing"
        self.backups.back_up(side)
        return str(side)

    def restore(self) -> str:
        sides = [side for side in Side if self.backups.may_restore(side)]
        if not sides:
            return "nothing"
        self.backups.restore(self.chance.pick(sides), recount=self.chance.happens(0.5))
        return f"{self.backups.restored} recounts={self.backups.recounts}"

    def bring_forward(self) -> str:
        if self.backups.restored is None:
            return "nothing"
        self.backups.bring_forward()
        return "brought forward again" if self.backups.restored is None else "exchanged once more"

    def retry(self) -> str:
        if not self.arena.ledger.refused:
            return "nothing"
        self.arena.retry_by_hand()
        return "all parked"

    def go_home(self) -> None:
        """The last word on a restored side."""
        if self.backups.restored is not None and (self.backups.recounts or self.chance.happens(0.5)):
            self.backups.bring_forward()
        if self.backups.restored is not None:
            self.backups.accept()

    def _word(self) -> str:
        barred = any(crm.barred for crm in self.arena.sides.values())
        if not self.held or barred or self._must_not_pass() or not self.chance.happens(0.7):
            return ""
        if self.backups.restored is not None:
            self.backups.accept()
        return "looked at"

    def _must_not_pass(self) -> bool:
        return self.backups.restored is not None and self.backups.recounts

    def _check_calls(self) -> None:
        """I14: whatever fails, a run does not ask without end."""
        records = sum(len(crm.records) for crm in self.arena.sides.values()) + len(self.arena.links())
        allowed = BASE_CALLS + CALLS_PER_RECORD * records
        if self.arena.process.calls > allowed:
            self.arena.ledger.violations.append(f"I14 {self.arena.process.calls} calls, not {allowed}")


def _told(report: Report | None) -> str:
    """Sorted, for two writes that finish together are counted in any order."""
    return (
        "died" if report is None else f"{report.outcome} {dict(sorted(report.writes.items()))} {report.error}"
    )
