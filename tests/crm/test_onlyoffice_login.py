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
    WrongShape,
)
from tests.crm.contract import read
from tests.crm.onlyoffice_bench import HTTP, OPTIONS, DoubleBench, Watch, a_record, double_bench
from tests.crm.respx_onlyoffice import failure, success


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
