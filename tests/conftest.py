"""The Hypothesis profiles of all tests.

``quick`` (the default) draws the same examples on every run, so a failure comes from the code and not from chance.
``long`` (``make test-long``) and ``night`` (``make test-night``) draw new examples, and more of them.
"""

import gc
import os
import signal

from hypothesis import HealthCheck, settings

# A shell starts background jobs with SIGINT ignored, and their children inherit this. Without the reset, tests of
# Ctrl-C would wait for an interrupt that never arrives.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

_SHARED = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("quick", max_examples=100, derandomize=True, **_SHARED)
settings.register_profile("long", max_examples=2000, print_blob=True, **_SHARED)
settings.register_profile("night", settings.get_profile("long"))
settings.load_profile(os.environ.get("TANTEO_TEST_PROFILE", "quick"))


def pytest_collection_finish() -> None:
    """Leave what was imported and collected out of later garbage collections, which are a tenth as long without it."""
    gc.collect()
    gc.freeze()
