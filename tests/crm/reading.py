"""What every adapter promises about reading; `CrmContract` brings the bench."""

from decimal import Decimal

import pytest

from sync.domain.model import (
    AMOUNT,
    OWNER,
    STAGE,
    TITLE,
    Record,
    Side,
    State,
)
from sync.errors import OpsyncError
from tests.crm.bench import LONG_AGO, NOWHERE, STAMP, Bench, ids_of, new_values, read


class ReadingPromises:
    """Reads are complete or say that they are not, and change nothing."""

    def test_census_is_complete_and_ascending(self, bench: Bench) -> None:
        """A census holds every record exactly once, ids ascending, over several pages."""
        before = ids_of(bench.crm.fetch_census())
        made = [bench.user_creates(**new_values(bench, title=f"Deal {n}")) for n in range(12)]

        after = ids_of(bench.crm.fetch_census())
        assert [int(key) for key in after] == sorted({int(key) for key in (*before, *made)})

    def test_census_agrees_with_a_direct_read(self, bench: Bench) -> None:
        """What a census row says of a record, a direct read says too."""
        record_id = bench.user_creates(**new_values(bench))
        row = next(row for row in bench.crm.fetch_census() if row.id == record_id)
        record = read(bench, record_id)

        assert isinstance(row, Record)
        assert {**record.values, **row.values} == record.values
        assert row.provisional or set(row.values) == set(record.values)

    def test_truncated_census_raises(self, bench: Bench) -> None:
        """A listing with fewer rows than there are is an error, never a short census."""
        for n in range(6):
            bench.user_creates(**new_values(bench, title=f"Deal {n}"))
        bench.truncate_listing()

        with pytest.raises(OpsyncError):
            ids_of(bench.crm.fetch_census())

    def test_ids_are_those_of_the_census(self, bench: Bench) -> None:
        """The cheap look says which records there are, no more and no less."""
        made = {bench.user_creates(**new_values(bench, title=f"Deal {n}")) for n in range(12)}

        ids = bench.crm.fetch_ids()
        assert made <= ids
        assert ids == set(ids_of(bench.crm.fetch_census()))

    def test_open_records_are_the_open_part_of_the_census(self, bench: Bench) -> None:
        """Where changes cannot be told, every record in an open stage is listed, and nothing else."""
        for n in range(6):
            bench.user_creates(**new_values(bench, title=f"Deal {n}"))
        lists, rows = bench.crm.fetch_lists(), list(bench.crm.fetch_census())
        records = [row for row in rows if isinstance(row, Record)]
        closed = next(stage.key for stage in lists.stages if stage.state is State.WON)
        bench.user_edits(records[0].id, stage=closed)

        opened = bench.crm.fetch_open()
        if opened is None:
            assert bench.crm.fetch_delta(None) is not None or bench.crm.side is Side.LEFT
            return
        keys = {stage.key for stage in lists.stages if stage.state is State.OPEN}
        wanted = [row.id for row in records[1:] if row.values[STAGE] in keys]
        assert ids_of(opened) == wanted

    def test_missing_record_is_none(self, bench: Bench) -> None:
        """An id that does not exist reads as None."""
        assert bench.crm.fetch_record(NOWHERE) is None

    def test_passing_faults_of_reads_are_retried(self, bench: Bench) -> None:
        """A caller never sees a fault that is over within a few tries."""
        record_id = bench.user_creates(**new_values(bench))
        bench.fail_next_reads(2)

        assert read(bench, record_id).id == record_id

    def test_edits_by_people_are_seen(self, bench: Bench) -> None:
        """A direct read shows what a person just typed."""
        record_id = bench.user_creates(**new_values(bench))
        bench.user_edits(record_id, title="Typed", amount=Decimal("7.25"), owner=bench.other_owner())

        seen = read(bench, record_id).values
        assert (seen[TITLE], seen[AMOUNT], seen[OWNER]) == ("Typed", Decimal("7.25"), bench.other_owner())

    def test_records_of_a_company(self, bench: Bench) -> None:
        """The per-company call gives full records of that company and of no other."""
        company = bench.a_company()
        with_company = bench.user_creates(**new_values(bench))
        without = bench.user_creates(**new_values(bench, company=None))
        rows = {row.id: row for row in bench.crm.fetch_records_of_company(company)}

        assert without not in rows
        assert rows[with_company] == read(bench, with_company)
        assert bench.crm.fetch_records_of_company(NOWHERE) == ()

    def test_delta_shows_edits_and_creations(self, bench: Bench) -> None:
        """Each edit or creation after a cursor is in the delta of that cursor; without deltas it is None."""
        first = bench.user_creates(**new_values(bench))
        start = bench.crm.fetch_delta(None)
        if start is None:
            assert bench.crm.fetch_delta("1") is None
            return
        bench.user_edits(first, title="Edited")
        edited = bench.crm.fetch_delta(start.cursor)
        assert edited is not None
        second = bench.user_creates(**new_values(bench, title="Created"))
        created = bench.crm.fetch_delta(edited.cursor)

        assert start.records == ()
        assert first in ids_of(edited.records)
        assert created is not None
        assert second in ids_of(created.records)

    def test_lists(self, bench: Bench) -> None:
        """The lists hold what records refer to, and say what is active."""
        lists = bench.crm.fetch_lists()

        assert {bench.a_stage(), bench.other_stage()} <= {row.key for row in lists.stages if row.active}
        assert {bench.an_owner(), bench.other_owner()} <= {row.key for row in lists.users if row.active}
        assert bench.a_currency() in {row.key for row in lists.currencies if row.active}

    def test_companies_are_complete_and_ascending(self, bench: Bench) -> None:
        """The company listing is ascending, without repeats, and agrees with the direct read."""
        companies = list(bench.crm.fetch_companies())
        numbers = [int(company.id) for company in companies]

        assert numbers == sorted(set(numbers))
        assert bench.crm.fetch_company(bench.a_company()) in companies
        assert bench.crm.fetch_company(NOWHERE) is None

    def test_persons_of_companies(self, bench: Bench) -> None:
        """The people of a company are its own, named, ids ascending; a company that is gone has none."""
        for company in bench.crm.fetch_companies():
            persons = bench.crm.fetch_persons(company.id)
            numbers = [int(person.id) for person in persons]

            assert numbers == sorted(set(numbers))
            assert all((row.side, row.company_id) == (company.side, company.id) for row in persons)
            assert all(row.name.strip() for row in persons)
        assert bench.crm.fetch_persons(NOWHERE) == ()

    def test_company_card(self, bench: Bench) -> None:
        """The card shows the company and no more sales than asked for."""
        company = bench.a_company()
        for n in range(3):
            bench.user_creates(**new_values(bench, title=f"Deal {n}"))
        card = bench.crm.fetch_company_card(company, 2)

        assert card is not None
        assert card.company == bench.crm.fetch_company(company)
        assert len(card.sales) == 2
        assert bench.crm.fetch_company_card(NOWHERE, 2) is None

    def test_check_create_accepts_a_good_record(self, bench: Bench) -> None:
        """The vendor's validation has nothing to say about complete values, and misses no empty title."""
        assert bench.crm.check_create(new_values(bench)) == {}
        assert bench.crm.check_create(new_values(bench, title=""))

    def test_access(self, bench: Bench) -> None:
        """The adapter knows who it is, and that it may administer."""
        access = bench.crm.fetch_access()

        assert access.user and access.user_id and access.version
        assert access.is_admin

    def test_reads_write_nothing(self, bench: Bench) -> None:
        """Only the four writing calls write."""
        record_id = bench.user_creates(**new_values(bench))
        crm, company, writes = bench.crm, bench.a_company(), bench.writes()
        crm.fetch_access(), crm.fetch_lists(), crm.fetch_delta(None), list(crm.fetch_census())
        crm.fetch_record(record_id), crm.fetch_records_of_company(company), list(crm.fetch_companies())
        crm.fetch_company(company), crm.fetch_company_card(company, 3), crm.find_stamped(STAMP, LONG_AGO)
        crm.check_create(new_values(bench)), crm.fetch_persons(company)

        assert bench.writes() == writes
