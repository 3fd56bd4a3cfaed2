"""Every switch of the ONLYOFFICE sandbox does what the catalogue says, in both directions."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from sync.sandbox.onlyoffice.switches import DEFAULTS, catalogue
from tests.sandbox.onlyoffice_portal import ADMIN, PASSWORD, Loopback, Rig, loopback


@pytest.fixture(scope="module")
def running() -> Iterator[Loopback]:
    with loopback() as server:
        yield server


@pytest.fixture
def rig(running: Loopback) -> Rig:
    return Rig(running)


LOGIN = {"userName": ADMIN, "password": PASSWORD}
STAGES = "crm/opportunity/stage"


def log_in(rig: Rig) -> httpx.Response:
    return rig.send("POST", "authentication", login=None, json=LOGIN)


def test_the_catalogue_is_what_the_server_knows() -> None:
    """Each switch once, its default among the values worth trying, with a meaning and a section."""
    infos = catalogue()

    assert {info.name: info.default for info in infos} == DEFAULTS
    assert len({info.name for info in infos}) == len(infos) > 30
    assert all(info.default in info.values and info.meaning and info.section for info in infos)


@pytest.mark.parametrize(
    ("front", "status", "kind", "start"),
    [
        ("login_page", 200, "text/html", "<!DOCTYPE html>"),
        ("error_in_200", 200, "application/json", '{"status":1,"statusCode":200,"error"'),
        ("bad_gateway", 502, "text/html", "<html>"),
        ("busy", 503, "text/plain", "Service"),
        ("busy_retry", 503, "text/plain", "Service"),
    ],
)
def test_something_else_can_answer(rig: Rig, front: str, status: int, kind: str, start: str) -> None:
    """For every path, the login included; only one of them says when to come back."""
    rig.switch(front=front)
    answers = [rig.send("GET", STAGES), log_in(rig)]

    for answer in answers:
        assert answer.status_code == status
        assert answer.headers["content-type"].startswith(kind)
        assert answer.text.startswith(start)
        assert answer.headers.get("retry-after") == ("10" if front == "busy_retry" else None)


@pytest.mark.parametrize("wait", [10, 3, ""])
def test_the_limiter_ends_after_ten_seconds(rig: Rig, wait: object) -> None:
    """With or without telling so."""
    rig.switch(rate_limit=5, retry_after_s=wait)
    answers = [rig.send("GET", STAGES) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [503]
    assert answers[5].headers.get("retry-after") == (str(wait) or None)
    rig.clock.advance(10)
    assert rig.send("GET", STAGES).status_code == 200


def test_an_address_can_be_locked_out(rig: Rig) -> None:
    """A 500 that is no wrong password; tokens given before still work."""
    rig.switch(ip_restricted=True)
    answer = log_in(rig)

    assert (answer.status_code, "IPSecurity" in answer.json()["error"]["message"]) == (500, True)
    assert rig.send("GET", STAGES).status_code == 200


@pytest.mark.parametrize(
    ("forms", "statuses"), [("any", (200, 200)), ("raw", (200, 401)), ("bearer", (401, 200))]
)
def test_a_token_travels_raw_or_as_bearer(rig: Rig, forms: str, statuses: tuple[int, int]) -> None:
    """Or only one way, as forks of the server may have it."""
    rig.switch(token_header=forms)
    token = rig.portal.credentials["token"]
    sent = [rig.send("GET", STAGES, login=None, headers={"Authorization": f"{word}{token}"})
            for word in ("", "Bearer ")]  # fmt: skip

    assert tuple(answer.status_code for answer in sent) == statuses


def test_administrators_can_be_taken_for_others(rig: Rig) -> None:
    """As plain users they see no private ones of others; as guests no CRM."""
    rig.clear()
    key = rig.create(isPrivate=True, accessList=[rig.user("anna").id], login="anna")["id"]
    assert rig.read(key)["id"] == key
    rig.switch(account_rights="user")
    me = rig.call("GET", "people/@self")
    assert (rig.error("GET", f"crm/opportunity/{key}")[0], me["isAdmin"], "listAdminModules" in me) == (
        404,
        False,
        False,
    )

    rig.switch(account_rights="none")
    assert rig.error("GET", STAGES) == (403, "Forbidden")
    assert rig.call("GET", "people/@self")["isVisitor"] is True


def test_tokens_can_be_short_lived(rig: Rig) -> None:
    """In minutes, counted from the login."""
    rig.switch(token_life_min=30)
    payload = log_in(rig).json()["response"]
    headers = {"Authorization": payload["token"]}

    assert payload["expires"].startswith("2026-03-02T10:45:42")
    assert rig.send("GET", STAGES, login=None, headers=headers).status_code == 200
    rig.clock.advance(1800)
    assert rig.send("GET", STAGES, login=None, headers=headers).status_code == 401


def test_the_sms_answer_may_want_a_phone_first(rig: Rig) -> None:
    """A bare answer until a number is set."""
    rig.switch(two_factor="sms", phone_activated=False)
    assert log_in(rig).json()["response"] == {"token": None, "sms": True}
    assert rig.error("POST", "authentication/setphone", login=None, json=LOGIN)[0] == 400
    rig.call("POST", "authentication/setphone", login=None, json=LOGIN | {"mobilePhone": "+47"})

    assert "phoneNoise" in log_in(rig).json()["response"]
    assert "phoneNoise" in rig.call("POST", "authentication/sendsms", login=None, json=LOGIN)


def test_a_vanished_stage_hides_its_records_from_single_reads(rig: Rig) -> None:
    """Lists show them without a stage."""
    key = rig.create(stageid=rig.stage("Proposal"))["id"]
    rig.switch(stage_gone="Proposal")

    assert rig.error("GET", f"crm/opportunity/{key}")[0] == 404
    row = next(row for row in rig.call("GET", "crm/opportunity/filter") if row["id"] == key)
    assert "stage" not in row
    assert "Proposal" not in [stage["title"] for stage in rig.call("GET", STAGES)]
    assert rig.error("POST", "crm/opportunity", json=rig.body(stageid=rig.stage("Proposal")))[0] == 400


@pytest.mark.parametrize(
    ("kind", "count", "isk", "nok"),
    [("standard", 74, 400, 201), ("extended", 76, 201, 201), ("basic", 7, 400, 400)],
)
def test_the_currency_table_differs(rig: Rig, kind: str, count: int, isk: int, nok: int) -> None:
    """Króna with the extended one only; what the table lacks is missing from records too."""
    key = rig.create(bidCurrencyAbbr="NOK")["id"]
    rig.switch(currencies=kind)

    assert len(rig.call("GET", "crm/settings/currency")) == count
    for code, status in (("ISK", isk), ("NOK", nok)):
        assert rig.send("POST", "crm/opportunity", json=rig.body(bidCurrencyAbbr=code)).status_code == status
    assert ("bidCurrency" in rig.read(key)) is (kind != "basic")


def test_messages_and_titles_can_be_translated(rig: Rig) -> None:
    """Except the framework's own words."""
    rig.switch(language="nb")

    assert "Tilbud" in [stage["title"] for stage in rig.call("GET", STAGES)]
    assert rig.error("POST", STAGES, login=rig.plain) == (403, "Ingen tilgang")
    assert rig.error("GET", "crm/opportunity/999999") == (404, "Not found")


@pytest.mark.parametrize("on", [True, False])
def test_the_etag_can_be_off(rig: Rig, on: bool) -> None:
    """There is one of a new value for each answer, or none."""
    rig.switch(etag=on)
    tags = {rig.send("GET", STAGES).headers.get("etag") for _ in range(2)}

    assert len(tags) == (2 if on else 1)
    assert (None in tags) is not on
