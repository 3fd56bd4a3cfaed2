"""`opsync pause` and `resume`: what is said, what is refused, and what the other commands make of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from sync.cli import apply, history, pause, plan, run
from sync.domain.model import Side
from sync.engine.lease import held_lease
from tests.cli.console import Console, settings_with_state
from tests.engine.world import World

WHY = ("--why", "moving house", "--by", "Anna")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """One pair in sync."""
    world = World(tmp_path)
    world.a_sale()
    world.sync()
    yield world
    world.close()


@pytest.fixture
def console(world: World, tmp_path: Path) -> Console:
    settings = settings_with_state(tmp_path)
    modules = (pause, history, run, plan, apply)
    return Console(world, *(module.register for module in modules), settings=settings)


def test_a_pause_is_echoed_with_its_end_on_both_clocks(console: Console) -> None:
    """What, who, why, until when; without an end, the command that ends it."""
    with_end = console.text("pause", "onlyoffice", *WHY, "--for", "2h")
    without = console.text("pause", "company", "superoffice:501", *WHY)

    assert "writing to ONLYOFFICE is paused by Anna until 2026-11-22 10:01 UTC: moving house" in with_end
    assert "2026-11-22 10:01 UTC" in with_end.splitlines()[1]
    assert "this machine's zone" in with_end
    assert "company Fjord Marine AS (SuperOffice 501) is paused by Anna: moving house" in without
    assert "until `opsync resume`" in without


def test_no_run_begins_while_everything_is_paused(world: World, console: Console, tmp_path: Path) -> None:
    """Exit code 4, the words on stderr, and not one call; looking is allowed, and resuming ends it."""
    world.left.user_edits("1000", probability=60)
    console.text("plan", "--out", str(tmp_path / "kept"), code=3)
    console.text("pause", "all", *WHY)
    calls = world.left.calls.total() + world.right.calls.total()

    for command in (("sync",), ("sync", "--release", "I must"), ("backfill",), ("apply", tmp_path / "kept")):
        refused = console.run(*map(str, command))
        assert refused.exit_code == 4
        assert refused.stdout == ""
        assert refused.stderr == (
            "everything is paused by Anna: moving house. Nothing was begun; `opsync resume all` ends it\n"
        )
    assert world.left.calls.total() + world.right.calls.total() == calls
    assert "update" in console.text("plan", code=3)
    assert "over: everything is paused by Anna: moving house" in console.text("resume", "all")
    assert "1 updated in ONLYOFFICE" in console.text("sync")


def test_a_paused_record_is_resumed_and_flows(world: World, console: Console) -> None:
    """And its story has both words."""
    console.text("pause", "record", "superoffice:1000", *WHY)
    world.left.user_edits("1000", probability=60)
    during = console.json("sync")

    partner = f"onlyoffice:{world.links()[0].right_id}"
    resumed = console.text("resume", "record", partner, "--by", "Ola")
    after = console.json("sync")
    story = console.text("show", "superoffice:1000")

    assert (during["writes"], during["states"]) == ({}, {"paused": 1})
    assert "the next sync looks at 1 link that waited" in resumed
    assert after["writes"] == {"updated in ONLYOFFICE": 1}
    assert "paused: record SuperOffice 1000 is paused by Anna: moving house  (by hand)" in story
    assert "resumed: by Ola  (by hand)" in story


def test_pauses_are_listed_here_and_in_the_status(world: World, console: Console) -> None:
    """Oldest first; those that are over are not."""
    empty, none = console.text("pause", "--list"), console.text("status")
    console.text("pause", "superoffice", *WHY)
    world.clock.wait(60)
    console.text("pause", "record", "superoffice:1000", *WHY, "--until", "2099-01-01T00:00Z")
    console.text("pause", "onlyoffice", *WHY, "--for", "30s")
    world.clock.wait(30)

    told = "writing to SuperOffice is paused by Anna: moving house (since 2026-11-22 08:01:00)"
    assert empty == "nothing is paused\n"
    assert "Paused" not in none
    assert told in console.text("pause", "--list").splitlines()
    assert f"Paused:   {told}" in console.text("status").splitlines()
    assert [one["id"] for one in console.json("status")["pauses"]] == [None, "1000"]


def test_json_has_all_of_it(console: Console) -> None:
    """For the pause, for what it replaces, for the list and for the end."""
    first = console.json("pause", "company", "onlyoffice:61", *WHY)
    second = console.json(
        "pause", "company", "superoffice:501", "--why", "longer", "--by", "Ola", "--for", "1d"
    )
    listed = console.json("pause", "--list")["pauses"]
    ended = console.json("resume", "company", "onlyoffice:61", "--by", "Ola")

    assert first == {
        "scope": "company",
        "side": "superoffice",
        "id": "501",
        "who": "Anna",
        "why": "moving house",
        "since": "2026-11-22T08:01:00+00:00",
        "until": None,
        "told": "company Fjord Marine AS (SuperOffice 501) is paused by Anna: moving house",
        "replaced": None,
    }
    assert second["replaced"]["who"] == "Anna"
    assert second["until"] == "2026-11-23T08:01:00+00:00"
    assert listed == [ended["resumed"]]
    assert ended["woken"] == 0


def test_pausing_again_says_what_it_replaces(console: Console) -> None:
    """Nobody overrules a colleague unawares."""
    console.text("pause", "all", *WHY)

    said = console.text("pause", "all", "--why", "still moving", "--by", "Ola")

    assert "before: everything is paused by Anna: moving house" in said


def test_a_run_under_way_is_mentioned(world: World, console: Console) -> None:
    """It goes on as it began, and a person should know."""
    with held_lease(world.pairing):
        said = console.text("pause", "all", *WHY)

    assert "a run is under way and goes on as it began; the next one obeys" in said
    assert "under way" not in console.text("pause", "all", *WHY)


def test_who_is_logged_in_says_so(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    """The person behind sudo, else the account, else its number."""
    named = []
    monkeypatch.delenv("SUDO_USER", raising=False)
    monkeypatch.setenv("LOGNAME", "opsync-service")
    named.append(console.json("pause", "all", "--why", "x")["who"])
    monkeypatch.setenv("SUDO_USER", "anna")
    named.append(console.json("pause", "all", "--why", "x")["who"])
    monkeypatch.delenv("SUDO_USER")
    monkeypatch.setattr("getpass.getuser", _nobody)
    named.append(console.json("pause", "all", "--why", "x")["who"])

    assert named[:2] == ["opsync-service", "anna"]
    assert named[2].startswith("user ")


def _nobody() -> str:
    raise KeyError("getpwuid(): uid not found: 4711")


def test_words_stay_one_printable_line(console: Console) -> None:
    """Whatever was typed or pasted."""
    found = console.json("pause", "all", "--why", " moving\n\x1b[2Jhouse ", "--by", " Anna ")

    assert (found["who"], found["why"]) == ("Anna", "moving↵·[2Jhouse")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("pause",), "say what: all, superoffice, onlyoffice, company, record"),
        (("pause", "everything", *WHY), "'everything' is not one of"),
        (("pause", "all"), "say why"),
        (("pause", "all", "--why", " "), "say why"),
        (("pause", "all", "1000", *WHY), "all takes no ID"),
        (("pause", "record", *WHY), "record needs an ID"),
        (("pause", "company", " ", *WHY), "company needs an ID"),
        (("pause", "all", *WHY, "--for", "soon"), "no span of time"),
        (("pause", "all", *WHY, "--until", "soon"), "no moment"),
        (("pause", "all", *WHY, "--until", "2020-01-01T00:00"), "is over already"),
        (("resume",), "say what"),
        (("resume", "record"), "record needs an ID"),
    ],
)
def test_wrong_use_is_exit_code_2(console: Console, arguments: tuple[str, ...], said: str) -> None:
    """And nothing is paused."""
    result = console.run(*arguments)

    assert result.exit_code == 2
    assert said in result.stderr
    assert console.json("pause", "--list") == {"pauses": []}


def test_what_is_not_paused_cannot_be_resumed(world: World, console: Console) -> None:
    """The message says where to look."""
    said = console.trouble("resume", "onlyoffice")

    assert said == "onlyoffice is not paused; `opsync pause --list` tells all"
    assert world.link_of(Side.LEFT, "1000").reason == ""
