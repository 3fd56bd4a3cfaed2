"""SuperOffice's error bodies, whatever status they come with; it never repeats what they quote."""

import re
from collections.abc import Mapping

from sync.crm.http import Answer
from sync.crm.http_status import no_such
from sync.errors import OpsyncError, OutcomeUnknown, RecordGone, RecordRefused, SideDown

_MESSAGE_NAMES = ("errormessage", "message", "messagedetail", "errortype")
_FRAMEWORK_NAMES = {"message", "messagedetail", "exceptionmessage", "exceptiontype", "stacktrace"}
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|«[^»]*»|“[^”]*”|\b(?:7T|8A):\S+")
_REFUSALS = ("Validation", "ArgumentException", "Sentry", "Security")


class AnsweredFault(SideDown):
    """A read that ended in an error object with status 200."""


def explain(_status: int, body: object) -> str:
    """The vendor's message without anything it quotes: superoffice.md 9.1 (seen 2026-11-22)."""
    members = _members(body)
    texts = [text for name in _MESSAGE_NAMES if isinstance(text := members.get(name), str) and text.strip()]
    return " ".join(_QUOTED.sub("…", texts[0]).split())[:200] if texts else ""


def names_a_refusal(_status: int, body: object) -> bool:
    """A business exception comes as 500 too: superoffice.md 9.1 (seen 2026-11-22)."""
    return any(name in _type_of(body) for name in _REFUSALS)


def is_fault(body: object) -> bool:
    """An error object, told by its members: a 200 may hold one, superoffice.md 3.1 (seen 2026-11-22)."""
    members = _members(body)
    if members.get("error") is True or "errortype" in members:
        return True
    return isinstance(members.get("message"), str) and members.keys() <= _FRAMEWORK_NAMES


def without_fault(answer: Answer, route: str) -> Answer:
    """`answer`, unless it is an error in the guise of a success."""
    if is_fault(answer.body):
        raise _read_fault(answer, route)
    return answer


def raise_fault_of_write(answer: Answer, route: str) -> None:
    if not is_fault(answer.body):
        return
    reason = explain(answer.status, answer.body)
    place = f"SuperOffice {route} answered {answer.status} with an error: {reason}"
    if names_a_refusal(answer.status, answer.body):
        raise RecordRefused(f"{place}; the write was refused, correct the record", {"": reason})
    if "NotFound" in _type_of(answer.body):
        raise RecordGone(f"{place}; the record does not exist or is not visible")
    raise OutcomeUnknown(f"{place}; it may have been carried out, look before trying again")


def _read_fault(answer: Answer, route: str) -> OpsyncError:
    said, kind = explain(answer.status, answer.body), _type_of(answer.body)
    text = f"SuperOffice {route} answered {answer.status} with an error: {said}"
    if "NotFound" in kind:
        return RecordGone(f"{text}; {no_such(route)}")
    if any(name in kind for name in ("Sentry", "Security")):
        return RecordRefused(f"{text}; our user may not see this record, check its role")
    return AnsweredFault(f"{text}; check rights and version")


def _type_of(body: object) -> str:
    return str(_members(body).get("errortype", ""))


def _members(body: object) -> dict[str, object]:
    return {str(key).casefold(): value for key, value in body.items()} if isinstance(body, Mapping) else {}
