"""`opsync init` writes a configuration that `opsync check` passes as it is, and writes nothing else."""

import json
import re
import stat
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import Result

from sync.cli import init as init_module
from sync.sandbox.launch import Sandbox, launch
from sync.sandbox.world import make_world
from sync.wiring import real_clock
from tests.cli.conftest import Opsync


@dataclass(frozen=True, slots=True)
class Odd:
    """A sandbox whose administrators changed stages and currencies, and what it takes to connect."""

    sandbox: Sandbox
    told: dict[str, Any]

    @property
    def password(self) -> str:
        return str(self.told["onlyoffice"]["password"])

    def options(self, **changed: str) -> list[str]:
        """The two addresses and log-in names."""
        known = {
            f"--{side}-{option}": self.told[side][key]
            for side in ("superoffice", "onlyoffice")
            for option, key in (("url", "base_url"), ("user", "user"))
        }
        return [word for pair in {**known, **changed}.items() for word in pair if pair[1]]

    def secrets(self) -> dict[str, str]:
        return {
            "OPSYNC_SUPEROFFICE__PASSWORD": self.told["superoffice"]["password"],
            "OPSYNC_ONLYOFFICE__PASSWORD": self.password,
        }

    def writes(self) -> list[int]:
        """The servers' own count."""
        urls = [self.told[side]["control_url"] for side in ("superoffice", "onlyoffice")]
        return [httpx.get(f"{url}/counters").json()["totals"]["writes"] for url in urls]


@pytest.fixture(scope="module")
def odd() -> Iterator[Odd]:
    """Renamed, deleted and extra stages on both sides, and currencies that are called as people speak."""
    sandbox = launch(make_world(companies=4, sales=6, seed=5), clock=real_clock)
    told = sandbox.as_json()
    lists = f"{told['superoffice']['control_url']}/lists"
    for change in (
        {"list": "Rating", "id": 11, "name": 'Første "prat" # 1', "Probability": 15},
        {"list": "Rating", "id": 14, "deleted": True},
        {"list": "Rating", "name": "Proposal", "Probability": 60},
        {"list": "Rating", "name": "On hold", "Probability": 1},
        {"list": "Currency", "id": 6, "name": "Svenska kronor"},
        {"list": "Currency", "id": 7, "name": "kr"},
        {"list": "Currency", "id": 9, "name": "£"},
        {"list": "Currency", "name": 'Sea "shells" \\ # = 1'},
    ):
        httpx.post(lists, json=change).raise_for_status()
    api, login = (
        f"{told['onlyoffice']['base_url']}/api/2.0/crm/opportunity/stage",
        told["onlyoffice"]["token"],
    )
    for title, kind, percent in (("On hold", 0, 1), ("Sold", 1, 100), ("Lost", 2, 0), ("Løsrevet", 2, 0)):
        stage = {"title": title, "color": "#111", "successProbability": percent, "stageType": kind}
        httpx.post(api, json=stage, headers={"Authorization": login}).raise_for_status()
    yield Odd(sandbox, told)
    sandbox.stop()


class Person:
    """Answers every question from what they know."""

    def __init__(self, known: dict[str, str]) -> None:
        self.known = known
        self.asked: list[str] = []
        self.hidden: list[str] = []

    def ask(self, text: str) -> str:
        self.asked.append(text)
        return self.known[text]

    def ask_hidden(self, text: str) -> str:
        self.hidden.append(text)
        return self.known[text]


def run(opsync: Opsync, odd: Odd, *arguments: str) -> Result:
    return opsync("init", *odd.options(), *arguments, **odd.secrets())


def test_the_result_passes_check_as_it_is(opsync: Opsync, odd: Odd, tmp_path: Path) -> None:
    """Renamed stages and odd currencies included; neither system is written into."""
    before = odd.writes()
    made = run(opsync, odd)
    checked = opsync("check", "--json", **odd.secrets())

    assert (made.exit_code, made.stderr) == (0, "")
    assert (checked.exit_code, json.loads(checked.stdout)["ok"]) == (0, True)
    assert odd.writes() == before
    assert {path.name for path in tmp_path.iterdir()} == {"opsync.toml"}


def test_every_row_of_the_mapping_is_marked_as_a_guess(opsync: Opsync, odd: Odd, tmp_path: Path) -> None:
    """With its reason; names of stages stand beside their ids."""
    told = json.loads(run(opsync, odd, "--json").stdout)
    text = (tmp_path / "opsync.toml").read_text()

    rows = [line for line in text.splitlines() if line.startswith("[[mapping.stages]]")]
    assert rows
    assert all(re.search(r"# guess: \w", row) for row in rows)
    assert 'rating = "11"  # Første "prat" # 1 (15 %)' in text
    assert told["config"] == str(tmp_path / "opsync.toml")
    assert told["guesses"] == [line for line in text.splitlines() if "# guess:" in line]


def test_odd_currencies_are_mapped_or_listed(opsync: Opsync, odd: Odd, tmp_path: Path) -> None:
    """What a name means for certain is mapped, the rest is there to be decided."""
    run(opsync, odd)
    text = (tmp_path / "opsync.toml").read_text()

    assert tomllib.loads(text)["mapping"]["currencies"] == {
        "Svenska kronor": "SEK",
        "£": "GBP",
    }
    assert '# "kr" = "NOK"  # guess: it may mean NOK or SEK or DKK or ISK' in text
    assert [line for line in text.splitlines() if line.startswith('# "Sea')]
    assert [line for line in text.splitlines() if line.startswith('# "ISK"')]


def test_custom_fields_work_when_switched_on(opsync: Opsync, odd: Odd, tmp_path: Path) -> None:
    """Taking the # away is all it needs."""
    run(opsync, odd)
    path = tmp_path / "opsync.toml"
    head, _, custom = path.read_text().partition("# [[mapping.custom]]")
    path.write_text(head + re.sub(r"^# (?=\w+ = |\[\[)", "", f"# [[mapping.custom]]{custom}", flags=re.M))
    checked = opsync("check", "--quick", "--json", **odd.secrets())

    assert [row["name"] for row in tomllib.loads(path.read_text())["mapping"]["custom"]] == [
        "seats",
        "region",
    ]
    assert checked.exit_code == 0, checked.stdout


def test_an_existing_file_is_left_alone(opsync: Opsync, odd: Odd, tmp_path: Path) -> None:
    """Unless `--force` says otherwise; nobody is called before."""
    (tmp_path / "opsync.toml").write_text("mine")
    refused = run(opsync, odd)
    kept = (tmp_path / "opsync.toml").read_text()
    forced = run(opsync, odd, "--force")

    assert (refused.exit_code, kept, forced.exit_code) == (2, "mine", 0)
    assert "is there already" in refused.stderr
    assert "[[mapping.stages]]" in (tmp_path / "opsync.toml").read_text()


def test_all_that_is_missing_is_told_at_once(opsync: Opsync, tmp_path: Path) -> None:
    """One line each, with the option that gives it; nobody is asked where no terminal is."""
    result = opsync("init")

    names = {line.partition(":")[0] for line in result.stderr.splitlines()}
    assert result.exit_code == 2
    assert names == {
        f"{side}.{key}" for side in ("superoffice", "onlyoffice") for key in ("base_url", "user", "password")
    }
    assert "--superoffice-url" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_person_is_asked_for_the_rest(
    opsync: Opsync, odd: Odd, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Typed passwords go into files that only their owner reads; then nothing else is needed."""
    person = Person(
        {
            "SuperOffice user": odd.told["superoffice"]["user"],
            "SuperOffice password": odd.told["superoffice"]["password"],
            "ONLYOFFICE password": odd.password,
        }
    )
    monkeypatch.setattr(init_module, "somebody", lambda: person)
    made = opsync("init", *odd.options(**{"--superoffice-user": ""}))
    checked = opsync("check", "--quick")

    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("*.password")}
    assert (made.exit_code, checked.exit_code) == (0, 0), made.output
    assert (person.asked, person.hidden) == (
        ["SuperOffice user"],
        ["SuperOffice password", "ONLYOFFICE password"],
    )
    assert modes == {"superoffice.password": 0o600, "onlyoffice.password": 0o600}
    assert odd.password not in made.output + (tmp_path / "opsync.toml").read_text()


def test_password_files_are_named_and_not_copied(opsync: Opsync, odd: Odd, tmp_path: Path) -> None:
    """Relative to the configuration where they lie beside or below it."""
    (tmp_path / "deep").mkdir()
    for name in ("deep/one", "two"):
        (tmp_path / name).write_text(odd.password)
        (tmp_path / name).chmod(0o600)
    files = {"--superoffice-password-file": "deep/one", "--onlyoffice-password-file": "two"}
    made = opsync("init", *odd.options(**files), "--output", tmp_path / "deep" / "made.toml")
    config = tomllib.loads((tmp_path / "deep" / "made.toml").read_text())

    assert made.exit_code == 0, made.output
    assert config["superoffice"]["password_file"] == "one"
    assert config["onlyoffice"]["password_file"] == str(tmp_path / "two")


def test_an_older_file_says_how_to_connect(opsync: Opsync, odd: Odd, tmp_path: Path) -> None:
    """Ways in that no option knows come from its sections; its mapping is not taken over."""
    left, right = odd.told["superoffice"], odd.told["onlyoffice"]
    (tmp_path / "ticket").write_text(left["ticket"])
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "old.toml").write_text(
        f'[superoffice]\nbase_url = "{left["base_url"]}"\nlogin = "ticket"\nticket_file = "../ticket"\n'
        f'[onlyoffice]\nbase_url = "{right["base_url"]}"\nuser = "{right["user"]}"\n'
        'default_currency = "NOK"\n'
        "[budget]\nworkers = 3\n[budget.onlyoffice]\nattempts = 2\n[mapping]\nstages = 5\n"
    )
    made = opsync("-c", "old/old.toml", "init", "--output", "new.toml", **odd.secrets())
    checked = opsync("-c", "new.toml", "check", "--quick", **odd.secrets())
    config = tomllib.loads((tmp_path / "new.toml").read_text())

    assert (made.exit_code, checked.exit_code) == (0, 0), made.output + checked.output
    assert (config["superoffice"]["login"], config["onlyoffice"]["default_currency"]) == ("ticket", "NOK")
    assert config["budget"] == {"workers": 3, "onlyoffice": {"attempts": 2}}


def test_a_tenant_in_the_cloud_is_found(opsync: Opsync, odd: Odd, tmp_path: Path) -> None:
    """By a system user, whose secrets stay where they are; tokens are named relative to the result."""
    left, right = odd.told["superoffice"], odd.told["onlyoffice"]
    for name in ("app_token", "private_key", "system_user_token"):
        (tmp_path / name).write_text(left[name])
        (tmp_path / name).chmod(0o600)
    (tmp_path / "base.toml").write_text(
        '[superoffice]\nenvironment = "online"\nlogin = "system_user"\nclient_secret_file = "app_token"\n'
        f'tenant = "{left["tenant"]}"\nclient_id = "{left["client_id"]}"\nstate_url = "{left["state_url"]}"\n'
        f'identity_url = "{left["control_url"].removesuffix("/_sandbox")}"\n'
        'private_key_file = "private_key"\nsystem_user_token_file = "system_user_token"\n'
        f'[onlyoffice]\nbase_url = "{right["base_url"]}"\nuser = "{right["user"]}"\n'
    )
    made = opsync("-c", "base.toml", "init", "--output", "new.toml", **odd.secrets())
    checked = opsync("-c", "new.toml", "check", "--quick", **odd.secrets())
    config = tomllib.loads((tmp_path / "new.toml").read_text())

    assert (made.exit_code, checked.exit_code) == (0, 0), made.output + checked.output
    assert config["superoffice"]["system_user_token_file"] == "system_user_token"
    assert "base_url" not in config["superoffice"]


def test_trouble_of_both_sides_is_told_and_nothing_is_written(
    opsync: Opsync, odd: Odd, tmp_path: Path
) -> None:
    """Exit code 1, one line a side, no secret in it."""
    wrong = dict.fromkeys(odd.secrets(), "open-sesame")
    result = opsync("init", *odd.options(), **wrong)

    assert result.exit_code == 1
    assert [line.split()[0].strip(":") for line in result.stderr.splitlines()] == [
        "SuperOffice",
        "ONLYOFFICE",
    ]
    assert "open-sesame" not in result.output
    assert list(tmp_path.iterdir()) == []
