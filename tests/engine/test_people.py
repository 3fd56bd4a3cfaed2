"""Contact persons travel with their records where the mapping asks for it."""

from dataclasses import replace

from sync.domain.model import PERSON, Person, Side
from sync.domain.policy import Direction
from sync.domain.resolve import FieldRule
from tests.engine.world import World


def with_persons(world: World) -> None:
    """Kari works on both sides (equal e-mail), Ola too (equal name), Nils only on the left."""
    spec = replace(world.pairing.spec, fields={PERSON: FieldRule(Direction.BOTH)})
    world.with_(spec=spec)
    left = [
        Person(Side.LEFT, "31", "501", "K. Nordmann", "kari@example.com"),
        Person(Side.LEFT, "32", "501", "Ola Vik"),
        Person(Side.LEFT, "33", "501", "Nils Alene", "nils@example.com"),
    ]
    right = [
        Person(Side.RIGHT, "91", "61", "Kari Nordmann", "KARI@example.com"),
        Person(Side.RIGHT, "92", "61", "ola vik"),
    ]
    world.left.persons = {person.id: person for person in left}
    world.right.persons = {person.id: person for person in right}


def test_a_person_is_matched_by_mail_or_name(world: World) -> None:
    """A new sale arrives with its contact person, and an edit of the person follows."""
    with_persons(world)
    sale_id = world.a_sale(person="31")
    world.sync()
    right_id = world.link_of(Side.LEFT, sale_id).right_id or ""
    assert world.right.records[right_id].values["person"] == "91"
    world.right.user_edits(right_id, person="92")

    world.sync()

    assert world.left.records[sale_id].values["person"] == "32"
    assert world.sync().writes == {}


def test_a_person_without_partner_holds_nothing_up(world: World) -> None:
    """The record arrives without the person; nobody is parked for that."""
    with_persons(world)
    sale_id = world.a_sale(person="33")

    report = world.sync()

    right_id = world.link_of(Side.LEFT, sale_id).right_id or ""
    assert report.needs_a_person == 0
    assert world.right.records[right_id].values.get("person") is None
    assert world.sync().writes == {}


def test_persons_are_not_read_unless_wanted(world: World) -> None:
    """By default the field is left alone and costs no call."""
    world.a_sale(person="31")

    world.sync()

    assert world.left.calls["fetch_persons"] == 0
