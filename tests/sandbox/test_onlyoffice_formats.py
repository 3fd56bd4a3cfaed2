"""Forms, XML, compression, batches and addresses of the ONLYOFFICE sandbox."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from sync.sandbox.onlyoffice.app import build
from sync.sandbox.world import make_world
from tests.sandbox.onlyoffice_portal import Loopback, Rig, loopback


@pytest.fixture(scope="module")
def running() -> Iterator[Loopback]:
    with loopback() as server:
        yield server


@pytest.fixture
def rig(running: Loopback) -> Rig:
    return Rig(running)


def test_xml_comes_by_suffix_alone(rig: Rig) -> None:
    """Whatever `Accept` says; list items are siblings of one name, and an empty list leaves nothing."""
    answer = rig.send("GET", "crm/opportunity/stage.xml", headers={"Accept": "application/json"})
    empty = rig.send("GET", "crm/opportunity/bycontact/999999.tml").text

    assert answer.headers["content-type"] == "text/xml; charset=utf-8"
    assert answer.text.count("<response>") == 9
    assert "<title>Closure/Transaction</title>" in answer.text
    assert empty.endswith("<result><status>0</status><statusCode>200</statusCode></result>")


def test_xml_escapes_and_prints_amounts(rig: Rig) -> None:
    """Text survives, control characters do not, booleans are words, nothing is an empty element."""
    key = rig.create(title='<b> & "\u0001', bidValue="12.5")["id"]
    text = rig.send("GET", f"crm/opportunity/{key}.xml").text

    assert '<title>&lt;b&gt; &amp; "</title>' in text
    assert "<bidValue>12.500000000</bidValue>" in text
    assert "<isPrivate>false</isPrivate>" in text
    assert "<error><message>Not found</message>" in rig.send("GET", "crm/opportunity/999999.xml").text


def test_a_json_request_is_answered_in_json_whatever_its_suffix(rig: Rig) -> None:
    """The content type of the request outweighs the path."""
    headers = {"Content-Type": "application/json"}

    assert rig.send("GET", "crm/opportunity/stage.xml", headers=headers).json()["status"] == 0


@pytest.mark.parametrize(
    ("accepted", "on", "packed"),
    [
        ("gzip", True, True),
        ("deflate,gzip", True, True),
        ("deflate, gzip", True, False),
        ("gzip", False, False),
    ],
)
def test_compression_wants_exactly_gzip(rig: Rig, accepted: str, on: bool, packed: bool) -> None:
    """A blank before the word is enough to miss it, and the portal can have it off."""
    rig.switch(gzip=on)
    answer = rig.send("GET", "crm/opportunity/stage", headers={"Accept-Encoding": accepted})

    assert (answer.headers.get("content-encoding") == "gzip") is packed
    assert answer.json()["count"] == 9


def test_forms_with_and_without_parts_are_read_alike(rig: Rig) -> None:
    """Lists with brackets, pairs by index, umlauts; files are passed over."""
    form = rig.body(title="Ærlig pris", bidValue="7.25") | {
        "members[]": [str(rig.company()), str(rig.company(1))],
        "customFieldList[0][key]": str(rig.field("External number")),
        "customFieldList[0][value]": "N-1",
    }
    urlencoded = rig.call("POST", "crm/opportunity", data=form)
    parts = rig.call("POST", "crm/opportunity", data=form, files={"file": ("a.txt", b"x")})

    for row in (urlencoded, parts):
        assert (row["title"], str(row["bidValue"])) == ("Ærlig pris", "7.25")
        assert {member["id"] for member in row["members"]} == {rig.company(), rig.company(1)}
        assert "N-1" in [field["fieldValue"] for field in row["customFields"]]


def test_a_form_field_can_carry_the_token(rig: Rig) -> None:
    """In forms with parts too."""
    token = {"asc_auth_key": rig.portal.credentials["token"]}
    path = "/api/2.0/crm/opportunity"

    for parts in ({}, {"files": {"file": ("a.txt", b"x")}}):
        assert rig.send("POST", path, login=None, data=rig.body() | token, **parts).status_code == 201


def test_objects_in_a_list_of_ids_are_not_seen(rig: Rig) -> None:
    """Echoing the access list as it was read makes a private opportunity public."""
    key = rig.create(isPrivate=True, accessList=[rig.user("anna").id])["id"]
    echoed = rig.body(isPrivate=True, accessList=rig.read(key)["accessList"])

    assert rig.call("PUT", f"crm/opportunity/{key}", json=echoed)["isPrivate"] is False


def test_a_batch_runs_in_order_and_answers_as_text(rig: Rig) -> None:
    """Each part with its own status; the parts carry the caller's login and default to forms."""
    body, found_by = json.dumps(rig.body(title="Batched")), "api/2.0/crm/opportunity/byprefix?prefix=Batched"
    parts = [
        {"name": "read", "order": 2, "method": "GET", "relativeUrl": found_by},
        {"order": 1, "method": "post", "relativeUrl": "/api/2.0/crm/opportunity", "body": body,
         "bodyContentType": "application/json"},
        {"order": 3, "method": "POST", "relativeUrl": "/api/2.0/crm/opportunity", "body": "title=x"},
        {"order": 4, "method": "GET", "relativeUrl": "/nowhere"},
    ]  # fmt: skip
    made, found, refused, lost = rig.call("POST", "batch", data={"batch": json.dumps(parts)})

    assert [part["status"] for part in (made, found, refused, lost)] == [201, 200, 400, 404]
    assert json.loads(found["data"])["response"][0]["title"] == "Batched"
    assert (found["name"], "name" in made) == ("read", False)
    assert made["headers"]["content-type"].startswith("application/json")


def test_a_batch_does_not_log_anyone_in(rig: Rig) -> None:
    """Without a login each part is refused by itself; nonsense is an error of the batch."""
    part = json.dumps([{"method": "GET", "relativeUrl": "/api/2.0/crm/opportunity/stage"}])
    answer = rig.send("POST", "batch", login=None, data={"batch": part}).json()["response"]

    assert [(row["status"], row["data"]) for row in answer] == [(401, "Unauthorized")]
    assert rig.error("POST", "batch", data={"batch": "{"})[0] == 500


def test_a_portal_can_live_below_a_path(running: Loopback) -> None:
    """Everything answers there and nothing at the root; a batch may name either address."""
    rig = Rig(running)
    portal = build(
        make_world(companies=3, sales=4, seed=7), clock=rig.clock, password="x", base_path="/office"
    )
    running.app = portal.app
    headers = {"Authorization": portal.credentials["token"]}
    stages = "/office/api/2.0/crm/opportunity/stage"
    part = json.dumps([{"method": "GET", "relativeUrl": stages}])

    assert rig.send("GET", stages, login=None, headers=headers).json()["count"] == 9
    assert rig.send("GET", stages.removeprefix("/office"), login=None, headers=headers).status_code == 404
    batch = rig.send("POST", "/office/api/2.0/batch", login=None, headers=headers, data={"batch": part})
    assert batch.json()["response"][0]["status"] == 200
    log = rig.send("GET", "/_sandbox/log", login=None).json()
    assert {entry["path"].split("/")[1] for entry in log} == {"office", "api"}
