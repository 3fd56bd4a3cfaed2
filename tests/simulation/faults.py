"""What can go wrong at one step of a process, and who decides that it does; it never judges the outcome."""

from collections import Counter
from collections.abc import Callable, Mapping
from enum import StrEnum

WRITES = frozenset({"create_record", "update_record", "delete_record", "create_company"})


class Killed(BaseException):
    """`kill -9`: no handler of the product may see it as an error to deal with."""


class Fault(StrEnum):
    """`late`: carried out by the server only after somebody has looked and found nothing."""

    KILLED = "killed before"
    KILLED_AFTER = "killed after"
    KILLED_LATE = "killed, lands late"
    LOST = "request lost"
    LOST_AFTER = "answer lost"
    LOST_LATE = "answer lost, lands late"
    BUSY = "busy"
    THROTTLED = "throttled"
    MOVED = "moved"
    REFUSED = "refused"
    DISK_FULL = "disk full"


ON_WRITE = frozenset(Fault) - {Fault.DISK_FULL}
ON_READ = frozenset({Fault.KILLED, Fault.BUSY, Fault.THROTTLED})
ON_COMMIT = frozenset({Fault.KILLED, Fault.KILLED_AFTER, Fault.DISK_FULL})

Fate = Callable[[str], Fault | None]
"""Asked once a step, with its name such as `right.create_record` or `commit`."""


def possible(step: str) -> frozenset[Fault]:
    """The faults that make sense at a step."""
    if step == "commit":
        return ON_COMMIT
    return ON_WRITE if step.partition(".")[2] in WRITES else ON_READ


class Process:
    """The process under test: its steps, its death, and the fate that is asked at every step. `asked` counts
    the steps since the last start by name, whatever became of them."""

    def __init__(self) -> None:
        self.fate: Fate = calm
        self.dead = False
        self.faults: Counter[Fault] = Counter()
        self.asked: Counter[str] = Counter()
        self._unsaved: list[Callable[[], None]] = []

    def when_saved(self, act: Callable[[], None]) -> None:
        """Done after the next commit, unless the process dies before."""
        self._unsaved.append(act)

    def saved(self) -> None:
        unsaved, self._unsaved = self._unsaved, []
        for act in unsaved:
            act()

    def step(self, name: str) -> Fault | None:
        """A dead process does nothing any more, not even in its `finally` clauses."""
        self.breathe()
        self.asked[name.rpartition(".")[2]] += 1
        fault = self.fate(name)
        if fault is not None:
            self.faults[fault] += 1
        return fault

    def breathe(self) -> None:
        if self.dead:
            raise Killed

    def die(self) -> None:
        self.dead = True
        raise Killed

    @property
    def writes(self) -> int:
        """Remote writes that were tried since the last start."""
        return sum(self.asked[name] for name in WRITES)

    @property
    def calls(self) -> int:
        """Remote calls since the last start."""
        return self.asked.total() - self.asked["commit"]

    def restart(self) -> None:
        self.dead = False
        self._unsaved.clear()
        self.fate = calm


def calm(_step: str) -> Fault | None:
    """Nothing goes wrong."""
    return None


class Script:
    """Faults at numbered steps, counted from 0; `steps` lists what was passed."""

    def __init__(self, faults: Mapping[int, Fault] | None = None) -> None:
        self.steps: list[str] = []
        self._faults = dict(faults or {})

    def __call__(self, step: str) -> Fault | None:
        self.steps.append(step)
        return self._faults.get(len(self.steps) - 1)
