"""A record deleted on one side and edited on the other, in words and in JSON; it decides nothing."""

from collections.abc import Iterator

from sync.cli.state import Context
from sync.cli.words import KEYS, Words, in_order
from sync.domain.link import Link
from sync.domain.model import Value
from sync.domain.policy import Policy, Removal
from sync.engine.fate import Fate, Torn, gone_side, look_at
from sync.engine.pairing import Pairing
from sync.errors import OpsyncError

_FATES = {Removal.KEEP: "kept", Removal.CLOSE_AS_LOST: "closed as lost", Removal.DELETE: "deleted too"}


def fetch_torn(shared: Context, pairing: Pairing, link: Link) -> Torn | None:
    """A side that does not answer costs the view of what was edited, and nothing else."""
    if gone_side(link) is None:
        return None
    try:
        return look_at(pairing, link)
    except OpsyncError as error:
        shared.err.print(f"what was edited cannot be shown: {error}", soft_wrap=True)
        return None


def whole_lines(link: Link, torn: Torn | None, words: Words, policy: Policy) -> Iterator[str]:
    """What was edited on the side that still has the record, and the two words that end it."""
    gone = gone_side(link)
    if gone is None:
        return
    yield f"the whole record: {link.reason}"
    for name, (before, now) in _edits(torn):
        yield f"  {name}: {words.change(name, (gone.other, before), (gone.other, now))}"
    fate = f"{gone.other.label} {link.record_id(gone.other)} is {_FATES[policy.removals[gone]]}"
    command = f"opsync conflicts resolve {link.id[:8]} --whole"
    yield f"  {command} restore --reason …  (made again in {gone.label})"
    yield f"  {command} accept --reason …  (stays deleted; {fate})"


def _edits(torn: Torn | None) -> list[tuple[str, tuple[Value, Value]]]:
    return [(name, torn.edits[name]) for name in in_order(torn.edits)] if torn else []


def edits_json(torn: Torn | None) -> dict[str, object]:
    return {name: {"before": before, "now": now} for name, (before, now) in _edits(torn)}


def torn_json(torn: Torn, whole: Fate) -> dict[str, object]:
    return {
        "link": torn.link.id,
        "whole": whole,
        "gone": KEYS[torn.gone],
        "edits": edits_json(torn),
        "state": torn.link.state,
    }
