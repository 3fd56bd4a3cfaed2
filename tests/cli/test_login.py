"""`opsync login`: the consent comes back to this machine, and only to the attempt that asked for it."""

import re
import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from hashlib import sha256
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from typer.testing import CliRunner, Result

from sync.cli import callback as callback_module
from sync.cli import login as login_module
from sync.cli.callback import Callback
from sync.cli.main import build
from sync.errors import LoginRefused
from tests.crm.vendor_cloud import (
    CLIENT_ID,
    CLIENT_SECRET,
    REFRESH_TOKEN,
    TENANT,
    USER_TOKEN,
    VendorCloud,
    a_cloud,
)

CONFIG = """
[superoffice]
environment = "online"
tenant = "Cust90001"
login = "LOGIN"
client_id = "opsync-client"
client_secret_file = "client.secret"
refresh_token_file = "refresh.token"
system_user_token_file = "system.token"
private_key_file = "client.secret"
redirect_port = 18371
[onlyoffice]
base_url = "https://office.example.com"
user = "opsync@example.com"
password_file = "client.secret"
[[mapping.stages]]
status = "sold"
stage = "Won"
"""
Answer = Callable[[dict[str, str]], dict[str, str]]


@pytest.fixture
def cloud() -> Iterator[VendorCloud]:
    with a_cloud() as cloud:
        yield cloud


@pytest.fixture
def opsync(tmp_path: Path, cloud: VendorCloud) -> Callable[..., Result]:
    """Runs the command; the double's clock is the real one, because the command's is."""
    from sync.wiring import real_clock

    cloud.now = real_clock()
    secret = tmp_path / "client.secret"
    secret.touch(mode=0o600)
    secret.write_text(CLIENT_SECRET)

    def run(*arguments: str, login: str = "openid", typed: str = "") -> Result:
        (tmp_path / "opsync.toml").write_text(CONFIG.replace("LOGIN", login))
        config = str(tmp_path / "opsync.toml")
        return CliRunner().invoke(build(), ["-c", config, "login", *arguments], input=typed)

    return run


def browse(url: str, answer: Answer) -> None:
    """What a browser does after the person consented."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    target = urlsplit(asked["redirect_uri"])
    port = target.port or 0
    for query in ({"code": "stolen", "state": "of-somebody-else"}, answer(asked)):
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        connection.request("GET", f"{target.path}?{urlencode(query)}")
        connection.getresponse().read()
        connection.close()


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], None]:
    """Opens the address that `--open` would open, and answers."""

    def consents(answer: Answer) -> None:
        def open_it(url: str) -> bool:
            threading.Thread(target=browse, args=(url, answer), daemon=True).start()
            return True

        monkeypatch.setattr("webbrowser.open", open_it)
        monkeypatch.setattr(login_module, "LIMIT_S", 10.0)

    return consents


def yes(asked: dict[str, str]) -> dict[str, str]:
    return {"code": "the-code", "state": asked["state"]}


def test_the_tokens_of_a_consent_are_kept_in_private_files(
    opsync: Callable[..., Result], person: Callable[[Answer], None], tmp_path: Path
) -> None:
    """An answer with a stranger's state before it changes nothing; no token is printed."""
    person(yes)
    result = opsync("--open")

    assert result.exit_code == 0, result.output
    assert "anna@example.com consented for tenant Cust90001" in result.stdout
    kept = {name: tmp_path / name for name in ("refresh.token", "system.token")}
    assert [path.read_text().strip() for path in kept.values()] == [REFRESH_TOKEN, USER_TOKEN]
    assert {path.stat().st_mode & 0o777 for path in kept.values()} == {0o600}
    assert not any(secret in result.output for secret in (REFRESH_TOKEN, USER_TOKEN, CLIENT_SECRET))


def test_the_address_asks_for_one_tenant_with_a_bound_code(
    opsync: Callable[..., Result], cloud: VendorCloud
) -> None:
    """Scope openid, S256, the registered redirect; the verifier sent later fits the challenge."""
    result = opsync("--code-from-stdin", typed="the-code\n")
    (url,) = re.findall(r"https://online\S+", result.stderr)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    sent = parse_qs(cloud.requests[0].content.decode())

    assert urlsplit(url).path == "/login/common/oauth/authorize"
    assert (asked["client_id"], asked["scope"], asked["response_type"]) == (CLIENT_ID, "openid", "code")
    assert asked["redirect_uri"] == sent["redirect_uri"][0] == "http://127.0.0.1:18371/callback"
    assert asked["acr_values"] == f"tenant:{TENANT}"
    digest = sha256(sent["code_verifier"][0].encode()).digest()
    assert asked["code_challenge"] == urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert (asked["code_challenge_method"], sent["code"]) == ("S256", ["the-code"])
    assert len(asked["state"]) >= 32


@pytest.mark.parametrize("typed", ["", "http://127.0.0.1:18371/callback?code=x&state=strange\n"])
def test_a_pasted_address_of_another_attempt_is_refused(opsync: Callable[..., Result], typed: str) -> None:
    """Before anything is sent."""
    result = opsync("--code-from-stdin", typed=typed)

    assert result.exit_code == 1
    assert "not the answer to this log-in" in result.stderr


def test_a_refused_consent_ends_in_one_line(
    opsync: Callable[..., Result], person: Callable[[Answer], None]
) -> None:
    """With what to do about it."""
    person(lambda asked: {"error": "access_denied", "state": asked["state"]})
    result = opsync("--open")

    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].startswith("SuperOffice log-in: access was denied")


@pytest.mark.parametrize(
    ("login", "granted", "advice"),
    [
        ("openid", {"id_token": None}, "who consented"),
        ("openid", {"refresh_token": None}, "no refresh token"),
        ("openid", {"access_token": "8A:Cust7.x"}, "another tenant"),
        ("openid", {"access_token": ""}, "expected a log-in's answer"),
    ],
)
def test_an_answer_that_lacks_something_keeps_nothing(
    opsync: Callable[..., Result],
    cloud: VendorCloud,
    tmp_path: Path,
    login: str,
    granted: dict[str, object],
    advice: str,
) -> None:
    """Half a log-in would only fail later."""
    cloud.granted = granted
    result = opsync("--code-from-stdin", typed="the-code\n", login=login)

    assert result.exit_code == 1
    assert advice in result.stderr
    assert not (tmp_path / "refresh.token").exists()


def test_a_system_user_login_needs_the_system_users_token(
    opsync: Callable[..., Result], cloud: VendorCloud, tmp_path: Path
) -> None:
    """It comes inside the id_token, where the application has one."""
    cloud.claims = {"http://schemes.superoffice.net/identity/system_token": None}
    refused = opsync("--code-from-stdin", typed="the-code\n", login="system_user")
    cloud.claims = {}
    kept = opsync("--code-from-stdin", "--json", typed="the-code\n", login="system_user")

    assert "registered with a system user" in refused.stderr
    assert f'"tenant": "{TENANT}"' in kept.stdout
    assert (tmp_path / "system.token").read_text().strip() == USER_TOKEN


def test_nobody_answers() -> None:
    """The wait has an end, and the port is free afterwards."""
    waiting = Callback(0, lambda _query: None)
    with pytest.raises(LoginRefused, match="nobody consented"):
        waiting.wait(0.05)
    waiting.close()
    again = Callback(waiting.port, lambda query: query)
    with pytest.raises(LoginRefused, match=f"port {waiting.port}"):
        Callback(again.port, lambda query: query)
    again.close()


def test_a_silent_visitor_does_not_stop_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Browsers open connections in advance; other paths are not the answer."""
    monkeypatch.setattr(callback_module, "_READ_LIMIT_S", 0.1)
    waiting = Callback(0, lambda query: query.removeprefix("code="))
    silent = HTTPConnection("127.0.0.1", waiting.port)
    silent.connect()

    def visit() -> None:
        for path in ("/favicon.ico", "/callback?code=it"):
            connection = HTTPConnection("127.0.0.1", waiting.port, timeout=5)
            connection.request("GET", path)
            connection.getresponse().read()
            connection.close()

    threading.Thread(target=visit, daemon=True).start()
    found = waiting.wait(5)
    silent.close()
    waiting.close()

    assert found == "it"
