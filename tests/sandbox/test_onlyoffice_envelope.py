"""The ONLYOFFICE sandbox's envelope, routes and generic paging."""

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


def test_every_route_takes_an_optional_json_suffix(rig: Rig) -> None:
    """With and without it the answer is the same."""
    assert rig.call("GET", "crm/opportunity/stage.json") == rig.call("GET", "crm/opportunity/stage")


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "crm/nothing"), ("PATCH", "crm/opportunity/301"), ("DELETE", "people/@self"), ("GET", "/index")],
)
def test_unknown_routes_are_html_pages(rig: Rig, method: str, path: str) -> None:
    """An unknown path, or a known one with another method, is no API answer at all."""
    answer = rig.send(method, path)

    assert answer.status_code == 404
    assert answer.headers["content-type"].startswith("text/html")


def test_the_version_needs_no_login(rig: Rig) -> None:
    """The one call besides the login that works without a token."""
    assert rig.call("GET", "settings/version/build.json", login=None) == {"communityServer": "12.7.1"}


def test_a_single_object_counts_one_and_a_string_its_length(rig: Rig) -> None:
    """`count` comes first in the envelope; a void answer has none and is an empty object."""
    key = rig.create()["id"]

    tag = rig.envelope("POST", f"crm/opportunity/{key}/tag", json={"tagName": "superoffic"})
    assert tag == {"count": 10, "status": 0, "statusCode": 201, "response": "superoffic"}
    assert next(iter(rig.envelope("GET", f"crm/opportunity/{key}"))) == "count"
    void = rig.envelope("PUT", f"crm/opportunity/{key}/creationdate", json={"creationDate": "2020-01-01"})
    assert void == {"status": 0, "statusCode": 200, "response": {}}


def test_an_error_has_no_response(rig: Rig) -> None:
    """The envelope of a missing record, to the letter."""
    assert rig.envelope("GET", "crm/opportunity/999999") == {
        "status": 1,
        "statusCode": 404,
        "error": {"message": "Not found", "hresult": -2147467259, "data": {}},
    }


def test_next_index_is_one_too_high(rig: Rig) -> None:
    """The next start is start plus rows received, never `nextIndex`."""
    page = rig.envelope("GET", "crm/opportunity/filter?sortBy=id&count=2&startIndex=1")

    assert (page["count"], page["startIndex"], page["nextIndex"]) == (2, 1, 4)
    assert page["total"] == len(rig.state.opportunities)


def test_a_start_beyond_the_end_reports_itself_as_total(rig: Rig) -> None:
    """`total` is wrong there, and absent `count` means nothing came."""
    page = rig.envelope("GET", "crm/opportunity/filter?startIndex=500")

    assert page == {"startIndex": 500, "total": 500, "status": 0, "statusCode": 200, "response": []}


def test_the_total_is_up_to_30_seconds_old(rig: Rig) -> None:
    """Edits do not refresh it, creates do, and so does time."""
    rig.clear()
    for _ in range(3):
        rig.create()
    path = f"crm/opportunity/filter?sortBy=id&count=1&opportunityStagesid={rig.stage('Need assessment')}"
    assert rig.envelope("GET", path)["total"] == 3

    first = rig.call("GET", path)[0]["id"]
    rig.call("PUT", f"crm/opportunity/{first}/stage/1", json={"stageid": rig.stage("Proposal")})
    assert rig.envelope("GET", path)["total"] == 3
    rig.clock.advance(31)
    assert rig.envelope("GET", path)["total"] == 2
    rig.create()
    assert rig.envelope("GET", path)["total"] == 3


@pytest.mark.parametrize(("count", "rows"), [("5", 5), ("0", 1), ("abc", 8), ("", 8), ("99999", 8)])
def test_odd_counts(rig: Rig, count: str, rows: int) -> None:
    """Zero runs the query with a limit of one; nonsense means the cap."""
    rig.clear()
    for _ in range(8):
        rig.create()

    page = rig.envelope("GET", f"crm/opportunity/filter?sortBy=id&count={count}")
    assert (len(page["response"]), page["total"]) == (rows, 8)


def test_pages_are_cut_at_1000(running: Loopback) -> None:
    """Whatever is asked for."""
    rig = Rig(running, companies=20, sales=1900)

    page = rig.envelope("GET", "crm/opportunity/filter?sortBy=id&count=5000")
    assert page["count"] == 1000
    assert page["total"] == len(rig.state.opportunities) > 1000


def test_plain_lists_have_a_total_only_when_cut(rig: Rig) -> None:
    """The framework pages them in memory."""
    whole = rig.envelope("GET", "crm/opportunity/stage")
    part = rig.envelope("GET", "crm/opportunity/stage?count=4&startIndex=2")

    assert "total" not in whole
    assert (part["count"], part["total"], part["nextIndex"]) == (4, 9, 7)
    assert part["response"] == whole["response"][2:6]


def test_plain_lists_can_be_filtered_and_sorted_by_property(rig: Rig) -> None:
    """The generic in-memory parameters."""
    path = "crm/opportunity/stage?filterBy=title&filterOp=contains&filterValue=closed"
    assert [row["title"] for row in rig.call("GET", path)] == ["Unsuccessfully closed"]

    rows = rig.call("GET", "crm/opportunity/stage?sortBy=successProbability&sortOrder=descending")
    assert [row["successProbability"] for row in rows] == [100, 90, 75, 50, 20, 3, 2, 1, 0]


def test_fields_keep_only_the_named_properties(rig: Rig) -> None:
    """Names in any letter case, as a comma list or a repeated parameter."""
    path = "crm/opportunity/filter?sortBy=id&count=1&"

    assert set(rig.call("GET", path + "fields=ID,title")[0]) == {"id", "title"}
    assert set(rig.call("GET", path + "fields[]=id&fields[]=stage")[0]) == {"id", "stage"}


def test_slashes_and_line_breaks_are_escaped(rig: Rig) -> None:
    """As the real serializer does; any JSON parser reads them."""
    key = rig.create(title="A/B", description="one\ntwo\\n")["id"]
    text = rig.send("GET", f"crm/opportunity/{key}").text

    assert r'"A\/B"' in text
    assert r'"one\u000atwo\\n"' in text
    assert rig.read(key)["description"] == "one\ntwo\\n"


def test_portal_status_and_rate_limit(rig: Rig) -> None:
    """402 unpaid, 503 moving, and the hosted limiter with `Retry-After`."""
    rig.switch(portal_status="unpaid")
    assert rig.error("GET", "crm/opportunity/stage") == (402, "PaymentRequired")
    rig.switch(portal_status="moving")
    assert rig.error("GET", "crm/opportunity/stage") == (503, "ServiceUnavailable")

    rig.switch(portal_status="active", rate_limit=3)
    rig.clock.advance(20)
    answers = [rig.send("GET", "people/@self") for _ in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 503]
    assert answers[3].headers["retry-after"] == "10"
