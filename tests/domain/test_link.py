"""Links answer by side."""

from sync.domain.link import CompanyLink
from sync.domain.model import Side

from .builders import RIGHT, a_link


def test_a_link_answers_by_side() -> None:
    """Ids, bases and wholeness of links of records and of companies."""
    link, company = a_link(), CompanyLink("c", "7", None, "Fjord AS")

    assert [link.record_id(side) for side in Side] == ["5", "70"]
    assert [company.record_id(side) for side in Side] == ["7", None]
    assert [company.with_record(side, "9").record_id(side) for side in Side] == ["9", "9"]
    assert [link.with_record(side, "9").record_id(side) for side in Side] == ["9", "9"]
    assert (company.whole, company.with_record(RIGHT, "500").whole, link.whole) == (False, True, True)
