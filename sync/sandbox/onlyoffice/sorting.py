"""Orders a whole list in memory, as servers do for names their database cannot sort by; it cuts no page."""

import time

from sync.sandbox.onlyoffice.calls import Call
from sync.sandbox.onlyoffice.failures import null_reference
from sync.sandbox.onlyoffice.paging import sort_in_memory
from sync.sandbox.wire import JsonValue

_SLOW_S = 0.1


def known_to_database(call: Call, key: str) -> bool:
    """`id` came with 12.6."""
    # onlyoffice.md 4.2 (seen 2026-11-22)
    return key != "id" or call.state.switches.on("sort_by_id")


def in_memory(call: Call, items: list[JsonValue]) -> list[JsonValue]:
    """By the response property of the name asked for; how well that works nobody has tried."""
    # onlyoffice.md 4.2 and 14.5 (seen 2026-11-22)
    match call.state.switches.get("memory_sort"):
        case "fails":
            raise null_reference()
        case "slow":
            time.sleep(_SLOW_S)
    return sort_in_memory(items, call.paging)
