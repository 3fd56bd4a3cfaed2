"""What the ONLYOFFICE adapter sends when it writes, and what it refuses to send."""

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from sync.crm import onlyoffice
from sync.domain.model import (
    ACTUAL_CLOSE,
    AMOUNT,
    COMPANY,
    CURRENCY,
    DESCRIPTION,
    EXPECTED_CLOSE,
    OWNER,
    TITLE,
)
from sync.errors import (
    OutcomeUnknown,
    RecordRefused,
    SideDown,
)
from tests.crm.contract import LONG_AGO, STAMP, new_values, read
from tests.crm.onlyoffice_bench import DoubleBench, a_record, double_bench
from tests.crm.respx_onlyoffice import KARI, OLE, failure, success


@pytest.fixture
def at_double() -> Iterator[DoubleBench]:
    with double_bench() as bench:
        yield bench


def test_update_echoes_everything(at_double: DoubleBench) -> None:
    """An update sends privacy, access, bid type, periods, members and dates back as they were."""
    record = a_record(
        at_double,
        isPrivate=True,
        accessList=[{"id": OLE}, {"id": KARI}],
        bidType=2,
        perPeriodValue=3,
        bidValue=10.25,
        expectedCloseDate="2026-06-30T00:00:00.0000000+02:00",
    )
    at_double.crm.update_record(record.id, {}, {TITLE: "Ours"})
    sent = at_double.portal.sent("PUT", "301.json")[0]

    assert (sent["isPrivate"], sent["accessList"]) == (True, [OLE, KARI])
    assert (sent["bidType"], sent["perPeriodValue"], sent["bidValue"]) == (2, 3, "10.25")
    assert (sent["contactid"], sent["expectedCloseDate"]) == (12, "2026-06-30T00:00:00+02:00")
    assert "members" not in sent
    assert "actualCloseDate" not in sent


def test_amount_of_a_per_period_bid_is_not_written(at_double: DoubleBench) -> None:
    """Nobody can say what a new total means for value and periods."""
    record = a_record(at_double, bidType=2, perPeriodValue=3)

    with pytest.raises(RecordRefused) as refusal:
        at_double.crm.update_record(record.id, {}, {AMOUNT: Decimal(1)})
    assert AMOUNT in refusal.value.messages
    assert at_double.portal.writes == 0


def test_new_company_takes_the_old_ones_place(at_double: DoubleBench) -> None:
    """Changing the company replaces it among the participants and keeps the others; none empties them."""
    for key in (13, 14):
        at_double.portal.companies[key] = at_double.portal.companies[12] | {"id": key}
    rows = [at_double.portal.companies[key] for key in (12, 14)]
    record = a_record(at_double, members=rows)
    moved = at_double.crm.update_record(record.id, {COMPANY: "12"}, {COMPANY: "13"})
    at_double.portal.opportunities[301]["members"] = [at_double.portal.companies[13]]
    freed = at_double.crm.update_record(record.id, {COMPANY: "13"}, {COMPANY: None})
    sent = at_double.portal.sent("PUT", "301.json")

    assert (moved.values[COMPANY], freed.values[COMPANY]) == ("13", None)
    assert [body["members"] for body in sent] == [[13, 14], [0]]


def test_dates_are_sent_as_days_or_not_at_all(at_double: DoubleBench) -> None:
    """A close date can be set and taken away again."""
    record = a_record(at_double)
    closed = at_double.crm.update_record(record.id, {}, {ACTUAL_CLOSE: date(2026, 2, 3)})
    opened = at_double.crm.update_record(record.id, {}, {ACTUAL_CLOSE: None, EXPECTED_CLOSE: None})

    assert closed.values[ACTUAL_CLOSE] == date(2026, 2, 3)
    assert (opened.values[ACTUAL_CLOSE], opened.values[EXPECTED_CLOSE]) == (None, None)


def test_amounts_travel_as_text(at_double: DoubleBench) -> None:
    """A create sends its amount as text with all digits, its dates as days, and is public."""
    values = new_values(at_double, amount=Decimal("1234567890123.45"))
    at_double.crm.create_record(values, STAMP)
    sent = at_double.portal.sent("POST", "opportunity.json")[0]

    assert (sent["bidValue"], sent["expectedCloseDate"]) == ("1234567890123.45", "2026-06-30")
    assert (sent["isPrivate"], sent["members"]) == (False, [12])


def test_text_is_made_storable(at_double: DoubleBench) -> None:
    """Characters that would cut the text are left out, and the title fits its column."""
    values = new_values(at_double, title="🚀 Go\x00al" + "x" * 300, description="A 🚀 B")
    record = at_double.crm.create_record(values, STAMP)

    assert str(record.values[TITLE]).startswith(" Goalx") and len(str(record.values[TITLE])) == 255
    assert record.values[DESCRIPTION] == "A  B"


def test_stamp_survives_people_writing_below_it(at_double: DoubleBench) -> None:
    """The stamp's line is found, hidden and kept wherever a person moves it."""
    record = at_double.crm.create_record(new_values(at_double, description="Above"), STAMP)
    at_double.portal.opportunities[int(record.id)]["description"] += "\r\nBelow"
    seen = read(at_double, record.id)
    after = at_double.crm.update_record(record.id, {}, {TITLE: "Ours"})

    assert (seen.stamp, seen.values[DESCRIPTION]) == (STAMP, "Above\nBelow")
    assert (after.stamp, after.values[DESCRIPTION]) == (STAMP, "Above\nBelow")
    last = at_double.crm.update_record(record.id, {}, {DESCRIPTION: "Anew"})
    assert at_double.portal.opportunities[int(record.id)]["description"] == f"Anew\n[opsync:{STAMP}]"
    assert (last.stamp, last.values[DESCRIPTION]) == (STAMP, "Anew")


def test_stamp_survives_a_description_that_is_too_long(at_double: DoubleBench) -> None:
    """The description is cut for the column, never the stamp."""
    record = at_double.crm.create_record(new_values(at_double, description="ø" * 40_000), STAMP)

    assert record.stamp == STAMP
    assert len(at_double.portal.opportunities[int(record.id)]["description"].encode()) <= 65_535


@pytest.mark.parametrize("name", [TITLE, OWNER, "stage", CURRENCY])
def test_create_without_a_needed_value(at_double: DoubleBench, name: str) -> None:
    """What the portal insists on is asked for before anything is sent."""
    values = new_values(at_double) | {name: None}

    with pytest.raises(RecordRefused) as refusal:
        at_double.crm.create_record(values, STAMP)
    assert set(refusal.value.messages) == {name}
    assert at_double.portal.writes == 0


def test_check_create_knows_the_lists(at_double: DoubleBench) -> None:
    """The portal would take an owner it does not know, so the adapter looks."""
    bad = new_values(at_double, currency="ISK", stage="999", owner="99999999-2222-3333-4444-555555555555")

    assert set(at_double.crm.check_create(bad)) == {CURRENCY, "stage", OWNER}


def test_bulk_deletes_do_not_exist() -> None:
    """The adapter has no call that deletes without naming one record."""
    text = "".join(path.read_text() for path in Path(onlyoffice.__path__[0]).glob("*.py"))
    assert text.count('"DELETE"') == 1
    assert '"DELETE", _ONE, None, id=record_id' in text
    assert "opportunityids" not in text.lower()


@pytest.mark.parametrize(
    ("status", "message"), [(402, "PaymentRequired"), (403, "Forbidden")], ids=["unpaid", "no module"]
)
def test_answers_about_the_whole_portal(at_double: DoubleBench, status: int, message: str) -> None:
    """An unpaid portal or a missing CRM right stops the side, also when a write meets it."""
    record = a_record(at_double)
    at_double.portal.instead = lambda request: None if request.method == "GET" else failure(status, message)

    with pytest.raises(SideDown):
        at_double.crm.update_record(record.id, {}, {TITLE: "Ours"})


def test_refusals_do_not_repeat_values(at_double: DoubleBench) -> None:
    """The portal's text is shown without the value it quotes."""
    message = "invalid date time format: 30.06.2026"
    at_double.portal.instead = lambda request: None if request.method == "GET" else failure(400, message)

    with pytest.raises(RecordRefused, match="invalid date time format") as refusal:
        at_double.crm.create_record(new_values(at_double), STAMP)
    assert "30.06.2026" not in f"{refusal.value} {refusal.value.messages}"
    assert at_double.crm.find_stamped(STAMP, LONG_AGO) == ()


@pytest.mark.parametrize(
    "answer",
    [
        lambda: success([]),
        lambda: success({"id": 301, "title": "half an object"}),
        lambda: httpx.Response(200, html="<html>log in</html>"),
        lambda: httpx.Response(200, json=["no envelope"]),
        lambda: httpx.Response(502, html="<html>Bad gateway</html>"),
        lambda: failure(500, "Object reference not set to an instance of an object."),
    ],
)
def test_unreadable_answer_to_a_write(at_double: DoubleBench, answer: Callable[[], httpx.Response]) -> None:
    """When the answer does not show what was stored, nobody claims that it was or was not."""
    record = a_record(at_double)
    at_double.portal.instead = lambda request: None if request.method == "GET" else answer()

    with pytest.raises(OutcomeUnknown):
        at_double.crm.update_record(record.id, {}, {TITLE: "Ours"})


def test_stored_date_that_cannot_be_read(at_double: DoubleBench) -> None:
    """An answer with a broken date leaves the outcome unknown too."""
    record = a_record(at_double)
    wire = at_double.portal.opportunities[int(record.id)] | {"actualCloseDate": "soon"}
    at_double.portal.instead = lambda request: None if request.method == "GET" else success(wire)

    with pytest.raises(OutcomeUnknown):
        at_double.crm.update_record(record.id, {}, {TITLE: "Ours"})


def test_text_is_left_alone_by_other_updates(at_double: DoubleBench) -> None:
    """Line ends and marker stay as a browser stored them while only other fields change."""
    record = a_record(at_double, description="One\r\nTwo\r\n")
    at_double.crm.update_record(record.id, {DESCRIPTION: "One\nTwo\n"}, {TITLE: "Ours"})

    assert at_double.portal.sent("PUT", "301.json")[0]["description"] == "One\r\nTwo\r\n"
