"""How a test tells that a line says what to do next; holds no test."""

import re

_VERBS = ("check", "correct", "look", "see", "set", "stop", "use", "register", "wait", "consent", "try later")
_NEXT_STEP = re.compile(rf"\b({'|'.join(_VERBS)}|opsync goes on|`opsync \w+`)\b")


def says_what_to_do(line: str) -> bool:
    return _NEXT_STEP.search(line) is not None
