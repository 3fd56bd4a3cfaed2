"""People who edit both sandboxes until they are told to stop, and write down what they did; they never sync.

Each deal is edited on one side only: ONLYOFFICE has no precondition, so an edit within the milliseconds of
opsync's own write to the same opportunity is lost by design (README, "Known limits"), and no test could tell
that from a fault. A deal that is on both sides from the start is edited on the side that wins the first link.
"""

import json
import random
import signal
import sys
import threading
from pathlib import Path

from sync.domain.model import AMOUNT, DESCRIPTION, TITLE, Side
from tests.kill9.desk import Desk, Row

PAUSE_S = (0.02, 0.25)
LOOK_EVERY = 12
BIRTH_SHARE = 0.04
ALL_FIELDS = (TITLE, DESCRIPTION, AMOUNT)


class People:
    """`ledger` gets one line of JSON for each edit and each new record, after the server has taken it."""

    def __init__(self, desks: dict[Side, Desk], ledger: Path, seed: int) -> None:
        self._desks = desks
        self._ledger = ledger
        self._chance = random.Random(seed)
        self._known: dict[Side, set[str]] = {side: set() for side in Side}
        self._awaited: dict[Side, set[str]] = {side: set() for side in Side}
        self._fields: dict[tuple[Side, str], tuple[str, ...]] = {}
        self._count = 0

    def arrive(self) -> None:
        """The first look, before opsync has ever run."""
        rows = {side: desk.rows() for side, desk in self._desks.items()}
        titles = {side: {row.values[TITLE] for row in rows[side].values()} for side in Side}
        for side in Side:
            for row in rows[side].values():
                self._known[side].add(row.id)
                if row.values[TITLE] not in titles[side.other]:
                    self._settle_in(side, row.id, str(row.values[TITLE]))
                elif side is Side.LEFT:
                    self._fields[side, row.id] = (DESCRIPTION,)

    def work(self, stop: threading.Event) -> None:
        while not stop.is_set():
            if self._count % LOOK_EVERY == 0:
                self._look_around()
            self._count += 1
            if self._chance.random() < BIRTH_SHARE:
                self._bear()
            else:
                self._edit()
            stop.wait(self._chance.uniform(*PAUSE_S))

    def _settle_in(self, side: Side, record_id: str, title: str) -> None:
        """Every other deal is edited where it began, the rest at the partner that opsync makes."""
        if int(record_id) % 2:
            self._awaited[side.other].add(title)
        else:
            self._fields[side, record_id] = ALL_FIELDS

    def _look_around(self) -> None:
        for side, desk in self._desks.items():
            for row in desk.rows().values():
                if row.id not in self._known[side]:
                    self._meet(side, row)

    def _meet(self, side: Side, row: Row) -> None:
        """A record that opsync made."""
        self._known[side].add(row.id)
        if row.values[TITLE] in self._awaited[side]:
            self._fields[side, row.id] = ALL_FIELDS

    def _bear(self) -> None:
        side = self._chance.choice(list(Side))
        title = f"Born {self._count}"
        record_id = self._desks[side].create(title)
        self._known[side].add(record_id)
        self._settle_in(side, record_id, title)
        self._note(side, record_id, TITLE, title, born=True)

    def _edit(self) -> None:
        side, record_id = self._chance.choice(list(self._fields))
        field = self._chance.choice(self._fields[side, record_id])
        value = 1000 + self._count if field == AMOUNT else f"Edited {self._count}"
        self._desks[side].edit(record_id, field, value)
        self._note(side, record_id, field, value)

    def _note(self, side: Side, record_id: str, field: str, value: object, *, born: bool = False) -> None:
        line = {"side": side, "id": record_id, "field": field, "value": value, "born": born}
        with self._ledger.open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps(line)}\n")


def main(told: str, ledger: str, seed: str) -> None:
    """Prints `ready` after the first look."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    desks = {side: Desk(side, Path(told)) for side in Side}
    Path(ledger).touch()
    people = People(desks, Path(ledger), int(seed))
    people.arrive()
    print("ready", flush=True)
    people.work(stop)
    for desk in desks.values():
        desk.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
