"""The [alerts] section: nobody is told unless asked for, and what cannot work is refused by name."""

from pathlib import Path
from typing import get_args

import pytest

from sync.cli.channels import build_channels, build_rules, build_thresholds
from sync.daemon.channels.command import CommandChannel
from sync.daemon.channels.mail import MailChannel, MailServer, Security
from sync.daemon.channels.webhook import WebhookChannel
from sync.daemon.conditions import Kind
from sync.daemon.lookout import Thresholds
from sync.daemon.notices import Rules
from sync.errors import Misconfigured
from sync.settings import Settings, load_settings
from sync.settings.alerts import ConditionWord
from tests.settings.build import a_config

URL = "https://chat.example.com/hooks/tr0ub4dor"
MAIL = 'mail_host = "mail.example.com"\nmail_from = "opsync@example.com"\nmail_to = ["ops@example.com"]\n'


def loaded(folder: Path, more: str = "", **environ: str) -> Settings:
    return load_settings(a_config(folder, f"[alerts]\n{more}\n"), environ).settings


def problems(folder: Path, more: str, **environ: str) -> list[str]:
    with pytest.raises(Misconfigured) as caught:
        loaded(folder, more, **environ)
    return list(caught.value.problems)


def test_nobody_is_told_unless_asked_for(tmp_path: Path) -> None:
    """No way is configured; the rules are those of the code."""
    settings = load_settings(a_config(tmp_path), {}).settings

    assert build_channels(settings) == ()
    assert settings.alerts.is_silent
    assert build_rules(settings) == Rules()
    assert build_thresholds(settings) == Thresholds()


def test_every_condition_can_be_named(tmp_path: Path) -> None:
    """The words of the settings are the conditions there are."""
    assert set(get_args(ConditionWord)) == set(Kind)
    everything = ", ".join(f'"{kind}"' for kind in Kind)
    assert build_rules(loaded(tmp_path, f"never = [{everything}]")).never == set(Kind)


def test_every_limit_arrives(tmp_path: Path) -> None:
    """Under its own name."""
    text = """
name = "opsync at home"
after_s = 1
after = { side_down = 600, dead_man = 0 }
never = ["parked"]
remind_every_s = 2
no_good_cycle_s = 300
conflicts_from = 4
parked_from = 5
budget_percent = 6
retrying_s = 7
"""
    settings = loaded(tmp_path, text)

    assert build_rules(settings) == Rules(
        "opsync at home", 1.0, {"side_down": 600.0, "dead_man": 0.0}, 2.0, frozenset({"parked"})
    )
    assert build_thresholds(settings) == Thresholds(300.0, 4, 5, 6, 7.0)


def test_rare_cycles_are_no_silence(tmp_path: Path) -> None:
    """Whoever looks once an hour misses nothing for three."""
    path = a_config(tmp_path, "[schedule]\ninterval_s = 3600\n")

    assert build_thresholds(load_settings(path, {}).settings).no_good_cycle_s == 10_800


def test_all_ways_at_once(tmp_path: Path) -> None:
    """Secrets by file; a program and certificates beside the configuration."""
    (tmp_path / "ca.pem").touch()
    for name, secret in (("hook.url", URL), ("mail.password", "left-at-home")):
        (tmp_path / name).touch(mode=0o600)
        (tmp_path / name).write_text(f"{secret}\n")
    text = f"""{MAIL}mail_port = 465
mail_security = "ssl"
mail_user = "opsync"
mail_password_file = "mail.password"
webhook_url_file = "hook.url"
command = ["bin/tell", "ops team"]
ca_file = "ca.pem"
timeout_s = 5
"""
    settings = loaded(tmp_path, text)
    ca = str(tmp_path / "ca.pem")
    server = MailServer("mail.example.com", 465, Security.SSL, "opsync", "left-at-home", ca)

    assert build_channels(settings) == (
        WebhookChannel(URL, 5.0, ca),
        MailChannel(server, "opsync@example.com", ("ops@example.com",), 5.0),
        CommandChannel((str(tmp_path / "bin/tell"), "ops team"), 5.0),
    )
    assert not settings.alerts.is_silent
    assert {URL, "left-at-home"} <= set(settings.secrets())
    assert "tr0ub4dor" not in repr(settings) and "left-at-home" not in repr(settings)


def test_everything_comes_by_the_environment_as_well(tmp_path: Path) -> None:
    """Lists with semicolons, a command as in a shell, which is never started."""
    environ = {
        "WEBHOOK_URL": URL,
        "COMMAND": "tell 'ops team' $HOME",
        "MAIL_HOST": "127.0.0.1",
        "MAIL_FROM": "opsync@example.com",
        "MAIL_TO": "ops@example.com; night@example.com",
        "NEVER": "parked;budget",
        "AFTER__SIDE_DOWN": "600",
    }
    settings = loaded(tmp_path, **{f"OPSYNC_ALERTS__{name}": value for name, value in environ.items()})
    section = settings.alerts

    assert section.command == ["tell", "ops team", "$HOME"]
    assert section.mail_to == ["ops@example.com", "night@example.com"]
    assert (section.never, section.after) == (["parked", "budget"], {"side_down": 600.0})
    assert [channel.name for channel in build_channels(settings)] == ["webhook", "mail", "command"]


@pytest.mark.parametrize("secret", ["webhook_url", "mail_password"])
def test_secrets_do_not_stand_in_the_file(tmp_path: Path, secret: str) -> None:
    """The address of a webhook is one."""
    (line,) = problems(tmp_path, f'{secret} = "{URL}"')

    assert line.startswith(f"alerts.{secret}: a secret does not belong in this file: set OPSYNC_ALERTS__")
    assert "tr0ub4dor" not in line


@pytest.mark.parametrize(
    "url", ["chat.example.com/x", "ftp://chat.example.com/x", "https://:8443/tr0ub4dor", "https://[x"]
)
def test_an_address_that_is_none_is_refused_unseen(tmp_path: Path, url: str) -> None:
    """Without being repeated."""
    (line,) = problems(tmp_path, "", OPSYNC_ALERTS__WEBHOOK_URL=url)

    assert line.startswith("alerts.webhook_url: must be an address such as")
    assert url not in line


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        (
            'mail_host = "mail.example.com"\nmail_to = ["a@b"]',
            "alerts.mail_from: missing (mail_host needs it)",
        ),
        ('mail_host = "mail.example.com"\nmail_from = "a@b"', "alerts.mail_to: missing (mail_host needs it)"),
        (MAIL + 'mail_user = "opsync"', "alerts.mail_password: missing secret"),
        ('mail_host = "https://mail.example.com"', "alerts.mail_host: must match"),
        ('mail_from = "opsync"', "alerts.mail_from: must match"),
        ('mail_to = ["ops@example.com, Bcc: x@example.com"]', "alerts.mail_to row 1: must match"),
        ("mail_port = 0", "alerts.mail_port: must be at least 1"),
        ('mail_security = "tls"', "alerts.mail_security: must be one of starttls, ssl, none"),
        ('never = ["sidedown"]', "alerts.never row 1: must be one of dead_man, side_down"),
        ("after = { side = 3 }", "alerts.after.side: must be one of dead_man, side_down"),
        ("after = { held = -1 }", "alerts.after.held: must be at least 0"),
        ('after = { held = "soon" }', "alerts.after.held: must be a number"),
        ("after_s = -1", "alerts.after_s: must be at least 0"),
        ("no_good_cycle_s = 0", "alerts.no_good_cycle_s: must be at least 1"),
        ("budget_percent = 101", "alerts.budget_percent: must be at most 100"),
        ("timeout_s = 0", "alerts.timeout_s: must be at least 0.1"),
        ('command = [""]', "alerts.command: must begin with a program"),
        ('command = ["tell\\u0000"]', "alerts.command: must begin with a program"),
        ('command = "tell \'ops"', "alerts.command: "),
        ('ca_file = "no.pem"', "alerts.ca_file: "),
        ('name = "two\\nlines"', "alerts.name: must match"),
        ('webhok_url_file = "x"', "alerts.webhok_url_file: unknown setting (did you mean webhook_url_file?)"),
    ],
)
def test_what_cannot_work_is_refused(tmp_path: Path, more: str, problem: str) -> None:
    """One line that names the setting."""
    found = problems(tmp_path, more)

    assert [line for line in found if line.startswith(problem)] == found[:1]
    assert len(found) <= 2


def test_a_password_never_travels_in_the_clear(tmp_path: Path) -> None:
    """Only within this machine."""
    environ = {"OPSYNC_ALERTS__MAIL_PASSWORD": "tr0ub4dor"}
    plain = 'mail_user = "opsync"\nmail_security = "none"\n'
    (line,) = problems(tmp_path, MAIL + plain, **environ)

    assert line.startswith("alerts.mail_security: must be starttls or ssl")
    assert loaded(tmp_path, MAIL.replace("mail.example.com", "127.0.0.1") + plain, **environ)
    assert loaded(tmp_path, f'{MAIL}mail_security = "none"')
