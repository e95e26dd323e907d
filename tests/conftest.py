"""For the whole suite."""

from hypothesis import settings

# How long an example takes is a matter of the machine; speed is measured in benchmarks.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")
