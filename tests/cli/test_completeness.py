"""A listing that skips, repeats or hides is told by `check`, before anybody believes in a deletion."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from sync.cli.completeness import completeness_findings, reading_findings
from sync.cli.finding import Finding, Mark
from sync.crm.memory import MemoryCrm
from sync.domain.model import Company, Record, Side, Unreadable
from sync.errors import IncompleteCensus
from tests.domain.builders import LEFT, RIGHT, opportunity_values, sale_values, some_lists

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def a_crm(side: Side = LEFT, records: int = 3, companies: int = 2) -> MemoryCrm:
    values = sale_values() if side is LEFT else opportunity_values()
    firms = [Company(side, str(key), f"Firm {key}") for key in range(1, companies + 1)]
    firms += [Company(side, values["company"], "Own")] if companies else []  # type: ignore[arg-type]  # an id
    crm = MemoryCrm(side, some_lists(side), firms, lambda: NOW)
    for _ in range(records):
        crm.user_creates(**values)
    return crm


def silent(_what: str, _done: int, _total: int | None) -> None:
    """No progress."""


def complete(crm: MemoryCrm) -> list[Finding]:
    return list(completeness_findings(crm, silent))


class Shuffled(MemoryCrm):
    """A server that pages without an order."""

    def fetch_census(self) -> Iterator[Record | Unreadable]:
        yield from [*super().fetch_census()][::-1]


def test_everything_is_counted_and_progress_told() -> None:
    """The numbers are for comparing with what people see."""
    seen: list[tuple[str, int, int | None]] = []
    (found,) = completeness_findings(a_crm(), lambda *told: seen.append(told))

    assert (found.mark, found.what) == (Mark.FINE, "all pages complete: sales 3, companies 3")
    assert ("SuperOffice sales", 2, None) in seen
    assert seen[-1] == ("SuperOffice companies", 3, 3)


def test_ids_out_of_order_are_broken() -> None:
    """Absence would prove nothing; the listing is not called complete."""
    crm = a_crm()
    crm.__class__ = Shuffled
    found = complete(crm)

    assert [row.mark for row in found] == [Mark.BROKEN]
    assert "do not ascend: 2 after 3" in found[0].what


def test_a_cut_listing_raises() -> None:
    """The command tells it for that side and goes on with the other."""
    crm = a_crm()
    crm.truncate = True

    with pytest.raises(IncompleteCensus):
        complete(crm)


def test_what_cannot_be_understood_is_named() -> None:
    """The first few with their reasons, the rest by number."""
    crm = a_crm(RIGHT, records=5)
    crm.unreadable = {str(key): "no stage" for key in range(1, 6)}
    found = complete(crm)

    assert [row.mark for row in found] == [Mark.FINE, Mark.ODD]
    assert found[1].what.endswith("1: no stage; 2: no stage; 3: no stage and 2 more")


@pytest.mark.parametrize(("records", "companies", "missing"), [(0, 1, "records"), (1, 0, "companies")])
def test_nothing_to_see_is_a_remark(records: int, companies: int, missing: str) -> None:
    """A right may be missing; looking quickly finds it as well."""
    crm = a_crm(RIGHT, records, companies)

    for found in (complete(crm)[-1], list(reading_findings(crm))[-1]):
        assert (found.mark, found.what) == (Mark.ODD, f"no {missing} to see")


def test_a_quick_look_reads_one_of_each() -> None:
    """For monitors that ask often."""
    (found,) = reading_findings(a_crm())

    assert found.mark is Mark.FINE
