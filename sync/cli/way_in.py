"""The way into both systems as `opsync init` learns it: options, environment, an older file, a person."""

import getpass
import sys
import tempfile
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import typer

from sync.cli.toml_text import section_lines, with_files
from sync.errors import Misconfigured
from sync.settings import Loaded, load_settings
from sync.settings.source import variable

_SECTIONS = ("superoffice", "onlyoffice")
_FILE = "_file"
_PLACEHOLDER = '[[mapping.stages]]\nstatus = "sold"\nstage = "-"\n'
"""Nobody is asked about stages before both sides have told theirs."""


@dataclass(frozen=True, slots=True)
class Question:
    """A setting that people are asked for, the option that gives it, and whether it is never shown."""

    section: str
    key: str
    option: str
    text: str
    hidden: bool = False

    @property
    def name(self) -> str:
        return f"{self.section}.{self.key}"


QUESTIONS = (
    Question("superoffice", "base_url", "--superoffice-url", "SuperOffice's address"),
    Question("superoffice", "user", "--superoffice-user", "SuperOffice user"),
    Question("superoffice", "password", "--superoffice-password-file", "SuperOffice password", hidden=True),
    Question("onlyoffice", "base_url", "--onlyoffice-url", "ONLYOFFICE's address"),
    Question("onlyoffice", "user", "--onlyoffice-user", "ONLYOFFICE user"),
    Question("onlyoffice", "password", "--onlyoffice-password-file", "ONLYOFFICE password", hidden=True),
)


class Asker(Protocol):
    """A person, or a test that plays one."""

    def ask(self, text: str) -> str: ...

    def ask_hidden(self, text: str) -> str: ...


class Terminal:
    """The person at this terminal; what they type for a secret is not shown."""

    def ask(self, text: str) -> str:
        return str(typer.prompt(text, err=True)).strip()

    def ask_hidden(self, text: str) -> str:
        return getpass.getpass(f"{text}: ")


def somebody() -> Asker | None:
    """None where nobody sits at a terminal."""
    return Terminal() if sys.stdin.isatty() else None


@dataclass
class WayIn:
    """What is known so far: `tree` by section with absolute file names, `secrets` by setting as typed, and
    the environment that everything else comes from."""

    folder: Path
    environ: Mapping[str, str]
    tree: dict[str, dict[str, Any]] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)

    def take_file(self, path: Path) -> None:
        """The sections that say how to connect; the rest of an older configuration is not read."""
        found = _read(path)
        for name in (*_SECTIONS, "budget"):
            if isinstance(table := found.get(name), dict):
                self.tree[name] = _anchored(table, path.parent.absolute())

    def take_options(self, given: Mapping[str, str | Path | None]) -> None:
        """By option name; a password option names a file."""
        for question in QUESTIONS:
            value = given.get(question.option)
            if value is not None:
                key = question.key + (_FILE if question.hidden else "")
                text = str(Path(value).absolute()) if question.hidden else str(value)
                self.tree.setdefault(question.section, {})[key] = text

    def take_answers(self, asker: Asker) -> None:
        for question in (question for question in QUESTIONS if self._is_open(question)):
            if question.hidden:
                self.secrets[question.name] = asker.ask_hidden(question.text)
            else:
                self.tree.setdefault(question.section, {})[question.key] = asker.ask(question.text)

    def _is_open(self, question: Question) -> bool:
        """Only the plain way into SuperOffice is asked for; the others need more than answers."""
        if question.section == "superoffice" and self._is_special(question):
            return False
        keys = (question.key, f"{question.key}{_FILE}")
        return not any(self._value(question.section, key) for key in keys)

    def _is_special(self, question: Question) -> bool:
        if question.key == "base_url":
            return bool(self._value("superoffice", "environment"))
        return (self._value("superoffice", "login") or "basic") != "basic"

    def _value(self, section: str, key: str) -> str:
        return self.environ.get(variable(section, key)) or str(self.tree.get(section, {}).get(key, ""))

    def load(self, text: str) -> Loaded:
        """`text` as settings of that folder, typed secrets included. `Misconfigured` names the options."""
        typed = {variable(*name.split(".")): secret for name, secret in self.secrets.items()}
        with tempfile.NamedTemporaryFile("w", dir=self.folder, suffix=".toml", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            try:
                return load_settings(Path(file.name), {**self.environ, **typed})
            except Misconfigured as error:
                raise Misconfigured([_with_option(problem) for problem in error.problems]) from error

    def load_connections(self) -> Loaded:
        """Settings to connect with; their mapping means nothing yet."""
        return self.load("\n".join((*section_lines(self.tree), _PLACEHOLDER)))


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Misconfigured(
            [f"{path}: cannot be read as a configuration ({type(error).__name__})"]
        ) from error


def _anchored(table: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """File names made absolute, whatever folder the new configuration goes to."""
    return with_files(table, lambda file: str(folder / file) if file else "")


def _with_option(problem: str) -> str:
    """A missing setting may be given in more ways here than other commands know."""
    question = next((one for one in QUESTIONS if problem.startswith(f"{one.name}: missing")), None)
    if question is None:
        return problem
    if question.hidden:
        return f"{problem}, or name it by {question.option}"
    return f"{problem}; give {question.option}, or set {variable(question.section, question.key)}"
