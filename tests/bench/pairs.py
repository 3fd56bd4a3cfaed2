"""Linked pairs of records in a world of memory CRMs; it measures nothing."""

from sync.domain.link import Link, LinkState
from sync.domain.mapping import Mapping
from sync.domain.model import Side
from sync.domain.resolve import Companies, MappingSpec, resolve
from tests.engine.world import LEFT_LISTS, RIGHT_LISTS, STAGES, World


def a_mapping() -> Mapping:
    """The engine tests' mapping, with the one company that both sides know."""
    companies = Companies({Side.LEFT: {"61": "501"}, Side.RIGHT: {"501": "61"}}, {side: {} for side in Side})
    return resolve(MappingSpec(stages=STAGES), LEFT_LISTS, RIGHT_LISTS, companies).mapping


def make_pairs(world: World, count: int) -> list[Link]:
    """Makes records on both sides; gives their links as a finished run leaves them, not stored yet."""
    mapping = a_mapping()
    return [_make_pair(world, mapping, number) for number in range(count)]


def _make_pair(world: World, mapping: Mapping, number: int) -> Link:
    left_id = world.a_sale(title=f"Pump retrofit {number}")
    sale = world.left.records[left_id]
    right_id = world.right.user_creates(**mapping.image_of(sale.values, Side.RIGHT)[0])
    opportunity = world.right.records[right_id]
    bases = (mapping.comparable(sale.values), mapping.comparable(opportunity.values))
    return Link(f"{number:032x}", left_id, right_id, *bases, LinkState.IN_SYNC, origin="bench")
