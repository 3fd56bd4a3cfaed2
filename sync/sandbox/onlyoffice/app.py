"""Assembles the portal from its state, its rules and its back door; it must not hold record rules."""

from collections.abc import Callable
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.routing import Route

from sync.sandbox.faults import Faults, Recorder, Switches, instrument
from sync.sandbox.onlyoffice import (
    audit,
    bulk,
    contactcards,
    contactfilter,
    contactinfos,
    contactlists,
    contacts,
    contacttags,
    customfields,
    feed,
    history,
    listing,
    mergers,
    opportunities,
    participants,
    people,
    rates,
    seed,
    sessions,
    settings,
    stages,
    tags,
)
from sync.sandbox.onlyoffice.browser import Browser
from sync.sandbox.onlyoffice.calls import PREFIX, Rule
from sync.sandbox.onlyoffice.desk import Desk
from sync.sandbox.onlyoffice.sessions import Sessions
from sync.sandbox.onlyoffice.state import State
from sync.sandbox.onlyoffice.switches import DEFAULTS
from sync.sandbox.seeds import World
from sync.sandbox.wire import Clock

_METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]  # the last two match no route
_RULES: tuple[Rule, ...] = (
    *settings.RULES,
    *rates.RULES,
    *people.RULES,
    *listing.RULES,
    *bulk.RULES,
    *stages.RULES,
    *customfields.RULES,
    *tags.RULES,
    *opportunities.RULES,
    *participants.RULES,
    *history.RULES,
    *contacttags.RULES,
    *contactlists.RULES,
    *mergers.RULES,
    *contactinfos.RULES,
    *contactcards.RULES,
    *contactfilter.RULES,
    *contacts.RULES,
    *audit.RULES,
    *feed.RULES,
)


@dataclass(frozen=True, slots=True)
class Portal:
    """One portal ready to be served; all accounts share one password."""

    app: Starlette
    state: State
    credentials: dict[str, str]
    control: Browser
    switches: Switches
    faults: Faults
    recorder: Recorder
    revoke_tokens: Callable[[], None]


def build(
    world: World, *, clock: Clock, password: str, base_path: str = "", private_percent: int = 0
) -> Portal:
    """`base_path` such as "/office" publishes the portal below a path; that many per cent are private."""
    switches, faults = Switches(dict(DEFAULTS)), Faults()
    state = State(clock=clock, switches=switches, seed=len(world.deals))
    seed.fill(state, world)
    seed.make_private(state, private_percent)
    logins = Sessions(state, password)
    recorder, control = Recorder(is_write, clock), Browser(state)
    desk = Desk(state, logins, (*sessions.routes(logins), *_RULES), base_path)
    app = instrument(
        [Route("/{path:path}", desk.answer, methods=_METHODS)],
        name="onlyoffice",
        control=control,
        recorder=recorder,
        faults=faults,
        switches=switches,
    )
    access = _credentials(state, logins, password)
    return Portal(app, state, access, control, switches, faults, recorder, logins.revoke_all)


def _credentials(state: State, logins: Sessions, password: str) -> dict[str, str]:
    """Logins of each kind of account, and a token of the administrator."""
    users = list(state.users.values())
    admin = next(user for user in users if user.is_admin)
    plain = next(user for user in users if not (user.is_admin or user.is_visitor or user.disabled))
    return {
        "user": admin.email,
        "password": password,
        "token": logins.issue(admin)[0],
        "plain_user": plain.email,
        "guest_user": f"{seed.GUEST_LOGIN}@example.com",
        "disabled_user": f"{seed.DISABLED_LOGIN}@example.com",
    }


def is_write(method: str, path: str) -> bool:
    """Logging in is the only call besides GET that changes no record."""
    return method != "GET" and f"{PREFIX}authentication" not in path.lower()
