"""How the ONLYOFFICE adapter logs in, and how it avoids being locked out."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import httpx
import pytest

from sync.errors import (
    LoginRefused,
    OpsyncError,
    RetryLater,
    SideDown,
    Throttled,
    WrongShape,
)
from tests.crm.contract import read
from tests.crm.onlyoffice_bench import HTTP, OPTIONS, DoubleBench, Watch, a_record, double_bench
from tests.crm.respx_onlyoffice import Json, failure, success


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def at_double(watch: Watch) -> Iterator[DoubleBench]:
    with double_bench(watch) as bench:
        yield bench


def test_token_is_reused(at_double: DoubleBench) -> None:
    """One login serves many calls, and the token is sent without a scheme word."""
    at_double.crm.fetch_lists()

    assert at_double.portal.logins == 1
    assert at_double.portal.requests[-1].headers["Authorization"] == at_double.portal.token


def test_expired_token_is_renewed_once(at_double: DoubleBench) -> None:
    """A 401 in the middle costs one more login and nobody notices."""
    record = a_record(at_double)
    at_double.portal.token = "another"

    assert read(at_double, record.id) == record
    assert at_double.portal.logins == 2


def test_portal_that_never_accepts_its_own_token(at_double: DoubleBench) -> None:
    """After one renewal the login counts as refused."""
    at_double.portal.login_answer = lambda: success({"token": "useless"}, status=201)

    with pytest.raises(LoginRefused):
        at_double.crm.fetch_access()
    assert at_double.portal.logins == 2


@pytest.mark.parametrize(
    ("answer", "error", "word"),
    [
        (lambda: failure(500, "User authentication failed"), LoginRefused, "password"),
        (lambda: failure(500, "Login Fail. Too many attempts"), SideDown, "wait"),
        (lambda: success({"token": None, "tfa": True}, status=201), LoginRefused, "two-factor"),
        (lambda: failure(500, "IP restricted 10.0.0.7"), SideDown, "settings"),
        (lambda: httpx.Response(200, html="<html>log in</html>"), WrongShape, "address"),
        (lambda: httpx.Response(404, html="<html>no</html>"), WrongShape, "address"),
    ],
)
def test_refused_login_is_not_repeated(
    at_double: DoubleBench,
    watch: Watch,
    answer: Callable[[], httpx.Response],
    error: type[OpsyncError],
    word: str,
) -> None:
    """A refused login says what to do, and is not tried again within a minute, so nothing gets locked."""
    at_double.portal.login_answer = answer
    for _ in range(4):
        with pytest.raises(error, match=word) as caught:
            at_double.crm.fetch_record("301")
    assert at_double.portal.logins == 1
    assert "secret-word" not in str(caught.value) and "10.0.0.7" not in str(caught.value)

    watch.at += timedelta(seconds=62)
    at_double.portal.login_answer = None
    assert at_double.crm.fetch_record("301") is None


def test_login_at_a_portal_in_maintenance(at_double: DoubleBench) -> None:
    """A login that meets a passing fault is tried again like any read."""
    at_double.portal.login_answer = lambda: failure(503, "ServiceUnavailable")

    with pytest.raises(RetryLater):
        at_double.crm.fetch_record("301")
    assert at_double.portal.logins == HTTP.attempts


def test_password_is_hidden() -> None:
    """Printing the options shows no password."""
    assert "secret-word" not in repr(OPTIONS)


def test_cookies_are_never_sent(at_double: DoubleBench) -> None:
    """The log-in sets a cookie that would override the header; it is not kept."""
    answer = {"token": at_double.portal.token}
    cookie = {"Set-Cookie": "asc_auth_key=stale; path=/"}
    at_double.portal.login_answer = lambda: httpx.Response(201, json={"response": answer}, headers=cookie)
    at_double.crm.fetch_lists()

    assert not [one for one in at_double.portal.requests if "cookie" in one.headers]


def test_portal_that_wants_a_scheme(at_double: DoubleBench) -> None:
    """Where only "Bearer" is taken, that is found out once."""
    login, at_double.portal.token = at_double.portal.token, f"Bearer {at_double.portal.token}"
    at_double.portal.login_answer = lambda: success({"token": login}, status=201)
    at_double.crm.fetch_access()
    before = len(at_double.portal.requests)
    at_double.crm.fetch_record("301")

    assert len(at_double.portal.requests) == before + 1
    assert at_double.portal.logins == 2


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        ({"token": None, "sms": True, "phoneNoise": "+47*****12"}, "text message"),
        ({"token": None, "sms": True}, "text message"),
        ({"token": None, "tfa": True}, "app"),
        ({"token": None, "tfa": True, "tfaKey": "SECRETKEY"}, "app"),
        ({"token": None}, "second factor"),
    ],
)
def test_second_factors(at_double: DoubleBench, answer: Json, word: str) -> None:
    """Each kind of second factor is named, with what to do, and without what the portal says about it."""
    at_double.portal.login_answer = lambda: success(answer, status=201)

    with pytest.raises(LoginRefused, match=word) as refusal:
        at_double.crm.fetch_access()
    assert "two-factor" in str(refusal.value)
    assert "SECRETKEY" not in str(refusal.value) and "+47" not in str(refusal.value)


def test_tries_are_never_used_up(at_double: DoubleBench, watch: Watch) -> None:
    """Log-ins without an answer may count as wrong ones: four a minute, however often we are asked."""
    at_double.portal.login_answer = lambda: failure(503, "ServiceUnavailable")
    for _ in range(5):
        with pytest.raises(RetryLater):
            at_double.crm.fetch_record("301")
    assert at_double.portal.logins == 4

    watch.at += timedelta(seconds=62)
    at_double.portal.login_answer = None
    assert at_double.crm.fetch_record("301") is None


def test_a_portal_that_refuses_its_own_token_is_left_alone(at_double: DoubleBench, watch: Watch) -> None:
    """Fresh tokens that do not work are not fetched over and over."""
    at_double.portal.login_answer = lambda: success({"token": "useless"}, status=201)
    for _ in range(5):
        with pytest.raises(LoginRefused):
            at_double.crm.fetch_record("301")
    assert at_double.portal.logins == 2


def test_limiter_at_the_login(at_double: DoubleBench) -> None:
    """The hosted limiter's wish is passed on."""
    slow = failure(503, "ServiceUnavailable")
    slow.headers["Retry-After"] = "600"
    at_double.portal.login_answer = lambda: slow

    with pytest.raises(Throttled) as caught:
        at_double.crm.fetch_record("301")
    assert caught.value.retry_after_s == 600


def test_wrong_password_inside_a_success(at_double: DoubleBench) -> None:
    """A refused log-in that a proxy turned into a success is still a refused log-in."""
    error = {"message": "User authentication failed", "hresult": -2146233087, "data": {}}
    at_double.portal.login_answer = lambda: httpx.Response(200, json={"status": 1, "error": error})

    with pytest.raises(LoginRefused, match="password"):
        at_double.crm.fetch_record("301")
