"""At a terminal `opsync init` asks, and what is typed for a password is not shown."""

import os
import pty
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from sync.cli import init as init_module
from sync.cli.way_in import WayIn, somebody
from sync.errors import Misconfigured
from tests.cli.conftest import Opsync, Playground


def typed(master: int, answers: dict[str, str]) -> str:
    """Answers each prompt as it comes up; what the terminal showed."""
    shown, left = "", dict(answers)
    while True:
        try:
            piece = os.read(master, 4096)
        except OSError:  # the other end is closed
            return shown
        if not piece:
            return shown
        shown += piece.decode()
        prompt = next((text for text in left if shown.endswith(f"{text}: ")), None)
        if prompt is not None:
            os.write(master, f"{left.pop(prompt)}\n".encode())


def test_a_terminal_asks_and_hides(opsync: Opsync, playground: Playground, tmp_path: Path) -> None:
    """A real one, with nothing given beforehand; the result needs no more questions."""
    known = tomllib.loads(playground.config.read_text())
    answers = {
        "SuperOffice's address": known["superoffice"]["base_url"],
        "SuperOffice user": known["superoffice"]["user"],
        "SuperOffice password": playground.password,
        "ONLYOFFICE's address": known["onlyoffice"]["base_url"],
        "ONLYOFFICE user": known["onlyoffice"]["user"],
        "ONLYOFFICE password": playground.password,
    }
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "sync", "init", "--output", str(tmp_path / "made.toml")]
    root = str(Path(__file__).parents[2])
    with subprocess.Popen(
        command, stdin=slave, stdout=slave, stderr=slave, cwd=root, start_new_session=True
    ) as process:
        os.close(slave)
        shown = typed(master, answers)
    os.close(master)
    checked = opsync("-c", tmp_path / "made.toml", "check", "--quick")

    assert (process.returncode, checked.exit_code) == (0, 0), shown
    assert playground.password not in shown
    assert (tmp_path / "onlyoffice.password").read_text().strip() == playground.password


def test_nobody_is_asked_without_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """A script must not wait for an answer that never comes."""
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr(sys, "stdin", nothing)

        assert somebody() is None


class Nobody:
    """Fails whoever asks."""

    def ask(self, text: str) -> str:
        raise AssertionError(text)

    def ask_hidden(self, text: str) -> str:
        raise AssertionError(text)


@pytest.mark.parametrize(
    "left",
    [
        {"environment": "online", "tenant": "Cust1", "login": "system_user"},
        {"base_url": "https://crm.example.com", "login": "ticket"},
        {"base_url": "https://crm.example.com", "user": "ada", "password_file": "secret"},
    ],
)
def test_only_what_the_way_in_needs_is_asked(tmp_path: Path, left: dict[str, str]) -> None:
    """The cloud has no address to type, and a ticket no user."""
    way = WayIn(tmp_path, {"OPSYNC_ONLYOFFICE__PASSWORD": "secret"})
    way.tree = {"superoffice": dict(left), "onlyoffice": {"base_url": "https://a.example", "user": "b"}}
    way.take_answers(Nobody())

    assert way.tree["superoffice"] == left


@pytest.mark.parametrize("content", [b"[superoffice", b"\xff\xfe", None])
def test_an_older_file_that_cannot_be_read_is_refused(tmp_path: Path, content: bytes | None) -> None:
    """It says which; nothing of it is repeated, for it might hold a secret."""
    path = tmp_path / "old.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Misconfigured, match=r"old\.toml: cannot be read as a configuration"):
        WayIn(tmp_path, {}).take_file(path)


def test_typed_passwords_overwrite_nothing(
    opsync: Opsync, playground: Playground, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A secret that lies there may be the only copy; the configuration is not written either."""

    class Person(Nobody):
        """Knows one thing."""

        def ask_hidden(self, text: str) -> str:
            return playground.password

    known = tomllib.loads(playground.config.read_text())
    (tmp_path / "onlyoffice.password").write_text("older")
    monkeypatch.setattr(init_module, "somebody", Person)
    result = opsync(
        *("init", "--superoffice-url", known["superoffice"]["base_url"]),
        *("--superoffice-user", known["superoffice"]["user"]),
        *("--onlyoffice-url", known["onlyoffice"]["base_url"]),
        *("--onlyoffice-user", known["onlyoffice"]["user"]),
    )

    assert result.exit_code == 2
    assert "onlyoffice.password is there already" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["onlyoffice.password"]
    assert (tmp_path / "onlyoffice.password").read_text() == "older"


def test_a_folder_that_is_missing_is_told_first(opsync: Opsync, tmp_path: Path) -> None:
    """Before anybody is asked or called."""
    result = opsync("init", "--output", tmp_path / "no" / "made.toml")

    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        f"{tmp_path / 'no'} is no folder: make it, or name another by --output"
    ]
