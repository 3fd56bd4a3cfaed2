"""Makes every property test of the domain repeatable: same examples on every machine, no deadline."""

from hypothesis import settings

settings.register_profile("domain", derandomize=True, deadline=None, max_examples=40, database=None)
settings.load_profile("domain")
