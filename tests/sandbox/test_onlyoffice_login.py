"""Logging in to the ONLYOFFICE sandbox, and the ways to present a token."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest

from tests.sandbox.onlyoffice_portal import ADMIN, PASSWORD, Loopback, Rig, loopback


@pytest.fixture(scope="module")
def running() -> Iterator[Loopback]:
    with loopback() as server:
        yield server


@pytest.fixture
def rig(running: Loopback) -> Rig:
    return Rig(running)


def log_in(rig: Rig, password: str = PASSWORD, login: str = ADMIN) -> tuple[int, dict[str, object]]:
    answer = rig.send(
        "POST", "authentication.json", login=None, json={"userName": login, "password": password}
    )
    return answer.status_code, answer.json()


def test_login_answers_201_with_a_working_token(rig: Rig) -> None:
    """A token and its expiry in a year, and the same token as a cookie."""
    answer = rig.send("POST", "authentication", login=None, data={"UserName": ADMIN, "PASSWORD": PASSWORD})
    payload = answer.json()["response"]

    assert answer.status_code == 201
    assert payload["expires"] == "2027-03-02T10:15:42.1234560+01:00"
    assert answer.cookies["asc_auth_key"].strip('"') == payload["token"]
    me = rig.send("GET", "people/@self", login=None, headers={"Authorization": payload["token"]})
    assert me.json()["response"]["email"] == ADMIN


def test_a_wrong_password_is_a_500(rig: Rig) -> None:
    """Neither 401 nor 400, and an empty password is no different."""
    assert log_in(rig, "wrong")[0] == 500
    assert log_in(rig, "")[1]["error"] == {
        "message": "User authentication failed",
        "hresult": -2146233087,
        "data": {},
    }


def test_the_sixth_failure_locks_even_the_right_password_out(rig: Rig) -> None:
    """Five attempts in 60 s, then 60 s of refusals."""
    messages = [str(log_in(rig, "wrong")[1]["error"]) for _ in range(6)]

    assert ["failed" in message for message in messages] == [True] * 5 + [False]
    assert "Too many attempts" in messages[5]
    assert log_in(rig)[0] == 500
    rig.clock.advance(61)
    assert log_in(rig)[0] == 201


def test_successful_logins_do_not_count(rig: Rig) -> None:
    """A success takes its own attempt off the counter."""
    assert {log_in(rig)[0] for _ in range(8)} == {201}


def test_two_factor_answers_201_without_a_token(rig: Rig) -> None:
    """The code finishes the login."""
    rig.switch(two_factor="app")
    assert log_in(rig)[1]["response"] == {"token": None, "tfa": True}

    body = {"userName": ADMIN, "password": PASSWORD}
    assert rig.send("POST", "authentication/000000.json", login=None, json=body).status_code == 500
    done = rig.send("POST", "authentication/123456.json", login=None, json=body)
    assert done.json()["response"]["tfa"] is True
    assert done.json()["response"]["token"]


def test_two_factor_by_sms_names_the_phone(rig: Rig) -> None:
    """The SMS form of the same answer."""
    rig.switch(two_factor="sms")

    payload = log_in(rig)[1]["response"]
    assert isinstance(payload, dict)
    assert (payload["token"], payload["sms"]) == (None, True)


@pytest.mark.parametrize("form", ["{}", "Bearer {}", "bearer {}"])
def test_raw_and_bearer_tokens_work(rig: Rig, form: str) -> None:
    """The documented raw header and the scheme other clients use."""
    header = {"Authorization": form.format(rig.portal.credentials["token"])}

    assert rig.send("GET", "people/@self", login=None, headers=header).status_code == 200


def test_basic_works_on_every_call_and_cuts_at_the_colon(rig: Rig) -> None:
    """Whatever follows a second colon is lost."""
    for text, status in ((f"{ADMIN}:{PASSWORD}:more", 200), (f"{ADMIN}:wrong", 401)):
        header = {"Authorization": f"Basic {base64.b64encode(text.encode()).decode()}"}
        assert rig.send("GET", "people/@self", login=None, headers=header).status_code == status


def test_a_stale_cookie_hides_a_good_raw_header(rig: Rig) -> None:
    """The cookie, or its query form, comes first, and then the raw header is not read."""
    good = rig.portal.credentials["token"]

    stale = rig.send("GET", "people/@self", headers={"Cookie": "asc_auth_key=stale"})
    assert stale.status_code == 401
    by_cookie = rig.send("GET", "people/@self", login=None, headers={"Cookie": f"asc_auth_key={good}"})
    assert by_cookie.status_code == 200
    by_query = rig.send("GET", "people/@self", login=None, params={"asc_auth_key": good})
    assert by_query.status_code == 200
    tag = {"asc_auth_key": good, "tagName": "by form"}
    by_form = rig.send("POST", "crm/opportunity/tag", login=None, data=tag)
    assert by_form.json()["response"] == "by form"


def test_401_is_plain_text(rig: Rig) -> None:
    """No envelope; the realm comes only when a header was sent."""
    bare = rig.send("GET", "people/@self", login=None)
    wrong = rig.send("GET", "people/@self", login=None, headers={"Authorization": "nonsense"})

    assert (bare.status_code, bare.text, "www-authenticate" in bare.headers) == (401, "Unauthorized", False)
    assert wrong.headers["www-authenticate"] == 'Basic Realm="127.0.0.1"'


@pytest.mark.parametrize("how", ["switch", "method", "time"])
def test_tokens_can_die_in_the_middle_of_a_run(rig: Rig, how: str) -> None:
    """By a session reset or by age, the next call answers 401."""
    assert rig.send("GET", "people/@self").status_code == 200
    if how == "switch":
        rig.switch(session_reset=1)
    elif how == "method":
        rig.portal.revoke_tokens()
    else:
        rig.clock.advance(366 * 86400)

    assert rig.send("GET", "people/@self").status_code == 401


def test_a_disabled_user_cannot_log_in(rig: Rig) -> None:
    """It looks like a wrong password."""
    assert log_in(rig, login=rig.portal.credentials["disabled_user"])[0] == 500
