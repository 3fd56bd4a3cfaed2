"""Writes of unknown outcome, each recovered on its own: trouble with one record stays with that record."""

from dataclasses import replace
from uuid import uuid4

from sync.domain.link import Link, LinkState
from sync.domain.model import Lists, Side
from sync.engine import by_hand
from sync.engine.recover import recover_intents
from sync.engine.rules import load_rules
from sync.engine.run import Report
from sync.errors import OutcomeUnknown, RecordRefused
from sync.store import intents as intent_store
from sync.store import journal as journal_store
from sync.store import links as link_store
from sync.store.intents import Intent
from tests.engine.world import LEFT_LISTS, RIGHT_LISTS, World

LISTS: dict[Side, Lists] = {Side.LEFT: LEFT_LISTS, Side.RIGHT: RIGHT_LISTS}


def sync_without_answers(world: World, call: str) -> Report:
    """Every such write on the right is carried out, and no answer arrives."""

    def lose(name: str) -> None:
        if name == call:
            raise OutcomeUnknown("cut")

    kept, world.right.after_write = world.right.after_write, lose
    report = world.sync()
    world.right.after_write = kept
    return report


def recover(world: World) -> None:
    recover_intents(world.pairing, "run", load_rules(world.pairing, LISTS).mapping)


def open_intents(world: World) -> list[Intent]:
    with world.database.read() as connection:
        return intent_store.load_intents(connection)


def right_id_of(world: World, sale_id: str) -> str:
    return world.link_of(Side.LEFT, sale_id).right_id or ""


def linked(world: World, *titles: str) -> list[str]:
    sale_ids = [world.a_sale(title=title) for title in titles]
    world.sync()
    return sale_ids


def test_a_written_record_is_read_once(world: World) -> None:
    """One read tells whether the update came through and what of it is ours."""
    (sale_id,) = linked(world, "Pumps")
    world.left.user_edits(sale_id, title="Better pumps")
    sync_without_answers(world, "update_record")
    before = world.right.calls["fetch_record"]

    recover(world)

    link = world.link_of(Side.LEFT, sale_id)
    assert world.right.calls["fetch_record"] == before + 1
    assert (link.state, (link.base_right or {})["title"]) == (LinkState.PENDING, "Better pumps")
    assert open_intents(world) == []


def test_a_deleted_record_closes_its_intent(world: World) -> None:
    """The record that was being written is gone: there is nothing to wait for."""
    (sale_id,) = linked(world, "Pumps")
    world.left.user_edits(sale_id, title="Better pumps")
    sync_without_answers(world, "update_record")
    world.right.user_deletes(right_id_of(world, sale_id))

    recover(world)

    assert open_intents(world) == []
    assert world.link_of(Side.LEFT, sale_id).state is LinkState.PENDING


def test_an_unreadable_record_holds_up_only_itself(world: World) -> None:
    """The other record is recovered and written; this one says what is wrong and stays open (I9)."""
    bad, good = linked(world, "Bad", "Good")
    for sale_id in (bad, good):
        world.left.user_edits(sale_id, amount=None, probability=70)
    sync_without_answers(world, "update_record")
    world.right.unreadable[right_id_of(world, bad)] = "its amount is no number"

    report = world.sync()

    parked = world.link_of(Side.LEFT, bad)
    assert report.outcome == "done"
    assert world.link_of(Side.LEFT, good).state is LinkState.IN_SYNC
    assert (parked.state, parked.reason) == (
        LinkState.PARKED,
        f"ONLYOFFICE {right_id_of(world, bad)}: its amount is no number",
    )
    assert [intent.link_id for intent in open_intents(world)] == [parked.id]


def test_a_record_that_can_be_read_again_is_recovered(world: World) -> None:
    """Nobody has to say so, and an edit made meanwhile is no conflict with our own write."""
    (sale_id,) = linked(world, "Pumps")
    right_id = right_id_of(world, sale_id)
    world.left.user_edits(sale_id, title="Better pumps")
    sync_without_answers(world, "update_record")
    world.right.unreadable[right_id] = "cut"
    world.sync()
    world.left.user_edits(sale_id, title="Best pumps")
    del world.right.unreadable[right_id]

    world.sync()

    assert world.link_of(Side.LEFT, sale_id).state is LinkState.IN_SYNC
    assert world.right.records[right_id].values["title"] == "Best pumps"
    assert world.sync().writes == {}


def test_a_link_that_stays_parked_is_told_once(world: World) -> None:
    """Run after run finds the same trouble; the link and its timeline do not grow."""
    (sale_id,) = linked(world, "Pumps")
    world.left.user_edits(sale_id, title="Better pumps")
    sync_without_answers(world, "update_record")
    world.right.unreadable[right_id_of(world, sale_id)] = "cut"

    for _ in range(3):
        world.sync()

    with world.database.read() as connection:
        timeline = journal_store.load_timeline(connection, world.link_of(Side.LEFT, sale_id).id)
    assert [entry.event for entry in timeline].count("parked") == 1


def test_a_refused_search_keeps_the_create_open(world: World) -> None:
    """It is there but cannot be read: the others are found, and this one is not made again (I5, I9)."""
    sale_ids = [world.a_sale(title=title) for title in ("One", "Two", "Three")]
    sync_without_answers(world, "create_record")

    def refuse(name: str) -> None:
        if name == "find_stamped":
            world.right.before_call = lambda _name: None
            raise RecordRefused("ONLYOFFICE 1 carries our stamp and cannot be understood")

    world.right.before_call = refuse
    report = world.sync()

    states = sorted(str(world.link_of(Side.LEFT, sale_id).state) for sale_id in sale_ids)
    assert (report.outcome, states) == ("done", ["in_sync", "in_sync", "parked"])
    assert len(world.right.records) == 3
    world.sync()
    assert {world.link_of(Side.LEFT, sale_id).state for sale_id in sale_ids} == {LinkState.IN_SYNC}
    assert len(world.right.records) == 3


def taken_by_hand(world: World) -> tuple[str, str, str]:
    """(sale, another sale, opportunity): made for the one, and paired with the other before it was found."""
    sale_id = world.a_sale(title="One")
    sync_without_answers(world, "create_record")
    (right_id,) = world.right.records
    other_id = world.a_sale(title="Two")
    by_hand.pair(world.pairing, other_id, right_id)
    return sale_id, other_id, right_id


def test_a_record_bonded_elsewhere_is_not_adopted(world: World) -> None:
    """The reason names both sales and the opportunity; the other link and the run go on, nothing is made."""
    sale_id, other_id, right_id = taken_by_hand(world)

    reports = [world.sync(), world.sync(full=True)]

    parked = world.link_of(Side.LEFT, sale_id)
    assert [report.outcome for report in reports] == ["done", "done"]
    assert parked.state is LinkState.PARKED
    assert f"ONLYOFFICE {right_id} was made for SuperOffice {sale_id}" in parked.reason
    assert f"is linked to SuperOffice {other_id}" in parked.reason
    assert world.link_of(Side.LEFT, other_id).state is LinkState.IN_SYNC
    assert list(world.right.records) == [right_id]


def test_a_record_bonded_elsewhere_is_made_again_once_it_is_gone(world: World) -> None:
    """The person deletes the one in dispute, as the reason says: the sale gets one of its own."""
    sale_id, _other_id, right_id = taken_by_hand(world)
    world.sync()
    world.right.user_deletes(right_id)

    for _ in range(3):
        world.sync()

    assert world.link_of(Side.LEFT, sale_id).state is LinkState.IN_SYNC
    assert list(world.right.records) == [right_id_of(world, sale_id)]


def holding(world: World, right_id: str, **more: object) -> Link:
    """The record was met without its stamp, and was given a half link of its own."""
    holder = Link(uuid4().hex, right_id=right_id, **more)  # type: ignore[arg-type]  # tests name the fields
    with world.database.begin() as connection:
        link_store.insert_link(connection, holder, world.clock())
    return holder


def test_a_half_link_gives_way_to_the_link_that_made_the_record(world: World) -> None:
    """Met once without its stamp, later recognised: one whole link is left, and no person is asked (I10)."""
    sale_id = world.a_sale()
    sync_without_answers(world, "create_record")
    (right_id,) = world.right.records
    holding(world, right_id, state=LinkState.PARKED, reason="cut")

    world.sync()

    (link,) = world.links()
    assert (link.left_id, link.right_id, link.state) == (sale_id, right_id, LinkState.IN_SYNC)


def test_a_half_link_excluded_by_hand_does_not_give_way(world: World) -> None:
    """A person took the record out of the game; only a person puts it back."""
    sale_id = world.a_sale()
    sync_without_answers(world, "create_record")
    (right_id,) = world.right.records
    holder = holding(world, right_id, state=LinkState.EXCLUDED, origin="hand")

    world.sync()

    assert f"has its own link (link {holder.id})" in world.link_of(Side.LEFT, sale_id).reason
    assert world.link_of(Side.RIGHT, right_id) == holder


def test_a_half_link_whose_partner_is_being_made_does_not_give_way(world: World) -> None:
    """Its own create has no known outcome either: taking its record away could double that one."""
    sale_id = world.a_sale()
    sync_without_answers(world, "create_record")
    (right_id,) = world.right.records
    holder = holding(world, right_id, state=LinkState.RETRYING)
    (intent,) = open_intents(world)
    with world.database.begin() as connection:
        other = replace(intent, id=uuid4().hex, link_id=holder.id, side=Side.LEFT)
        intent_store.save_intent(connection, other)

    recover(world)

    assert "has its own link" in world.link_of(Side.LEFT, sale_id).reason
    assert world.link_of(Side.RIGHT, right_id).id == holder.id
