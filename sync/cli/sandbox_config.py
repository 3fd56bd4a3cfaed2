"""Writes a complete, commented configuration for the two sandbox servers; it starts nothing."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from string import Template

from sync.errors import Misconfigured
from sync.sandbox.launch import Sandbox
from sync.sandbox.seeds import SeedUser

_MARK = "# Written by `opsync sandbox`"
_STEPS = (
    ("Lead", "Initial contact"),
    ("Qualified", "Application of initial fit criteria"),
    ("Needs analysis", "Suspect"),
    ("Solution demo", "Need assessment"),
    ("Proposal", "Qualified prospect"),
    ("Negotiation", "Proposal"),
    ("Verbal agreement", "Negotiations"),
)
_TEMPLATE = Template(
    _MARK
    + """ for the two sandbox servers; it is overwritten by the next one.
# opsync.example.toml explains every setting.

[superoffice]
base_url = "$left_url"
tenant = "$tenant"
login = "basic"
user = "$left_user"
password_file = "superoffice.password"
stamp_field = "SuperOffice:1"            # the custom field "Opsync link"

[onlyoffice]
base_url = "$right_url"
user = "$right_user"
password_file = "onlyoffice.password"
stamp_field = "Opsync link"
number_field = "External number"         # gets the sale's number
org_number_field = "Organisation number"
partner_field = "SuperOffice contact id"

[state]
url = "sqlite:///$state"

[mapping]
default_direction = "both"
default_policy = "ask"                   # both sides changed one field: a person decides

# Every open stage has one image, and comes back from it to itself.
$stages
[[mapping.stages]]
status = "sold"
stage = "Closure/Transaction"

[[mapping.stages]]
status = "lost"
stage = "Unsuccessfully closed"

# ONLYOFFICE knows no stalled deals: they show as open, and that does not travel back.
[[mapping.stages]]
status = "stalled"
stage = "Need assessment"
direction = "superoffice_to_onlyoffice"

[mapping.fields.person]
direction = "both"                       # contact persons, by e-mail or name within linked companies

[mapping.owners]
default_superoffice = "$default_login"           # for owners whom SuperOffice does not have
default_onlyoffice = "$default_email"

[mapping.owners.table]
$owners

[[mapping.custom]]
name = "reference"
type = "text"
superoffice = "SuperOffice:2"
onlyoffice = "Background"

[[mapping.custom]]
name = "seats"
type = "number"
superoffice = "SuperOffice:3"
onlyoffice = "Seats"

[[mapping.custom]]
name = "go_live"
type = "date"
superoffice = "SuperOffice:4"
onlyoffice = "Contract date"

[[mapping.custom]]
name = "framework"
type = "checkbox"
superoffice = "SuperOffice:6"
onlyoffice = "Renewal"

[[mapping.custom]]
name = "region"
type = "list"
superoffice = "SuperOffice:7"
onlyoffice = "Region"

[policy]
first_link = "superoffice"               # who is right where two records are bonded for the first time
deleted_in_superoffice = "$removal"
deleted_in_onlyoffice = "$removal"
gone_after_s = 0                         # seconds; believe a deletion at the second look, however soon

[companies]
create_in_superoffice = true
create_in_onlyoffice = true

[schedule]
interval_s = 5
jitter_s = 0

[budget.superoffice]
calls_per_minute = 100000                # nobody else uses a sandbox

[budget.onlyoffice]
calls_per_minute = 100000
calls_per_ten_seconds = 0

[web]
token_file = "web.token"
"""
)


def write_config(
    path: Path, sandbox: Sandbox, users: Iterable[SeedUser], *, web_token: str, removal: str = "keep"
) -> None:
    """`path`, and beside it the secret files. The state of an earlier sandbox is removed: its world is gone.

    `Misconfigured` when `path` is a file that no sandbox wrote."""
    if path.exists() and not path.read_text(encoding="utf-8", errors="replace").startswith(_MARK):
        raise Misconfigured(
            [f"{path} was not written by `opsync sandbox`: it is left as it is, name another"]
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    state = path.with_suffix(".db")
    for leftover in (state, state.with_name(f"{state.name}-wal"), state.with_name(f"{state.name}-shm")):
        leftover.unlink(missing_ok=True)
    for name, secret in _secrets(sandbox, web_token).items():
        _write_private(path.parent / name, secret)
    path.write_text(render(sandbox, tuple(users), state=state.name, removal=removal), encoding="utf-8")


def render(sandbox: Sandbox, users: tuple[SeedUser, ...], *, state: str, removal: str) -> str:
    told = sandbox.as_json()
    people = [user for user in users if user.on_left and not user.is_admin]
    return _TEMPLATE.substitute(
        left_url=told["superoffice"]["base_url"],
        tenant=told["superoffice"]["tenant"],
        left_user=told["superoffice"]["user"],
        right_url=told["onlyoffice"]["base_url"],
        right_user=told["onlyoffice"]["user"],
        state=state,
        removal=removal,
        stages="\n".join(_stage_row(rating, stage) for rating, stage in _STEPS),
        owners="\n".join(f'{user.login} = "{user.email}"' for user in users if user.on_left),
        default_login=people[0].login,
        default_email=people[0].email,
    )


def _stage_row(rating: str, stage: str) -> str:
    return f'[[mapping.stages]]\nstatus = "open"\nrating = "{rating}"\nstage = "{stage}"\n'


def _secrets(sandbox: Sandbox, web_token: str) -> Mapping[str, str]:
    told = sandbox.as_json()
    return {
        "superoffice.password": told["superoffice"]["password"],
        "onlyoffice.password": told["onlyoffice"]["password"],
        "web.token": web_token,
    }


def _write_private(path: Path, secret: str) -> None:
    """Readable by its owner alone from the first moment on."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_text(f"{secret}\n", encoding="utf-8")
