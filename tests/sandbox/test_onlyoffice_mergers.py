"""Deleting, merging, tagging and sorting contacts in the ONLYOFFICE sandbox."""

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


def names(rows: list[dict[str, object]]) -> list[object]:
    return [row["displayName"] for row in rows]


def test_a_deleted_company_leaves_its_opportunities_without_contact(rig: Rig) -> None:
    """Neither primary contact nor participant any more, and nothing counts as modified."""
    company = rig.company()
    key = rig.create(contactid=company)["id"]
    modified = rig.state.opportunities[key].modified
    rig.clock.advance(60)
    gone = rig.call("DELETE", f"crm/contact/{company}")

    row = rig.read(key)
    assert gone["id"] == company
    assert ("contact" in row, row["members"]) == (False, [])
    assert rig.state.opportunities[key].modified == modified
    assert rig.error("GET", f"crm/contact/{company}")[0] == 404
    assert rig.error("DELETE", f"crm/contact/{company}")[0] == 404


def test_deleting_needs_the_right_to_edit(rig: Rig) -> None:
    """One alone is refused, in bulk it is left out."""
    company = rig.call("POST", "crm/contact/company", json={"companyName": "Shared", "shareType": 2})["id"]

    assert rig.error("DELETE", f"crm/contact/{company}", login=rig.plain)[0] == 403
    assert rig.call("PUT", "crm/contact", login=rig.plain, json={"contactids": [company]}) == []
    assert rig.error("PUT", "crm/contact", json={"contactids": []})[0] == 400
    assert [row["id"] for row in rig.call("PUT", "crm/contact", json={"contactids": [company]})] == [company]


def test_contacts_can_be_deleted_by_filter(rig: Rig) -> None:
    """Persons here, companies stay."""
    rig.call("DELETE", "crm/contact/filter?contactListView=person")

    rows = rig.call("GET", "crm/contact/filter")
    assert rows and all(row["isCompany"] for row in rows)


def test_a_merge_moves_everything_to_the_survivor(rig: Rig) -> None:
    """Opportunities, participants, people, data, tags and fields; the old id is gone."""
    old, kept = rig.company(0), rig.company(1)
    key = rig.create(contactid=old, members=[kept])["id"]
    rig.call("POST", f"crm/contact/{old}/data", json={"infoType": 1, "data": "a@example.com"})
    rig.call("POST", f"crm/contact/{old}/tag", json={"tagName": "vip"})
    person = rig.call(
        "POST", "crm/contact/person", json={"firstName": "A", "lastName": "B", "companyId": old}
    )
    merged = rig.call("PUT", "crm/contact/merge", json={"fromcontactid": old, "tocontactid": kept})

    row = rig.read(key)
    assert merged["id"] == row["contact"]["id"] == kept
    assert [member["id"] for member in row["members"]] == [kept]
    assert "a@example.com" in [item["data"] for item in merged["commonData"]]
    assert rig.call("GET", f"crm/contact/tag/{kept}") == ["vip"]
    assert person["id"] in [one["id"] for one in rig.call("GET", f"crm/contact/company/{kept}/person")]
    assert rig.error("GET", f"crm/contact/{old}")[0] == 404


@pytest.mark.parametrize(("ids", "status"), [((0, 101), 400), ((101, 999_999), 404), ((999_999, 101), 404)])
def test_merging_needs_two_known_contacts(rig: Rig, ids: tuple[int, int], status: int) -> None:
    """And the right to edit both."""
    body = {"fromcontactid": ids[0], "tocontactid": ids[1]}

    assert rig.error("PUT", "crm/contact/merge", json=body)[0] == status


def test_merging_a_contact_with_itself_changes_nothing(rig: Rig) -> None:
    """It stays."""
    company = rig.company()
    body = {"fromcontactid": company, "tocontactid": company}

    assert rig.call("PUT", "crm/contact/merge", json=body)["id"] == company
    assert rig.error("PUT", "crm/contact/merge", login=rig.plain, json=body)[0] == 403


def test_contacts_are_filtered_by_tags_temperature_and_type(rig: Rig) -> None:
    """All tags must be there in any letter case; 0 finds those without, a negative id is no condition."""
    one, two = rig.company(0), rig.company(1)
    warm = next(row["id"] for row in rig.call("GET", "crm/contact/status") if row["title"] == "Warm")
    client = next(row["id"] for row in rig.call("GET", "crm/contact/type") if row["title"] == "Client")
    for key, tag in ((one, "Blue"), (one, "Round"), (two, "Blue")):
        rig.call("POST", f"crm/contact/{key}/tag", json={"tagName": tag})
    rig.call("PUT", f"crm/contact/{one}/status", json={"contactStatusid": warm})

    def found(query: str) -> list[int]:
        path = f"crm/contact/filter?sortBy=id&contactListView=company&{query}"
        return [row["id"] for row in rig.call("GET", path)]

    every = found("contactStage=-1")
    assert found("tags=blue") == [one, two]
    assert found("tags=blue&tags=ROUND") == [one]
    assert found(f"contactStage={warm}") == [one]
    assert found("contactStage=0") == [key for key in every if key != one]
    assert (found(f"contactType={client}"), found("contactType=999999")) == (every, [])
    listed = rig.call("GET", "crm/contact/filter?tags=round")[0]
    assert (listed["tags"], listed["contactStatus"]["id"]) == (["Blue", "Round"], warm)
    assert "tags" not in rig.call("GET", f"crm/contact/{one}")


def test_contact_tags_come_and_go(rig: Rig) -> None:
    """The defaults are there; a tag exists once; an unknown one cannot be taken off."""
    company = rig.company()
    assert {"Lead", "Customer"} <= {row["title"] for row in rig.call("GET", "crm/contact/tag")}
    assert rig.error("POST", "crm/contact/tag", json={"tagName": "LEAD"})[0] == 400
    rig.call("POST", "crm/contact/filter/taglist?contactListView=company", json={"tagName": "all"})
    assert rig.call("GET", f"crm/contact/tag/{company}") == ["all"]
    rig.call("DELETE", f"crm/contact/{company}/tag", json={"tagName": "ALL"})

    assert rig.call("GET", f"crm/contact/tag/{company}") == []
    assert rig.error("DELETE", f"crm/contact/{company}/tag", json={"tagName": "none"})[0] == 404


def test_contact_data_can_be_changed_and_removed(rig: Rig) -> None:
    """By its own id; the kinds and their categories are listed."""
    company = rig.company()
    made = rig.call(
        "POST", f"crm/contact/{company}/data", json={"infoType": "phone", "data": "1", "category": "Fax"}
    )
    path = f"crm/contact/{company}/data/{made['id']}"

    assert rig.call("PUT", path, json={"data": "2", "isPrimary": True})["isPrimary"] is True
    assert "2" in [item["data"] for item in rig.call("GET", f"crm/contact/{company}/data")]
    assert rig.call("DELETE", path)["data"] == "2"
    assert rig.error("DELETE", path)[0] == 404
    assert rig.call("GET", "crm/contact/data/0/category")[2:4] == ["Mobile", "Fax"]
    assert len(rig.call("GET", "crm/contact/data/infotype")) == 18


def test_a_person_forgets_what_an_update_does_not_name(rig: Rig) -> None:
    """The company above all; hiring brings it back."""
    company = rig.company()
    made = rig.call(
        "POST", "crm/contact/person", json={"firstName": "A", "lastName": "B", "companyId": company}
    )
    path = f"crm/contact/person/{made['id']}"

    assert "company" not in rig.call("PUT", path, json={"firstName": "A", "lastName": "C"})
    staff = f"crm/contact/company/{company}/person"
    assert rig.call("POST", staff, json={"personId": made["id"]})["company"]["id"] == company
    assert "company" not in rig.call("DELETE", staff, json={"personId": made["id"]})
    assert rig.error("PUT", path, json={"firstName": "A", "companyId": 999_999})[0] == 404


def test_contacts_can_be_shared_and_hidden(rig: Rig) -> None:
    """Without a share type a contact is for its managers."""
    company, anna = rig.company(), rig.user("anna").id
    rig.call("PUT", f"crm/contact/{company}/access", json={"managerList": [anna]})

    assert rig.call("GET", f"crm/contact/{company}", login="anna")["isPrivate"] is True
    assert rig.error("GET", f"crm/contact/{company}", login="lars")[0] == 404
    rig.call("PUT", f"crm/contact/{company}/access", json={"shareType": 2})
    assert rig.call("GET", f"crm/contact/{company}", login="lars")["isShared"] is True
