"""The portal's switches: default, values worth trying, meaning; it must not act on any of them."""

from sync.sandbox.switches import SwitchInfo, defaults_of
from sync.sandbox.wire import JsonObject, JsonValue

Row = tuple[str, tuple[JsonValue, ...], str, str]

# (name, values with the default first, meaning, section of onlyoffice.md); all seen 2026-11-22
_WAYS_IN: tuple[Row, ...] = (
    ("two_factor", ("", "sms", "app"), "second factor asked of everybody who logs in", "2.5"),
    ("two_factor_code", ("123456",), "the code that finishes a two-factor login", "2.5"),
    ("phone_activated", (True, False), "off: the sms answer asks for a phone number first", "2.5"),
    ("session_reset", (0, 1), "a new number logs everyone out", "2.1"),
    ("token_life_min", (0, 525_600), "minutes a token lives; 0: one year", "2.1"),
    ("login_limit", (5, 3), "attempts within the window before a login is locked out", "2.3"),
    ("login_window_s", (60, 300), "seconds attempts are counted, and a lock-out lasts", "2.3"),
    ("ip_restricted", (False, True), "the caller's address is not allowed: a login is a plain 500", "2.3"),
    (
        "token_header",
        ("any", "raw", "bearer"),
        "how the Authorization header may carry a token; R7-Office documents Bearer only",
        "2.2, 14.10",
    ),
    ("account_rights", ("admin", "user", "none"), "what administrators are taken for", "9"),
)
_SERVER: tuple[Row, ...] = (
    (
        "front",
        ("", "login_page", "error_in_200", "bad_gateway", "busy", "busy_retry"),
        "what answers in the portal's place: HTML with 200, an error object in a 200, a 502 page, "
        "a 503 without or with Retry-After",
        "3.6, 9",
    ),
    ("portal_status", ("active", "unpaid", "moving"), "unpaid is 402, moving is 503", "3.6"),
    ("rate_limit", (0, 500), "requests per 10 s before 503; 0: no limiter", "9, 14.6"),
    ("retry_after_s", (10, 0, ""), "seconds a 503 asks to wait; empty: it does not say", "9, 14.6"),
    ("version", ("12.7.1", "12.7.0", "12.5.2", "9.6.2"), "what the build call tells", "1"),
    ("gzip", (True, False), "answers are compressed when the caller asks for exactly gzip", "1"),
    ("etag", (True, False), "every answer has an ETag, of a new random value", "1, 14.9"),
    ("language", ("en", "nb"), "language of stage titles and of translated errors", "3.6, 5.3, 14.9"),
    ("timezone", ("Europe/Oslo", "UTC", "America/Los_Angeles", "Pacific/Auckland"), "portal zone", "5.6"),
)
_LISTS: tuple[Row, ...] = (
    ("crm_opened", (True, False), "off: nobody opened the CRM in a browser yet, no stages", "5.4"),
    ("stage_gone", ("", "Proposal"), "title of a stage whose row has vanished", "4.1"),
    ("currencies", ("standard", "extended", "basic"), "rows of the currency table", "5.2"),
    ("default_currency", ("EUR", "USD"), "what the browser fills in for an empty currency", "5.2"),
    ("sort_by_id", (True, False), "off: a server before 12.6, where the database cannot sort by id", "4.2"),
    (
        "memory_sort",
        ("sorted", "slow", "fails"),
        "what becomes of sorting in memory: works, takes its time, or breaks with 500",
        "4.2, 14.5",
    ),
    ("unstable_order", (True, False), "ties of an order that is not unique come as they like", "4.2"),
    ("page_delay_s", (0, 0.05), "seconds a full page of a list takes", "4.2, 14.7"),
    ("search_on", (True, False), "off: the search index is down and text finds nothing", "4.2"),
    ("search_delay_s", (0, 30), "seconds until an edit can be found by text", "4.2"),
    ("audit_feature", (True, False), "off: the audit trail ignores filters and shows 20 events", "7, 14.8"),
)
_STORAGE: tuple[Row, ...] = (
    ("nine_decimals", (True, False), "stored amounts print with nine decimals; off: as sent", "3.3, 14.1"),
    ("echo_from_memory", (True, False), "a POST answers from memory; off: as stored", "4.4, 14.1"),
    ("json_date_trap", (True, False), "fractions of JSON dates lose trailing zeros, then 400", "5.6, 14.2"),
    ("sub_seconds", ("cut", "round"), "what MySQL does to fractions of stored times", "5.6, 14.4"),
    ("strict_sql", (False, True), "text that does not fit is a 500 instead of being cut", "5.7, 14.3"),
    ("cut_non_bmp", (False, True), "text ends at the first character outside the BMP", "5.7, 14.3"),
)
_CATALOGUE = tuple(
    SwitchInfo(name, values[0], values, meaning, section)
    for name, values, meaning, section in (*_WAYS_IN, *_SERVER, *_LISTS, *_STORAGE)
)
DEFAULTS: JsonObject = defaults_of(_CATALOGUE)


def catalogue() -> tuple[SwitchInfo, ...]:
    """Every switch of the portal, for tables and for tests that try them all."""
    return _CATALOGUE
