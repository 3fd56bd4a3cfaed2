"""Lists of opportunities in the ONLYOFFICE sandbox, with their quirks."""

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


def ids(rig: Rig, query: str = "") -> list[int]:
    return [row["id"] for row in rig.call("GET", f"crm/opportunity/filter?sortBy=id&{query}")]


def test_list_rows_leave_out_the_access_list_unless_private(rig: Rig) -> None:
    """And blank headings, which only the single read shows."""
    rig.clear()
    rig.create()
    rig.create(isPrivate=True, accessList=[rig.user("anna").id])

    public, private = rig.call("GET", "crm/opportunity/filter?sortBy=id")
    assert ("accessList" in public, len(private["accessList"])) == (False, 2)
    assert public["customFields"] == []


def test_each_condition_narrows(rig: Rig) -> None:
    """Responsible, stage, stage type by number or name, contact."""
    rig.clear()
    proposal, won = rig.stage("Proposal"), rig.stage("Closure/Transaction")
    first = rig.create(stageid=proposal, responsibleid=rig.user("anna").id)["id"]
    second = rig.create(stageid=won, contactid=rig.company())["id"]

    assert ids(rig, f"responsibleid={rig.user('anna').id}") == [first]
    assert ids(rig, f"opportunityStagesid={proposal}") == [first]
    assert ids(rig, "stageType=1") == ids(rig, "stageType=ClosedAndWon") == [second]
    assert ids(rig, f"contactid={rig.company()}") == [second]
    assert ids(rig, f"opportunityStagesid={proposal}&stageType=2") == []


def test_a_date_range_needs_both_ends_and_means_the_close_date(rig: Rig) -> None:
    """Expected for open, actual for closed ones; one end alone empties the list."""
    rig.clear()
    opened = rig.create(expectedCloseDate="2026-06-10", actualCloseDate="2020-01-01")["id"]
    won = rig.stage("Closure/Transaction")
    closed = rig.create(stageid=won, actualCloseDate="2026-06-11", expectedCloseDate="2020-01-01")["id"]

    assert ids(rig, "fromDate=2026-06-10&toDate=2026-06-11") == [opened, closed]
    assert ids(rig, "fromDate=2026-06-11&toDate=2026-06-11") == [closed]
    assert ids(rig, "fromDate=2026-06-01") == ids(rig, "toDate=2026-07-01") == []


def test_participant_quirks(rig: Rig) -> None:
    """Without a contact nothing; with one, participants hide primary-only links."""
    rig.clear()
    company = rig.company()
    primary_only = rig.create()["id"]
    rig.call("PUT", f"crm/opportunity/{primary_only}", json=rig.body(contactid=company))
    query = f"contactid={company}&contactAlsoIsParticipant=true"
    assert ids(rig, query) == [primary_only]

    member = rig.create(members=[company])["id"]
    assert ids(rig, query) == [member]
    assert ids(rig, f"contactid={company}") == [primary_only]
    assert ids(rig, "contactAlsoIsParticipant=true") == ids(rig, "contactAlsoIsParticipant=false") == []


def test_tags_must_all_be_there(rig: Rig) -> None:
    """In any letter case; an unknown one empties the list."""
    rig.clear()
    both, one = rig.create()["id"], rig.create()["id"]
    for key, tag in ((both, "Red"), (both, "Blue"), (one, "red")):
        rig.call("POST", f"crm/opportunity/{key}/tag", json={"tagName": tag})

    assert ids(rig, "tags=RED") == [both, one]
    assert ids(rig, "tags=red&tags=blue") == ids(rig, "tags[]=red&tags[]=blue") == [both]
    assert ids(rig, "tags=green") == []


def test_text_search_finds_title_description_and_fields(rig: Rig) -> None:
    """All words must occur."""
    rig.clear()
    field = {"key": rig.field("External number"), "value": "QX-99"}
    key = rig.create(title="Harbour crane", description="heavy lift", customFieldList=[field])["id"]
    rig.create(title="Other")

    for text in ("crane", "HEAVY harb", "qx-9"):
        assert ids(rig, f"filterValue={text}") == [key]
    assert ids(rig, "filterValue=crane nothing") == []


def test_text_search_can_be_down_or_late(rig: Rig) -> None:
    """Down means no hits at all; an edit is found only after the delay."""
    rig.clear()
    key = rig.create(title="Harbour crane")["id"]
    rig.switch(search_on=False)
    assert ids(rig, "filterValue=crane") == []

    rig.switch(search_on=True, search_delay_s=60)
    rig.call("PUT", f"crm/opportunity/{key}", json=rig.body(title="Dock gate"))
    assert (ids(rig, "filterValue=crane"), ids(rig, "filterValue=dock")) == ([key], [])
    rig.clock.advance(61)
    assert (ids(rig, "filterValue=crane"), ids(rig, "filterValue=dock")) == ([], [key])


def test_a_search_without_hits_is_forgotten_beside_a_date_range(rig: Rig) -> None:
    """The whole range comes back."""
    rig.clear()
    key = rig.create(expectedCloseDate="2026-06-10")["id"]
    between = "fromDate=2026-06-01&toDate=2026-06-30"

    assert ids(rig, f"filterValue=nothing&{between}") == ids(rig, f"tags=nothing&{between}") == [key]


@pytest.mark.parametrize(
    ("sort_by", "order"),
    [
        ("title", [2, 0, 1]),
        ("bidvalue", [1, 0, 2]),
        ("dateandtime", [2, 1, 0]),
        ("stage", [0, 2, 1]),
        ("ID", [0, 1, 2]),
        ("responsible", [1, 2, 0]),
    ],
)
def test_known_sort_keys(rig: Rig, sort_by: str, order: list[int]) -> None:
    """Case-insensitive, and reversed only by exactly `descending`."""
    rig.clear()
    stages = [rig.stage(title) for title in ("Need assessment", "Negotiations", "Proposal")]
    rows = (("b", 20, "2026-03-03", "sync"), ("c", 10, "2026-02-02", "anna"), ("a", 30, "2026-01-01", "lars"))
    keys = [
        rig.create(
            title=title,
            bidValue=value,
            expectedCloseDate=close_on,
            stageid=stage,
            responsibleid=rig.user(login).id,
        )["id"]
        for (title, value, close_on, login), stage in zip(rows, stages, strict=True)
    ]
    expected = [keys[index] for index in order]

    def listed(sort_order: str) -> list[int]:
        path = f"crm/opportunity/filter?sortBy={sort_by}&sortOrder={sort_order}"
        return [row["id"] for row in rig.call("GET", path)]

    assert listed("ascending") == listed("Descending") == expected
    assert listed("descending") == expected[::-1]


def test_the_default_order_is_unstable(rig: Rig) -> None:
    """Equal rows come in another order each time unless switched off; by id they never do."""
    rig.clear()
    keys = [rig.create()["id"] for _ in range(12)]

    def orders(query: str) -> set[tuple[int, ...]]:
        path = f"crm/opportunity/filter?{query}"
        return {tuple(row["id"] for row in rig.call("GET", path)) for _ in range(4)}

    assert len(orders("")) > 1
    assert orders("sortBy=id") == {tuple(keys)}
    rig.switch(unstable_order=False)
    assert len(orders("")) == 1


def test_old_servers_sort_by_id_in_memory(rig: Rig) -> None:
    """Correct but another path: `updatedSince` removes every row there and only there."""
    expected = ids(rig)
    assert ids(rig, "updatedSince=2000-01-01") == expected

    rig.switch(sort_by_id=False)
    assert ids(rig) == expected
    page = rig.envelope("GET", "crm/opportunity/filter?sortBy=id&count=2&startIndex=1")
    assert [row["id"] for row in page["response"]] == expected[1:3]
    assert (page["total"], page["nextIndex"]) == (len(expected), 4)
    assert ids(rig, "updatedSince=2000-01-01") == []


def test_an_unknown_sort_key_is_a_response_property(rig: Rig) -> None:
    """`successProbability`, for one."""
    rig.clear()
    for value in (30, 10, 20):
        rig.create(successProbability=value)

    rows = rig.call("GET", "crm/opportunity/filter?sortBy=successProbability&sortOrder=descending")
    assert [row["successProbability"] for row in rows] == [30, 20, 10]


def test_a_delete_during_paging_shifts_the_rows(rig: Rig) -> None:
    """Offset paging is no snapshot: one row is missed."""
    expected = ids(rig)
    first = ids(rig, "count=3")
    rig.send("POST", "/_sandbox/delete", login=None, json={"id": expected[0]}).raise_for_status()

    assert first + ids(rig, "startIndex=3&count=1000") == expected[:3] + expected[4:]


def test_by_contact_is_ordered_by_title_and_never_404(rig: Rig) -> None:
    """Unknown contacts have an empty list."""
    rig.clear()
    company = rig.company()
    for title in ("b", "C", "a"):
        rig.create(title=title, contactid=company)

    rows = rig.call("GET", f"crm/opportunity/bycontact/{company}")
    assert [row["title"] for row in rows] == ["a", "b", "C"]
    assert rig.envelope("GET", "crm/opportunity/bycontact/999999") == {
        "status": 0,
        "statusCode": 200,
        "response": [],
    }
    assert rig.call("GET", "crm/opportunity/bycontact/0") == []
    assert "total" not in rig.envelope("GET", f"crm/opportunity/bycontact/{company}")
    assert rig.envelope("GET", f"crm/opportunity/bycontact/{company}?count=2")["total"] == 3


def test_by_prefix_looks_for_every_word_in_the_title(rig: Rig) -> None:
    """Thirty rows at most, SQL wildcards alive, works without the index, 500 without a prefix."""
    rig.clear()
    rig.switch(search_on=False)
    keys = [rig.create(title=f"Crane {index:02d} north")["id"] for index in range(40)]
    path = "crm/opportunity/byprefix"

    assert len(rig.call("GET", f"{path}?prefix=north cran")) == 30
    assert [row["id"] for row in rig.call("GET", path, params={"prefix": "07"})] == [keys[7]]
    assert [row["id"] for row in rig.call("GET", path, params={"prefix": "crane_08%th"})] == [keys[8]]
    assert rig.error("GET", path) == (500, "Object reference not set to an instance of an object.")


def test_by_prefix_can_be_kept_to_one_contact(rig: Rig) -> None:
    """Then without the limit of thirty."""
    rig.clear()
    mine = rig.create(title="Crane", contactid=rig.company())["id"]
    rig.create(title="Crane")

    path = f"crm/opportunity/byprefix?prefix=crane&contactID={rig.company()}"
    assert [row["id"] for row in rig.call("GET", path)] == [mine]
