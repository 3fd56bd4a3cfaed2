"""A loopback SuperOffice tenant, true to the fact sheet; it must not share code with the adapter."""
