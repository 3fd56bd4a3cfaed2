"""`opsync plan` as a person reads it, and the promise that it leaves no trace."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from sync import wiring
from sync.cli import plan
from sync.domain.model import Side
from tests.cli.console import Console, settings_with_state
from tests.engine.world import World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.close()


@pytest.fixture
def console(world: World, tmp_path: Path) -> Console:
    return Console(world, plan.register, settings=settings_with_state(tmp_path))


def test_a_new_sale_is_shown_with_names_and_costs(world: World, console: Console) -> None:
    """Stages, currencies and owners by name, the totals, the cost, and exit code 3."""
    world.a_sale(description="one\ntwo \x1b[31m" + "x" * 100)

    text = console.text("plan", code=3)

    assert "Pump retrofit  [SuperOffice 1000 ↔ ONLYOFFICE –]" in text
    assert "+ create in ONLYOFFICE: new in SuperOffice" in text
    for line in (
        "stage: Offer",
        "currency: NOK",
        "owner: Anna Berg",
        "amount: 125,000.50",
        "probability: 50 %",
    ):
        assert f"      {line}\n" in text
    assert "company: Fjord Marine AS (61)" in text
    assert "description: one↵two ·[31mxxx" in text
    assert "xxx…" in text
    assert "Plan: 1 create in ONLYOFFICE, 1 link companies; 0 links unchanged." in text
    assert "Cost: about 1 call to write 1 change." in text


def test_planning_writes_nothing(world: World, console: Console) -> None:
    """Not in a CRM, not in the state database (I12)."""
    world.a_sale(company="502")
    state = (world.links(), world.writes())

    console.text("plan", "--full", code=3)

    assert (world.links(), world.writes()) == state
    assert world.right.calls["create_company"] == 0


def test_an_update_shows_old_and_new_and_why(world: World, console: Console) -> None:
    """Field by field, in the words of the side written."""
    sale_id = world.a_sale()
    world.sync()
    right_id = world.link_of(Side.LEFT, sale_id).right_id or ""
    world.left.user_edits(sale_id, stage="open/11", amount=Decimal(90000))

    text = console.text("plan", code=3)

    assert f"[SuperOffice {sale_id} ↔ ONLYOFFICE {right_id}]" in text
    assert "~ update in ONLYOFFICE: edited in SuperOffice" in text
    assert "stage: Offer → Talk" in text
    assert "amount: 125,000.50 → 90,000.00" in text


def test_a_match_a_conflict_and_a_park_have_their_signs(world: World, console: Console) -> None:
    """= for a link, ! for a conflict, ? for what waits with its reason."""
    world.a_sale()
    world.an_opportunity()
    world.a_sale(title="Iceland", currency="5")
    disputed = world.a_sale(title="Both")
    world.sync()
    right_id = world.link_of(Side.LEFT, disputed).right_id or ""
    world.left.user_edits(disputed, title="Ours")
    world.right.user_edits(right_id, title="Theirs")
    world.a_sale(title="New pair")
    world.an_opportunity(title="New pair")
    world.a_sale(title="Króna", currency="5")

    text = console.text("plan", "--show", "0", code=3)

    assert "= link (matched by title, company, amount, currency and date)" in text
    assert "! conflict title: SuperOffice Ours | ONLYOFFICE Theirs (title changed on both sides)" in text
    assert "? parked: currency 5 of SuperOffice has no image in ONLYOFFICE" in text
    assert "Needs a person: 3 links" in text


def test_only_so_many_records_are_printed(world: World, console: Console) -> None:
    """The rest is counted."""
    for number in range(3):
        world.a_sale(title=f"Deal {number}")

    text = console.text("plan", "--show", "1", code=3)

    assert text.count("+ create") == 1
    assert "… and 2 more records" in text
    assert "Plan: 3 create in ONLYOFFICE" in text


def test_the_exit_code_says_what_waits(world: World, console: Console) -> None:
    """0 when nothing is to do, 4 when only a person can go on."""
    world.a_sale()
    world.sync()
    assert "Plan: nothing to do; 1 link unchanged." in console.text("plan", code=0)
    assert console.text("plan", "--full", code=0)
    world.a_sale(title="Iceland", currency="5")
    world.sync()

    text = console.text("plan", "--full", code=4)

    assert "Needs a person: 1 link" in text


def test_a_plan_that_a_run_would_not_begin_says_why(world: World, console: Console) -> None:
    """A side that is suddenly empty needs a person, not a plan."""
    for number in range(5):
        world.a_sale(title=f"Deal {number}")
    world.sync()
    world.right.records.clear()

    result = console.run("plan")

    assert result.exit_code == 4
    assert "ONLYOFFICE shows no records at all" in result.stderr


def test_a_company_made_for_several_records_counts_once(world: World, console: Console) -> None:
    """Its records name it as "made first"."""
    for number in range(2):
        world.a_sale(title=f"Deal {number}", company="502")

    text = console.text("plan", code=3)

    assert "company: Only Left AS (made first)" in text
    assert "1 create companies in ONLYOFFICE" in text


def test_json_says_the_same(world: World, console: Console) -> None:
    """Raw values, vendor names, the same totals."""
    world.a_sale()

    found = console.json("plan", code=3)

    change = found["changes"][0]
    assert (change["superoffice_id"], change["onlyoffice_id"], change["is_new"]) == ("1000", None, True)
    assert change["actions"][0]["side"] == "onlyoffice"
    assert Decimal(change["actions"][0]["fields"]["amount"]["new"]) == Decimal("125000.50")
    assert found["totals"]["create in ONLYOFFICE"] == 1
    assert found["calls"] == 1


def test_without_a_state_database_none_is_made(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A first look before `migrate` plans from nothing, and leaves no file behind."""
    world.a_sale()
    settings = settings_with_state(tmp_path, "not-there.db")
    monkeypatch.setattr(wiring, "build_crms", lambda *_args, **_options: world.pairing.crms)

    text = Console(world, plan.register, settings=settings).text("plan", code=3)

    assert "1 create in ONLYOFFICE" in text
    assert not (tmp_path / "not-there.db").exists()
