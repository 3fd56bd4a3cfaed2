"""Stages, currencies, custom fields, tags and notes of the ONLYOFFICE sandbox."""

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


def test_the_default_stages(rig: Rig) -> None:
    """Nine, ids not from one, the first four ordered by colliding numbers, no `sortOrder`."""
    rows = rig.call("GET", "crm/opportunity/stage")

    assert [row["title"] for row in rows[:4]] == [
        "Initial contact",
        "Suspect",
        "Application of initial fit criteria",
        "Need assessment",
    ]
    assert [row["stageType"] for row in rows] == [0] * 7 + [1, 2]
    assert min(row["id"] for row in rows) > 9
    assert "sortOrder" not in rows[0]


def test_a_portal_nobody_opened_has_no_stages(rig: Rig) -> None:
    """So nothing can be created either."""
    rig.switch(crm_opened=False)

    assert rig.call("GET", "crm/opportunity/stage") == []
    assert rig.error("POST", "crm/opportunity", json=rig.body()) == (400, "Deal milestone is not found")


def test_a_stage_in_use_changes_colour_and_order_only(rig: Rig) -> None:
    """Everything else is refused with 400."""
    rig.clear()
    rig.create()
    path = f"crm/opportunity/stage/{rig.stage('Need assessment')}"
    assert rig.call("GET", path)["relativeItemsCount"] == 1

    assert rig.error("PUT", path, json={"title": "New", "color": "#000000"})[0] == 400
    assert rig.error("DELETE", path)[0] == 400
    assert rig.call("PUT", f"{path}/color", json={"color": "#123456"})["color"] == "#123456"
    ids = [row["id"] for row in rig.call("GET", "crm/opportunity/stage")][::-1]
    assert [row["id"] for row in rig.call("PUT", "crm/opportunity/stage/reorder", json={"ids": ids})] == ids


def test_stages_can_be_made_changed_and_removed_while_unused(rig: Rig) -> None:
    """Title and colour are required, the probability is 0 to 100."""
    path, new = "crm/opportunity/stage", {"title": "Trial", "color": "#fff000", "successProbability": 40}
    for broken in ({"title": ""}, {"color": ""}, {"successProbability": 101}):
        assert rig.error("POST", path, json=new | broken)[0] == 400

    made = rig.call("POST", path, json=new)
    assert rig.call("GET", path)[-1] == made
    changed = rig.call("PUT", f"{path}/{made['id']}", json={"title": "Test", "stageType": "ClosedAndLost"})
    assert (changed["title"], changed["stageType"], changed["successProbability"]) == ("Test", 2, 0)
    rig.call("DELETE", f"{path}/{made['id']}")
    assert rig.error("GET", f"{path}/{made['id']}")[0] == 404
    assert rig.error("GET", f"{path}/0")[0] == 400


@pytest.mark.parametrize("path", ["crm/settings/currency", "crm/currency/list.json"])
def test_the_74_currencies_sorted_by_code(rig: Rig, path: str) -> None:
    """ISK and others are missing."""
    rows = rig.call("GET", path)
    codes = [row["abbreviation"] for row in rows]

    assert (len(codes), codes == sorted(codes), "ISK" in codes) == (74, True, False)
    assert list(rows[0]) == ["title", "symbol", "abbreviation", "cultureName", "isConvertable", "isBasic"]


def test_field_definitions_hold_a_space_and_entity_minus_one(rig: Rig) -> None:
    """With the number of records using each."""
    rig.create(customFieldList=[{"key": rig.field("Opsync link"), "value": "L-1"}])
    rows = rig.call("GET", "crm/opportunity/customfield/definitions")

    assert {(row["entityId"], row["fieldValue"]) for row in rows} == {(-1, " ")}
    assert (rows[0]["label"], rows[0]["relativeItemsCount"]) == ("Opsync link", 1)
    assert {row["fieldType"] for row in rows} == {0, 1, 2, 3, 4, 5}


def test_one_value_can_be_set_and_only_here_cleared(rig: Rig) -> None:
    """Trimmed; an empty string clears."""
    key, field = rig.create()["id"], rig.field("Opsync link")
    path = f"crm/opportunity/{key}/customfield/{field}"

    assert rig.call("POST", path, json={"fieldValue": "  L-1 "})["fieldValue"] == "L-1"
    values = rig.call("GET", f"crm/opportunity/{key}/customfield")
    assert (values[0]["id"], values[0]["fieldValue"], values[0]["entityId"]) == (field, "L-1", key)
    rig.call("POST", path, json={"fieldValue": ""})
    assert field not in [row["id"] for row in rig.read(key)["customFields"]]


def test_values_are_not_validated(rig: Rig) -> None:
    """Any text fits any type."""
    key = rig.create(customFieldList=[{"key": rig.field("Contract date"), "value": "soon"}])["id"]

    assert "soon" in [row["fieldValue"] for row in rig.read(key)["customFields"]]


def test_the_value_call_fails_with_500_and_checks_no_record(rig: Rig) -> None:
    """Missing value or unknown field; an unknown opportunity passes."""
    field = rig.field("Opsync link")

    assert rig.error("POST", f"crm/opportunity/301/customfield/{field}", json={})[0] == 500
    assert rig.error("POST", "crm/opportunity/301/customfield/99999", json={"fieldValue": "x"})[0] == 500
    unknown = rig.send("POST", f"crm/opportunity/99999/customfield/{field}", json={"fieldValue": "x"})
    assert unknown.status_code == 201


def test_field_definitions_can_be_made_and_removed(rig: Rig) -> None:
    """A mask is needed for text, area and select; unparsable JSON becomes the default for text."""
    path, new = "crm/opportunity/customfield", {"label": "Extra", "fieldType": 0, "mask": "nonsense"}
    assert rig.error("POST", path, json=new | {"mask": ""})[0] == 400
    assert rig.error("POST", path, json=new | {"label": ""})[0] == 400

    made = rig.call("POST", path, json=new)
    assert made["mask"] == '{"size":40}'
    key = rig.create(customFieldList=[{"key": made["id"], "value": "x"}])["id"]
    rig.call("DELETE", f"{path}/{made['id']}")
    assert made["id"] not in rig.state.opportunities[key].fields
    assert rig.error("DELETE", f"{path}/{made['id']}")[0] == 404


def test_field_definitions_can_be_renamed_and_reordered(rig: Rig) -> None:
    """The order of definitions is the order of values."""
    path = "crm/opportunity/customfield"
    ids = [row["id"] for row in rig.call("GET", f"{path}/definitions")]

    renamed = rig.call("PUT", f"{path}/{ids[0]}", json={"label": "Link", "mask": '{"size":60}'})
    assert (renamed["label"], renamed["mask"]) == ("Link", '{"size":60}')
    moved = rig.call("PUT", f"{path}/reorder", json={"fieldids": ids[::-1]})
    assert [row["id"] for row in moved] == ids[::-1]


def test_tags_of_one_opportunity(rig: Rig) -> None:
    """Trimmed, one line, case-insensitive, added twice without harm, not part of the object."""
    key = rig.create()["id"]
    path = f"crm/opportunity/{key}/tag"
    for name in (" Key\naccount ", "KEYACCOUNT", "blue"):
        rig.call("POST", path, json={"tagName": name})

    assert rig.call("GET", f"crm/opportunity/tag/{key}") == ["blue", "Keyaccount"]
    assert "tags" not in rig.read(key)
    assert rig.call("DELETE", path, json={"tagName": "BLUE"}) == "BLUE"
    assert rig.call("GET", f"crm/opportunity/tag/{key}") == ["Keyaccount"]
    assert rig.error("DELETE", path, json={"tagName": "green"})[0] == 404
    assert rig.error("POST", path, json={"tagName": " "})[0] == 400
    assert rig.error("GET", "crm/opportunity/tag/999999")[0] == 404


def test_tags_of_the_portal(rig: Rig) -> None:
    """Create, count, tag many, drop the unused and drop one everywhere."""
    first, second = rig.create()["id"], rig.create()["id"]
    assert rig.call("POST", "crm/opportunity/tag", json={"tagName": "spare"}) == "spare"
    assert rig.error("POST", "crm/opportunity/tag", json={"tagName": "SPARE"})[0] == 400
    rig.call("POST", "crm/opportunity/taglist", json={"entityid": [first, second], "tagName": "hot"})

    assert rig.call("GET", "crm/opportunity/tag") == [
        {"title": "hot", "relativeItemsCount": 2},
        {"title": "spare", "relativeItemsCount": 0},
    ]
    assert rig.call("DELETE", "crm/opportunity/tag/unused") == ["spare"]
    rig.call("DELETE", "crm/opportunity/tag", json={"tagName": "hot"})
    assert rig.call("GET", f"crm/opportunity/tag/{first}") == []


def test_notes_are_written_filtered_and_deleted(rig: Rig) -> None:
    """Newest first, no total, one date bound alone works; field changes are not among them."""
    key = rig.create()["id"]
    categories = rig.call("GET", "crm/history/category")
    assert [row["title"] for row in categories] == ["Note", "Email", "Phone call", "Appointment"]
    base = {"entityType": "opportunity", "entityId": key, "categoryId": categories[0]["id"]}
    old = rig.call("POST", "crm/history", json=base | {"content": "old", "created": "2020-01-01"})
    new = rig.call("POST", "crm/history", json=base | {"content": "new"})

    path = f"crm/history/filter?entityType=opportunity&entityId={key}"
    page = rig.envelope("GET", path)
    assert ([row["content"] for row in page["response"]], "total" in page) == (["new", "old"], False)
    assert [row["id"] for row in rig.call("GET", f"{path}&toDate=2021-01-01")] == [old["id"]]
    rig.call("DELETE", f"crm/history/{new['id']}")
    assert rig.error("DELETE", f"crm/history/{new['id']}")[0] == 404
    rig.call("PUT", f"crm/opportunity/{key}", json=rig.body(title="changed"))
    assert len(rig.call("GET", path)) == 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"entityType": "contact"}, 400),
        ({"categoryId": 99999}, 400),
        ({"content": ""}, 400),
        ({"content": "x" * 65_001}, 400),
        ({"entityId": 0}, 404),
        ({"entityId": 999_999}, 404),
    ],
)
def test_notes_that_are_refused(rig: Rig, changes: dict[str, object], status: int) -> None:
    """Wrong kind of entity, category or length; an entity nobody finds."""
    category = next(iter(rig.state.note_categories))
    body = {"entityType": "opportunity", "entityId": rig.create()["id"], "categoryId": category}

    assert rig.error("POST", "crm/history", json=body | {"content": "x"} | changes)[0] == status
