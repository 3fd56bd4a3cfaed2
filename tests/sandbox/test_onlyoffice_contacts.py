"""Companies, persons and accounts in the ONLYOFFICE sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sandbox.onlyoffice_portal import Loopback, Rig, loopback


@pytest.fixture(scope="module")
def running() -> Iterator[Loopback]:
    with loopback() as server:
        yield server


@pytest.fixture
def rig(running: Loopback) -> Rig:
    return Rig(running)


def company(rig: Rig, **changes: object) -> int:
    body = {"companyName": "Acme AS", "shareType": 1} | changes
    return int(rig.call("POST", "crm/contact/company", json=body)["id"])


def names(rig: Rig, path: str) -> list[str]:
    return [row["displayName"] for row in rig.call("GET", path)]


def test_the_filter_lists_companies_or_persons_with_a_total(rig: Rig) -> None:
    """By view, by number or name."""
    everyone = rig.envelope("GET", "crm/contact/filter")
    companies = rig.call("GET", "crm/contact/filter?contactListView=company")
    persons = rig.call("GET", "crm/contact/filter?contactListView=2")

    assert everyone["total"] == len(companies) + len(persons) == len(rig.state.contacts)
    assert {row["isCompany"] for row in companies} == {True}
    assert {row["isCompany"] for row in persons} == {False}


def test_contacts_with_opportunities(rig: Rig) -> None:
    """As primary contact or participant."""
    rig.clear()
    key = company(rig)
    rig.create(members=[key])

    assert names(rig, "crm/contact/filter?contactListView=WithOpportunity") == ["Acme AS"]


def test_filter_text_sorting_and_dates(rig: Rig) -> None:
    """Newest first unless sorted; either date alone works and the end covers its day."""
    rig.clock.advance(10 * 86400)
    company(rig, companyName="Zeta Marine")
    rig.clock.advance(1)
    company(rig, companyName="Alfa Marine")

    path = "crm/contact/filter?filterValue=marine&fromDate=2026-03-12&"
    assert names(rig, path) == ["Alfa Marine", "Zeta Marine"]
    assert names(rig, path + "sortBy=displayname&sortOrder=descending") == ["Zeta Marine", "Alfa Marine"]
    assert names(rig, path + "sortBy=id") == ["Zeta Marine", "Alfa Marine"]
    assert names(rig, path + "toDate=2026-03-12") == ["Alfa Marine", "Zeta Marine"]
    assert names(rig, "crm/contact/filter?filterValue=zeta&toDate=2026-03-11") == []


def test_the_simple_filter_wraps_small_objects(rig: Rig) -> None:
    """Contact and task side by side."""
    row = rig.call("GET", "crm/contact/simple/filter?count=1&sortBy=id")[0]

    assert (set(row), "companyName" in row["contact"]) == ({"contact", "task"}, False)


def test_by_prefix_matches_all_words(rig: Rig) -> None:
    """Kinds -1 to 3, names in order; anything else is 400."""
    key = company(rig, companyName="Nordic Fjord Crane")
    body = {"firstName": "Nora", "lastName": "Crane", "companyId": key, "shareType": 1}
    rig.call("POST", "crm/contact/person", json=body)
    rig.call("POST", "crm/contact/person", json=body | {"firstName": "Solo", "companyId": 0})
    path = "crm/contact/byprefix?prefix=crane"

    assert names(rig, f"{path}&searchType=-1") == ["Nora Crane", "Nordic Fjord Crane", "Solo Crane"]
    assert names(rig, f"{path} fjord") == ["Nordic Fjord Crane"]
    assert names(rig, f"{path}&searchType=1") == ["Nora Crane", "Solo Crane"]
    assert names(rig, f"{path}&searchType=2") == ["Solo Crane"]
    assert names(rig, f"{path}&searchType=3") == ["Nordic Fjord Crane", "Solo Crane"]
    assert rig.error("GET", f"{path}&searchType=4")[0] == 400


def test_by_contact_info_is_a_substring_match(rig: Rig) -> None:
    """The kind of info is required; e-mail has a call of its own."""
    key = company(rig)
    info = {"infoType": "Email", "data": "sales@acme.example", "isPrimary": True, "category": "Work"}
    assert rig.call("POST", f"crm/contact/{key}/data", json=info)["categoryName"] == "Work"

    assert names(rig, "crm/contact/bycontactinfo?infoType=1&data=acme.ex") == ["Acme AS"]
    assert names(rig, "crm/contact/bycontactinfo?infoType=0&data=acme.ex") == []
    assert rig.error("GET", "crm/contact/bycontactinfo?data=acme")[0] == 400
    phone = {"infoType": "Phone", "data": "+47 1", "category": "mobile"}
    assert rig.call("POST", f"crm/contact/{key}/data", json=phone)["categoryName"] == "Mobile"
    assert rig.error("POST", f"crm/contact/{key}/data", json=phone | {"infoType": "Email"})[0] == 400
    assert rig.error("POST", f"crm/contact/{key}/data", json=phone | {"data": ""})[0] == 400
    found = rig.call("GET", "crm/contact/simple/byEmail?term=acme.example&maxCount=5")
    assert [row["contact"]["id"] for row in found] == [key]


def test_a_full_company(rig: Rig) -> None:
    """Address with city, custom fields and people."""
    row = rig.call("GET", f"crm/contact/{rig.company()}")

    assert row["addresses"][0]["city"]
    assert (row["industry"], row["contactType"]["title"]) == ("Manufacturing", "Client")
    assert len(row["persons"]) == row.get("personsCount", 0)
    assert list(row)[-1] == "id"
    assert rig.error("GET", "crm/contact/999999")[0] == 404


def test_companies_carry_their_custom_fields(rig: Rig) -> None:
    """In single objects and in lists."""
    definitions = rig.call("GET", "crm/company/customfield/definitions")
    assert [row["label"] for row in definitions] == ["Organisation number", "SuperOffice contact id"]
    key = company(rig, customFieldList=[{"key": definitions[1]["id"], "value": "55"}])

    listed = {row["id"]: row for row in rig.call("GET", "crm/contact/filter")}
    for row in (rig.call("GET", f"crm/contact/{key}"), listed[key]):
        assert [(field["label"], field["fieldValue"]) for field in row["customFields"]] == [
            ("SuperOffice contact id", "55")
        ]


def test_a_company_without_share_type_is_private(rig: Rig) -> None:
    """Even its creator cannot see it afterwards unless an administrator or a manager."""
    body = {"companyName": " Hidden AS "}
    key = rig.call("POST", "crm/contact/company", login=rig.plain, json=body)["id"]

    assert rig.error("GET", f"crm/contact/{key}", login=rig.plain)[0] == 404
    seen = rig.call("GET", f"crm/contact/{key}")
    assert (seen["displayName"], seen["isPrivate"], seen["shareType"]) == ("Hidden AS", True, 0)
    assert rig.error("POST", "crm/contact/company", json={"companyName": " "})[0] == 400


def test_quick_companies_are_private_to_the_caller(rig: Rig) -> None:
    """Several at once."""
    made = rig.call(
        "POST", "crm/contact/company/quick", login=rig.plain, json={"companyName": ["One", "Two"]}
    )

    assert [row["displayName"] for row in made] == ["One", "Two"]
    for row in made:
        assert rig.call("GET", f"crm/contact/{row['id']}", login=rig.plain)["isPrivate"] is True


def test_persons_belong_to_companies(rig: Rig) -> None:
    """Both names must be sent, the first must not be empty, the company must exist."""
    key, path = company(rig), "crm/contact/person"
    person = {"firstName": "Kari", "lastName": "Nord", "companyId": key, "shareType": 2, "jobTitle": "CEO"}
    made = rig.call("POST", path, json=person)

    assert (made["company"]["id"], made["title"], made["displayName"]) == (key, "CEO", "Kari Nord")
    assert names(rig, f"crm/contact/company/{key}/person") == ["Kari Nord"]
    assert rig.error("POST", path, json={"firstName": "Kari"})[0] == 500
    assert rig.error("POST", path, json=person | {"firstName": ""})[0] == 400
    assert rig.error("POST", path, json=person | {"companyId": 999_999})[0] == 404


def test_updating_a_company_wipes_it(rig: Rig) -> None:
    """Industry, type and currency are gone; a missing company is 400."""
    key = rig.company()
    row = rig.call("PUT", f"crm/contact/company/{key}", json={"companyName": "Renamed", "shareType": 1})

    assert row["displayName"] == "Renamed"
    assert {"industry", "contactType"}.isdisjoint(row)
    assert (row["currency"], row["about"]) == (None, "")
    assert rig.error("PUT", "crm/contact/company/999999", json={"companyName": "x"})[0] == 400


def test_participants_need_only_visibility(rig: Rig) -> None:
    """Added twice without harm; removing leaves the primary contact alone, the mirror refuses it."""
    first, second = rig.company(0), rig.company(1)
    key = rig.create(contactid=first)["id"]
    for _ in range(2):
        assert rig.send("POST", f"crm/opportunity/{key}/contact/{second}").status_code == 201
    assert [row["id"] for row in rig.call("GET", f"crm/opportunity/{key}/contact")] == [first, second]

    assert rig.error("DELETE", f"crm/contact/{first}/opportunity/{key}")[0] == 403
    rig.call("DELETE", f"crm/contact/{second}/opportunity/{key}")
    rig.call("DELETE", f"crm/opportunity/{key}/contact/{first}")
    row = rig.read(key)
    assert (row["contact"]["id"], row["members"]) == (first, [])
    assert rig.call("POST", f"crm/contact/{second}/opportunity/{key}")["members"][0]["id"] == second
    assert rig.error("POST", f"crm/opportunity/{key}/contact/999999")[0] == 404
    assert rig.error("POST", f"crm/opportunity/{key}/contact/0")[0] == 400


def test_people_can_be_found_in_four_ways(rig: Rig) -> None:
    """Active ones as a list, everybody by filter, one by e-mail, id or name."""
    anna = rig.user("anna")
    active = rig.call("GET", "people")
    page = rig.envelope("GET", "people/filter?count=3")

    assert (page["total"], len(page["response"])) == (len(active) + 1, 3)
    for path in ("people/email?email=ANNA@example.com", f"people/{anna.id}", "people/anna"):
        assert rig.call("GET", path)["id"] == anna.id
    assert rig.error("GET", "people/email?email=nobody@example.com") == (404, "User not found")
    assert rig.error("GET", "people/nobody")[0] == 404
    former = rig.call("GET", "people/filter?employeeStatus=Terminated")
    assert [row["userName"] for row in former] == ["former"]


def test_the_service_account_is_a_crm_administrator(rig: Rig) -> None:
    """Others are not, and opportunities never show an e-mail."""
    me, anna = rig.call("GET", "people/@self"), rig.call("GET", "people/anna")

    assert (me["isAdmin"], me["listAdminModules"], me["status"]) == (True, ["crm"], 1)
    assert (anna["isAdmin"], "listAdminModules" in anna) == (False, False)
    assert "email" not in rig.create()["responsible"]
    guest = rig.portal.credentials["guest_user"]
    assert "email" not in rig.call("GET", "people/anna", login=guest)
