"""Settings that hold for every test."""

from __future__ import annotations

import os
import signal

from hypothesis import HealthCheck, settings

# Times vary with the machine and its load, so no example has a deadline and slow generation is no failure.
_COMMON = {"deadline": None, "print_blob": True, "suppress_health_check": [HealthCheck.too_slow]}

settings.register_profile("default", **_COMMON)
# The same examples at every run: what turns red was turned red by the change.
settings.register_profile("ci", derandomize=True, database=None, **_COMMON)
# For a hunt: HYPOTHESIS_PROFILE=thorough make test
settings.register_profile("thorough", max_examples=5_000, **_COMMON)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))

# A shell starts what it runs in the background with interrupts ignored, and every child inherits that. The tests of
# Ctrl-C mean a process that was started like any other.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
