"""`opsync sync` and `opsync backfill`: what they print, how they end, how they stop."""

import os
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sync.cli import run
from sync.cli.state import Context
from sync.domain.brakes import Brakes, Limit
from sync.domain.model import Side
from sync.domain.policy import Direction
from sync.domain.resolve import FieldRule
from sync.errors import LeaseHeld, RecordRefused
from sync.store import lease as lease_store
from sync.store import runs as run_store
from tests.cli.console import Console
from tests.engine.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


@pytest.fixture
def console(world: World) -> Console:
    return Console(world, run.register)


def test_a_backfill_tells_what_it_wrote_and_linked(world: World, console: Console) -> None:
    """Writes by kind and side, links by tier, progress on stderr only."""
    world.a_sale()
    world.an_opportunity()
    world.a_sale(title="Only left")
    world.an_opportunity(title="Only right")

    result = console.run("backfill")

    assert result.exit_code == 0
    assert "Backfill done in 0.0 s (run " in result.stdout
    assert "Written: 1 created in ONLYOFFICE, 1 created in SuperOffice." in result.stdout
    assert "Linked: 1 matched by title, company, amount, currency and date." in result.stdout
    assert "Links: 3 in sync." in result.stdout
    assert "applied: 3 of 3" in result.stderr
    assert "applied" not in result.stdout


def test_half_links_that_match_later_count_as_linked(world: World, console: Console) -> None:
    """Parked apart, then alike: bonded by the next run, and told."""
    sale_id = world.a_sale(currency="5")
    world.sync()
    world.an_opportunity()
    world.left.user_edits(sale_id, currency="3")

    text = console.text("sync", "--full")

    assert "Linked: 1 matched by" in text
    assert "Written: nothing." in text


def test_a_second_backfill_goes_on(world: World, console: Console) -> None:
    """What is done is not done again."""
    world.a_sale()
    console.text("backfill")

    assert "Written: nothing." in console.text("backfill")
    assert world.writes() == 1


def test_what_needs_a_person_is_told_with_its_reason(world: World, console: Console) -> None:
    """The first ten with reasons, the rest counted, exit code 4, and what to do next."""
    for number in range(12):
        world.a_sale(title=f"Iceland {number}", currency="5")

    text = console.text("sync", code=4)

    assert "Needs a person: 12 links." in text
    assert text.count("currency 5 of SuperOffice has no image") == 10
    assert "… and 2 more: opsync links --state parked" in text
    assert "opsync sync --retry-parked" in text


def test_a_held_run_says_why(world: World, console: Console) -> None:
    """A side that is suddenly empty: nothing written, exit code 4."""
    for number in range(5):
        world.a_sale(title=f"Deal {number}")
    world.sync()
    world.right.records.clear()

    text = console.text("sync", code=4)

    assert "Sync held" in text
    assert "Held: ONLYOFFICE shows no records at all" in text


def test_refused_records_are_tried_again_on_request(world: World, console: Console) -> None:
    """`--retry-parked` clears the refusal; without it nothing happens to the record."""
    world.a_sale()

    def refuse(name: str) -> None:
        if name == "create_record":
            raise RecordRefused("no", {"title": "too loud"})

    world.right.before_call = refuse
    console.text("sync", code=4)
    world.right.before_call = lambda _name: None

    result = console.run("sync", "--retry-parked")

    assert result.exit_code == 0
    assert "1 parked link will be tried again" in result.stderr
    assert "Written: 1 created in ONLYOFFICE." in result.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_lets_records_in_flight_finish(
    world: World, console: Console, number: signal.Signals
) -> None:
    """Stopped is exit code 1 and loses nothing: the next run goes on; the handlers are put back."""
    for index in range(20):
        world.a_sale(title=f"Deal {index}")
    before = signal.getsignal(number)

    def interrupt(name: str) -> None:
        if name == "create_record" and not world.pairing.stop.is_set():
            os.kill(os.getpid(), number)
            world.pairing.stop.wait(5)

    world.right.before_call = interrupt
    result = console.run("sync")
    world.right.before_call = lambda _name: None
    written = len(world.right.records)
    world.pairing.stop.clear()

    assert result.exit_code == 1
    assert "run it again to go on" in result.stdout
    assert "stopping: records in flight are finished first" in result.stderr
    assert 0 < written < 20
    assert signal.getsignal(number) is before
    assert f"Written: {20 - written} created in ONLYOFFICE." in console.text("sync")
    assert len(world.right.records) == 20


def test_a_second_signal_is_no_longer_ours(world: World) -> None:
    """After the first one the former handlers are back, so that a person can always get out."""
    before = signal.getsignal(signal.SIGINT)

    with run.stopping(Context(), world.pairing.stop):
        os.kill(os.getpid(), signal.SIGINT)

        assert world.pairing.stop.wait(5)
        assert signal.getsignal(signal.SIGINT) is before


def test_another_writer_is_named(world: World, console: Console) -> None:
    """Nothing is begun while another process writes."""
    with world.database.begin() as connection:
        claim = lease_store.Claim("writer", "elsewhere:1", "token")
        lease_store.acquire(connection, claim, world.clock(), 120)

    result = console.run("sync")

    assert isinstance(result.exception, LeaseHeld)
    assert "elsewhere:1" in str(result.exception)


def test_json_says_the_same(world: World, console: Console) -> None:
    """One document with the counts, and the link that waits."""
    good = world.a_sale()
    world.a_sale(title="Iceland", currency="5")

    found = console.json("sync", code=4)

    assert found["outcome"] == "done"
    assert found["writes"] == {"created in ONLYOFFICE": 1}
    assert found["states"] == {"in_sync": 1, "parked": 1}
    assert found["waiting"][0]["state"] == "parked"
    assert world.link_of(Side.LEFT, good).whole


def test_a_release_lets_one_run_pass_and_is_recorded(world: World, console: Console) -> None:
    """Five of ten edited under a limit of three: held; with a reason it goes on, and the reason is shown."""
    ids = [world.a_sale(title=f"Deal {number}") for number in range(10)]
    world.sync()
    world.with_(options=replace(world.pairing.options, brakes=Brakes(updates=Limit(3, 30.0))))
    for sale_id in ids[:5]:
        world.left.user_edits(sale_id, probability=99)

    held = console.text("sync", code=4)
    world.clock.wait(60)
    released = console.text("backfill", "--release", "spring cleaning")
    with world.database.read() as connection:
        newest = run_store.load_runs(connection, 1)[0]

    assert "Held: held by a brake: too many updates in ONLYOFFICE: 5 of 10 links" in held
    assert "Note: brakes released by hand: spring cleaning" in released
    assert "Written: 5 updated in ONLYOFFICE." in released
    assert newest.detail == "brakes released by hand: spring cleaning"


def test_a_rebaseline_writes_nothing(world: World, console: Console) -> None:
    """A field mapped later: held with the advice, then both sides are taken as they are."""
    spec = world.pairing.spec
    world.with_(spec=replace(spec, fields={"description": FieldRule(Direction.OFF)}))
    world.a_sale(description="ours")
    world.an_opportunity(description="theirs")
    world.sync()
    world.with_(spec=spec)

    held = console.text("sync", "--full", code=4)
    world.clock.wait(60)
    taken = console.text("sync", "--rebaseline")
    world.clock.wait(60)
    after = console.text("sync", "--full")

    assert "--rebaseline" in held
    assert "Written: nothing." in taken
    assert "Written: nothing." in after


def test_a_release_needs_a_reason(console: Console) -> None:
    """Blank words are none: exit code 2 before anything begins."""
    result = console.run("sync", "--release", "  ")

    assert result.exit_code == 2
    assert "say why" in result.output
