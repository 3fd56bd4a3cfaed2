"""Worlds that run out of space, and what must hold of them afterwards; holds no test."""

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from sync.domain.link import LinkState
from sync.domain.model import Record
from sync.errors import StateTrouble
from sync.store import intents as intent_store
from sync.store.intents import Intent
from tests.engine.world import World
from tests.store.small_disk import SIZE

NO_SPACE = "has no disk space left: free some, then start again"
BLOCK = 4096
DEALS = 6


class Disk:
    """The small disk, which a filler can take away and give back."""

    def __init__(self, folder: Path) -> None:
        assert shutil.disk_usage(folder).total == SIZE, f"{folder} is no small disk"
        self._filler = folder / "filler"

    def fill(self, leave: int = 0) -> None:
        """Every block but those for `leave` bytes is taken."""
        with self._filler.open("ab", buffering=0) as filler:
            while _wrote(filler.fileno()):
                pass
        os.truncate(self._filler, max(0, self._filler.stat().st_size - leave))

    def free(self) -> None:
        self._filler.unlink()


def _wrote(file: int) -> bool:
    try:
        return os.write(file, b"x" * BLOCK) > 0
    except OSError as error:
        assert error.errno == errno.ENOSPC
        return False


def at(name: str, act: Callable[[], None]) -> Callable[[str], None]:
    """A hook that acts when a CRM is called so."""
    return lambda called: act() if called == name else None


def ignore(_name: str) -> None:
    """The hook that does nothing."""


def intents(world: World) -> list[Intent]:
    with world.database.read() as connection:
        return intent_store.load_intents(connection)


def a_busy_world(folder: Path) -> World:
    """One pair that was edited, and five deals to create: some hundred blocks of state."""
    folder.mkdir()
    world = World(folder)
    edited = world.a_sale()
    world.sync()
    world.left.user_edits(edited, title="Edited")
    for number in range(DEALS - 3):
        world.a_sale(title=f"Sale {number}")
    for number in range(2):
        world.an_opportunity(title=f"Opportunity {number}")
    return world


def comes_through(world: World) -> bool:
    """Whether the run had room enough; if not, it said so."""
    try:
        return world.sync(full=True).outcome == "done"
    except StateTrouble as trouble:
        assert str(trouble).endswith(NO_SPACE)
        return False


def go_on(world: World, disk: Disk) -> None:
    """There is space again; what was left of the lease runs out by itself."""
    world.right.before_call = world.right.after_write = ignore
    disk.free()
    wait_for_lease(world)
    world.sync(full=True)


def wait_for_lease(world: World) -> None:
    world.clock.wait(world.pairing.options.lease_s)


def both_agree(world: World, deals: int) -> None:
    """So many pairs, equal, in sync, none twice; and one more run finds nothing to do."""
    assert world.sync(full=True).writes == {}
    left, right = (sorted(map(title, crm.records.values())) for crm in (world.left, world.right))
    assert left == right
    assert len(left) == deals
    assert [(link.whole, link.state) for link in world.links()] == [(True, LinkState.IN_SYNC)] * deals


def title(record: Record) -> str:
    return str(record.values["title"])
