"""The tenant's switches: what each bends, its default and the values worth trying; it acts on none."""

from __future__ import annotations

from sync.sandbox.switches import SwitchInfo
from sync.sandbox.wire import JsonValue

STATES = (
    "Running", "Unknown", "Provisioning", "Deleted", "Suspended", "OnlineMaintenance", "OfflineMaintenance",
    "ProvisioningFailed", "Deleting", "DeleteFailed", "MigrationPending",
)  # fmt: skip
AUTHORIZE_ERRORS = (
    "", "Revoked", "InvalidRedirectUrl", "Expired", "Denied", "NeedsReApproval", "InvalidTimestamp",
    "InvalidSignature",
)  # fmt: skip


def _flag(name: str, meaning: str, section: str, *, default: bool = False) -> SwitchInfo:
    return SwitchInfo(name, default, (default, not default), meaning, section)


def _choice(name: str, values: tuple[JsonValue, ...], meaning: str, section: str) -> SwitchInfo:
    """The first value is the default."""
    return SwitchInfo(name, values[0], values, meaning, section)


# Sections are those of superoffice.md (seen 2026-11-22). Where the sheet leaves the behaviour open,
# each default is the likelier reading.
_LOG_IN = (
    _flag("online", "a cloud tenant: no Basic, and SO-AppToken beside the ticket", "2.1"),
    _flag("app_revoked", "the application lost its consent: log-ins and tokens are refused", "2.3"),
    _choice("authorize_error", AUTHORIZE_ERRORS, "the named error answers every system user log-in", "2.3"),
    _choice("clock_skew_s", (0, 900, -900), "how far the log-in service's clock is ahead", "2.3"),
    _choice("ticket_life_s", (21600, 60), "idle seconds until a ticket ends; each use pushes the end", "2.3"),
    _flag("ticket_expired", "every ticket is refused, new ones too", "2.3"),
    _choice("session_reset", (0, 1), "another number ends every ticket, token and cookie made before", "2.3"),
    _choice("access_token_life_s", (3600, 60), "seconds until an access token ends", "2.2"),
    _choice("code_life_s", (600, 1), "seconds until an authorization code ends", "2.2"),
    _flag("refresh_revoked", "refresh tokens are refused", "2.2"),
    _choice("consent", ("given", "denied"), "what the person says on the consent page", "2.2"),
    _choice(
        "redirect_uris",
        (
            ["http://127.0.0.1:8610/callback", "http://localhost:8610/callback"],
            ["https://app.example.com/cb"],
        ),
        "the registered addresses, compared exactly",
        "2.2",
    ),
    _flag("key_rotated", "tokens are signed by a new key and the key list holds only that one", "2.3"),
    _flag("wrong_key", "tokens are signed by a key that the key list does not hold", "2.3"),
    _flag("wrong_issuer", "tokens name a strange issuer", "2.3"),
    _flag("wrong_audience", "tokens are meant for another serial or application", "2.3"),
    _flag("cookies", "a browser session with X-XSRF-TOKEN is accepted", "2.1", default=True),
    _flag("login_page", "whoever is not logged in gets a page with status 200, not a 401", "2.1, 9.1"),
)
_TENANCY = (
    _choice("tenant_state", STATES, "what the state endpoint says; only two of them serve the API", "1.2"),
    _choice("state_valid_s", (600, 0), "seconds until ValidUntil", "1.2"),
    _choice(
        "active_host",
        ("", "localhost", "disasterrecovery.localhost"),
        "the only host (or host:port) that serves the tenant, others answer 421; empty is any",
        "1.1",
    ),
    _flag("misdirected", "every host answers 421", "1.1"),
)
_MONEY = (
    _choice("rate_direction", ("price", "quotient"), "base = amount*Rate/Units, or amount/Rate*Units", "4.5"),
    _flag("recompute_earning", "a save recomputes Earning from EarningPercent", "4.5, 15.2"),
    _flag("quotes_lock_money", "a sale with a quote refuses another amount or currency", "4.5", default=True),
)
_FIELDS = (
    _choice(
        "custom_buckets", ("both", "null", "empty"), "old servers leave CustomFields null or empty", "4.7"
    ),
    _choice("legacy_dates", ("time", "day"), "dates in UserDefinedFields with a time, or without", "4.7"),
    _flag("malformed_udef", "numbers and dates of custom fields come out unreadable", "4.7"),
    _choice(
        "custom_patch", ("merge", "replace"), "CustomFields in a PATCH keeps or clears the rest", "3.3, 15.4"
    ),
    _flag("org_decides", "a value equal to its :org gives way to UserDefinedFields", "4.7"),
    _choice("missing_fields", ([], ["SuperOffice:1"]), "custom fields this tenant does not have", "4.7"),
    _flag("silent_udef_edits", "an edit of custom fields alone leaves no stamp and no webhook", "4.7, 6.6"),
    _choice("mandatory_fields", ([], ["Source"]), "fields an administrator made mandatory", "3.6"),
    _flag("enforce_mandatory", "a save refuses what Validate complains about", "3.6, 15.5"),
    _choice("long_text", ("error", "cut"), "refuse or cut what is longer than its column", "3.6"),
    _choice("foreign_person", ("error", "reset", "accept"), "a person of another company", "15.6"),
    _flag("saledate_shifts", "the zone header moves sale dates too", "4.8, 15.3"),
    _flag("zero_references", "empty references are objects with id 0 instead of null", "10"),
    _flag("null_maps", "FieldProperties and ExtraFields are null instead of an object", "10"),
)
_STAGES = (
    _flag(
        "unlinked_stage", "a stage that the sale type does not have is accepted", "4.2, 15.5", default=True
    ),
    _flag("deleted_items", "deleted list items may still be written", "4.3", default=True),
    _flag("stage_sets_probability", "another stage rewrites the probability", "4.1, 15.2"),
    _flag("status_clears_reasons", "another status clears the reasons of the others", "4.4"),
    _flag("set_as_moves_date", "SetAsSold and SetAsLost set the sale date to today", "15.10"),
    _flag("set_as_moves_probability", "they set the probability to 100 or 0", "15.10"),
    _flag(
        "multilingual_lists", "every list name is a multi-language string without a language header", "4.3"
    ),
    _choice("mdo_associate_name", ("login", "full"), "what Name holds in the user list", "4.9"),
)
_ARCHIVE = (
    _flag("allow_ge_le", "the operators ge and le work on numbers", "6.2"),
    _flag("exact_times", "afterTime on a date column counts seconds, not days", "6.2, 15.1", default=True),
    _flag("stale_id_lists", "id lists live 60 s after their last use", "6.3"),
    _flag("unrestricted_queries", "a query without a filter is answered", "6.3", default=True),
    _choice("hidden_sales", (0, 3), "every n-th sale is hidden after the page was cut", "6.3, 11"),
    _choice("hidden_status", (403, 404), "how reading a hidden sale by id is refused", "11"),
    _choice("next_link", ("without_top", "always", "never"), "when odata.nextLink is given", "6.3"),
)
_SAVING = (
    _flag("bump_unchanged", "an entity save stamps even what it did not change", "4.7", default=True),
    _flag("unchanged_304", "a save that changes nothing answers 304", "3.3"),
    _flag("exact_tests", "a patch test on an object compares the whole object", "8.1"),
    _choice("foreign_key_miss", ("null", "404"), "a lookup of an unknown foreign key", "8.3, 15.7"),
    _flag("foreign_keys_stay", "foreign keys outlive their sale", "8.3, 15.7", default=True),
)
_WIRE = (
    _choice("rest_off", ("", "404", "500"), "only agents answer for sales and companies", "3.1, 9.1"),
    _flag("agent_error_200", "agents answer errors with 200 and an error object", "3.1"),
    _choice("without_accept", ("json", "xml"), "what is sent to a client that names no format", "10"),
    _flag("internal_links", "links name an internal host", "1.3"),
)
_WEBHOOKS = (
    _flag("duplicate_webhooks", "each event is delivered twice", "7.5"),
    _flag("reorder_webhooks", "events overtake each other", "7.5"),
    _flag("webhook_https", "this machine's plain http receivers are refused too, as the vendor does", "7.1"),
    _choice("webhook_pauses_s", ([1.0, 4.0], [0.05, 0.05]), "pauses before the second and third try", "7.5"),
    _flag("webhooks_enabled", "webhooks can be registered", "1.3, 7.1", default=True),
)


def catalogue() -> tuple[SwitchInfo, ...]:
    return (*_LOG_IN, *_TENANCY, *_MONEY, *_FIELDS, *_STAGES, *_ARCHIVE, *_SAVING, *_WIRE, *_WEBHOOKS)
