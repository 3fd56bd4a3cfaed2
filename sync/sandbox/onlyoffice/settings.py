"""What the portal tells about itself: build, time zone, currencies; it must not change a setting."""

from datetime import timedelta

from sync.sandbox.onlyoffice import moments
from sync.sandbox.onlyoffice.calls import Call, Rule, rule
from sync.sandbox.wire import JsonValue


def build(call: Call) -> JsonValue:
    return {"communityServer": call.state.switches.get("version")}


def portal(call: Call) -> JsonValue:
    # onlyoffice.md 5.6 "Portal zone" (seen 2026-11-22)
    zone = call.state.zone()
    minutes = moments.offset_minutes(call.state.clock().astimezone(zone))
    sign = "-" if minutes < 0 else ""
    return {
        "timezone": {"id": zone.key, "displayName": zone.key, "supportsDaylightSavingTime": True},
        "trustedDomains": [],
        "trustedDomainsType": 0,
        "culture": "en-US",
        "utcOffset": sign + f"{timedelta(minutes=abs(minutes))!s:0>8}",
        "utcHoursOffset": minutes / 60,
    }


def currencies(call: Call) -> JsonValue:
    return [call.state.currencies[code] for code in sorted(call.state.currencies)]


RULES: tuple[Rule, ...] = (
    # No login needed for the build.  onlyoffice.md 1 (seen 2026-11-22)
    rule("GET", "settings/version/build", build, needs_login=False),
    rule("GET", "settings", portal),
    rule("GET", "crm/settings/currency", currencies),
    # Not a route of the real server: the project's request names it, so both answer the same.
    rule("GET", "crm/currency/list", currencies),
)
