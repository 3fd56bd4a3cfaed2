"""Companies that merge, vanish or cannot be seen, and the records that belong to them."""

from dataclasses import replace

from sync.domain.link import CompanyLink, LinkState
from sync.domain.model import Company, Side
from sync.engine import bonding
from sync.engine.pairing import Options
from sync.store import companies as store
from tests.engine.world import World


def company_links(world: World) -> list[CompanyLink]:
    with world.database.read() as connection:
        return store.load_company_links(connection)


def merge_companies(world: World, source: str, into: Company) -> None:
    """As SuperOffice does it: the source disappears, its sales move."""
    world.left.drop_company(source)
    world.left.add_company(into)
    for sale in list(world.left.records.values()):
        if sale.values["company"] == source:
            world.left.user_edits(sale.id, company=into.id)


def test_a_merged_company_keeps_its_partner(world: World) -> None:
    """The sales moved to the surviving company: it takes over the partner, and no twin is made."""
    sale_id = world.a_sale()
    world.sync()
    merge_companies(world, "501", Company(Side.LEFT, "777", "Fjord Marine AS"))

    report = world.sync()

    opportunity = world.right.records[world.link_of(Side.LEFT, sale_id).right_id or ""]
    assert opportunity.values["company"] == "61"
    assert world.right.calls["create_company"] == 0
    assert report.outcome == "done"
    assert [(link.left_id, link.right_id) for link in company_links(world)] == [("777", "61")]
    assert world.sync().writes == {}


def test_a_merged_company_keeps_the_partner_a_person_gave_it(world: World) -> None:
    """What was linked by hand is no exception: no twin is made of the partner."""
    bonding.link_companies(world.pairing, "502", "62")
    sale_id = world.a_sale(company="502")
    world.sync()
    merge_companies(world, "502", Company(Side.LEFT, "777", "Only Right"))

    world.sync()

    opportunity = world.right.records[world.link_of(Side.LEFT, sale_id).right_id or ""]
    assert opportunity.values["company"] == "62"
    assert world.right.calls["create_company"] == 0


def test_a_deleted_company_is_not_written_to(world: World) -> None:
    """The partner company is gone: a new sale waits or gets a new company, never the id of the dead one."""
    world.with_(options=Options(workers=2))
    world.a_sale()
    world.sync()
    world.right.drop_company("61")
    world.a_sale(title="Another", company="502")

    report = world.sync()
    late = world.a_sale(title="Late")
    world.sync()

    assert report.writes == {}
    assert "nothing like it" in world.link_of(Side.LEFT, late).reason


def test_a_record_that_waits_for_its_company_goes_on_once_it_is_there(world: World) -> None:
    """Nobody touches the sale; the company it waited for is typed in over there, and the next full look sees
    that."""
    world.with_(options=Options(workers=2))
    sale_id = world.a_sale(company="502")
    world.sync()
    waiting = world.link_of(Side.LEFT, sale_id)
    world.right.add_company(Company(Side.RIGHT, "70", "Only Left AS"))

    report = world.sync(full=True)

    assert waiting.state is LinkState.EXCLUDED
    assert report.writes == {"created right": 1}
    assert world.right.records[world.link_of(Side.LEFT, sale_id).right_id or ""].values["company"] == "70"


def test_what_a_limited_account_cannot_find_is_not_deleted(world: World) -> None:
    """An account that does not see everything proves no deletion: the link is parked and says why."""
    world.right.lists = replace(world.right.lists, sees_all=False)
    sale_id = world.a_sale()
    world.sync()
    world.right.user_deletes(world.link_of(Side.LEFT, sale_id).right_id or "")
    for _ in range(3):
        world.clock.wait(5000)
        assert world.sync().writes == {}

    assert "hidden from our account" in world.link_of(Side.LEFT, sale_id).reason
    assert sale_id in world.left.records
