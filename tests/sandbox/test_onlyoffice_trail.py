"""What the ONLYOFFICE sandbox tells of the past, and the rates it converts with."""

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


AUDIT = "security/audit/events/filter?productType=CRM&entryType=Opportunity"


def actions(rig: Rig, key: int) -> list[int]:
    """Newest first."""
    return [row["actionId"] for row in rig.call("GET", f"{AUDIT}&target={key}")]


def test_the_trail_knows_the_browser_but_not_creates_and_updates_of_the_api(rig: Rig) -> None:
    """Stage, tags, notes, links, access and deletion are there whoever did them."""
    key = rig.create()["id"]
    path = f"crm/opportunity/{key}"
    rig.call("PUT", path, json=rig.body(title="By API"))
    assert actions(rig, key) == []
    rig.portal.control.edit(key, {"title": "By hand"}, "anna")
    rig.call("PUT", f"{path}/stage/1", json={"stageid": rig.stage("Proposal")})
    rig.call("POST", f"{path}/tag", json={"tagName": "a"})
    rig.call("DELETE", f"{path}/tag", json={"tagName": "a"})
    rig.call("POST", f"{path}/contact/{rig.company()}")
    rig.call("DELETE", f"{path}/contact/{rig.company()}")
    rig.call("PUT", f"{path}/access", json={"isPrivate": True, "accessList": [rig.user("anna").id]})
    rig.call("PUT", f"{path}/access", json={"isPrivate": False})
    note = {"entityType": "opportunity", "entityId": key, "content": "n", "categoryId": 21}
    made = rig.call("POST", "crm/history", json=note)
    rig.call("DELETE", f"crm/history/{made['id']}")
    rig.call("DELETE", path)

    expected = [3043, 3044, 3045, 3046, 3049, 3050, 3055, 3054, 3047, 3048, 3056]
    assert actions(rig, key)[::-1] == expected


def test_the_trail_is_for_administrators(rig: Rig) -> None:
    """Others get a 500, because nothing maps the error."""
    assert rig.error("GET", AUDIT, login=rig.plain)[0] == 500
    assert rig.error("GET", "security/audit/events/last", login=rig.plain)[0] == 500


def test_the_trail_filters_only_where_the_edition_has_it(rig: Rig) -> None:
    """Without the feature it shows the last twenty events of anything."""
    keys = [rig.portal.control.create({"title": f"No {number}"}, "anna") for number in range(25)]

    assert [row["target"] for row in rig.call("GET", f"{AUDIT}&target={keys[0]}")] == [[str(keys[0])]]
    assert rig.call("GET", AUDIT.replace("CRM", "Documents")) == []
    assert rig.call("GET", f"{AUDIT}&from=2027-01-01") == []
    assert len(rig.call("GET", f"{AUDIT}&action=3042&userId={rig.user('anna').id}")) == 25
    rig.switch(audit_feature=False)
    rows = rig.call("GET", f"{AUDIT}&target={keys[0]}")
    assert [row["target"] for row in rows] == [[str(key)] for key in keys[:4:-1]]
    assert rig.call("GET", "security/audit/events/last") == rows


def feed(rig: Rig, query: str = "") -> list[int]:
    return [row["itemId"] for row in rig.call("GET", f"feed/filter?product=crm{query}")["feeds"]]


def test_the_feed_shows_creations_late_and_edits_never(rig: Rig) -> None:
    """An aggregator comes round every three minutes."""
    key = rig.create()["id"]
    assert key not in feed(rig)
    rig.clock.advance(181)
    assert feed(rig)[0] == key
    rig.call("PUT", f"crm/opportunity/{key}", json=rig.body(title="Edited"))

    assert feed(rig).count(key) == 1
    assert rig.call("GET", "feed/filter?product=projects")["feeds"] == []
    assert feed(rig, "&count=1") == [key]


def test_reading_the_feed_marks_it_as_read(rig: Rig) -> None:
    """Unless the caller says what he has read already."""
    key = rig.create()["id"]
    rig.clock.advance(300)
    everything = rig.call("GET", "feed/newfeedscount")
    feed(rig, "&timeReaded=2020-01-01")
    assert rig.call("GET", "feed/newfeedscount") == everything > 0
    assert feed(rig, "&onlyNew=true")[0] == key
    feed(rig)

    assert rig.call("GET", "feed/newfeedscount") == 0
    assert feed(rig, "&onlyNew=true") == []
    assert rig.call("PUT", "feed/read") == {}


def test_private_ones_stay_out_of_the_feed_of_others(rig: Rig) -> None:
    """The feed is no way round the access list."""
    key = rig.create(isPrivate=True, accessList=[rig.user("ingrid").id])["id"]
    rig.clock.advance(300)
    rows = rig.call("GET", "feed/filter?product=crm", login=rig.plain)["feeds"]

    assert key not in [row["itemId"] for row in rows]


def test_rates_are_kept_and_used(rig: Rig) -> None:
    """Both ways round; without a rate nothing comes out."""
    body = {"fromCurrency": "eur", "toCurrency": "NOK", "rate": "12.5"}
    made = rig.call("POST", "crm/currency/rates", json=body)
    path = f"crm/currency/rates/{made['id']}"

    def converted(query: str) -> str:
        return str(rig.call("GET", f"crm/settings/currency/convert?amount=100&{query}"))

    assert (converted("fromcurrency=EUR&tocurrency=NOK"), converted("fromcurrency=NOK&tocurrency=EUR")) == (
        "1250.0",
        "8.00",
    )
    assert converted("fromcurrency=EUR&tocurrency=USD") == "0.0"
    assert rig.call("GET", "crm/currency/rates/eur/nok") == rig.call("GET", path) == made
    assert str(rig.call("PUT", path, json=body | {"rate": "13"})["rate"]) == "13.0"
    assert rig.call("DELETE", path)["id"] == made["id"]
    assert (rig.call("GET", "crm/currency/rates"), rig.error("GET", path)[0]) == ([], 404)


@pytest.mark.parametrize("query", ["amount=1&fromcurrency=EUR", "amount=1&fromcurrency=EUR&tocurrency=XXX"])
def test_unknown_currencies_are_refused(rig: Rig, query: str) -> None:
    """In conversions, tables and settings; a negative rate too."""
    assert rig.error("GET", f"crm/settings/currency/convert?{query}")[0] == 400
    assert rig.error("GET", "crm/settings/currency/summarytable?currency=XXX")[0] == 400
    assert rig.error("PUT", "crm/settings/currency", json={"currency": "XXX"})[0] == 400
    bad = {"fromCurrency": "EUR", "toCurrency": "USD", "rate": -1}
    assert rig.error("POST", "crm/currency/rates", json=bad)[0] == 400


def test_the_default_currency_is_an_administrators_choice(rig: Rig) -> None:
    """The browser's form uses it; the summary has every other currency."""
    assert rig.error("PUT", "crm/settings/currency", login=rig.plain, json={"currency": "NOK"})[0] == 403
    assert rig.call("PUT", "crm/settings/currency", json={"currency": "nok"})["abbreviation"] == "NOK"
    key = rig.portal.control.create({"title": "x"}, None)

    assert rig.read(key)["bidCurrency"]["abbreviation"] == "NOK"
    assert len(rig.call("GET", "crm/settings/currency/summarytable?currency=NOK")) == 73
