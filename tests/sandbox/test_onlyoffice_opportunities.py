"""Creating, updating, staging and deleting opportunities in the ONLYOFFICE sandbox."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal

import pytest

from tests.sandbox.onlyoffice_portal import Loopback, Rig, loopback


@pytest.fixture(scope="module")
def running() -> Iterator[Loopback]:
    with loopback() as server:
        yield server


@pytest.fixture
def rig(running: Loopback) -> Rig:
    return Rig(running)


UNSET = "0001-01-01T00:00:00.0000000Z"


def full(rig: Rig) -> dict[str, object]:
    """A body with every value set."""
    return rig.body(
        description="two pumps",
        contactid=rig.company(0),
        members=[rig.company(0), rig.company(1)],
        bidType="PerMonth",
        bidValue="1000",
        perPeriodValue=3,
        successProbability=60,
        actualCloseDate="2026-05-01",
        expectedCloseDate="2026-06-30",
        customFieldList=[{"key": rig.field("External number"), "value": "A-1"}],
    )


def test_defaults_are_left_out(rig: Rig) -> None:
    """Absent means zero; unset dates are sent as year 0001."""
    row = rig.read(rig.create()["id"])

    assert {"bidType", "bidValue", "perPeriodValue", "successProbability", "contact"}.isdisjoint(row)
    assert (row["actualCloseDate"], row["expectedCloseDate"]) == (UNSET, UNSET)
    assert (row["description"], row["members"], row["customFields"][0]["fieldType"]) == ("", [], 4)
    assert row["accessList"] == []


def test_properties_come_in_the_order_of_the_wrapper(rig: Rig) -> None:
    """Own properties first, the id last."""
    body = full(rig)
    names = " ".join(rig.read(rig.call("POST", "crm/opportunity", json=body)["id"]))

    assert names == (
        "createBy created members contact title description responsible bidType bidValue bidCurrency"
        " perPeriodValue stage successProbability actualCloseDate expectedCloseDate isPrivate accessList"
        " canEdit customFields id"
    )


@pytest.mark.parametrize("name", ["title", "responsibleid", "stageid", "bidCurrencyAbbr"])
def test_four_values_are_required_every_time(rig: Rig, name: str) -> None:
    """On create and on update alike."""
    key = rig.create()["id"]
    body = {other: value for other, value in rig.body().items() if other != name}
    expected = (400, "Value does not fall within the expected range.")

    assert rig.error("POST", "crm/opportunity", json=body) == expected
    assert rig.error("PUT", f"crm/opportunity/{key}", json=body) == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"stageid": 999},
        {"bidCurrencyAbbr": "ISK"},
        {"contactid": 999_999},
        {"responsibleid": "00000000-0000-0000-0000-000000000000"},
    ],
)
def test_unknown_stage_currency_and_contact_are_400(rig: Rig, changes: dict[str, object]) -> None:
    """Nothing is created then."""
    before = len(rig.state.opportunities)

    assert rig.error("POST", "crm/opportunity", json=rig.body(**changes))[0] == 400
    assert len(rig.state.opportunities) == before


def test_the_currency_is_upper_cased(rig: Rig) -> None:
    """`nok` is NOK."""
    assert rig.create(bidCurrencyAbbr="nok")["bidCurrency"]["abbreviation"] == "NOK"


def test_the_post_answer_differs_from_a_later_get(rig: Rig) -> None:
    """Printed from memory: fractions, short decimals, no omitted description, nothing cut."""
    echo_text = rig.send("POST", "crm/opportunity", json=rig.body(title="x" * 300, bidValue="1000")).text
    key = max(rig.state.opportunities)
    text = rig.send("GET", f"crm/opportunity/{key}").text

    assert '"bidValue":1000.0,' in echo_text
    assert '"created":"2026-03-02T10:15:42.1234560+01:00"' in echo_text
    assert "description" not in json.loads(echo_text)["response"]
    assert "x" * 300 in echo_text
    assert '"bidValue":1000.000000000,' in text
    assert '"created":"2026-03-02T10:15:42.0000000+01:00"' in text
    assert '"description":""' in text
    assert rig.read(key)["title"] == "x" * 255


def test_amounts_are_exact_and_rounded_to_nine_places(rig: Rig) -> None:
    """Negative and very large ones too."""
    for sent, kept in (
        ("-0.0000000005", "-0.000000001"),
        ("1234567890123456789.125", "1234567890123456789.125"),
        ("-17.30", "-17.3"),
    ):
        assert rig.read(rig.create(bidValue=sent)["id"])["bidValue"] == Decimal(kept)
    assert "bidValue" not in rig.read(rig.create(bidValue="0.0000000004")["id"])


def test_emoji_cut_the_text_when_so_switched(rig: Rig) -> None:
    """As a three-byte MySQL character set does it."""
    assert rig.read(rig.create(title="Ready 🚀 go")["id"])["title"] == "Ready 🚀 go"

    rig.switch(cut_non_bmp=True)
    row = rig.read(rig.create(title="Ready 🚀 go", description="a🚀b")["id"])
    assert (row["title"], row["description"]) == ("Ready ", "a")


def test_probability_is_clamped_and_not_taken_from_the_stage(rig: Rig) -> None:
    """A create in "Need assessment" has no probability of its own."""
    assert "successProbability" not in rig.create()
    assert rig.create(successProbability=250)["successProbability"] == 100
    assert "successProbability" not in rig.create(successProbability=-5)


def test_a_closed_stage_does_not_set_the_close_date(rig: Rig) -> None:
    """Neither on create nor on update."""
    won = rig.stage("Closure/Transaction")
    key = rig.create(stageid=won)["id"]

    assert rig.read(key)["actualCloseDate"] == UNSET
    assert rig.call("PUT", f"crm/opportunity/{key}", json=rig.body(stageid=won))["actualCloseDate"] == UNSET


def test_put_resets_what_it_is_not_sent(rig: Rig) -> None:
    """Except members and custom fields, which it cannot clear."""
    key = rig.call("POST", "crm/opportunity", json=full(rig))["id"]
    row = rig.call("PUT", f"crm/opportunity/{key}", json=rig.body())

    assert {"bidType", "bidValue", "perPeriodValue", "successProbability", "contact"}.isdisjoint(row)
    assert (row["description"], row["actualCloseDate"], row["expectedCloseDate"]) == ("", UNSET, UNSET)
    assert len(row["members"]) == 2
    assert "A-1" in [field["fieldValue"] for field in row["customFields"]]
    assert row == rig.read(key)


def test_an_empty_custom_field_value_is_skipped(rig: Rig) -> None:
    """Unknown keys as well: the call neither clears nor complains."""
    key = rig.call("POST", "crm/opportunity", json=full(rig))["id"]
    pairs = [{"key": rig.field("External number"), "value": ""}, {"key": 99999, "value": "x"}]
    row = rig.call("PUT", f"crm/opportunity/{key}", json=rig.body(customFieldList=pairs))

    assert [field["fieldValue"] for field in row["customFields"]] == ["A-1", ""]


def test_only_a_create_adds_the_primary_contact_to_the_members(rig: Rig) -> None:
    """After an update it can be missing there."""
    first, second = rig.company(0), rig.company(1)
    key = rig.create(contactid=first)["id"]
    assert [row["id"] for row in rig.read(key)["members"]] == [first]

    row = rig.call("PUT", f"crm/opportunity/{key}", json=rig.body(contactid=second))
    assert row["contact"]["id"] == second
    assert [member["id"] for member in row["members"]] == [first]


def test_a_member_list_replaces_the_set_and_may_empty_it(rig: Rig) -> None:
    """Unknown ids drop out silently; an empty list means unchanged."""
    key = rig.create(members=[rig.company(0), 999_999])["id"]
    for sent, kept in (([], [rig.company(0)]), ([rig.company(1)], [rig.company(1)]), ([0], [])):
        row = rig.call("PUT", f"crm/opportunity/{key}", json=rig.body(members=sent))
        assert [member["id"] for member in row["members"]] == kept


def test_an_omitted_access_list_makes_it_public(rig: Rig) -> None:
    """Privacy survives only when both values are sent again."""
    anna = rig.user("anna").id
    key = rig.create(isPrivate=True, accessList=[anna])["id"]
    kept = rig.call("PUT", f"crm/opportunity/{key}", json=rig.body(isPrivate=True, accessList=[anna]))
    assert [person["id"] for person in kept["accessList"]] == [anna, rig.user("sync").id]

    assert rig.call("PUT", f"crm/opportunity/{key}", json=rig.body())["isPrivate"] is False


def test_private_needs_somebody_on_the_list(rig: Rig) -> None:
    """The flag alone does nothing."""
    assert rig.create(isPrivate=True)["isPrivate"] is False


def test_an_unknown_responsible_reads_back_as_the_placeholder(rig: Rig) -> None:
    """Any GUID is accepted."""
    key = rig.create(responsibleid="12345678-1234-1234-1234-123456789abc")["id"]

    assert rig.read(key)["responsible"]["id"] == "4a515a15-d4d6-4b8e-828e-e0586f18f3a3"


def test_the_stage_call_reads_only_stageid(rig: Rig) -> None:
    """The number in the path never arrives."""
    key, won = rig.create()["id"], rig.stage("Closure/Transaction")
    path = f"crm/opportunity/{key}/stage/{won}"

    assert rig.error("PUT", path)[0] == 400
    lost = rig.stage("Unsuccessfully closed")
    assert rig.call("PUT", path, json={"stageid": lost})["stage"]["id"] == lost
    assert rig.call("PUT", f"{path}?stageid={won}")["stage"]["id"] == won


def test_the_stage_call_sets_probability_and_close_date(rig: Rig) -> None:
    """Closed means now, with fractions in the answer only; open means unset again."""
    key = rig.create(successProbability=33, expectedCloseDate="2026-06-30")["id"]
    path = f"crm/opportunity/{key}/stage/x"

    won = rig.call("PUT", path, json={"stageid": rig.stage("Closure/Transaction")})
    assert (won["successProbability"], won["actualCloseDate"]) == (100, "2026-03-02T10:15:42.1234560+01:00")
    assert rig.read(key)["actualCloseDate"] == "2026-03-02T10:15:42.0000000+01:00"
    opened = rig.call("PUT", path, json={"stageid": rig.stage("Proposal")})
    assert (opened["successProbability"], opened["actualCloseDate"]) == (75, UNSET)
    assert opened["expectedCloseDate"] == "2026-06-30T00:00:00.0000000+02:00"


def test_the_stage_call_answers_404_for_anything_unknown(rig: Rig) -> None:
    """Opportunity or stage."""
    key = rig.create()["id"]

    assert rig.error("PUT", "crm/opportunity/999999/stage/1", json={"stageid": 44})[0] == 404
    assert rig.error("PUT", f"crm/opportunity/{key}/stage/1", json={"stageid": 999})[0] == 404


def test_delete_answers_with_the_record_and_then_404(rig: Rig) -> None:
    """Physically, notes and all; a retry finds nothing."""
    key, category = rig.create()["id"], next(iter(rig.state.note_categories))
    note = {"entityType": "opportunity", "entityId": key, "content": "x", "categoryId": category}
    rig.call("POST", "crm/history", json=note)

    assert rig.call("DELETE", f"crm/opportunity/{key}")["id"] == key
    assert rig.state.notes == {}
    assert rig.error("DELETE", f"crm/opportunity/{key}")[0] == 404
    assert rig.error("GET", f"crm/opportunity/{key}") == (404, "Not found")
    assert rig.error("GET", "crm/opportunity/0")[0] == 400


def test_put_without_an_id_is_the_bulk_delete(rig: Rig) -> None:
    """Unknown ids are skipped, an empty list is refused."""
    first, second, third = (rig.create()["id"] for _ in range(3))

    gone = rig.call("PUT", "crm/opportunity", json={"opportunityids": [first, second, 999999]})
    assert [row["id"] for row in gone] == [first, second]
    assert rig.error("PUT", "crm/opportunity", json={})[0] == 400
    assert rig.read(third)["id"] == third


def test_delete_by_filter_without_a_filter_deletes_everything(rig: Rig) -> None:
    """First a harmless one, then the trap."""
    rig.create(stageid=rig.stage("Proposal"))
    rig.create(stageid=rig.stage("Suspect"))
    before = len(rig.state.opportunities)
    gone = rig.call("DELETE", f"crm/opportunity/filter?opportunityStagesid={rig.stage('Proposal')}")

    assert {row["stage"]["title"] for row in gone} == {"Proposal"}
    assert len(rig.state.opportunities) == before - len(gone) > 0
    rig.call("DELETE", "crm/opportunity/filter")
    assert rig.state.opportunities == {}


def test_creation_and_modification_dates_can_be_set(rig: Rig) -> None:
    """The second can never be read."""
    key = rig.create()["id"]
    rig.call("PUT", f"crm/opportunity/{key}/creationdate", json={"creationDate": "2020-02-03T04:05:06"})
    rig.call("PUT", f"crm/opportunity/{key}/lastmodifeddate", json={"lastModifedDate": "2020-02-03"})

    assert rig.read(key)["created"] == "2020-02-03T04:05:06.0000000+01:00"
    assert rig.state.opportunities[key].modified.year == 2020
    assert not any("modif" in name.lower() for name in rig.read(key))


def test_a_vanished_stage_hides_the_single_read_only(rig: Rig) -> None:
    """Lists merely omit `stage`."""
    rig.clear()
    key = rig.create()["id"]
    del rig.state.stages[rig.stage("Need assessment")]

    assert rig.error("GET", f"crm/opportunity/{key}")[0] == 404
    assert "stage" not in rig.call("GET", "crm/opportunity/filter")[0]
