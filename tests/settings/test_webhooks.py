"""The [webhooks] section: off without an address, and never on without a secret."""

from pathlib import Path

import pytest

from sync import wiring
from sync.errors import Misconfigured
from sync.settings import Settings, load_settings
from tests.settings.build import MINIMAL, a_config

URL = "https://sync.example.com/superoffice"
SECRET = {"OPSYNC_WEBHOOKS__SECRET": "hook-secret-of-the-tests"}


def loaded(folder: Path, more: str, environ: dict[str, str] = SECRET, *, text: str = MINIMAL) -> Settings:
    return load_settings(a_config(folder, f"[webhooks]\n{more}\n", text=text), environ).settings


def problems(folder: Path, more: str, environ: dict[str, str] = SECRET) -> list[str]:
    with pytest.raises(Misconfigured) as caught:
        loaded(folder, more, environ)
    return list(caught.value.problems)


def test_there_are_none_unless_asked_for(tmp_path: Path) -> None:
    """No address, no secret, and the receiver would listen on this machine alone."""
    section = load_settings(a_config(tmp_path), {}).settings.webhooks

    assert (section.url, section.secret, section.host, section.name) == ("", None, "127.0.0.1", "opsync")
    with pytest.raises(Misconfigured, match=r"webhooks\.url: missing"):
        wiring.open_webhooks(load_settings(a_config(tmp_path), {}).settings)


def test_an_address_needs_a_secret(tmp_path: Path) -> None:
    """As every missing secret is told."""
    assert problems(tmp_path, f'url = "{URL}"', {}) == [
        "webhooks.secret: missing secret: set OPSYNC_WEBHOOKS__SECRET, or secret_file to a file that holds it"
    ]


def test_the_secret_comes_by_file_or_environment_and_is_hidden(tmp_path: Path) -> None:
    """Never from the TOML; the log knows it in order to hide it."""
    (tmp_path / "hook.secret").touch(mode=0o600)
    (tmp_path / "hook.secret").write_text("from-a-file\n")
    by_file = loaded(tmp_path, f'url = "{URL}"\nsecret_file = "hook.secret"', {})
    (line,) = problems(tmp_path, f'url = "{URL}"\nsecret = "open-sesame"')

    assert "from-a-file" in by_file.secrets()
    assert "from-a-file" not in repr(by_file)
    assert line.startswith("webhooks.secret: a secret does not belong in this file")
    assert "open-sesame" not in line


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ('url = "http://sync.example.com/hook"', "webhooks.url: must begin with https"),
        ('url = "sync.example.com"', "webhooks.url: must be an address such as"),
        ('url = "https://"', "webhooks.url: must be an address such as"),
        ('url = "https://user:word@sync.example.com/"', "webhooks.url: must be an address such as"),
        ('url = "https://sync.example.com/?a=1"', "webhooks.url: must be an address such as"),
        ('url = "https://sync.example.com:99999/"', "webhooks.url: must be an address such as"),
        ('url = "ftp://sync.example.com/"', "webhooks.url: must be an address such as"),
        ("port = 70000", "webhooks.port: must be at most 65535"),
        ('name = ""', "webhooks.name: must not be empty"),
        (f'name = "{"n" * 101}"', "webhooks.name: String should have at most 100 characters"),
        ('notify_email = "nobody"', "webhooks.notify_email: must match"),
        ('ulr = "x"', "webhooks.ulr: unknown setting (did you mean url?)"),
    ],
)
def test_what_cannot_work_is_refused(tmp_path: Path, more: str, problem: str) -> None:
    """One line that names the setting and does not repeat a password."""
    (line,) = problems(tmp_path, more)

    assert line.startswith(problem)
    assert "word" not in line.removeprefix(problem)


@pytest.mark.parametrize(
    "url", [URL, "https://sync.example.com:8443/a/b", "http://127.0.0.1:8371/superoffice"]
)
def test_fine_addresses(tmp_path: Path, url: str) -> None:
    """Plain http is for a sandbox on this machine."""
    assert loaded(tmp_path, f'url = "{url}"').webhooks.url == url


def test_tenants_as_events_name_them(tmp_path: Path) -> None:
    """A tenant in the cloud by its name alone; one's own server as `Default`, by its name, or not at all."""
    own = load_settings(a_config(tmp_path), {}).settings
    cloud = MINIMAL.replace(
        'base_url = "https://crm.example.com"\nuser = "opsync"\npassword_file = "left.password"\n',
        'environment = "online"\ntenant = "Cust90001"\nlogin = "bearer"\ntoken_file = "left.password"\n',
    )
    hosted = load_settings(a_config(tmp_path, text=cloud), {}).settings

    assert wiring.webhook_tenants(own) == {"default", ""}
    assert wiring.webhook_tenants(hosted) == {"cust90001"}
