"""What every adapter promises about writing; `CrmContract` brings the bench."""

from datetime import date
from decimal import Decimal

import pytest

from sync.domain.model import (
    AMOUNT,
    DESCRIPTION,
    EXPECTED_CLOSE,
    OWNER,
    PROBABILITY,
    STAGE,
    TITLE,
    Company,
    Value,
)
from sync.errors import Moved, OutcomeUnknown, RecordGone, RecordRefused
from tests.crm.bench import FAR_AHEAD, LONG_AGO, LONG_TEXT, STAMP, Bench, ids_of, new_values, read


class WritingPromises:
    """Writes do exactly what they say, once, or say that nobody knows."""

    def test_create_stores_what_was_given(self, bench: Bench) -> None:
        """A create answers with the stored record, which holds every given value and the stamp."""
        given = new_values(bench)
        record = bench.crm.create_record(given, STAMP)

        assert {**record.values, **given} == dict(record.values)
        assert record.stamp == STAMP
        assert read(bench, record.id).values == record.values
        assert read(bench, record.id).stamp == STAMP

    def test_stamp_is_found(self, bench: Bench) -> None:
        """A stamped record is found by its stamp, not by another, and not before its time."""
        bench.user_creates(**new_values(bench))
        record = bench.crm.create_record(new_values(bench), STAMP)

        assert ids_of(bench.crm.find_stamped(STAMP, LONG_AGO)) == [record.id]
        assert bench.crm.find_stamped("01JD7W8Q2M5ZNONE", LONG_AGO) == ()
        assert bench.crm.find_stamped(STAMP, FAR_AHEAD) == ()

    @pytest.mark.parametrize("text", ["-12.50", "0", "0.01", "19.99", "1234567.89", "987654321.10"])
    def test_amounts_round_trip(self, bench: Bench, text: str) -> None:
        """Amounts come back to the cent, negative and zero ones too."""
        record = bench.crm.create_record(new_values(bench, amount=Decimal(text)), STAMP)
        assert record.values[AMOUNT] == Decimal(text)
        bench.crm.update_record(record.id, {}, {AMOUNT: Decimal(text) + 1})

        assert read(bench, record.id).values[AMOUNT] == Decimal(text) + 1

    @pytest.mark.parametrize("text", ["", "one line", "two\nlines", LONG_TEXT])
    def test_descriptions_round_trip(self, bench: Bench, text: str) -> None:
        """Descriptions come back letter by letter, through a create and through an update."""
        created = bench.crm.create_record(new_values(bench, description=text), STAMP)
        updated = bench.crm.update_record(created.id, {DESCRIPTION: text}, {DESCRIPTION: text + "end"})

        assert created.values[DESCRIPTION] == text
        assert updated.values[DESCRIPTION] == text + "end"
        assert read(bench, created.id).stamp == STAMP

    @pytest.mark.parametrize("title", ['Ærø & Søn: "50 %" <b> it\'s', "日本 – Привет", "x" * 200])
    def test_titles_round_trip(self, bench: Bench, title: str) -> None:
        """Titles come back letter by letter."""
        record = bench.crm.create_record(new_values(bench, title=title), STAMP)

        assert read(bench, record.id).values[TITLE] == title

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            (TITLE, "Changed"),
            (DESCRIPTION, "Changed"),
            (AMOUNT, Decimal("99.95")),
            (PROBABILITY, 35),
            (EXPECTED_CLOSE, date(2027, 2, 28)),
        ],
    )
    def test_update_changes_only_what_is_given(self, bench: Bench, name: str, value: Value) -> None:
        """An update leaves every other field, and the stamp, as they were."""
        before = bench.crm.create_record(new_values(bench), STAMP)
        after = bench.crm.update_record(before.id, {name: before.values[name]}, {name: value})

        assert dict(after.values) == {**before.values, name: value}
        assert read(bench, before.id).values == after.values
        assert read(bench, before.id).stamp == STAMP

    def test_update_of_owner_and_stage(self, bench: Bench) -> None:
        """References are changed by the side's own keys."""
        record_id = bench.user_creates(**new_values(bench))
        changes: dict[str, Value] = {OWNER: bench.other_owner(), STAGE: bench.other_stage()}
        after = bench.crm.update_record(record_id, {OWNER: bench.an_owner()}, changes)

        assert {**after.values, **changes} == dict(after.values)
        assert read(bench, record_id).values == after.values

    def test_update_of_a_moved_record_is_refused(self, bench: Bench) -> None:
        """A person's edit between look and write is never overwritten."""
        record_id = bench.user_creates(**new_values(bench, title="Seen"))
        bench.user_edits(record_id, title="Typed meanwhile")
        writes = bench.writes()

        with pytest.raises(Moved):
            bench.crm.update_record(record_id, {TITLE: "Seen"}, {TITLE: "Ours"})
        assert bench.writes() == writes
        assert read(bench, record_id).values[TITLE] == "Typed meanwhile"

    def test_update_of_a_missing_record(self, bench: Bench) -> None:
        """Updating what a person deleted says that it is gone."""
        record_id = bench.user_creates(**new_values(bench))
        bench.user_deletes(record_id)

        with pytest.raises(RecordGone):
            bench.crm.update_record(record_id, {TITLE: "Pump order 2026"}, {TITLE: "Ours"})

    def test_delete(self, bench: Bench) -> None:
        """A deleted record is gone from reads and listings; deleting it again is fine."""
        record = bench.crm.create_record(new_values(bench), STAMP)
        bench.crm.delete_record(record.id, {TITLE: record.values[TITLE]})
        bench.crm.delete_record(record.id, {TITLE: record.values[TITLE]})

        assert bench.crm.fetch_record(record.id) is None
        assert record.id not in ids_of(bench.crm.fetch_census())

    def test_delete_of_a_moved_record_is_refused(self, bench: Bench) -> None:
        """What a person changed meanwhile is not deleted."""
        record_id = bench.user_creates(**new_values(bench, title="Seen"))
        bench.user_edits(record_id, title="Typed meanwhile")
        writes = bench.writes()

        with pytest.raises(Moved):
            bench.crm.delete_record(record_id, {TITLE: "Seen"})
        assert bench.writes() == writes
        assert read(bench, record_id).values[TITLE] == "Typed meanwhile"

    def test_lost_answer_leaves_one_findable_record(self, bench: Bench) -> None:
        """When the answer to a create is lost, the record exists once and its stamp finds it."""
        bench.lose_next_answer()

        with pytest.raises(OutcomeUnknown):
            bench.crm.create_record(new_values(bench), STAMP)
        assert len(bench.crm.find_stamped(STAMP, LONG_AGO)) == 1

    def test_lost_answer_of_an_update(self, bench: Bench) -> None:
        """When the answer to an update is lost, nobody claims to know; the next read does."""
        record_id = bench.user_creates(**new_values(bench))
        bench.lose_next_answer()

        with pytest.raises(OutcomeUnknown):
            bench.crm.update_record(record_id, {}, {TITLE: "Ours"})
        assert read(bench, record_id).values[TITLE] == "Ours"

    def test_refused_create_makes_nothing(self, bench: Bench) -> None:
        """A refusal carries the vendor's message and leaves no record."""
        bench.refuse_next()

        with pytest.raises(RecordRefused) as refusal:
            bench.crm.create_record(new_values(bench), STAMP)
        assert refusal.value.messages
        assert bench.crm.find_stamped(STAMP, LONG_AGO) == ()

    def test_created_company_is_found(self, bench: Bench) -> None:
        """A company made from the other side's is listed and readable."""
        theirs = Company(bench.crm.side.other, "77", "Nordlicht Werke Østfold", org_number="811222333")
        made = bench.crm.create_company(theirs)

        assert (made.side, made.name) == (bench.crm.side, theirs.name)
        assert bench.crm.fetch_company(made.id) == made
        assert made in list(bench.crm.fetch_companies())

    def test_each_write_is_one_write(self, bench: Bench) -> None:
        """Create, update and delete cost one write request each."""
        writes = bench.writes()
        record = bench.crm.create_record(new_values(bench), STAMP)
        bench.crm.update_record(record.id, {}, {TITLE: "Ours"})
        bench.crm.delete_record(record.id, {})

        assert bench.writes() == writes + 3
