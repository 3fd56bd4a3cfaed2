"""Gathers raw settings from TOML, environment and secret files; it judges only where they come from."""

import os
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter, ValidationError
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from sync.errors import Misconfigured
from sync.settings.sections import Settings
from sync.settings.waysin import MADE_BY_LOGIN, missing_secrets, other_problems

PREFIX = "OPSYNC_"
DELIMITER = "__"
SECRETS = (
    ("superoffice", "password"),
    ("superoffice", "ticket"),
    ("superoffice", "app_token"),
    ("superoffice", "token"),
    ("superoffice", "cookie"),
    ("superoffice", "xsrf_token"),
    ("superoffice", "client_secret"),
    ("superoffice", "private_key"),
    ("superoffice", "system_user_token"),
    ("superoffice", "refresh_token"),
    ("onlyoffice", "password"),
    ("state", "url"),
    ("web", "token"),
    ("webhooks", "secret"),
    ("alerts", "webhook_url"),
    ("alerts", "mail_password"),
)
_NEEDED = ("superoffice", "onlyoffice", "mapping")
_SCALARS = (bool, int, float)
DEFAULT_URL = "sqlite:///opsync.db"


@dataclass
class Raw:
    """Settings as found: `tree` by section, `origins` by dotted name, and what is wrong or worth a word."""

    path: Path
    tree: dict[str, Any]
    origins: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def section(self, name: str) -> dict[str, Any]:
        """The table of that name, or an empty one where the file holds something else."""
        found = self.tree.get(name)
        return found if isinstance(found, dict) else {}


def gather(path: Path, environ: Mapping[str, str]) -> Raw:
    raw = Raw(path, _read_toml(path))
    for name in _NEEDED:
        raw.tree.setdefault(name, {})
    _note_origins(raw, raw.tree, ())
    _refuse_secrets(raw)
    _overlay(raw, environ)
    for section, name in SECRETS:
        _read_secret(raw, section, name)
    _check_needed(raw)
    _anchor_paths(raw)
    return raw


def variable(*names: str) -> str:
    """The environment variable of a setting."""
    return PREFIX + DELIMITER.join(names).upper()


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Misconfigured([f"{path}: cannot be read ({error.strerror})"]) from error
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured([f"{path}: is not TOML: {error}"]) from error
    except UnicodeDecodeError as error:
        raise Misconfigured([f"{path}: is not UTF-8 text"]) from error


def _note_origins(raw: Raw, tree: Mapping[str, Any], above: tuple[str, ...]) -> None:
    for name, value in tree.items():
        if isinstance(value, dict):
            _note_origins(raw, value, (*above, name))
        else:
            raw.origins[".".join((*above, name))] = "file"


def _refuse_secrets(raw: Raw) -> None:
    for section, name in SECRETS:
        value = raw.section(section).get(name)
        if value is None or ((section, name) == ("state", "url") and not _has_password(value)):
            continue
        raw.problems.append(
            f"{section}.{name}: a secret does not belong in this file: "
            f"set {variable(section, name)}, or {name}_file to a file that holds it"
        )


def _has_password(url: object) -> bool:
    try:
        parsed = make_url(str(url))
    except (ArgumentError, ValueError):
        return "@" in str(url)
    return bool(parsed.password) or any("password" in key for key in parsed.query)


def _overlay(raw: Raw, environ: Mapping[str, str]) -> None:
    """An empty variable counts as not set: compose files write those for what nobody gave."""
    for variable_name, text in sorted(environ.items()):
        if not text or not variable_name.startswith(PREFIX) or DELIMITER not in variable_name:
            continue
        names = variable_name.removeprefix(PREFIX).lower().split(DELIMITER)
        _put(raw, names, _typed(Settings, names, text), variable_name)


def _put(raw: Raw, names: list[str], value: object, origin: str) -> None:
    table = raw.tree
    for name in names[:-1]:
        below = table.setdefault(name, {})
        if not isinstance(below, dict):
            raw.problems.append(f"{'.'.join(names)}: {origin} names a setting inside one that is no table")
            return
        table = below
    table[names[-1]] = value
    raw.origins[".".join(names)] = origin


def _typed(model: type[BaseModel], names: list[str], text: str) -> object:
    """Text as the setting's own type; as it is where it does not fit, and validation says so."""
    info = model.model_fields.get(names[0])
    kind = info.annotation if info else None
    if len(names) > 1:
        nested = isinstance(kind, type) and issubclass(kind, BaseModel)
        return _typed(kind, names[1:], text) if nested else text  # type: ignore[arg-type]  # nested: a model
    if kind not in _SCALARS:
        return text
    try:
        number: object = TypeAdapter(kind).validate_strings(text.strip())
    except ValidationError:
        return text
    return number


def _read_secret(raw: Raw, section: str, name: str) -> None:
    """The environment wins over the file. A file that `opsync login` makes may not be there yet."""
    table, label = raw.section(section), f"{section}.{name}_file"
    file = table.get(f"{name}_file")
    if not isinstance(file, str) or not file or raw.origins.get(f"{section}.{name}", "").startswith(PREFIX):
        return
    path = raw.path.parent / file
    if name in MADE_BY_LOGIN and not path.exists():
        return
    try:
        text = path.read_text(encoding="utf-8").strip()
        mode = path.stat().st_mode
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is not text"
        raw.problems.append(f"{label}: {path} cannot be read ({reason})")
        table[name] = "unread"
        return
    if not text:
        raw.problems.append(f"{label}: {path} is empty")
    if os.name == "posix" and mode & (stat.S_IRWXG | stat.S_IRWXO):
        raw.warnings.append(f"{label}: {path} can be read by others; run: chmod 600 {path}")
    table[name] = text or "unread"
    raw.origins[f"{section}.{name}"] = f"file {path}"


def _check_needed(raw: Raw) -> None:
    left = raw.section("superoffice")
    missing = [("superoffice", name) for name in missing_secrets(left)]
    if "password" not in raw.section("onlyoffice"):
        missing.append(("onlyoffice", "password"))
    hooks = raw.section("webhooks")
    if hooks.get("url") and "secret" not in hooks:
        missing.append(("webhooks", "secret"))
    alerts = raw.section("alerts")
    if alerts.get("mail_host") and alerts.get("mail_user") and "mail_password" not in alerts:
        missing.append(("alerts", "mail_password"))
    for section, name in missing:
        raw.problems.append(
            f"{section}.{name}: missing secret: set {variable(section, name)}, "
            f"or {name}_file to a file that holds it"
        )
    raw.problems += other_problems(left)


def _anchor_paths(raw: Raw) -> None:
    """Relative files belong to the configuration's folder, wherever the command was started."""
    _anchor_tokens(raw)
    for side, budget in raw.section("budget").items():
        if isinstance(budget, dict) and isinstance(budget.get("ca_file"), str) and budget["ca_file"]:
            path = raw.path.parent.absolute() / budget["ca_file"]
            budget["ca_file"] = str(path)
            if not path.is_file():
                raw.problems.append(f"budget.{side}.ca_file: {path} is not there")
    _anchor_alerts(raw)
    state = raw.tree.setdefault("state", {})
    if isinstance(state, dict) and isinstance(state.setdefault("url", DEFAULT_URL), str):
        _anchor_url(raw, state)


def _anchor_tokens(raw: Raw) -> None:
    """A token from the environment has no file: the file would win when it is read again."""
    left = raw.section("superoffice")
    for name in MADE_BY_LOGIN:
        file = left.get(f"{name}_file")
        if isinstance(file, str) and file:
            from_environment = raw.origins.get(f"superoffice.{name}", "").startswith(PREFIX)
            left[f"{name}_file"] = "" if from_environment else str(raw.path.parent.absolute() / file)


def _anchor_alerts(raw: Raw) -> None:
    """A program without a slash is looked for in PATH, as in a shell."""
    alerts = raw.section("alerts")
    folder = raw.path.parent.absolute()
    if isinstance(alerts.get("ca_file"), str) and alerts["ca_file"]:
        path = folder / alerts["ca_file"]
        alerts["ca_file"] = str(path)
        if not path.is_file():
            raw.problems.append(f"alerts.ca_file: {path} is not there")
    command = alerts.get("command")
    if isinstance(command, list) and command and isinstance(command[0], str) and "/" in command[0]:
        alerts["command"] = [str(folder / command[0]), *command[1:]]


def _anchor_url(raw: Raw, state: dict[str, Any]) -> None:
    try:
        parsed = make_url(state["url"])
    except (ArgumentError, ValueError):
        raw.problems.append("state.url: must be sqlite:///file or postgresql://user@host/database")
        return
    if parsed.drivername.startswith("sqlite") and parsed.database and parsed.database != ":memory:":
        database = str(raw.path.parent.absolute() / parsed.database)
        state["url"] = parsed.set(database=database).render_as_string(hide_password=False)
