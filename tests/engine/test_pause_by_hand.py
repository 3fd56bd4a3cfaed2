"""A person's word about pauses: by which name it is given, what it replaces, and what is refused."""

import pytest

from sync.domain.link import LinkState
from sync.domain.model import Side
from sync.engine import bonding, by_hand
from sync.engine.lease import held_lease
from sync.engine.pause_by_hand import Word, pause, resume
from sync.engine.pauses import paused_all, wake
from sync.errors import RecordTrouble
from sync.store import companies as company_store
from sync.store.pauses import Scope
from tests.engine.held import ANNA, a_pair, partner_of, waiting
from tests.engine.world import World


def test_pausing_again_replaces_the_words(world: World) -> None:
    """Also when the same record or company is named by its other id; one resume ends it."""
    sale_id = a_pair(world, "held")
    pause(world.pairing, Scope.RECORD, f"superoffice:{sale_id}", ANNA)

    held, before = pause(
        world.pairing, Scope.RECORD, f"onlyoffice:{partner_of(world, sale_id)}", Word("Ola", "longer")
    )

    assert before is not None
    assert (before.pause.why, held.pause.why) == ("moving", "longer")
    assert world.links()[0].reason.endswith("by Ola: longer")
    resume(world.pairing, Scope.RECORD, world.links()[0].id, "Ola")
    assert waiting(world) == {}
    with pytest.raises(RecordTrouble, match=f"record superoffice:{sale_id} is not paused"):
        resume(world.pairing, Scope.RECORD, f"superoffice:{sale_id}", "Ola")


def test_a_half_paused_before_it_was_whole_is_one_record(world: World) -> None:
    """Paused while it waited for a partner, paired by hand, resumed by the partner's id."""
    world.sync()
    opportunity_id = world.an_opportunity(title="half", currency="USD")
    world.sync()
    pause(world.pairing, Scope.RECORD, f"onlyoffice:{opportunity_id}", ANNA)
    sale_id = world.a_sale(title="other half")
    by_hand.pair(world.pairing, sale_id, opportunity_id)

    held, before = pause(world.pairing, Scope.RECORD, f"superoffice:{sale_id}", Word("Ola", "longer"))
    resume(world.pairing, Scope.RECORD, f"superoffice:{sale_id}", "Ola")

    assert before is not None
    assert held.pause.target.side is Side.LEFT
    assert wake(world.pairing) == 0
    assert world.links()[0].state is LinkState.PENDING


def test_a_pause_does_not_wait_for_a_run(world: World) -> None:
    """In an emergency nobody wants to hear that a run is under way."""
    sale_id = a_pair(world, "held")

    with held_lease(world.pairing):
        pause(world.pairing, Scope.ALL, "", ANNA)
        pause(world.pairing, Scope.RECORD, f"superoffice:{sale_id}", ANNA)
        resume(world.pairing, Scope.RECORD, f"superoffice:{sale_id}", "Anna")

    assert paused_all(world.pairing) is not None


@pytest.mark.parametrize(
    ("scope", "wanted", "said"),
    [
        (Scope.RECORD, "superoffice:77", "no link superoffice:77"),
        (Scope.COMPANY, "superoffice:502", "no company superoffice:502: `opsync contacts list`"),
        (Scope.SIDE, "middleoffice", "say superoffice:ID or onlyoffice:ID"),
    ],
)
def test_what_is_not_known_cannot_be_paused(world: World, scope: Scope, wanted: str, said: str) -> None:
    """A slip of the pen must not look like a pause."""
    a_pair(world, "known")

    with pytest.raises(RecordTrouble, match=said):
        pause(world.pairing, scope, wanted, ANNA)


def test_what_nothing_is_written_to_anyway_is_not_paused(world: World) -> None:
    """A pause and its end would undo what somebody decided: an exclusion stays one."""
    sale_id = a_pair(world, "excluded")
    by_hand.exclude(world.pairing, f"superoffice:{sale_id}", "a test sale")

    with pytest.raises(RecordTrouble, match=r"is excluded \(a test sale\)"):
        pause(world.pairing, Scope.RECORD, f"superoffice:{sale_id}", ANNA)
    assert world.links()[0].state is LinkState.EXCLUDED


def test_a_company_that_was_forgotten_can_still_be_resumed(world: World) -> None:
    """By side and id, as it was paused."""
    a_pair(world, "pair")
    pause(world.pairing, Scope.COMPANY, "superoffice:501", ANNA)
    with world.database.begin() as connection:
        link = bonding.find_company_link(connection, "superoffice:501")
        assert link is not None
        company_store.delete_company_link(connection, link.id)

    held, _ = resume(world.pairing, Scope.COMPANY, "superoffice:501", "Anna")

    assert held.reason == "company SuperOffice 501 is paused by Anna: moving"
    with pytest.raises(RecordTrouble, match="no company 3f2a91"):
        resume(world.pairing, Scope.COMPANY, "3f2a91", "Anna")
