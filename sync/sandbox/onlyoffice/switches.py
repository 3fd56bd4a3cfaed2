"""The portal's switches and their defaults; it must not act on any of them."""

from sync.sandbox.wire import JsonObject

DEFAULTS: JsonObject = {
    "timezone": "Europe/Oslo",  # IANA name of the portal zone
    "two_factor": "",  # "", "sms" or "app"
    "two_factor_code": "123456",
    "session_reset": 0,  # a new number logs everyone out
    "login_limit": 5,  # attempts within the window
    "login_window_s": 60,
    "crm_opened": True,  # False: nobody opened the CRM in a browser yet, so there are no stages
    "sort_by_id": True,  # False: a server before 12.6
    "unstable_order": True,  # ties of a non-unique order come in another order each time
    "search_on": True,  # False: the search index is down
    "search_delay_s": 0,  # seconds until an edit can be found by text
    "cut_non_bmp": False,  # True: text ends at the first character outside the BMP
    "portal_status": "active",  # "unpaid" (402) or "moving" (503)
    "rate_limit": 0,  # requests per 10 s before 503 with Retry-After; 0: no limiter
    "version": "12.7.1",
    "default_currency": "EUR",
}
