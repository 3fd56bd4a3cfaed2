"""`opsync alerts test` by every way there is, and what `opsync check` says of them."""

import json
import re
import sys
from pathlib import Path

import pytest

from sync.cli.alert_findings import alert_findings
from sync.cli.finding import Mark
from sync.daemon.conditions import ADVICE
from sync.settings import load_settings
from tests.cli.conftest import Opsync, Playground
from tests.daemon.channels.postoffice import PASSWORD, USER, post_office
from tests.daemon.channels.test_webhook import Receiver, listening
from tests.settings.build import a_config

HOOK = {"OPSYNC_ALERTS__WEBHOOK_URL": "https://chat.example.com/x"}
MAIL = {
    "OPSYNC_ALERTS__MAIL_HOST": "127.0.0.1",
    "OPSYNC_ALERTS__MAIL_FROM": "opsync@example.com",
    "OPSYNC_ALERTS__MAIL_TO": "ops@example.com",
}


def test_one_alert_goes_out_by_every_way(opsync: Opsync, tmp_path: Path) -> None:
    """And each says that it took it."""
    receiver, note = Receiver(), tmp_path / "note.json"
    config = a_config(tmp_path)
    keep = f"open({str(note)!r}, 'w').write(__import__('sys').stdin.read())"
    with listening(receiver) as url, post_office(tmp_path) as (office, port):
        environ = MAIL | {
            "OPSYNC_ALERTS__WEBHOOK_URL": url,
            "OPSYNC_ALERTS__COMMAND": f'{sys.executable} -c "{keep}"',
            "OPSYNC_ALERTS__MAIL_PORT": str(port),
            "OPSYNC_ALERTS__MAIL_USER": USER,
            "OPSYNC_ALERTS__MAIL_PASSWORD": PASSWORD,
            "OPSYNC_ALERTS__CA_FILE": str(office.certificate),
        }
        told = opsync("-c", config, "alerts", "test", "--json", **environ)
        text = opsync("-c", config, "alerts", "test", **environ)

    assert (told.exit_code, text.exit_code) == (0, 0)
    assert json.loads(told.stdout)["channels"] == [
        {"channel": name, "arrived": True, "problem": ""} for name in ("webhook", "mail", "command")
    ]
    assert text.stdout.count("sent") == 3
    assert [len(receiver.got), len(office.mails)] == [2, 2]
    assert json.loads(note.read_text())["state"] == "test"


def test_a_way_that_fails_is_named(opsync: Opsync, tmp_path: Path) -> None:
    """The others are tried all the same; exit code 1."""
    receiver = Receiver()
    receiver.status = 404
    with listening(receiver) as url:
        environ = {"OPSYNC_ALERTS__WEBHOOK_URL": url, "OPSYNC_ALERTS__COMMAND": "true"}
        result = opsync("-c", a_config(tmp_path), "alerts", "test", "--json", **environ)

    assert result.exit_code == 1
    assert json.loads(result.stdout)["channels"] == [
        {"channel": "webhook", "arrived": False, "problem": "the address answered 404"},
        {"channel": "command", "arrived": True, "problem": ""},
    ]
    assert "tr0ub4dor" not in result.output


def test_without_any_way_there_is_nothing_to_try(opsync: Opsync, tmp_path: Path) -> None:
    """Exit code 2 names the settings."""
    result = opsync("-c", a_config(tmp_path), "alerts", "test")

    assert result.exit_code == 2
    assert "set webhook_url_file, mail_host or command" in result.stderr


@pytest.mark.parametrize(
    ("environ", "what"),
    [
        ({}, "nobody is told"),
        ({"OPSYNC_ALERTS__WEBHOOK_URL": "http://chat.example.com/x"}, "travels in the clear"),
        ({"OPSYNC_ALERTS__COMMAND": "no-such-program-of-the-tests"}, "is not there"),
        (MAIL | {"OPSYNC_ALERTS__MAIL_PORT": "465"}, "is unusual at port 465"),
        (MAIL | {"OPSYNC_ALERTS__MAIL_PORT": "587", "OPSYNC_ALERTS__MAIL_SECURITY": "ssl"}, "is unusual at"),
        (
            MAIL | {"OPSYNC_ALERTS__MAIL_HOST": "mail.example.com", "OPSYNC_ALERTS__MAIL_SECURITY": "none"},
            "mail travels in the clear",
        ),
    ],
)
def test_check_sees_what_would_not_arrive(tmp_path: Path, environ: dict[str, str], what: str) -> None:
    """Without a call to anybody; a remark, for nothing of the synchronisation is broken."""
    (finding,) = alert_findings(load_settings(a_config(tmp_path), environ).settings)

    assert finding.mark is Mark.ODD
    assert what in finding.what
    assert finding.to_do


@pytest.mark.parametrize(
    ("environ", "ways"), [(HOOK, "webhook"), (MAIL, "mail"), (HOOK | MAIL, "webhook, mail")]
)
def test_check_names_the_ways(tmp_path: Path, environ: dict[str, str], ways: str) -> None:
    """Where nothing is odd about them."""
    (finding,) = alert_findings(load_settings(a_config(tmp_path), environ).settings)

    assert finding.mark is Mark.FINE
    assert finding.what.startswith(f"told by {ways} after 120 s")


def test_check_says_so(opsync: Opsync, playground: Playground) -> None:
    """Among its other findings, and without calling it a fault."""
    result = opsync("-c", playground.config, "check", "--quick", "--json")
    found = [row for row in json.loads(result.stdout)["findings"] if row["where"] == "alerts"]

    assert [row["mark"] for row in found] == ["odd"]
    assert result.exit_code == 0


@pytest.mark.parametrize("step", [advice.step for advice in ADVICE.values()])
def test_every_advice_is_a_command_that_exists(opsync: Opsync, step: str) -> None:
    """What an alert tells to run can be run."""
    for command in re.findall(r"`opsync ([a-z ]+?)(?: -|`)", step):
        shown = opsync(*command.split(), "--help")

        assert shown.exit_code == 0, command
        assert "Exit codes" in shown.output
