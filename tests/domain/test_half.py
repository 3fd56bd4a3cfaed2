"""What half a link keeps of its record, so that it can be matched later."""

from dataclasses import replace

from sync.domain.half import recalled, remembered
from sync.domain.model import Record

from .builders import LEFT, RIGHT, a_mapping, a_sale, an_opportunity, half_a_link, sale_values

MAPPING = a_mapping()


def test_a_half_link_recalls_what_it_remembered() -> None:
    """Good enough to be matched without reading the record again, external number included."""
    sale = replace(a_sale("5"), number="N-1")

    link = replace(half_a_link(LEFT), base_left=remembered(sale, MAPPING))

    assert recalled(link) == Record(LEFT, "5", sale_values(), number="N-1")


def test_a_half_link_without_memory_recalls_nothing() -> None:
    """A record that was never read cannot be matched, one without a number can."""
    opportunity = an_opportunity("70")
    link = replace(half_a_link(RIGHT), base_right=remembered(opportunity, MAPPING))

    assert recalled(half_a_link(RIGHT)) is None
    assert recalled(replace(link, right_id=None)) is None
    assert recalled(link) == opportunity
