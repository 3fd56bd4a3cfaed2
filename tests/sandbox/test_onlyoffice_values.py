"""How the ONLYOFFICE sandbox reads request values, dates among them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal

import pytest

from sync.sandbox.onlyoffice import moments
from tests.sandbox.onlyoffice_portal import Loopback, Rig, loopback


@pytest.fixture(scope="module")
def running() -> Iterator[Loopback]:
    with loopback() as server:
        yield server


@pytest.fixture
def rig(running: Loopback) -> Rig:
    return Rig(running)


UNSET = "0001-01-01T00:00:00.0000000Z"


def test_names_match_in_any_letter_case_and_form_equals_json(rig: Rig) -> None:
    """`StageID` is `stageid`, and a form body says the same as JSON."""
    form = {
        name.upper(): value for name, value in rig.body(bidValue="12.50", members=[rig.company()]).items()
    }
    created = rig.call("POST", "crm/opportunity", data=form)

    stored = rig.read(created["id"])
    assert (stored["title"], stored["bidValue"]) == ("Pump order", Decimal("12.50"))
    assert [row["id"] for row in stored["members"]] == [rig.company()]


def test_path_beats_query_beats_body(rig: Rig) -> None:
    """The first source that has a name wins."""
    keep, other = rig.create(title="keep")["id"], rig.create(title="other")["id"]

    rig.call("PUT", f"crm/opportunity/{keep}?title=query", json=rig.body(title="body", opportunityid=other))
    assert (rig.read(keep)["title"], rig.read(other)["title"]) == ("query", "other")


def test_null_and_empty_mean_missing_except_for_text(rig: Rig) -> None:
    """Null clears a description to an empty string."""
    echo = rig.create(description=None, bidValue=None, contactid="", expectedCloseDate="", isPrivate=None)

    assert echo["description"] == ""
    assert (echo["expectedCloseDate"], echo["isPrivate"], "bidValue" in echo) == (UNSET, False, False)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"stageid": "50.5"}, "Input string was not in a correct format."),
        ({"stageid": 50.5}, "Input string was not in a correct format."),
        ({"contactid": 2147483648}, "Value was either too large or too small for an Int32."),
        ({"bidValue": "9" * 30}, "Value was either too large or too small for a Decimal."),
        ({"bidValue": "12 EUR"}, "Input string was not in a correct format."),
        ({"isPrivate": 1}, "String was not recognized as a valid Boolean."),
        ({"responsibleid": "anna"}, "Guid should contain 32 digits with 4 dashes"),
        ({"bidType": "PerMinute"}, "Requested value 'PerMinute' was not found."),
        ({"expectedCloseDate": "30.06.2026"}, "invalid date time format: 30.06.2026"),
    ],
)
def test_values_that_do_not_convert_are_400(rig: Rig, changes: dict[str, object], message: str) -> None:
    """Before anything is looked up."""
    status, text = rig.error("POST", "crm/opportunity", json=rig.body(**changes))

    assert status == 400
    assert text.startswith(message)


def test_conversion_and_argument_errors_have_different_numbers(rig: Rig) -> None:
    """The .NET error number tells them apart."""
    number = rig.envelope("PUT", "crm/opportunity/1", json={"stageid": "x"})["error"]["hresult"]
    date = rig.envelope("PUT", "crm/opportunity/1", json={"expectedCloseDate": "x"})["error"]["hresult"]

    assert (number, date) == (-2146233033, -2147024809)


def test_a_body_that_is_no_json_is_400(rig: Rig) -> None:
    """With the parser's own text."""
    answer = rig.send(
        "POST", "crm/opportunity", content=b"{nonsense", headers={"Content-Type": "application/json"}
    )

    assert answer.status_code == 400
    assert rig.send("POST", "crm/opportunity", login=None, content=b"{").status_code == 401


@pytest.mark.parametrize("value", [4, "4", "PerMonth", "permonth"])
def test_enums_take_number_or_name(rig: Rig, value: object) -> None:
    """In any letter case."""
    assert rig.create(bidType=value)["bidType"] == 4


@pytest.mark.parametrize("form", ["members", "members[]", "members[{}]"])
def test_lists_have_three_spellings(rig: Rig, form: str) -> None:
    """Plain repeats, brackets, and numbered brackets."""
    ids = [rig.company(0), rig.company(1)]
    lists: dict[str, list[str]] = {}
    for index, key in enumerate(ids):
        lists.setdefault(form.format(index), []).append(str(key))

    echo = rig.call("POST", "crm/opportunity", data=rig.body(**lists))
    assert [row["id"] for row in echo["members"]] == ids


def test_a_comma_list_is_one_value(rig: Rig) -> None:
    """And no integer."""
    assert rig.error("POST", "crm/opportunity", json=rig.body(members="1,2"))[0] == 400


def test_guids_given_as_objects_bind_to_an_empty_list(rig: Rig) -> None:
    """Echoing the access list as it was read makes the record public."""
    guid = rig.user("anna").id
    key = rig.create(isPrivate=True, accessList=[guid])["id"]
    people = rig.read(key)["accessList"]
    assert [person["id"] for person in people] == [guid, rig.user("sync").id]

    rig.call("PUT", f"crm/opportunity/{key}", json=rig.body(isPrivate=True, accessList=people))
    assert rig.read(key)["isPrivate"] is False


def test_pair_lists_come_as_json_or_form(rig: Rig) -> None:
    """`customFieldList` either way."""
    field = rig.field("External number")
    by_json = rig.create(customFieldList=[{"key": field, "value": "A-1"}])
    form = rig.body() | {"customFieldList[0][key]": field, "customFieldList[0][value]": "A-2"}
    by_form = rig.call("POST", "crm/opportunity", data=form)

    assert [row["customFields"][0]["fieldValue"] for row in (by_json, by_form)] == ["A-1", "A-2"]


def test_keys_doubled_in_another_case_merge_and_fail(rig: Rig) -> None:
    """`Key` beside `key` becomes `7,7`, which is no integer."""
    body = rig.body(customFieldList=[{"key": 7, "Key": 7, "value": "x"}])

    assert rig.error("POST", "crm/opportunity", json=body) == (
        400,
        "Input string was not in a correct format.",
    )


def test_json_fractions_pass_through_a_double_and_strings_do_not(rig: Rig) -> None:
    """Only a string keeps every digit."""
    digits = "12345678901234567.123456789"
    exact = rig.create(bidValue=digits)["id"]
    raw = json.dumps(rig.body()).replace('"title"', f'"bidValue": {digits}, "title"')
    rounded = rig.call("POST", "crm/opportunity", content=raw, headers={"Content-Type": "application/json"})[
        "id"
    ]

    assert rig.read(exact)["bidValue"] == Decimal(digits)
    assert rig.read(rounded)["bidValue"] != Decimal(digits)
    assert rig.read(rig.create(bidValue="1.5e3")["id"])["bidValue"] == 1500


def test_a_whole_fraction_is_an_integer(rig: Rig) -> None:
    """`44.0` prints as `44` on its way through the double."""
    assert rig.create(successProbability=44.0)["successProbability"] == 44


def test_unknown_properties_are_ignored(rig: Rig) -> None:
    """Nobody complains."""
    assert rig.create(colour="red", nested={"a": [1]})["title"] == "Pump order"


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ("2026-06-30", "2026-06-30T00:00:00.0000000+02:00"),
        ("2026-01-31", "2026-01-31T00:00:00.0000000+01:00"),
        ("2026-06-30T10:00:00", "2026-06-30T10:00:00.0000000+02:00"),
        ("2026-06-30T10:00:00Z", "2026-06-30T12:00:00.0000000+02:00"),
        ("2026-06-30T10:00:00-05:00", "2026-06-30T17:00:00.0000000+02:00"),
        ("2026-06-30T10:00:00.1234567Z", "2026-06-30T12:00:00.0000000+02:00"),
        ("2026-06-30T10:00:00.123Z", "2026-06-30T12:00:00.0000000+02:00"),
        ("2026-06-30T10-00-00.120Z", "2026-06-30T12:00:00.0000000+02:00"),
        (UNSET, UNSET),
        (None, UNSET),
    ],
)
def test_dates_that_are_accepted(rig: Rig, sent: str | None, seen: str) -> None:
    """Read back on the portal's clock, without fractions, with its summer time."""
    key = rig.create(expectedCloseDate=sent)["id"]

    assert rig.read(key)["expectedCloseDate"] == seen


@pytest.mark.parametrize(
    "sent",
    ["2026-06-30 10:00:00", "2026-06-30T10:00", "2026-06-30T10:00:00.1Z", "2026-13-01", "today", "20260630"],
)
def test_dates_that_are_refused(rig: Rig, sent: str) -> None:
    """Anything outside the strict grammar."""
    status, message = rig.error("POST", "crm/opportunity", json=rig.body(expectedCloseDate=sent))

    assert (status, message) == (400, f"invalid date time format: {sent}")


def test_json_dates_lose_trailing_zeros_and_then_fail(rig: Rig) -> None:
    """`.120Z` is fine in a form and a 400 in JSON."""
    sent = "2026-06-30T10:00:00.120Z"

    in_json = rig.error("POST", "crm/opportunity", json=rig.body(expectedCloseDate=sent))
    assert in_json == (400, "invalid date time format: 2026-06-30T10:00:00.12Z")
    echo = rig.call("POST", "crm/opportunity", data=rig.body(expectedCloseDate=sent))
    assert echo["expectedCloseDate"] == "2026-06-30T12:00:00.1200000+02:00"


def test_the_portal_zone_is_a_switch(rig: Rig) -> None:
    """Stored instants stay, the shown day may shift; a zero offset prints as Z."""
    key = rig.create(expectedCloseDate="2026-06-30")["id"]
    rig.switch(timezone="UTC")
    assert rig.read(key)["expectedCloseDate"] == "2026-06-29T22:00:00.0000000Z"

    rig.switch(timezone="America/St_Johns")
    assert rig.read(key)["expectedCloseDate"] == "2026-06-29T19:30:00.0000000-02:30"
    assert rig.call("GET", "settings")["utcOffset"] == "-03:30:00"


def test_reprinting_touches_only_dates_with_a_time() -> None:
    """Other text, and date-only text, passes untouched."""
    untouched = ("2026-06-30", "2026-06-30T10-00-00.120Z", "price 1.50", "2026-06-30T10:00:00Z")

    assert tuple(map(moments.reprint_json_date, untouched)) == untouched
    assert moments.reprint_json_date(UNSET) == "0001-01-01T00:00:00Z"
