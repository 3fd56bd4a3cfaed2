"""Plans kept in a file: sealed, complete, and carried out exactly or refused record by record."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from sync.domain import fingerprint
from sync.domain.actions import Create, Delete, LinkPlan, written
from sync.engine.draft import Draft
from sync.errors import Misconfigured, RunHeld
from sync.store.codec import dump_values

FORMAT = 1


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """`preconditions`: (sale id, opportunity id) → fingerprint of the plan of that link."""

    made_at: str
    rules: str
    preconditions: Mapping[tuple[str, str], str]
    titles: Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A record of the saved plan that is no longer what it was."""

    left_id: str
    right_id: str
    title: str
    reason: str


@dataclass
class Narrowing:
    """Picks exactly the saved links out of a fresh draft; tells afterwards what it refused."""

    saved: SavedPlan
    refused: list[Refusal] = field(default_factory=list)
    accepted: int = 0

    def __call__(self, draft: Draft) -> Draft:
        if fingerprint.of_rules(draft.rules) != self.saved.rules:
            raise RunHeld(
                "the mapping changed since this plan was made: make a new one with `opsync plan --out`"
            )
        fresh = {_key(plan): plan for plan in draft.plans}
        chosen = []
        for key, precondition in self.saved.preconditions.items():
            plan = fresh.get(key)
            if plan is not None and fingerprint.of_plan(plan) == precondition:
                chosen.append(plan)
            else:
                self.refused.append(_refusal(key, self.saved.titles.get(key, ""), plan))
        self.accepted = len(chosen)
        return replace(draft, plans=tuple(chosen))


def _refusal(key: tuple[str, str], title: str, plan: LinkPlan | None) -> Refusal:
    reason = "there is nothing left to do" if plan is None else "a record moved since the plan was made"
    return Refusal(*key, title, reason)


def _key(plan: LinkPlan) -> tuple[str, str]:
    return plan.link.left_id or "", plan.link.right_id or ""


def dump_plan(draft: Draft, key: str, at: datetime) -> str:
    """JSON for people and for `apply`: every action with old and new values, and a seal over all of it."""
    content = {
        "format": FORMAT,
        "made_at": at.isoformat(),
        "rules": fingerprint.of_rules(draft.rules),
        "links": [_link(plan) for plan in draft.plans],
    }
    return json.dumps({**content, "seal": _seal(content, key)}, indent=1, ensure_ascii=False, sort_keys=True)


def _link(plan: LinkPlan) -> dict[str, Any]:
    return {
        "left_id": plan.link.left_id or "",
        "right_id": plan.link.right_id or "",
        "title": plan.title,
        "state": str(plan.state),
        "reason": plan.reason,
        "precondition": fingerprint.of_plan(plan),
        "actions": [
            {
                "kind": type(action).__name__.lower(),
                "side": action.side.label,
                "reason": action.reason,
                "expected": json.loads(dump_values({} if isinstance(action, Create) else action.expected)),
                "values": {} if isinstance(action, Delete) else json.loads(dump_values(written(action))),
            }
            for action in plan.actions
        ],
    }


def load_plan(text: str, key: str) -> SavedPlan:
    """`Misconfigured` for a file that is no plan, has another format or origin, or was changed."""
    try:
        content = json.loads(text)
        seal = content.pop("seal")
        links = content["links"]
        made_at, rules, form = content["made_at"], content["rules"], content["format"]
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise Misconfigured(["this is not a plan that `opsync plan --out` wrote"]) from error
    if form != FORMAT:
        raise Misconfigured([f"the plan has format {form}, this opsync knows {FORMAT}: make a new one"])
    if not hmac.compare_digest(str(seal), _seal(content, key)):
        raise Misconfigured(
            ["the plan was changed after it was made, or made with another state database: make a new one"]
        )
    keys = [(link["left_id"], link["right_id"]) for link in links]
    return SavedPlan(
        made_at,
        rules,
        {key: link["precondition"] for key, link in zip(keys, links, strict=True)},
        {key: link["title"] for key, link in zip(keys, links, strict=True)},
    )


def _seal(content: Mapping[str, Any], key: str) -> str:
    text = json.dumps(content, sort_keys=True, ensure_ascii=True)
    return hmac.new(key.encode(), text.encode(), sha256).hexdigest()
