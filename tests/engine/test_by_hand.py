"""What a person does to links, and what the next run makes of it."""

import pytest

from sync.domain.link import LinkState
from sync.domain.model import Side
from sync.engine import by_hand
from sync.engine.lease import held_lease
from sync.engine.turn import own_turn
from sync.errors import LeaseHeld, OutcomeUnknown, RecordTrouble
from sync.store import conflicts as conflict_store
from sync.store import journal as journal_store
from sync.store import lease as lease_store
from sync.store.journal import Entry
from tests.engine.world import World


def timeline(world: World, link_id: str) -> list[Entry]:
    with world.database.read() as connection:
        return journal_store.load_timeline(connection, link_id)


def test_pairing_merges_two_half_links(world: World) -> None:
    """Two ambiguous candidates: the person picks one, the other stays, nothing is created twice."""
    sale_id = world.a_sale()
    first, second = world.an_opportunity(), world.an_opportunity()
    world.sync(full=True)
    swallowed = world.link_of(Side.RIGHT, second)

    link = by_hand.pair(world.pairing, sale_id, second)
    world.sync(full=True)

    bonded = world.link_of(Side.LEFT, sale_id)
    assert (bonded.id, bonded.right_id, bonded.state) == (link.id, second, LinkState.IN_SYNC)
    assert timeline(world, swallowed.id)[-1].reason == f"into link {link.id}"
    assert world.link_of(Side.RIGHT, first).id != link.id
    assert world.writes() == 1  # the other opportunity gets a sale of its own


def test_pairing_works_on_records_never_met(world: World) -> None:
    """No half link is needed: the records are enough."""
    sale_id, opportunity_id = world.a_sale(), world.an_opportunity(title="Another name")

    by_hand.pair(world.pairing, sale_id, opportunity_id)
    world.sync(full=True)

    assert len(world.links()) == 1
    assert world.right.records[opportunity_id].values["title"] == "Pump retrofit"


def test_pairing_refuses_what_is_linked_or_absent(world: World) -> None:
    """A record in a whole link is never taken out of it by pairing."""
    sale_id = world.a_sale()
    world.sync()
    opportunity_id = world.an_opportunity(title="Another")
    before = world.links()

    with pytest.raises(RecordTrouble, match="already bonds"):
        by_hand.pair(world.pairing, sale_id, opportunity_id)
    with pytest.raises(RecordTrouble, match="SuperOffice has no record 99999"):
        by_hand.pair(world.pairing, "99999", opportunity_id)
    assert world.links() == before


def test_an_excluded_sale_stays_alone_until_it_is_included(world: World) -> None:
    """Nothing is created for it, in delta and in full runs, and it is not matched either."""
    sale_id = world.a_sale(currency="5")
    world.sync()
    by_hand.exclude(world.pairing, f"superoffice:{sale_id}", "a test sale")
    world.left.user_edits(sale_id, currency="3")

    assert (world.sync().writes, world.sync(full=True).writes) == ({}, {})
    link = world.link_of(Side.LEFT, sale_id)
    assert (link.state, link.reason) == (LinkState.EXCLUDED, "a test sale")
    by_hand.include(world.pairing, f"superoffice:{sale_id}")
    assert world.sync().writes == {"created right": 1}


def test_an_excluded_pair_is_left_alone_until_it_is_included(world: World) -> None:
    """Edits on both sides stay where they are; afterwards they flow."""
    sale_id = world.a_sale()
    world.sync()
    by_hand.exclude(world.pairing, f"superoffice:{sale_id}", "under audit")
    world.left.user_edits(sale_id, title="Later")

    assert (world.sync().writes, world.sync(full=True).writes) == ({}, {})
    by_hand.include(world.pairing, f"superoffice:{sale_id}")
    assert world.sync().writes == {"updated right": 1}


def test_what_was_not_excluded_cannot_be_included(world: World) -> None:
    """Including is no way around a park."""
    sale_id = world.a_sale(currency="5")
    world.sync()

    with pytest.raises(RecordTrouble, match="not excluded by hand, it is parked"):
        by_hand.include(world.pairing, f"superoffice:{sale_id}")


def test_retry_wakes_parked_links_only(world: World) -> None:
    """One by id, or all parked ones; a link in sync has nothing to try again."""
    bad, good = world.a_sale(title="Iceland", currency="5"), world.a_sale(title="Norway")
    world.sync()

    with pytest.raises(RecordTrouble, match="in sync"):
        by_hand.retry(world.pairing, f"superoffice:{good}")
    assert by_hand.retry_parked(world.pairing) == 1
    assert world.link_of(Side.LEFT, bad).state is LinkState.PENDING
    world.sync()
    link = world.link_of(Side.LEFT, bad)
    assert link.state is LinkState.PARKED
    assert by_hand.retry(world.pairing, link.id[:8]).state is LinkState.PENDING


def test_a_person_waits_for_the_writer(world: World) -> None:
    """While another process holds the lease nothing is changed by hand; afterwards it is."""
    sale_id = world.a_sale()
    world.sync()
    with world.database.begin() as connection:
        claim = lease_store.Claim("writer", "elsewhere:1", "token")
        lease_store.acquire(connection, claim, world.clock(), 120)

    with pytest.raises(LeaseHeld), own_turn(world.pairing, patience_s=0):
        pass
    world.clock.wait(121)
    by_hand.exclude(world.pairing, f"superoffice:{sale_id}", "now")

    assert world.link_of(Side.LEFT, sale_id).state is LinkState.EXCLUDED
    with held_lease(world.pairing):
        pass  # the person gave the lease back


def test_links_are_found_by_record_and_by_prefix(world: World) -> None:
    """An id, its beginning, or a record of either system."""
    sale_id = world.a_sale()
    world.sync()
    link = world.link_of(Side.LEFT, sale_id)
    names = (link.id, link.id[:6], f"left:{sale_id}", f"superoffice:{sale_id}", f"onlyoffice:{link.right_id}")

    with world.database.read() as connection:
        found = {by_hand.find_link(connection, name).id for name in names}
        assert conflict_store.load_conflicts(connection) == []
        for wrong in ("nothing", "elsewhere:1", "superoffice:0"):
            with pytest.raises(RecordTrouble):
                by_hand.find_link(connection, wrong)

    assert found == {link.id}


def test_a_write_of_unknown_outcome_is_left_to_the_next_sync(world: World) -> None:
    """Nothing is excluded or paired while a record may have been created under this link."""
    sale_id = world.a_sale()

    def lose(name: str) -> None:
        if name == "create_record":
            raise OutcomeUnknown("cut")

    world.right.after_write = lose
    world.sync()
    world.right.after_write = lambda _name: None

    with pytest.raises(RecordTrouble, match="no known outcome yet"):
        by_hand.exclude(world.pairing, f"superoffice:{sale_id}", "now")
    world.sync()
    by_hand.exclude(world.pairing, f"superoffice:{sale_id}", "now")

    assert world.link_of(Side.LEFT, sale_id).reason == "now"
