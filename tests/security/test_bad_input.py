"""A side that answers nonsense stops, the other is left alone, and one line says what to do."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.security.advice import says_what_to_do
from tests.security.installation import LABELS, ONLYOFFICE, SUPEROFFICE, Installation, the_one_line

ROOT = Path(__file__).resolve().parents[2]
# Only calls that need a log-in; the portal's log-in itself stays whole.
CALLS = {SUPEROFFICE: r"/api/v1/", ONLYOFFICE: r"/api/2\.0/(?!authentication)"}
JSON = {"Content-Type": "application/json"}

ANSWERS: Mapping[str, tuple[dict[str, Any], str]] = {
    "html page with 200": ({"kind": "html"}, "HTML page"),
    "html page with 403": ({"kind": "status", "status": 403, "body": "<html>no</html>"}, "403"),
    "json cut short": ({"kind": "status", "status": 200, "headers": JSON, "body": '{"a": [1,'}, "cut short"),
    "connection cut": ({"kind": "truncate"}, "connection failed"),
    "no answer": ({"kind": "drop_before"}, "connection failed"),
    "wrong shape": ({"kind": "status", "status": 200, "headers": JSON, "body": '[[1], "x"]'}, ""),
    "a bare word": ({"kind": "status", "status": 200, "headers": JSON, "body": '"ok"'}, ""),
    "xml": ({"kind": "status", "status": 200, "body": '<?xml version="1.0"?><a/>'}, "XML"),
    "401 for ever": ({"kind": "status", "status": 401}, "log"),
    "429": ({"kind": "status", "status": 429}, "429"),
    "429, an hour to wait": ({"kind": "status", "status": 429, "headers": {"Retry-After": "3600"}}, "429"),
    "503": ({"kind": "status", "status": 503}, "503"),
    "503, an hour to wait": ({"kind": "status", "status": 503, "headers": {"Retry-After": "3600"}}, "503"),
    "500": ({"kind": "status", "status": 500}, "500"),
    "redirect": ({"kind": "status", "status": 302, "headers": {"Location": "/login"}}, "redirect"),
}


@pytest.mark.parametrize("case", ANSWERS)
@pytest.mark.parametrize("side", LABELS)
def test_a_side_that_answers_nonsense_stops_alone(installation: Installation, side: str, case: str) -> None:
    """Exit code 1, one line with what happened and what to do; nothing is written on either side."""
    fault, word = ANSWERS[case]
    installation.fault(side, path=CALLS[side], **fault)
    planned = the_one_line(installation.run("plan"))
    result = installation.run("sync", "--json")
    failed = json.loads(result.stdout)

    assert planned.startswith(LABELS[side])
    assert word in planned
    assert says_what_to_do(planned)
    assert (result.exit_code, failed["outcome"]) == (1, "failed")
    assert failed["error"].startswith(LABELS[side])
    assert failed["writes"] == {}
    assert [installation.writes(each) for each in LABELS] == [0, 0]


@pytest.mark.parametrize("side", LABELS)
def test_an_empty_answer_is_not_taken_for_an_empty_side(installation: Installation, side: str) -> None:
    """Status 200 and nothing else: the side is named, nothing is written."""
    installation.fault(side, path=CALLS[side], kind="status", status=200, body="")
    result = installation.run("sync")

    assert result.exit_code in (1, 2)
    assert LABELS[side] in result.output
    assert [installation.writes(each) for each in LABELS] == [0, 0]


ERROR_OBJECTS = {
    SUPEROFFICE: '{"Error": true, "ErrorType": "SoSessionException", "Message": "No session"}',
    ONLYOFFICE: '{"status": 1, "statusCode": 500, "error": {"message": "Something went wrong"}}',
}


@pytest.mark.parametrize("side", LABELS)
def test_an_error_object_inside_a_200(installation: Installation, side: str) -> None:
    """It is no answer, whatever the status says."""
    body = ERROR_OBJECTS[side]
    installation.fault(side, path=CALLS[side], kind="status", status=200, headers=JSON, body=body)
    line = the_one_line(installation.run("plan"))

    assert line.startswith(LABELS[side])
    assert "error" in line
    assert [installation.writes(each) for each in LABELS] == [0, 0]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("side", LABELS)
def test_a_short_wait_is_waited_out(installation: Installation, side: str, status: int) -> None:
    """Asked to come again at once, opsync does, and nobody hears of it."""
    fault = {"kind": "status", "status": status, "headers": {"Retry-After": "0"}, "times": 2}
    installation.fault(side, path=CALLS[side], **fault)
    result = installation.run("plan", **{f"OPSYNC_BUDGET__{side.upper()}__ATTEMPTS": "4"})

    assert result.exit_code == 3
    assert "answered" not in result.output


@pytest.mark.parametrize("kind", ["html", "drop_after", "truncate"])
@pytest.mark.parametrize("side", LABELS)
def test_writes_whose_answers_are_lost_are_neither_lost_nor_doubled(
    own_installation: Installation, side: str, kind: str
) -> None:
    """No answer to a write can be read: tried again after the healing, by looking first; both sides equal."""
    own_installation.environ["OPSYNC_POLICY__SETTLE_S"] = "0"  # the sandbox shows at once what it has
    own_installation.fault(side, path=CALLS[side], kind=kind, writes_only=True)
    broken = own_installation.run("backfill", "--json")
    unknown = json.loads(broken.stdout)["retrying"]
    own_installation.heal()
    healed = [own_installation.run("sync", "--full", "--json").exit_code for _ in range(2)]
    last = json.loads(own_installation.run("sync", "--full", "--json").stdout)
    links = json.loads(own_installation.run("links", "--json").stdout)["links"]

    assert "Traceback" not in broken.output
    assert unknown > 0
    assert healed[-1] == 0
    assert (last["writes"], last["retrying"], set(last["states"])) == ({}, 0, {"in_sync"})
    assert (
        len(links) == len(own_installation.records(SUPEROFFICE)) == len(own_installation.records(ONLYOFFICE))
    )


def test_one_bad_record_parks_and_the_rest_goes_on(own_installation: Installation) -> None:
    """Refused by its server with a message: exit code 4, the reason is told, the others are written."""
    body = json.dumps({"Error": True, "ErrorType": "SoException", "Message": "Field Source is mandatory"})
    refusal = {"kind": "status", "status": 400, "headers": JSON, "body": body, "times": 1}
    own_installation.fault(SUPEROFFICE, method="POST", path="/api/v1/Sale$", **refusal)
    result = own_installation.run("backfill", "--json")
    told = json.loads(result.stdout)
    (waiting,) = told["waiting"]

    assert result.exit_code == 4
    assert (waiting["state"], told["states"]["parked"]) == ("parked", 1)
    assert "Source is mandatory" in waiting["reason"]
    assert told["states"]["in_sync"] >= 5


@pytest.mark.parametrize("side", LABELS)
def test_the_daemon_says_the_same(own_installation: Installation, side: str) -> None:
    """`serve --once` as a process: exit code 1, one last line for a person, no traceback in the log."""
    own_installation.fault(side, path=CALLS[side], kind="html")
    command = [sys.executable, "-m", "sync", "-c", str(own_installation.config), "serve", "--once"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    last = done.stderr.splitlines()[-1]

    assert done.returncode == 1
    assert last.startswith(LABELS[side])
    assert says_what_to_do(last)
    assert "Traceback" not in done.stderr
    assert [own_installation.writes(each) for each in LABELS] == [0, 0]
