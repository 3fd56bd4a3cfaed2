"""A life of an installation in which much goes wrong, and all that opsync shows meanwhile; holds no test."""

import json
from dataclasses import dataclass, field
from typing import Any

from tests.security.installation import LABELS, ONLYOFFICE, SUPEROFFICE, Installation

_JSON = {"Content-Type": "application/json"}
_CALLS = {SUPEROFFICE: r"/api/v1/", ONLYOFFICE: r"/api/2\.0/(?!authentication)"}
_VIEWS = (
    "status",
    "runs",
    "links",
    "conflicts list",
    "contacts list",
    "config show",
    "check",
    "plan --show 0",
)


@dataclass
class Story:
    """`shown` is everything printed and logged, by what was being done; `kept` the state database's bytes."""

    installation: Installation
    shown: dict[str, str] = field(default_factory=dict)
    kept: bytes = b""

    def run(self, *arguments: str, because: str = "", **environ: str) -> str:
        result = self.installation.run(*arguments, **environ)
        title = f"{' '.join(arguments)} ({because})"
        self.shown[title] = self.shown.get(title, "") + result.output + repr(result.exception or "")
        self.look_at_the_state()
        return result.stdout

    def look_at_the_state(self) -> None:
        """With its write-ahead log, where there is one at the moment."""
        for file in sorted(self.installation.config.parent.glob("opsync.db*")):
            self.kept += file.read_bytes()

    def begin(self) -> None:
        self.run("plan", "--json", because="before")
        self.run("backfill", because="first")

    def edit_and_clash(self) -> None:
        left, right = self._a_pair()
        edit = self.installation.ask
        edit(SUPEROFFICE, "POST", "edit", {"id": left, "changes": {"Heading": "Edited on the left 4711"}})
        edit(ONLYOFFICE, "POST", "edit", {"id": right, "changes": {"title": "Edited on the right 4712"}})
        self.run("sync", because="a conflict")

    def be_refused(self) -> None:
        """One record that a server does not take, with a message that quotes what it was sent."""
        left, _right = self._a_pair(1)
        changes = {"id": left, "changes": {"SaleText": "A text that the portal refuses 4713"}}
        self.installation.ask(SUPEROFFICE, "POST", "edit", changes)
        body = json.dumps(
            {"error": {"message": "Bad text: A text that the portal refuses 4713"}, "statusCode": 400}
        )
        refusal = {"status": 400, "body": body, "headers": _JSON, "writes_only": True}
        self.installation.fault(ONLYOFFICE, kind="status", path=_CALLS[ONLYOFFICE], **refusal)
        self.run("sync", because="a refused record")
        self.installation.heal()

    def suffer(self) -> None:
        """Both sides, one trouble after the other."""
        troubles: dict[str, dict[str, Any]] = {
            "a page": {"kind": "html"},
            "a failing server": {"kind": "status", "status": 500, "body": "Traceback: password=?"},
            "an expired ticket": {"kind": "status", "status": 401},
            "no answer": {"kind": "drop_before"},
        }
        for side in LABELS:
            for name, fault in troubles.items():
                self.installation.fault(side, path=_CALLS[side], **fault)
                self.run("sync", because=f"{name} at {side}")
                self.installation.heal()
            slow = {"kind": "delay", "delay_s": 0.6, "times": 1}
            self.installation.fault(side, path=_CALLS[side], **slow)
            timeout = {f"OPSYNC_BUDGET__{side.upper()}__READ_TIMEOUT_S": "0.2"}
            self.run("sync", because=f"a slow answer at {side}", **timeout)
            self.installation.heal()

    def mistype(self, wrong: str) -> None:
        """A wrong password on either side, and a configuration with a secret in the wrong place."""
        for side in LABELS:
            self.run(
                "check", because=f"a wrong password at {side}", **{f"OPSYNC_{side.upper()}__PASSWORD": wrong}
            )
        text = self.installation.config.read_text()
        self.installation.config.write_text(
            text.replace("[onlyoffice]\n", f'[onlyoffice]\npassword = "{wrong}"\n')
        )
        self.run("plan", because="a password in the file")
        self.installation.config.write_text(text)
        self.run(
            "plan", because="a number that is none", OPSYNC_STATE__URL=f"postgresql://u:{wrong}@127.0.0.1:1/x"
        )

    def look_around(self) -> None:
        for view in _VIEWS:
            self.run(*view.split(), because="text")
        for view in _VIEWS[:-1]:
            self.run(*view.split(), "--json", because="json")
        for link in self._links()[:3]:
            self.run("show", link["id"], because="text")
            self.run("show", link["id"], "--json", because="json")

    def _a_pair(self, number: int = 0) -> tuple[int, int]:
        whole = [link for link in self._links() if link["superoffice_id"] and link["onlyoffice_id"]]
        return int(whole[number]["superoffice_id"]), int(whole[number]["onlyoffice_id"])

    def _links(self) -> list[Any]:
        found: list[Any] = json.loads(self.installation.run("links", "--json").stdout)["links"]
        return found
