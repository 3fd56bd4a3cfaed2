"""One run after another over two small CRMs: what arrives, what stays, what is never done twice."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from sync.domain.link import LinkState
from sync.domain.model import Side, Value
from sync.domain.policy import Removal, Revival
from sync.engine.pairing import Options
from tests.engine.world import World


def right_of(world: World, sale_id: str) -> dict[str, Value]:
    link = world.link_of(Side.LEFT, sale_id)
    return dict(world.right.records[link.right_id or ""].values)


def left_of(world: World, opportunity_id: str) -> dict[str, Value]:
    link = world.link_of(Side.RIGHT, opportunity_id)
    return dict(world.left.records[link.left_id or ""].values)


def test_a_new_sale_arrives_once(world: World) -> None:
    """A sale becomes an opportunity in its own terms, and the second run writes nothing (I2)."""
    sale_id = world.a_sale()

    report = world.sync()
    again = world.sync()

    assert report.writes == {"created right": 1}
    assert right_of(world, sale_id) | {"person": None} == {
        "title": "Pump retrofit",
        "description": "Two vessels",
        "amount": Decimal("125000.50"),
        "currency": "NOK",
        "probability": 50,
        "stage": "42",
        "expected_close_on": date(2027, 3, 1),
        "actual_close_on": None,
        "owner": "aaaa",
        "company": "61",
        "person": None,
    }
    assert again.writes == {}
    assert world.writes() == 1


def test_a_second_run_changes_no_state(world: World) -> None:
    """At rest, nothing in the link table moves."""
    world.a_sale()
    world.an_opportunity(title="Other")
    world.sync()
    before = world.links()

    world.sync()
    world.sync(full=True)

    assert world.links() == before


def test_a_new_opportunity_becomes_a_sale(world: World) -> None:
    """The other way round."""
    opportunity_id = world.an_opportunity(stage="43", actual_close_on=date(2026, 10, 2))

    world.sync()

    sale = left_of(world, opportunity_id)
    assert (sale["stage"], sale["actual_close_on"], sale["currency"], sale["owner"]) == (
        "sold",
        date(2026, 10, 2),
        "3",
        "7",
    )


def test_alike_records_are_linked_not_doubled(world: World) -> None:
    """A pair that exists on both sides is found by what it holds."""
    world.a_sale()
    world.an_opportunity()

    report = world.sync(full=True)

    assert report.writes == {}
    assert len(world.links()) == 1
    assert world.links()[0].state is LinkState.IN_SYNC


def test_ambiguity_is_never_guessed(world: World) -> None:
    """Two candidates for one sale: nobody is linked, nothing is created, a person is asked."""
    world.a_sale()
    world.an_opportunity()
    world.an_opportunity()

    report = world.sync(full=True)

    assert report.writes == {}
    assert {link.state for link in world.links()} == {LinkState.PARKED}
    assert report.needs_a_person == 3
    assert world.sync().writes == {}


def test_edits_on_different_fields_merge(world: World) -> None:
    """Left changes the title, right the amount: both survive on both sides."""
    sale_id = world.a_sale()
    world.sync()
    right_id = world.link_of(Side.LEFT, sale_id).right_id or ""
    world.left.user_edits(sale_id, title="Pump retrofit II")
    world.right.user_edits(right_id, amount=Decimal(130000))

    report = world.sync()

    assert report.writes == {"updated left": 1, "updated right": 1}
    for crm, record_id in ((world.left, sale_id), (world.right, right_id)):
        values = crm.records[record_id].values
        assert (values["title"], values["amount"]) == ("Pump retrofit II", Decimal(130000))
    assert world.sync().writes == {}


def test_a_conflict_waits_while_other_fields_flow(world: World) -> None:
    """The disputed title stays as it is on each side; the probability still arrives."""
    sale_id = world.a_sale()
    world.sync()
    right_id = world.link_of(Side.LEFT, sale_id).right_id or ""
    world.left.user_edits(sale_id, title="Ours", probability=60)
    world.right.user_edits(right_id, title="Theirs")

    report = world.sync()

    assert report.writes == {"updated right": 1}
    assert world.right.records[right_id].values["title"] == "Theirs"
    assert world.right.records[right_id].values["probability"] == 60
    assert world.link_of(Side.LEFT, sale_id).state is LinkState.CONFLICT
    assert world.sync().writes == {}
    world.right.user_edits(right_id, title="Ours")
    world.sync()
    assert world.link_of(Side.LEFT, sale_id).state is LinkState.IN_SYNC


def test_reopening_takes_the_expected_date_back(world: World) -> None:
    """Won and reopened in ONLYOFFICE: the sale date follows."""
    sale_id = world.a_sale()
    world.sync()
    right_id = world.link_of(Side.LEFT, sale_id).right_id or ""
    world.right.user_edits(right_id, stage="43", actual_close_on=date(2026, 12, 1))
    world.sync()
    assert world.left.records[sale_id].values["actual_close_on"] == date(2026, 12, 1)
    world.right.user_edits(right_id, stage="42", actual_close_on=None)

    world.sync()

    assert world.left.records[sale_id].values["expected_close_on"] == date(2027, 3, 1)
    assert world.sync().writes == {}


def test_a_deletion_is_believed_only_twice_and_apart_in_time(world: World) -> None:
    """Gone once means look again; gone twice means the policy, here: close as lost."""
    world.with_(policy=replace(world.pairing.policy, removals=dict.fromkeys(Side, Removal.CLOSE_AS_LOST)))
    sale_id = world.a_sale()
    world.sync()
    right_id = world.link_of(Side.LEFT, sale_id).right_id or ""
    world.right.user_deletes(right_id)

    first = world.sync()
    world.clock.wait(600)
    second = world.sync()

    assert first.writes == {}
    assert second.writes == {"updated left": 1}
    assert world.left.records[sale_id].values["stage"] == "lost"
    assert world.link_of(Side.LEFT, sale_id).state is LinkState.BURIED
    assert world.sync().writes == {}


def test_an_edit_beats_a_deletion(world: World) -> None:
    """Deleted on the right, edited on the left: recreated when the policy says so."""
    world.with_(policy=replace(world.pairing.policy, revival=Revival.RECREATE))
    sale_id = world.a_sale()
    world.sync()
    world.right.user_deletes(world.link_of(Side.LEFT, sale_id).right_id or "")
    world.left.user_edits(sale_id, title="Still alive")
    world.sync()
    world.clock.wait(600)

    report = world.sync()

    assert report.writes == {"created right": 1}
    assert right_of(world, sale_id)["title"] == "Still alive"
    assert world.sync().writes == {}


def test_a_missing_company_is_made_once_for_all_its_records(world: World) -> None:
    """Three sales of a company unknown over there: one company, three opportunities."""
    for number in range(3):
        world.a_sale(title=f"Deal {number}", company="502")

    report = world.sync()

    assert report.writes == {"created right": 3}
    assert world.right.calls["create_company"] == 1
    assert {record.values["company"] for record in world.right.records.values()} == {"63"}


def test_a_missing_company_excludes_when_making_is_off(world: World) -> None:
    """Nothing is created without its company; the reason names it."""
    world.with_(options=Options(workers=2))
    sale_id = world.a_sale(company="502")

    report = world.sync()

    link = world.link_of(Side.LEFT, sale_id)
    assert report.writes == {}
    assert link.state is LinkState.EXCLUDED
    assert "Only Left AS" in link.reason


def test_a_currency_without_image_parks_only_its_record(world: World) -> None:
    """One bad record parks with its reason; the rest goes on (I9)."""
    bad = world.a_sale(title="Iceland", currency="5")
    good = world.a_sale(title="Norway")

    report = world.sync()

    assert report.writes == {"created right": 1}
    assert world.link_of(Side.LEFT, bad).state is LinkState.PARKED
    assert "currency 5" in world.link_of(Side.LEFT, bad).reason
    assert world.link_of(Side.LEFT, good).state is LinkState.IN_SYNC
