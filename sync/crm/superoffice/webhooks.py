"""Our webhook in SuperOffice: finds, makes, repairs and removes it; it receives nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sync.crm.subscription import Difference, HookState, Subscription
from sync.crm.superoffice.api import Api
from sync.crm.superoffice.calls import Row
from sync.crm.superoffice.entity import Members, overlaid
from sync.crm.superoffice.family import Family
from sync.crm.superoffice.hook_calls import HookCalls, hook_calls
from sync.crm.superoffice.tenant import understood
from sync.crm.superoffice.wire import Flag, Number, Text, Wire
from sync.errors import RecordGone, RecordRefused

_LISTS = ("prob", "saletype", "saletypestagelink", "currency", "reason", "reasonsold", "reasonstalled")
# superoffice.md 7.2 (seen 2026-11-22); the lists' names after the vendor's page of list events, which shows
# them all. Edits of a company or a person happen all day and mean nothing to a sale: they are left out.
EVENTS = (
    *(f"sale.{what}" for what in ("created", "changed", "deleted", "sold", "lost", "completed")),
    *(f"contact.{what}" for what in ("created", "deleted", "softdeleted")),
    *(f"associate.{what}" for what in ("created", "deleted")),
    *(f"list.{name}.{what}" for name in _LISTS for what in ("created", "changed", "softdeleted")),
)
# Words of a refusal and what they mean: superoffice.md 1.3 and 7.1 (seen 2026-11-22). The texts are not
# documented, so what is not recognised gets the advice for the likeliest case.
_ADVICE = (
    ("secure", "it posts to https addresses with a valid certificate only: correct [webhooks] url"),
    ("enabled", "webhooks are switched off on this server: its administrator has to set EnableWebhooks"),
    (
        "answered 403",
        "our user may not keep webhooks: that needs the right and the Development Tools licence",
    ),
)
_UNREACHED = (
    "it posts a test event first and wants 200 for it: see that `opsync serve` runs with this secret,"
    " that url leads to its [webhooks] port, and that the certificate is valid"
)


@dataclass(frozen=True, slots=True)
class HookOptions:
    """What our subscription should be; `email` hears of it being switched off, empty for nobody."""

    name: str
    url: str
    secret: str = field(repr=False)
    email: str = ""


class HookRow(Wire):
    """A Webhook, superoffice.md 7.1 (seen 2026-11-22)."""

    webhook_id: int
    name: Text = ""
    events: tuple[str, ...] | None = None
    target_url: Text = ""
    secret: Text = ""
    state: Text = ""
    total_calls: Number = 0
    total_errors: Number = 0
    consecutive_errors: Number = 0
    last_error: Text = ""


class Tried(Wire):
    """The result of a test call."""

    success: Flag = False
    message: Text = ""


class Webhooks:
    """The hook of one name, exactly compared; an application sees only hooks it made itself."""

    def __init__(self, api: Api, family: Family, options: HookOptions) -> None:
        self._api = api
        self._family = family
        self._options = options

    def close(self) -> None:
        self._api.close()

    def look(self) -> Subscription:
        """The hook as it is now; MISSING where there is none."""
        found = self._found()
        return self._judged(found[0]) if found else Subscription(self._options.name, HookState.MISSING)

    def register(self) -> Subscription:
        """Makes the hook, or overwrites the one of this name; safe to repeat: superoffice.md 7.1."""
        found = self._found()
        hook_id = _read(found[0]).webhook_id if found else 0
        members = overlaid(found[0] if found else self._calls.blank(), self._wanted())
        try:
            return self._judged(self._calls.save(hook_id, members))
        except RecordRefused as error:
            raise self._refused(error) from error

    def repair(self) -> Subscription:
        """Registers it unless it is sound; the way back to Active is ours to go: superoffice.md 7.5."""
        found = self.look()
        return found if found.is_sound else self.register()

    def remove(self) -> int:
        """How many hooks of this name there were."""
        found = self._found()
        for row in found:
            self._calls.remove(_read(row).webhook_id)
        return len(found)

    def test(self) -> str:
        """Has SuperOffice call us with nothing saved; what went wrong, empty when we answered."""
        members = overlaid(self._calls.blank(), self._wanted())
        result = understood(Tried, self._calls.test(members), "Webhook/Test")
        return "" if result.success else self._explained(result.message)

    @property
    def _calls(self) -> HookCalls:
        return hook_calls(self._api, self._family)

    def _found(self) -> list[Row]:
        """The hooks of our name, oldest first."""
        try:
            rows = [row for row in self._calls.all() if _read(row).name == self._options.name]
        except RecordGone as error:
            raise RecordRefused(
                "SuperOffice has no webhooks here: it is too old, or lacks the licence"
            ) from error
        return sorted(rows, key=lambda row: _read(row).webhook_id)

    def _wanted(self) -> Members:
        wanted: Members = {
            "Name": self._options.name,
            "Events": list(EVENTS),
            "TargetUrl": self._options.url,
            "Secret": self._options.secret,
            "State": str(HookState.ACTIVE),
            "Type": "webhook",
        }
        if self._options.email:
            wanted |= {"ErrorEmails": [self._options.email], "NotifyVia": "Email", "NotifyWhen": "Disabling"}
        return wanted

    def _judged(self, raw: Row) -> Subscription:
        row = _read(raw)
        return Subscription(
            name=row.name,
            state=_state(row.state),
            url=row.target_url,
            total_calls=row.total_calls,
            total_errors=row.total_errors,
            consecutive_errors=row.consecutive_errors,
            last_error=row.last_error,
            differs_in=tuple(self._differences(row)),
        )

    def _differences(self, row: HookRow) -> Iterator[Difference]:
        """Whether a server shows secrets is not documented: an empty or starred one says nothing."""
        if row.target_url != self._options.url:
            yield Difference.ADDRESS
        if not set(EVENTS) <= set(row.events or ()):
            yield Difference.EVENTS
        if row.secret.strip("*") and row.secret != self._options.secret:
            yield Difference.SECRET

    def _refused(self, error: RecordRefused) -> RecordRefused:
        said = error.messages.get("", "")
        told = self._explained(said, str(error))
        return RecordRefused(f"SuperOffice does not keep the webhook: {told}", error.messages)

    def _explained(self, said: str, whole: str = "") -> str:
        """The vendor's words and what to do about them."""
        text = f"{said} {whole}".casefold()
        advice = next((advice for word, advice in _ADVICE if word in text), _UNREACHED)
        quoted = " ".join(said.split())[:200]
        return f'{advice} (it says "{quoted}")' if quoted else advice


def _read(raw: Row) -> HookRow:
    return understood(HookRow, raw, "Webhook")


def _state(name: str) -> HookState:
    return next((state for state in HookState if state.casefold() == name.casefold()), HookState.UNKNOWN)
