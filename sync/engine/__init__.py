"""The run: observe, draft a plan, apply it, recover. It knows the `Crm` protocol, the store and a clock."""
