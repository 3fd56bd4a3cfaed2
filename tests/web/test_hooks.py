"""The webhook receiver over real loopback HTTP: only what is surely the vendor's gets through, and once."""

import json
import socket
from collections.abc import Iterator
from http.client import HTTPConnection

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from sync.web import hooks
from sync.web.hooks import LONGEST_BODY, PATH, REMEMBERED, Judge, Result, Trust, build_receiver
from tests.web.hook_desk import (
    SAMPLE,
    SAMPLE_SIGNATURE,
    SECRET,
    SIGNATURE,
    Desk,
    Heard,
    Stage,
    address_of,
    an_event,
    signed,
    trust,
)
from tests.web.test_app import served


@pytest.fixture(scope="module")
def stage() -> Stage:
    return Stage()


@pytest.fixture(scope="module")
def client(stage: Stage) -> Iterator[httpx.Client]:
    app = Starlette(routes=[Mount("/", stage)])
    with served(app) as url, httpx.Client(base_url=url, timeout=10, trust_env=False) as client:
        yield client


@pytest.fixture
def desk(stage: Stage, client: httpx.Client) -> Desk:
    """A receiver that has seen nothing yet."""
    desk = Desk(client)
    stage.app = build_receiver(trust(), desk.hear, desk.metrics.note_webhook)
    return desk


def test_the_vendors_own_sample_is_accepted(desk: Desk) -> None:
    """With the signature that stands beside it on the fact sheet."""
    assert desk.post(SAMPLE, SAMPLE_SIGNATURE) == (200, "accepted")
    assert desk.heard == [("sale.changed", "1042")]
    assert desk.counts()["accepted"] == 1


@pytest.mark.parametrize(
    ("body", "signature"),
    [
        (SAMPLE, ""),
        (SAMPLE, SAMPLE_SIGNATURE[:-1]),
        (SAMPLE, SAMPLE_SIGNATURE.lower()),
        (SAMPLE, signed(SAMPLE, "another-secret")),
        (SAMPLE, signed(SAMPLE, "")),
        (SAMPLE, "ÆØÅ"),
        (SAMPLE.replace(b"1042", b"1043"), SAMPLE_SIGNATURE),
        (json.dumps(json.loads(SAMPLE)).encode(), SAMPLE_SIGNATURE),
        (b"not JSON at all", SAMPLE_SIGNATURE),
    ],
)
def test_a_forged_delivery_is_refused(desk: Desk, body: bytes, signature: str) -> None:
    """The signature covers the raw bytes and is looked at first: nothing else is learned about the body."""
    given = [(SIGNATURE.encode(), signature.encode("latin-1"))]
    answer = desk.client.post(PATH, content=body, headers=given)

    assert (answer.status_code, answer.text) == (401, "forged\n")
    assert desk.heard == []
    assert desk.counts() == dict.fromkeys(Result, 0) | {"forged": 1}


def test_a_delivery_without_a_signature_is_refused(desk: Desk) -> None:
    """Nor does any other header help."""
    given = {"Authorization": f"Bearer {SECRET}", "X-Hook-Test": "true", "X-SuperOffice-Event": "test"}
    answer = desk.client.post(PATH, content=an_event(Event="test"), headers=given)

    assert (answer.status_code, desk.heard) == (401, [])


@pytest.mark.parametrize(
    "name", ["x-superoffice-signature", "X-Superoffice-Signature", "X-SUPEROFFICE-SIGNATURE"]
)
def test_header_names_have_no_case(desk: Desk, name: str) -> None:
    """The vendor's samples mix them."""
    assert desk.client.post(PATH, content=SAMPLE, headers={name: SAMPLE_SIGNATURE}).status_code == 200


def test_a_replay_is_answered_and_not_passed_on(desk: Desk) -> None:
    """Three deliveries of one event are one look; 200, or the vendor would go on trying."""
    answers = [desk.post(SAMPLE, SAMPLE_SIGNATURE) for _ in range(3)]

    assert answers == [(200, "accepted"), (200, "replayed"), (200, "replayed")]
    assert desk.heard == [("sale.changed", "1042")]
    assert desk.counts()["replayed"] == 2


def test_the_memory_for_replays_is_bounded() -> None:
    """The newest ten thousand are known; the oldest is forgotten and costs one more look."""
    heard = Heard()
    judge = Judge(trust(), heard)
    events = [an_event(EventId=f"e-{number}", PrimaryKey=number) for number in range(REMEMBERED + 1)]
    first = {judge.judge(event, signed(event)) for event in events}
    again = [judge.judge(events[number], signed(events[number])) for number in (REMEMBERED, 1, 0)]

    assert first == {Result.ACCEPTED}
    assert again == [Result.REPLAYED, Result.REPLAYED, Result.ACCEPTED]
    assert heard.count == REMEMBERED + 2


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_is_too_long_is_refused(desk: Desk, chunked: bool) -> None:
    """Announced or not, and although it is signed."""
    body = an_event(FieldValues="x" * LONGEST_BODY)
    parts = iter([body[:1000], body[1000:]]) if chunked else body
    answer = desk.client.post(PATH, content=parts, headers={SIGNATURE: signed(body)})

    assert (answer.status_code, answer.text) == (413, "oversized\n")
    assert (desk.heard, desk.counts()["oversized"]) == ([], 1)


def test_the_longest_body_that_is_allowed_passes(desk: Desk) -> None:
    """To the byte."""
    body = an_event()
    body += b" " * (LONGEST_BODY - len(body))

    assert desk.post(body) == (200, "accepted")
    assert desk.post(body + b" ") == (413, "oversized")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"null",
        b"[]",
        b'"sale.changed"',
        an_event(Event=...),
        an_event(Event=7),
        an_event(EventId=...),
        an_event(EventId=""),
        an_event(EventId="e" * 101),
        b"[" * 30_000,
    ],
)
def test_a_malformed_body_is_refused_although_it_is_signed(desk: Desk, body: bytes) -> None:
    """There is no event in it."""
    assert desk.post(body) == (400, "malformed")
    assert (desk.heard, desk.counts()["malformed"]) == ([], 1)


@pytest.mark.parametrize("key", [..., None, "abc", 1.5, [], -3])
def test_an_event_without_a_proper_key_is_still_heard(desk: Desk, key: object) -> None:
    """It is the vendor's: refusing it would only get the hook switched off. Who hears it judges the key."""
    assert desk.post(an_event(PrimaryKey=key)) == (200, "accepted")
    assert desk.heard == [("sale.changed", "" if key is ... else str(key))]


@pytest.mark.parametrize("name", ["person.changed", "crm.custom", "", "webhook.stopped"])
def test_an_event_that_means_nothing_to_us_is_no_error(desk: Desk, name: str) -> None:
    """Authentic, so 200."""
    assert desk.post(an_event(Event=name)) == (200, "ignored")


def test_a_test_event_is_answered_and_not_passed_on(desk: Desk) -> None:
    """SuperOffice keeps a hook only if its test event is answered 200, as often as it likes to test."""
    event = an_event(Event="test", PrimaryKey=0, ContextIdentifier="Default")
    answers = [desk.post(event, None, **{"X-Hook-Test": "true"}) for _ in range(2)]

    assert answers == [(200, "ignored")] * 2
    assert desk.heard == []


@pytest.mark.parametrize(
    ("tenants", "named", "result"),
    [
        (("cust90001",), "Cust90001", Result.ACCEPTED),
        (("cust90001",), "CUST90001", Result.ACCEPTED),
        (("cust90001",), "Cust90002", Result.FORGED),
        (("cust90001",), "Default", Result.FORGED),
        (("cust90001",), ..., Result.FORGED),
        (("default", ""), "Default", Result.ACCEPTED),
        (("default", ""), ..., Result.ACCEPTED),
        (("default", ""), None, Result.ACCEPTED),
        (("default", ""), "Cust90001", Result.FORGED),
    ],
)
def test_events_of_another_tenant_are_not_ours(
    tenants: tuple[str, ...], named: object, result: Result
) -> None:
    """Even with the right signature; a server of one's own names itself `Default` or not at all."""
    heard = Heard()
    body = an_event(ContextIdentifier=named)

    assert Judge(trust(*tenants), heard).judge(body, signed(body)) is result
    assert heard.count == (result is Result.ACCEPTED)


def test_our_own_edits_are_passed_on_too(desk: Desk) -> None:
    """A person may have edited right after us, so who made the change decides nothing."""
    for number, associate in enumerate((12, 77, 0, None)):
        event = an_event(EventId=f"e-{number}", ChangedByAssociateId=associate)
        assert desk.post(event) == (200, "accepted")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", PATH, 405),
        ("PUT", PATH, 405),
        ("POST", "/", 404),
        ("GET", "/metrics", 404),
        ("GET", "/livez", 404),
    ],
)
def test_there_is_nothing_else_at_this_port(desk: Desk, method: str, path: str, status: int) -> None:
    """Least of all a 410, which would switch the hook off at once."""
    answer = desk.client.request(method, path, content=SAMPLE, headers={SIGNATURE: SAMPLE_SIGNATURE})

    assert (answer.status_code, desk.heard) == (status, [])


def test_a_body_that_never_comes_is_given_up(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A visitor who opens a connection and falls silent does not hold it for ever."""
    monkeypatch.setattr(hooks, "BODY_S", 0.05)
    silent = HTTPConnection(address_of(desk), timeout=10)
    silent.putrequest("POST", PATH)
    silent.putheader("Content-Length", "10")
    silent.putheader(SIGNATURE, SAMPLE_SIGNATURE)
    silent.endheaders(b"12345")
    answer = silent.getresponse()

    assert (answer.status, answer.read()) == (400, b"malformed\n")
    silent.close()


def test_a_visitor_who_leaves_in_the_middle_harms_nobody(desk: Desk) -> None:
    """The next delivery is answered as ever."""
    host, _, port = address_of(desk).partition(":")
    head = f"POST {PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n{SIGNATURE}: x\r\n\r\n12"
    with socket.create_connection((host, int(port))) as visitor:
        visitor.sendall(head.encode())

    assert desk.post(SAMPLE, SAMPLE_SIGNATURE) == (200, "accepted")


def test_no_receiver_without_a_secret() -> None:
    """Anybody could sign with an empty one."""
    with pytest.raises(ValueError, match="secret"):
        build_receiver(Trust("", frozenset({""})), lambda _event, _key: True, lambda _result: None)


def test_the_secret_shows_nowhere() -> None:
    """Neither in `repr` nor in the metrics."""
    assert SECRET not in repr(trust())
