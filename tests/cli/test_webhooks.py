"""`opsync webhooks` against a sandbox tenant, with a receiver as the service has one."""

import json
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from typer.testing import Result

from sync.cli.finding import Mark
from sync.cli.hook_findings import hook_findings
from sync.sandbox.launch import Sandbox, launch
from sync.sandbox.world import make_world
from sync.settings import load_settings
from sync.web.hooks import PATH, Trust, build_receiver
from sync.wiring import real_clock
from tests.cli.conftest import Opsync, Playground
from tests.web.test_app import served

SECRET = "hook-secret-of-the-tests"
CONFIG = """
[superoffice]
base_url = "{base_url}"
tenant = "{tenant}"
user = "{user}"
[onlyoffice]
base_url = "https://office.example.com"
user = "opsync@example.com"
[[mapping.stages]]
status = "sold"
stage = "Won"
"""


@dataclass(frozen=True, slots=True)
class Office:
    """A sandbox tenant, a configuration for it, and the secrets and address as the environment gives them."""

    sandbox: Sandbox
    config: Path
    environ: dict[str, str]

    @property
    def left(self) -> dict[str, str]:
        found: dict[str, str] = self.sandbox.as_json()["superoffice"]
        return found

    def switch(self, **values: object) -> None:
        httpx.post(f"{self.left['control_url']}/switches", json=values, trust_env=False).raise_for_status()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    sandbox = launch(make_world(companies=3, sales=4, seed=3), clock=real_clock)
    left = sandbox.as_json()["superoffice"]
    config = tmp_path_factory.mktemp("office") / "opsync.toml"
    config.write_text(CONFIG.format(**left))
    trust = Trust(SECRET, frozenset({left["tenant"].casefold()}))
    with served(build_receiver(trust, lambda _event, _key: True, lambda _result: None)) as url:
        environ = {
            "OPSYNC_SUPEROFFICE__PASSWORD": left["password"],
            "OPSYNC_ONLYOFFICE__PASSWORD": "unused",
            "OPSYNC_WEBHOOKS__URL": f"{url}{PATH}",
            "OPSYNC_WEBHOOKS__SECRET": SECRET,
        }
        yield Office(sandbox, config, environ)
    sandbox.stop()


@pytest.fixture
def webhooks(office: Office, opsync: Opsync) -> Iterator[Opsync]:
    """Runs `opsync webhooks …`; there is no hook before and after."""

    def run(*arguments: object, **environ: str) -> Result:
        return opsync("-c", office.config, "webhooks", *arguments, **office.environ | environ)

    yield run
    run("remove")


def test_a_hook_is_registered_shown_and_removed(webhooks: Opsync, office: Office) -> None:
    """Registering twice keeps one hook."""
    missing = webhooks("status")
    made, again, shown = webhooks("register"), webhooks("register"), webhooks("status", "--json")
    removed, nothing = webhooks("remove"), webhooks("remove", "--json")
    told = json.loads(shown.stdout)

    assert (missing.exit_code, missing.stdout) == (4, "SuperOffice has no webhook named 'opsync'\n")
    assert (made.exit_code, again.exit_code, shown.exit_code) == (0, 0, 0)
    assert made.stdout.startswith(f"opsync: Active, posts to {office.environ['OPSYNC_WEBHOOKS__URL']} (")
    assert (told["sound"], told["webhook"]["state"], told["webhook"]["differs_in"]) == (True, "Active", [])
    assert (removed.stdout, json.loads(nothing.stdout)) == ("removed\n", {"removed": 0})


def test_a_hook_that_was_switched_off_is_repaired(webhooks: Opsync, office: Office) -> None:
    """Until then its status is exit code 4; the repair says what was wrong."""
    webhooks("register")
    hooks = office.sandbox.installation.tenant.hooks.items
    (hook,) = hooks.values()
    hook.state, hook.consecutive_errors, hook.last_error = "TooManyErrors", 9, "the receiver answered 502"
    broken, repaired, sound = webhooks("status"), webhooks("repair"), webhooks("status")
    needless = webhooks("repair", "--json")

    assert [each.exit_code for each in (broken, repaired, sound, needless)] == [4, 0, 0, 0]
    assert "TooManyErrors" in broken.stdout and "9 in a row" in broken.stdout
    assert "last error: the receiver answered 502" in broken.stdout
    assert [line.split(",")[0] for line in repaired.stdout.splitlines()] == [
        "before  opsync: TooManyErrors",
        "opsync: Active",
    ]
    assert json.loads(needless.stdout)["sound"] is True


def test_a_hook_that_posts_elsewhere_is_told(webhooks: Opsync, office: Office) -> None:
    """It works, and not for us."""
    webhooks("register")
    with served(build_receiver(Trust(SECRET, frozenset()), lambda *_: True, lambda _result: None)) as url:
        result = webhooks("status", OPSYNC_WEBHOOKS__URL=f"{url}{PATH}")

    assert result.exit_code == 4
    assert "not as configured: address" in result.stdout


def test_a_test_event_is_answered_or_said_why_not(webhooks: Opsync) -> None:
    """Nothing is saved; the advice names what to look at."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound but not listening: connections are refused
        closed = f"http://127.0.0.1:{taken.getsockname()[1]}{PATH}"
        answered, forged = webhooks("test"), webhooks("test", OPSYNC_WEBHOOKS__SECRET="another")
        unreached = webhooks("test", "--json", OPSYNC_WEBHOOKS__URL=closed)
    told = json.loads(unreached.stdout)

    assert (answered.exit_code, forged.exit_code, unreached.exit_code) == (0, 1, 1)
    assert "was answered" in answered.stdout
    assert "opsync serve" in forged.stderr and "401" in forged.stderr
    assert (told["answered"], told["url"]) == (False, closed)
    assert webhooks("status").exit_code == 4


@pytest.mark.parametrize(
    ("switch", "environ", "advice"),
    [
        ({"webhooks_enabled": False}, {}, "its administrator has to set EnableWebhooks"),
        ({"webhook_https": True}, {}, "https addresses with a valid certificate only"),
        ({}, {"OPSYNC_WEBHOOKS__SECRET": "another"}, "see that `opsync serve` runs with this secret"),
    ],
)
def test_a_refused_registration_is_one_line_with_the_next_step(
    webhooks: Opsync, office: Office, switch: dict[str, object], environ: dict[str, str], advice: str
) -> None:
    """Exit code 1, no traceback, no secret."""
    office.switch(**switch)
    result = webhooks("register", **environ)
    office.switch(webhooks_enabled=True, webhook_https=False)
    (line,) = result.stderr.splitlines()

    assert result.exit_code == 1
    assert advice in line
    assert SECRET not in result.output


@pytest.mark.parametrize("command", ["register", "status", "repair", "remove", "test"])
def test_without_an_address_there_is_nothing_to_do(webhooks: Opsync, command: str) -> None:
    """Exit code 2 names the setting; so does an address that SuperOffice would refuse."""
    missing = webhooks(command, OPSYNC_WEBHOOKS__URL="")
    plain = webhooks(command, OPSYNC_WEBHOOKS__URL="http://sync.example.com/superoffice")

    assert (missing.exit_code, plain.exit_code) == (2, 2)
    assert missing.stderr.startswith("webhooks.url: missing")
    assert plain.stderr.startswith("webhooks.url: must begin with https")


@pytest.mark.parametrize("command", ["register", "status", "repair", "remove", "test"])
def test_a_side_that_is_down_is_told(webhooks: Opsync, command: str) -> None:
    """Exit code 1 with what to do."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        result = webhooks(
            command,
            OPSYNC_SUPEROFFICE__BASE_URL=f"http://127.0.0.1:{taken.getsockname()[1]}",
            OPSYNC_BUDGET__SUPEROFFICE__ATTEMPTS="1",
        )

    assert result.exit_code == 1
    assert "cannot connect" in result.stderr


def test_check_tells_of_the_hook(webhooks: Opsync, office: Office) -> None:
    """Missing is a remark with the next step, sound is fine; the secret of a careless person is told."""

    def findings(**environ: str) -> list[tuple[str, str]]:
        settings = load_settings(
            office.config, office.environ | {"OPSYNC_WEBHOOKS__PORT": "0"} | environ
        ).settings
        return [(str(row.mark), f"{row.what}: {row.to_do}") for row in hook_findings(settings)]

    missing = findings()
    webhooks("register")
    sound, short = findings(), findings(OPSYNC_WEBHOOKS__SECRET="short")

    assert [mark for mark, _ in missing] == ["fine", "odd"]
    assert "opsync webhooks register" in missing[1][1]
    assert [mark for mark, _ in sound] == ["fine", "fine"]
    assert short[0] == ("odd", "the secret is short: make one of at least 16 random characters")
    assert "not as configured: secret" in short[2][1]


def test_check_tells_a_port_that_is_taken_and_a_side_that_is_down(office: Office) -> None:
    """The first is no fault while the service runs; the second is one."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        down = {"OPSYNC_SUPEROFFICE__BASE_URL": f"http://127.0.0.1:{port}/x", "OPSYNC_WEBHOOKS__PORT": port}
        down |= {
            "OPSYNC_BUDGET__SUPEROFFICE__ATTEMPTS": "1",
            "OPSYNC_BUDGET__SUPEROFFICE__READ_TIMEOUT_S": "0.1",
        }
        found = list(hook_findings(load_settings(office.config, office.environ | down).settings))

    assert [row.mark for row in found] == [Mark.ODD, Mark.BROKEN]
    assert "fine if opsync serve holds it" in found[0].to_do


def test_check_says_that_there_are_none(opsync: Opsync, playground: Playground) -> None:
    """Which is no fault: changes are found by looking."""
    told = json.loads(opsync("-c", playground.config, "check", "--quick", "--json").stdout)

    assert [row["what"] for row in told["findings"] if row["where"] == "webhooks"] == [
        "not configured: changes are found by looking"
    ]
