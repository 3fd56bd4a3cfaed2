"""Loopback ONLYOFFICE CRM portal for trials and tests; it must never be exposed beyond this machine."""
