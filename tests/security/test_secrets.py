"""No secret ever appears in what opsync prints, logs, serves or keeps, whatever goes wrong."""

import json
import re
import signal
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from tests.daemon.process import Process, Stage
from tests.security.installation import ONLYOFFICE, SUPEROFFICE, WEB_TOKEN, Installation
from tests.security.story import Story
from tests.security.wiretap import forms_of, heard_secrets

WRONG = "wrong-secret-of-this-story"
TOKEN_SHAPES = re.compile(
    r"eyJ[A-Za-z0-9_-]{15,}|-----BEGIN|(?:SOTicket|Bearer|Basic) [A-Za-z0-9+/=:_-]{12,}"
)


@pytest.fixture
def secrets() -> Iterator[set[str]]:
    """Everything that is sent to a sandbox as a credential, and what it was made of."""
    with heard_secrets() as heard:
        yield heard


@pytest.mark.parametrize(("way", "style"), [("basic", "console"), ("system_user", "json")])
def test_a_whole_story_tells_no_secret(
    own_installation: Installation, secrets: set[str], way: str, style: str
) -> None:
    """Backfill, conflict, refusal, outages, wrong passwords, every view; logs at debug in both styles."""
    log_in_by(own_installation, way)
    own_installation.environ |= {"OPSYNC_LOG__LEVEL": "debug", "OPSYNC_LOG__FORMAT": style}
    story = Story(own_installation)
    tell(story)
    told = story.shown | {"the state database": story.kept.decode("latin-1")}

    assert "1 conflict, 1 parked" in story.shown["status (text)"]
    assert len(secrets) >= 2
    assert leaks(told, all_secrets(own_installation, secrets)) == []
    assert [title for title, text in told.items() if TOKEN_SHAPES.search(text)] == []


@pytest.mark.parametrize("way", ["ticket", "bearer"])
def test_other_ways_in_tell_no_secret(own_installation: Installation, secrets: set[str], way: str) -> None:
    """What a person hands over ready-made, accepted and then refused."""
    log_in_by(own_installation, way)
    own_installation.environ |= {"OPSYNC_LOG__LEVEL": "debug"}
    story = Story(own_installation)
    story.run("backfill", because="accepted")
    own_installation.switch(SUPEROFFICE, session_reset=1)
    story.run("check", because="refused")
    story.run("sync", because="refused")
    story.run("config", "show")

    assert "in sync" in story.shown["backfill (accepted)"]
    assert leaks(story.shown, all_secrets(own_installation, secrets)) == []


def test_the_daemon_tells_no_secret(
    own_installation: Installation, secrets: set[str], started: list[Process]
) -> None:
    """Its log at debug, its pages, and the state database while it is being written."""
    process = Process(Stage(own_installation.sandbox, own_installation.config), OPSYNC_LOG__LEVEL="debug")
    started.append(process)
    url = process.until("web.opened")["url"]
    process.until("cycle.finished")
    story = Story(own_installation)
    story.look_at_the_state()
    own_installation.fault(ONLYOFFICE, kind="html", path=r"/api/2\.0/")
    process.until("side.lost")
    headers = {"Authorization": f"Bearer {WEB_TOKEN}"}
    pages = {page: httpx.get(url + page, headers=headers).text for page in ("/metrics", "/livez", "/readyz")}
    shut = httpx.get(f"{url}/metrics", headers={"Authorization": "Bearer guess"}).text
    process.send(signal.SIGTERM)
    code, log = process.ended()
    told = pages | {"shut": shut, "log": log, "state": story.kept.decode("latin-1")}

    assert code == 0
    assert own_installation.told[SUPEROFFICE]["tenant"] in own_installation.config.read_text()
    assert "opsync_calls_total" in pages["/metrics"]
    assert story.kept.startswith(b"SQLite format 3")
    assert leaks(told, all_secrets(own_installation, secrets)) == []


@pytest.mark.parametrize("style", ["console", "json"])
def test_customers_stay_out_of_the_log(own_installation: Installation, style: str) -> None:
    """No title, company, text or amount in any line of the log at info and above."""
    own_installation.environ |= {"OPSYNC_LOG__LEVEL": "info", "OPSYNC_LOG__FORMAT": style}
    story = Story(own_installation)
    before = customer_data(own_installation)
    own_installation.run("backfill", OPSYNC_LOG__LEVEL="error")
    story.edit_and_clash()
    story.be_refused()
    logged = [story.installation.run("serve", "--once").stderr for _ in range(2)]
    lines = [line for text in (*logged, *story.shown.values()) for line in text.splitlines() if is_log(line)]
    data = before | customer_data(own_installation)

    assert any("cycle.finished" in line for line in lines)
    assert {"Edited on the left 4711", "A text that the portal refuses 4713"} <= data
    assert [(word, line) for word in data for line in lines if word in line] == []


def test_the_search_finds_what_it_looks_for() -> None:
    """A leak in any form would be seen."""
    texts = (
        "it is tr0ub4dor&3!",
        "Basic dXNlcjp0cjB1YjRkb3ImMyE=",
        "p=tr0ub4dor%263%21",
        '{"p":"tr0ub4dor&3!"}',
    )

    for text in texts:
        assert leaks({"here": text}, {"tr0ub4dor&3!", "user:tr0ub4dor&3!"})
    assert leaks({"here": "nothing"}, {"tr0ub4dor&3!"}) == []


@pytest.fixture
def started() -> Iterator[list[Process]]:
    processes: list[Process] = []
    yield processes
    for process in processes:
        process.close()


def log_in_by(installation: Installation, way: str) -> None:
    told = installation.told[SUPEROFFICE]
    if way == "system_user":
        installation.as_cloud(way)
        return
    installation.environ |= {"OPSYNC_SUPEROFFICE__LOGIN": way}
    installation.environ |= {
        f"OPSYNC_SUPEROFFICE__{name.upper()}": told[name] for name in ("ticket", "app_token")
    }
    installation.environ["OPSYNC_SUPEROFFICE__TOKEN"] = told["bearer"]


def tell(story: Story) -> None:
    story.begin()
    story.edit_and_clash()
    story.be_refused()
    story.suffer()
    story.mistype(WRONG)
    story.look_around()


def all_secrets(installation: Installation, heard: set[str]) -> set[str]:
    told = installation.told
    names = ("password", "ticket", "app_token", "bearer", "system_user_token", "private_key")
    given = {told[SUPEROFFICE][name] for name in names} | {told[ONLYOFFICE]["password"], WRONG, WEB_TOKEN}
    files = {path.read_text().strip() for path in installation.config.parent.glob("*.password")}
    return heard | given | files


def leaks(told: Mapping[str, str], secrets: set[str]) -> list[str]:
    """Where and how; not what, for this goes into the report of a failed test."""
    forms = forms_of(secrets)
    return [f"{title}: {forms[form]}" for title, text in told.items() for form in forms if form in text]


def customer_data(installation: Installation) -> set[str]:
    """What people wrote and what deals are worth, as far as it is long enough to be recognised."""
    sales = installation.ask(SUPEROFFICE, "GET", "dump")["sales"]
    words = {str(sale[name]) for sale in sales for name in ("Heading", "SaleText")}
    words |= {sale["Contact"]["Name"] for sale in sales if sale["Contact"]}
    amounts = {str(Decimal(str(sale["Amount"])).quantize(Decimal("1.00"))) for sale in sales}
    return {word for word in words if len(word) > 5} | {amount for amount in amounts if len(amount) > 7}


def is_log(line: str) -> bool:
    """Console lines begin with the time, JSON ones are objects with an event."""
    if line.startswith("{"):
        try:
            return "event" in json.loads(line)
        except ValueError:
            return False
    return re.match(r"\d{4}-\d\d-\d\dT\d\d:", line) is not None


def test_where_the_secrets_come_from(
    own_installation: Installation, secrets: set[str], tmp_path: Path
) -> None:
    """The wiretap hears what a plain log-in sends: were it deaf, the tests above would prove nothing."""
    own_installation.run("check")

    assert own_installation.told[ONLYOFFICE]["password"] in secrets
    assert any(secret.startswith("Basic ") for secret in secrets)
