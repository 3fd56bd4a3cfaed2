"""Makes every property test of the domain repeatable: same examples on every machine, no deadline."""

from hypothesis import Phase, settings

settings.register_profile("domain", derandomize=True, deadline=None, max_examples=40, database=None)
settings.register_profile("mutants", settings.get_profile("domain"), phases=[Phase.explicit, Phase.generate])
settings.load_profile("domain")
