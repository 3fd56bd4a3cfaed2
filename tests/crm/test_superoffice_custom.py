"""Custom fields in every encoding, in either bucket, and never at the cost of one that is not mapped."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from sync.crm.superoffice.archive import text_is
from sync.crm.superoffice.change import operations_of
from sync.crm.superoffice.custom_text import from_custom, to_custom, to_user_defined
from sync.crm.superoffice.entity import bucket_of, members_of
from sync.crm.superoffice.options import CustomField
from sync.crm.superoffice.translate import Scheme, record_from_sale, udef_column
from sync.domain.model import FieldKind, Record, Value
from sync.errors import RecordRefused
from tests.crm.contract import new_values
from tests.crm.superoffice_bench import a_bench, read, sent
from tests.crm.test_superoffice_values import OSLO, a_sale

TEXT, NUMBER, DATE, CHECKBOX, LIST = FieldKind


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (TEXT, "[I:3]", "[I:3]"),
        (TEXT, "a\r\nb", "a\nb"),
        (TEXT, None, ""),
        (NUMBER, "[I:3]", Decimal(3)),
        (NUMBER, "[F:4.43]", Decimal("4.43")),
        (NUMBER, "[M:-12.50]", Decimal("-12.5")),
        (NUMBER, "[D:7]", Decimal(7)),
        (NUMBER, "42", Decimal(42)),
        (NUMBER, "[I:0]", None),
        (NUMBER, "[F:0]", None),
        (NUMBER, "", None),
        (CHECKBOX, "[I:1]", True),
        (CHECKBOX, "[I:0]", False),
        (CHECKBOX, "[F:1.0]", True),
        (CHECKBOX, "True", True),
        (CHECKBOX, "False", False),
        (CHECKBOX, "[SR_YES]", True),
        (CHECKBOX, "", False),
        (DATE, "[DT:05/09/1999 00:00:00.0000000]", date(1999, 5, 9)),
        (DATE, "[D:05/09/1999 00:00:00.0000000]", date(1999, 5, 9)),
        (DATE, "[D:06/01/2020]", date(2020, 6, 1)),
        (DATE, "[I:06/01/2020]", date(2020, 6, 1)),
        (DATE, "06/01/2020", date(2020, 6, 1)),
        (DATE, "2020-06-01T23:30:00", date(2020, 6, 1)),
        (DATE, "[DT:12/31/9999 23:59:59.9999999]", date(9999, 12, 31)),
        (DATE, "[DT:01/01/0001 00:00:00.0000000]", None),
        (DATE, "[TS:]", None),
        (LIST, "[I:4]", "4"),
        (LIST, "[F:4.0]", "4"),
        (LIST, "4", "4"),
        (LIST, "[I:0]", None),
    ],
)
def test_every_encoding(kind: FieldKind, text: str | None, value: Value) -> None:
    """Any prefix, a wrong one too, with or without time and fraction, and plain values."""
    assert from_custom(kind, text) == value


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (NUMBER, "[I:many]"),
        (NUMBER, "[F:NaN]"),
        (NUMBER, "[I:3"),
        (CHECKBOX, "[I:maybe]"),
        (DATE, "[DT:13/40/2020 00:00:00]"),
        (DATE, "soon"),
        (LIST, "North"),
    ],
)
def test_a_malformed_value_locks_its_field_only(kind: FieldKind, text: str) -> None:
    """The rest of the sale flows on, and the unreadable field is neither read nor written."""
    fields = {"odd": CustomField("SuperOffice:1", kind), "fine": CustomField("SuperOffice:2", TEXT)}
    bucket = {"SuperOffice:1": text, "SuperOffice:1:org": "[I:9]", "SuperOffice:2": "kept"}
    read = record_from_sale(a_sale(CustomFields=bucket), Scheme(fields, "", OSLO), quoted=False)

    assert isinstance(read, Record)
    assert "custom:odd" not in read.values
    assert set(read.locked) == {"custom:odd"}
    assert (read.values["custom:fine"], read.values["title"]) == ("kept", "Pump retrofit")


@pytest.mark.parametrize(
    ("kind", "value", "text", "older"),
    [
        (TEXT, None, "", ""),
        (NUMBER, Decimal("4.430"), "4.430", "4.430"),
        (NUMBER, None, "0", "0"),
        (CHECKBOX, True, "[I:1]", "True"),
        (CHECKBOX, None, "[I:0]", "False"),
        (DATE, date(2026, 2, 1), "[DT:02/01/2026 00:00:00.0000000]", "[D:02/01/2026 00:00:00.0000000]"),
        (DATE, None, "[DT:01/01/0001 00:00:00.0000000]", "[D:01/01/0001 00:00:00.0000000]"),
        (LIST, "4", "[I:4]", "[I:4]"),
        (LIST, None, "[I:0]", "[I:0]"),
    ],
)
def test_both_spellings(kind: FieldKind, value: Value, text: str, older: str) -> None:
    """What is written reads as what was meant, empty values included, in the spelling of its bucket."""
    assert (to_custom(kind, value), to_user_defined(kind, value)) == (text, older)
    assert from_custom(kind, text) == from_custom(kind, older)
    assert from_custom(kind, text) == (value if value is not None else {TEXT: "", CHECKBOX: False}.get(kind))


def test_older_servers_are_read_and_written_in_their_bucket() -> None:
    """Where only UserDefinedFields holds values, that is where they go."""
    fields = {"live": CustomField("SuperOffice:4", DATE)}
    old = a_sale(CustomFields=None, UserDefinedFields={"SuperOffice:4": "[D:12/24/2026]"})
    read = record_from_sale(old, Scheme(fields, "SuperOffice:4", OSLO), quoted=False)
    changes: dict[str, Value] = {"custom:live": date(2027, 1, 2)}

    assert isinstance(read, Record)
    assert read.values["custom:live"] == date(2026, 12, 24)
    assert bucket_of(old) == "UserDefinedFields"
    assert bucket_of(a_sale()) == bucket_of({}) == "CustomFields"
    members = members_of(changes, fields, closed=False, bucket=bucket_of(old))
    assert members == {"UserDefinedFields": {"SuperOffice:4": "[D:01/02/2027 00:00:00.0000000]"}}


def test_a_patch_names_the_whole_bucket() -> None:
    """Merged or replaced, fields that nobody mapped are as they were, and companions stay out of it."""
    raw = {"CustomFields": {"a": "1", "a:org": "1", "a:DisplayText": "one", "b/~c": "[I:2]", "x_none": None}}
    operations = operations_of(raw, {"CustomFields": {"a": "9"}})

    assert operations == [{"op": "replace", "path": "/CustomFields", "value": {"a": "9", "b/~c": "[I:2]"}}]


def test_odd_prog_ids() -> None:
    """A ProgId is data: its slash and tilde pass unchanged, and no path is made of them."""
    fields = {"odd": CustomField("acme/dept~1", TEXT)}
    bucket = {"acme/dept~1": "north", "acme/dept~1:org": "north"}
    read = record_from_sale(a_sale(CustomFields=bucket), Scheme(fields, "acme/dept~1", OSLO), quoted=False)

    assert isinstance(read, Record)
    assert (read.values["custom:odd"], read.stamp) == ("north", "north")
    assert text_is(udef_column("acme/dept~1"), "o'x") == "saleUdef/acme/dept~1 is 'o''x'"


@pytest.mark.parametrize("replaces", [False, True])
def test_unmapped_fields_survive_any_update(replaces: bool) -> None:
    """Whether a patch merges or replaces the bucket, and whatever fields change."""
    with a_bench() as bench:
        bench.server.replaces_custom_fields = replaces
        made = bench.crm.create_record(new_values(bench), "stamp-1")
        stored = bench.server.sales[int(made.id)]
        stored["CustomFields"] |= {"x_own": "theirs", "SuperOffice:30": "[I:7]"}
        bench.crm.update_record(made.id, {}, {"custom:partner": "ours"})
        after = bench.crm.update_record(made.id, {}, {"title": "Other", "custom:region": "5"})

        assert after.stamp == "stamp-1"
        assert stored["CustomFields"] == {
            "SuperOffice:9": "stamp-1",
            "SuperOffice:1": "ours",
            "SuperOffice:7": "[I:5]",
            "x_own": "theirs",
            "SuperOffice:30": "[I:7]",
        }


def test_list_items_by_name_or_id() -> None:
    """An item may be named; a name that no item has refuses the record, and none clears it."""
    with a_bench() as bench:
        made = bench.crm.create_record(new_values(bench) | {"custom:region": "South"}, "s")
        assert made.values["custom:region"] == "5"
        assert bench.crm.update_record(made.id, {}, {"custom:region": "4"}).values["custom:region"] == "4"
        with pytest.raises(RecordRefused) as refused:
            bench.crm.update_record(made.id, {}, {"custom:region": "Atlantis"})
        assert set(refused.value.messages) == {"custom:region"}
        assert "Atlantis" not in str(refused.value)
        assert bench.crm.update_record(made.id, {}, {"custom:region": None}).values["custom:region"] is None


def test_stamps_differ_by_case() -> None:
    """The archive compares without regard to case; a stamp does not."""
    with a_bench() as bench:
        bench.crm.create_record(new_values(bench), "stamp-a")
        other = bench.crm.create_record(new_values(bench), "STAMP-A")
        since: Any = other.created_at

        assert [row.id for row in bench.crm.find_stamped("STAMP-A", since)] == [other.id]
        assert read(bench, other.id).stamp == "STAMP-A"
        assert len(sent(bench, "POST", "/v1/Sale")) == 2
