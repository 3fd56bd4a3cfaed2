"""What goes wrong between two CRMs, and what every run makes of it."""

from dataclasses import replace

from sync.domain.link import LinkState
from sync.domain.model import Side
from sync.domain.policy import Revival
from sync.errors import LoginRefused, OutcomeUnknown, RecordRefused, RetryLater
from tests.engine.world import World


def test_a_refused_record_is_not_tried_again_unchanged(world: World) -> None:
    """A refusal parks the record; only an edit (or a person) makes opsync try again."""
    sale_id = world.a_sale()

    def refuse(name: str) -> None:
        if name == "create_record":
            raise RecordRefused("no", {"title": "too loud"})

    world.right.before_call = refuse
    world.sync()
    assert "too loud" in world.link_of(Side.LEFT, sale_id).reason
    tries = world.right.calls["create_record"]
    world.sync(full=True)
    assert world.right.calls["create_record"] == tries

    world.left.user_edits(sale_id, title="Quiet")
    world.right.before_call = lambda _name: None
    assert world.sync().writes == {"created right": 1}


def test_a_refusal_never_hides_behind_another_trouble(world: World) -> None:
    """Refused, then hidden for a while: what the link says afterwards is the refusal again."""
    sale_id = world.a_sale()
    world.sync()
    right_id = world.link_of(Side.LEFT, sale_id).right_id or ""
    world.left.user_edits(sale_id, title="Too loud")

    def refuse(name: str) -> None:
        if name == "update_record":
            raise RecordRefused("no", {"title": "too loud"})

    world.right.before_call = refuse
    world.sync()
    assert "too loud" in world.link_of(Side.LEFT, sale_id).reason
    world.right.unreadable[right_id] = "cut"
    world.sync(full=True)
    assert "cut" in world.link_of(Side.LEFT, sale_id).reason
    del world.right.unreadable[right_id]
    world.sync(full=True)

    link = world.link_of(Side.LEFT, sale_id)
    assert (link.state, "too loud" in link.reason) == (LinkState.PARKED, True)


def test_a_refused_revival_is_not_tried_again_unchanged(world: World) -> None:
    """Deleted over there, edited here, and the vendor does not take it back: parked once and for all, however
    often opsync looks."""
    world.with_(policy=replace(world.pairing.policy, revival=Revival.RECREATE))
    sale_id = world.a_sale()
    world.sync()
    world.right.user_deletes(world.link_of(Side.LEFT, sale_id).right_id or "")
    world.left.user_edits(sale_id, title="Too loud")
    made = world.right.calls["create_record"]

    def refuse(name: str) -> None:
        if name == "create_record":
            raise RecordRefused("no")

    world.right.before_call = refuse
    for _ in range(6):
        world.clock.wait(700)
        world.sync(full=True)

    assert world.right.calls["create_record"] == made + 1
    assert world.link_of(Side.LEFT, sale_id).state is LinkState.PARKED


def test_a_lost_answer_is_found_by_its_stamp(world: World) -> None:
    """The create happened, its answer was lost: the next run finds it and creates nothing (I5)."""
    sale_id = world.a_sale()

    def lose(name: str) -> None:
        if name == "create_record":
            world.right.after_write = lambda _name: None
            raise OutcomeUnknown("cut")

    world.right.after_write = lose
    world.sync()
    assert world.link_of(Side.LEFT, sale_id).state is LinkState.RETRYING

    report = world.sync()

    assert report.writes == {}
    assert len(world.right.records) == 1
    assert world.link_of(Side.LEFT, sale_id).state is LinkState.IN_SYNC


def test_a_lost_request_is_repeated_after_the_wait(world: World) -> None:
    """The create never happened: opsync waits for stragglers, then creates exactly one."""
    sale_id = world.a_sale()

    def lose(name: str) -> None:
        if name == "create_record":
            raise OutcomeUnknown("cut")

    world.right.before_call = lose
    world.sync()
    world.right.before_call = lambda _name: None
    waiting = world.sync()
    world.clock.wait(120)
    report = world.sync()

    assert waiting.writes == {}
    assert report.writes == {"created right": 1}
    assert world.link_of(Side.LEFT, sale_id).state is LinkState.IN_SYNC


def test_a_passing_fault_retries_and_the_cursor_loses_nothing(world: World) -> None:
    """A write that could not be sent waits in its link, and comes through next time (I8)."""
    sale_id = world.a_sale()
    world.sync()
    world.left.user_edits(sale_id, title="New title")

    def fail(name: str) -> None:
        if name == "update_record":
            raise RetryLater("busy")

    world.right.before_call = fail
    assert world.sync().retrying == 1
    world.right.before_call = lambda _name: None

    assert world.sync().writes == {"updated right": 1}


def test_a_side_that_is_down_stops_the_run_and_spoils_nothing(world: World) -> None:
    """No half view is acted upon; the change is carried out when the side is back."""
    sale_id = world.a_sale()
    world.sync()
    world.left.user_edits(sale_id, title="New title")

    def down(_name: str) -> None:
        raise LoginRefused("ONLYOFFICE does not accept the password")

    world.right.before_call = down
    down_report = world.sync()
    assert (down_report.outcome, "does not accept" in down_report.error) == ("failed", True)
    world.right.before_call = lambda _name: None

    assert world.sync().writes == {"updated right": 1}


def test_an_empty_side_holds_the_run(world: World) -> None:
    """All opportunities vanished at once: nothing is written, the report says why."""
    for number in range(5):
        world.a_sale(title=f"Deal {number}")
    world.sync()
    world.right.records.clear()
    writes = world.writes()

    report = world.sync()

    assert report.outcome == "held"
    assert "no records at all" in report.error
    assert world.writes() == writes


def test_an_edit_during_the_run_is_not_lost(world: World) -> None:
    """A user edits the record between our look and our write: we look again and merge (I4)."""
    sale_id = world.a_sale()
    world.sync()
    right_id = world.link_of(Side.LEFT, sale_id).right_id or ""
    world.left.user_edits(sale_id, probability=70)

    def meddle(name: str) -> None:
        if name == "update_record":
            world.right.before_call = lambda _name: None
            world.right.user_edits(right_id, probability=70, title="Edited meanwhile")

    world.right.before_call = meddle
    world.sync()
    world.sync()

    assert world.left.records[sale_id].values["title"] == "Edited meanwhile"
    assert world.right.records[right_id].values["probability"] == 70


def test_a_dead_side_is_given_up_early(world: World) -> None:
    """Ten failures in a row end the run, whose report says what the last one was; everything left comes next
    time, once."""
    for number in range(40):
        world.a_sale(title=f"Deal {number}")

    def busy(name: str) -> None:
        if name == "create_record":
            raise RetryLater("ONLYOFFICE POST crm/opportunity answered 503")

    world.right.before_call = busy
    report = world.sync()
    tries = world.right.calls["create_record"]
    world.right.before_call = lambda _name: None

    assert report.outcome == "failed"
    assert report.error.startswith("10 records in a row failed, the rest waits for the next run; the last: ")
    assert "ONLYOFFICE POST crm/opportunity answered 503" in report.error
    assert any(f"(link {link.id[:8]})" in report.error for link in world.links())
    assert tries < 20
    assert world.sync().writes == {"created right": 40}
    assert world.sync().writes == {}


def test_a_stop_while_reading_writes_nothing(world: World) -> None:
    """Asked to leave in the middle of a census: nothing happens, and the next run does it all."""
    world.a_sale()
    world.pairing.stop.set()
    stopped = world.sync()
    world.pairing.stop.clear()

    assert (stopped.outcome, stopped.writes) == ("stopped", {})
    assert world.sync().writes == {"created right": 1}


def test_an_edit_after_our_own_lost_update_is_no_conflict(world: World) -> None:
    """Our write arrived, its answer did not; then the source is edited again: the newest value wins (no false
    conflict)."""
    sale_id = world.a_sale()
    world.sync()
    right_id = world.link_of(Side.LEFT, sale_id).right_id or ""
    world.left.user_edits(sale_id, title="First")
    lose_the_answer(world, "update_record")
    world.sync()
    world.left.user_edits(sale_id, title="Second")

    world.sync()

    assert world.link_of(Side.LEFT, sale_id).state is LinkState.IN_SYNC
    assert world.right.records[right_id].values["title"] == "Second"


def test_an_edit_taken_back_during_our_lost_update_is_carried_over_too(world: World) -> None:
    """Our write arrived, its answer did not; then the source is what it was before: the two must not count as
    equal while they differ (I13)."""
    sale_id = world.a_sale()
    world.sync()
    right_id = world.link_of(Side.LEFT, sale_id).right_id or ""
    before = world.left.records[sale_id].values["title"]
    world.left.user_edits(sale_id, title="By mistake")
    lose_the_answer(world, "update_record")
    world.sync()
    world.left.user_edits(sale_id, title=before)

    world.sync()

    assert world.right.records[right_id].values["title"] == before
    assert world.link_of(Side.LEFT, sale_id).state is LinkState.IN_SYNC


def test_an_edit_of_a_record_whose_creation_was_lost_flows_back(world: World) -> None:
    """Created, answer lost, edited by a person before we found it: the edit reaches the other side (I4)."""
    sale_id = world.a_sale()
    lose_the_answer(world, "create_record")
    world.sync()
    (right_id,) = world.right.records
    world.right.user_edits(right_id, title="Better title")

    world.sync()

    assert world.left.records[sale_id].values["title"] == "Better title"
    assert world.link_of(Side.LEFT, sale_id).state is LinkState.IN_SYNC
    assert world.sync().writes == {}


def lose_the_answer(world: World, call: str) -> None:
    """The next such write on the right is carried out, and its answer never arrives."""

    def lose(name: str) -> None:
        if name == call:
            world.right.after_write = lambda _name: None
            raise OutcomeUnknown("cut")

    world.right.after_write = lose
