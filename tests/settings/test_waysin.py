"""Each way into SuperOffice asks for what it needs, and for nothing else."""

from pathlib import Path

import pytest

from sync import wiring
from sync.crm.superoffice.options import Cloud, CookieSession, OpenId, SystemUser
from sync.errors import LoginRefused, Misconfigured
from sync.settings import Settings, load_settings
from tests.settings.build import MINIMAL, a_config

OWN = 'base_url = "https://crm.example.com"\n'
LOGIN = 'user = "opsync"\npassword_file = "left.password"\n'
CLOUD = 'environment = "online"\ntenant = "Cust90001"\n'
SYSTEM_USER = f"""{CLOUD}login = "system_user"
client_secret_file = "secret"
private_key_file = "key.pem"
system_user_token_file = "system.token"
"""
OPENID = f"""{CLOUD}login = "openid"
client_id = "opsync-client"
client_secret_file = "secret"
refresh_token_file = "refresh.token"
"""
FILES = {
    "right.password": "right-secret",
    "secret": "app-secret",
    "key.pem": "-----BEGIN",
    "left.password": "x",
}


def text_with(section: str) -> str:
    return MINIMAL.replace(OWN + LOGIN, section)


def loaded(folder: Path, section: str, environ: dict[str, str] | None = None) -> Settings:
    return load_settings(a_config(folder, text=text_with(section), secrets=FILES), environ or {}).settings


def problems(folder: Path, section: str) -> list[str]:
    with pytest.raises(Misconfigured) as caught:
        loaded(folder, section)
    return sorted(caught.value.problems)


def test_a_system_user_reaches_the_adapter(tmp_path: Path) -> None:
    """Its token is read from the file when it is needed, so the file may come later."""
    options = wiring.superoffice_options(loaded(tmp_path, f'{SYSTEM_USER}serial = "4711"\n'))
    login = options.login

    assert isinstance(login, SystemUser)
    assert options.cloud == Cloud("online", "Cust90001")
    assert (login.private_key, login.client_secret, login.serial) == ("-----BEGIN", "app-secret", "4711")
    with pytest.raises(LoginRefused, match="opsync login"):
        login.user_token.load()
    (tmp_path / "system.token").write_text("Opsync-AbCd\n")
    assert login.user_token.load() == "Opsync-AbCd"


def test_a_persons_login_reaches_the_adapter(tmp_path: Path) -> None:
    """Client id, secret and the file of the refresh token."""
    login = wiring.superoffice_options(loaded(tmp_path, OPENID)).login

    assert isinstance(login, OpenId)
    assert (login.client_id, login.client_secret) == ("opsync-client", "app-secret")
    assert login.refresh_token.path == tmp_path / "refresh.token"


def test_a_token_in_the_environment_wins_over_its_file(tmp_path: Path) -> None:
    """As everywhere; there is no file to write then."""
    (tmp_path / "refresh.token").write_text("from-file")
    settings = loaded(tmp_path, OPENID, {"OPSYNC_SUPEROFFICE__REFRESH_TOKEN": "from-environment"})
    login = wiring.superoffice_options(settings).login

    assert isinstance(login, OpenId)
    assert login.refresh_token.load() == "from-environment"
    with pytest.raises(Misconfigured, match="refresh_token_file"):
        wiring.open_consent(settings)


def test_a_browsers_session_reaches_the_adapter(tmp_path: Path) -> None:
    """Both halves are secrets."""
    environ = {"OPSYNC_SUPEROFFICE__COOKIE": "s=1", "OPSYNC_SUPEROFFICE__XSRF_TOKEN": "x"}
    settings = loaded(tmp_path, f'{OWN}login = "cookie"\n', environ)

    assert wiring.superoffice_options(settings).login == CookieSession("s=1", "x")
    assert {"s=1", "x"} <= set(settings.secrets())


@pytest.mark.parametrize(
    ("section", "names"),
    [
        (f'{OWN}login = "cookie"\n', ["cookie", "xsrf_token"]),
        (f'{CLOUD}login = "system_user"\n', ["client_secret", "private_key", "system_user_token_file"]),
        (f'{CLOUD}login = "openid"\n', ["client_id", "client_secret", "refresh_token_file"]),
        (LOGIN, ["base_url"]),
        ('environment = "online"\nlogin = "bearer"\n', ["tenant", "token"]),
        (f"{OWN}{CLOUD}{LOGIN}", ["base_url", "login"]),
        (SYSTEM_USER.replace('environment = "online"\n', ""), ["environment"]),
        (SYSTEM_USER.replace("online", "everywhere"), ["environment"]),
        (SYSTEM_USER.replace("Cust90001", "../etc"), ["tenant"]),
        (f'{SYSTEM_USER}client_secret = "in-the-clear"\n', ["client_secret"]),
        (f'{OPENID}state_url = "ftp://x"\n', ["state_url"]),
    ],
)
def test_everything_that_is_missing_is_named_at_once(tmp_path: Path, section: str, names: list[str]) -> None:
    """One line each, none of them with a secret."""
    found = problems(tmp_path, section)

    assert [line.split(":")[0].removeprefix("superoffice.") for line in found] == names
    assert "in-the-clear" not in "".join(found)


def test_a_stand_in_over_http_is_a_warning(tmp_path: Path) -> None:
    """Secrets would travel in the clear; on this machine that is nobody's business."""
    section = f'{OPENID}identity_url = "http://sandbox.example.com"\nstate_url = "http://127.0.0.1:1/s"\n'
    text = text_with(section)
    warnings = load_settings(a_config(tmp_path, text=text, secrets=FILES), {}).warnings

    assert [line.split(":")[0] for line in warnings] == ["superoffice.identity_url"]


@pytest.mark.parametrize("section", [OWN + LOGIN, f'{CLOUD}login = "bearer"\ntoken_file = "secret"\n'])
def test_a_consent_needs_an_application_in_the_cloud(tmp_path: Path, section: str) -> None:
    """The lines name what is not set."""
    with pytest.raises(Misconfigured, match="opsync login"):
        wiring.open_consent(loaded(tmp_path, section))
