"""Who sees what in the ONLYOFFICE sandbox."""

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


@pytest.fixture
def hidden(rig: Rig) -> int:
    """A private opportunity of the administrator, with one company."""
    rig.clear()
    listed = [rig.user("ingrid").id]
    return int(rig.create(isPrivate=True, accessList=listed, contactid=rig.company())["id"])


def test_private_ones_are_404_for_others(rig: Rig, hidden: int) -> None:
    """In every call, and missing from lists; the listed and administrators see them."""
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/contact")):
        assert rig.error(method, f"crm/opportunity/{hidden}{path}", login=rig.plain)[0] == 404
    assert rig.error("PUT", f"crm/opportunity/{hidden}", login=rig.plain, json=rig.body())[0] == 404
    assert rig.call("GET", "crm/opportunity/filter", login=rig.plain) == []
    assert rig.call("GET", f"crm/opportunity/{hidden}", login="ingrid")["canEdit"] is True


def test_a_responsible_off_the_list_cannot_read_his_own(rig: Rig, hidden: int) -> None:
    """Although the rule for editing would let him."""
    body = rig.body(responsibleid=rig.user("lars").id, isPrivate=True, accessList=[rig.user("ingrid").id])
    rig.call("PUT", f"crm/opportunity/{hidden}", json=body)

    assert rig.error("GET", f"crm/opportunity/{hidden}", login="lars")[0] == 404


def test_one_hidden_match_empties_by_contact_for_non_admins(rig: Rig, hidden: int) -> None:
    """The server's bug, to the letter."""
    public = rig.create(contactid=rig.company())["id"]
    path = f"crm/opportunity/bycontact/{rig.company()}"

    assert rig.call("GET", path, login=rig.plain) == []
    assert [row["id"] for row in rig.call("GET", path)] == [hidden, public]
    rig.call("DELETE", f"crm/opportunity/{hidden}")
    assert [row["id"] for row in rig.call("GET", path, login=rig.plain)] == [public]


def test_public_ones_are_everybodys(rig: Rig) -> None:
    """Any CRM user may change and delete them."""
    key = rig.create()["id"]

    rig.call("PUT", f"crm/opportunity/{key}", login=rig.plain, json=rig.body(title="mine now"))
    assert rig.call("DELETE", f"crm/opportunity/{key}", login=rig.plain)["title"] == "mine now"


def test_only_admin_or_creator_changes_access_by_put(rig: Rig, hidden: int) -> None:
    """For others `isPrivate` is ignored."""
    rig.call("PUT", f"crm/opportunity/{hidden}", login="ingrid", json=rig.body())
    assert rig.read(hidden)["isPrivate"] is True

    key = rig.create(login=rig.plain)["id"]
    body = rig.body(isPrivate=True, accessList=[rig.user("ingrid").id])
    row = rig.call("PUT", f"crm/opportunity/{key}", login=rig.plain, json=body)
    assert [person["id"] for person in row["accessList"]] == [
        rig.user("ingrid").id,
        rig.user(rig.plain).id,
    ]


def test_the_service_account_joins_the_list_with_each_put(rig: Rig) -> None:
    """Because the caller is added."""
    key = rig.create(login=rig.plain, isPrivate=True, accessList=[rig.user("ingrid").id])["id"]
    people = [person["id"] for person in rig.read(key)["accessList"]]
    rig.call("PUT", f"crm/opportunity/{key}", json=rig.body(isPrivate=True, accessList=people))

    assert [person["id"] for person in rig.read(key)["accessList"]] == [*people, rig.user("sync").id]


def test_access_in_three_forms(rig: Rig) -> None:
    """One, many, or all that match; what the caller may not change is skipped or refused."""
    rig.clear()
    mine, other = rig.create(login=rig.plain)["id"], rig.create()["id"]
    body = {"isPrivate": True, "accessList": [rig.user("ingrid").id]}
    assert rig.error("PUT", f"crm/opportunity/{other}/access", login=rig.plain, json=body)[0] == 403
    assert rig.call("PUT", f"crm/opportunity/{other}/access", json=body)["isPrivate"] is True
    assert rig.call("PUT", f"crm/opportunity/{other}/access", json={"isPrivate": False})["isPrivate"] is False

    many = body | {"opportunityid": [mine, other]}
    changed = rig.call("PUT", "crm/opportunity/access", login=rig.plain, json=many)
    assert [row["id"] for row in changed] == [mine]
    opened = rig.call("PUT", "crm/opportunity/filter/access?stageType=0", json={"isPrivate": False})
    assert ({row["id"] for row in opened}, {row["isPrivate"] for row in opened}) == ({mine, other}, {False})
    assert rig.error("PUT", "crm/opportunity/access", json=body)[0] == 400


def test_a_private_contact_shows_only_in_the_single_read(rig: Rig) -> None:
    """Lists leave it out, as members do everywhere; it cannot be linked by others."""
    rig.clear()
    secret = rig.call("POST", "crm/contact/company", json={"companyName": "Secret AS"})["id"]
    key = rig.create(contactid=secret)["id"]
    single = rig.call("GET", f"crm/opportunity/{key}", login=rig.plain)
    listed = rig.call("GET", "crm/opportunity/filter", login=rig.plain)[0]

    assert (single["contact"]["id"], single["members"]) == (secret, [])
    assert "contact" not in listed
    assert rig.call("GET", f"crm/opportunity/bycontact/{secret}", login=rig.plain) == []
    linked = rig.body(contactid=secret)
    assert rig.error("POST", "crm/opportunity", login=rig.plain, json=linked) == (403, "Access Denied")


def test_guests_have_no_crm(rig: Rig) -> None:
    """403 in every CRM call; the people module still answers."""
    guest = rig.portal.credentials["guest_user"]

    assert rig.error("GET", "crm/opportunity/filter", login=guest) == (403, "Forbidden")
    assert rig.call("GET", "people/@self", login=guest)["isVisitor"] is True


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "stage"),
        ("PUT", "stage/41"),
        ("DELETE", "stage/41"),
        ("PUT", "stage/reorder"),
        ("PUT", "stage/41/color"),
        ("POST", "customfield"),
        ("DELETE", "customfield/7"),
        ("DELETE", "tag/unused"),
    ],
)
def test_set_up_is_for_administrators(rig: Rig, method: str, path: str) -> None:
    """Stages, fields and unused tags."""
    assert rig.error(method, f"crm/opportunity/{path}", login=rig.plain) == (403, "Access Denied")
