"""The [alerts] section: what is told, when and by which ways; it reaches nobody itself."""

import shlex
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationInfo, field_validator

from sync.settings.section import Seconds, Section

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_ADDRESS = r"^[^@\s,;<>]+@[^@\s,;<>]+$"


def _posted_to(secret: SecretStr) -> SecretStr:
    """The message does not repeat it: who knows such an address may use it."""
    try:
        parts = urlsplit(secret.get_secret_value())
        is_fine = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_fine = False
    if not is_fine:
        raise ValueError("must be an address such as https://chat.example.com/hooks/…")
    return secret


def _number(given: object) -> object:
    """From an environment variable, whose type nobody knows in a table of free names."""
    try:
        return float(given) if isinstance(given, str) else given
    except ValueError:
        return given


ConditionWord = Literal[
    "dead_man",
    "side_down",
    "state_down",
    "held",
    "misconfigured",
    "conflicts",
    "parked",
    "budget",
    "webhooks",
    "retrying",
]
Number = Annotated[int, Field(ge=0)]
MailAddress = Annotated[str, Field(pattern=_ADDRESS)]


class Alerts(Section):
    """[alerts]: each of `webhook_url`, `mail_host` and `command` that is set is one way to be told."""

    name: str = Field(default="opsync", pattern=r"^[\w .:@/-]{1,60}$")
    after_s: Seconds = 120.0
    after: dict[ConditionWord, Annotated[Seconds, BeforeValidator(_number)]] = Field(default_factory=dict)
    never: list[ConditionWord] = Field(default_factory=list)
    remind_every_s: Seconds = 86_400.0
    no_good_cycle_s: float = Field(default=900.0, ge=1, allow_inf_nan=False)
    conflicts_from: Number = 10
    parked_from: Number = 10
    budget_percent: int = Field(default=90, ge=0, le=100)
    retrying_s: Seconds = 3600.0
    timeout_s: float = Field(default=15.0, ge=0.1, le=120, allow_inf_nan=False)
    ca_file: str = ""
    webhook_url: Annotated[SecretStr, AfterValidator(_posted_to)] | None = None
    webhook_url_file: str = ""
    command: list[str] = Field(default_factory=list)
    mail_host: str = Field(default="", pattern=r"^[^\s/@]*$")
    mail_port: int = Field(default=587, ge=1, le=65_535)
    mail_user: str = ""
    mail_password: SecretStr | None = None
    mail_password_file: str = ""
    mail_security: Literal["starttls", "ssl", "none"] = Field(default="starttls")
    mail_from: str = Field(default="", pattern=rf"^$|{_ADDRESS}", validate_default=True)
    mail_to: list[MailAddress] = Field(default_factory=list, validate_default=True)

    @property
    def is_silent(self) -> bool:
        """Nobody is told."""
        return self.webhook_url is None and not self.mail_host and not self.command

    @field_validator("never", "mail_to", mode="before")
    @classmethod
    def _split(cls, given: object) -> object:
        """An environment variable holds several words with semicolons between them."""
        return [part.strip() for part in given.split(";")] if isinstance(given, str) else given

    @field_validator("command", mode="before")
    @classmethod
    def _split_command(cls, given: object) -> object:
        return shlex.split(given) if isinstance(given, str) else given

    @field_validator("command")
    @classmethod
    def _need_a_program(cls, command: list[str]) -> list[str]:
        if (command and not command[0]) or any("\0" in word for word in command):
            raise ValueError("must begin with a program, such as ['/usr/local/bin/tell', 'opsync']")
        return command

    @field_validator("mail_security")
    @classmethod
    def _hide_the_password(cls, word: str, info: ValidationInfo) -> str:
        is_far = info.data.get("mail_host") not in LOOPBACK
        if word == "none" and is_far and info.data.get("mail_user"):
            raise ValueError("must be starttls or ssl: the password of mail_user would be sent in the clear")
        return word

    @field_validator("mail_from", "mail_to")
    @classmethod
    def _need_addresses(cls, given: str | list[str], info: ValidationInfo) -> str | list[str]:
        if info.data.get("mail_host") and not given:
            raise ValueError("missing (mail_host needs it)")
        return given
