"""What all tests share: the Hypothesis profiles.

``quick`` (the default) draws the same examples on every run, so that a red test is red because of the code. ``long``
(``make test-long``) and ``night`` (``make test-night``) draw new ones, and more.
"""

import os
import signal

from hypothesis import HealthCheck, settings

# A shell ignores SIGINT for what it starts in the background, and children inherit that: without this, tests of Ctrl-C
# would wait for an interrupt that never comes.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

_SHARED = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("quick", max_examples=100, derandomize=True, **_SHARED)
settings.register_profile("long", max_examples=2000, print_blob=True, **_SHARED)
settings.register_profile("night", settings.get_profile("long"))
settings.load_profile(os.environ.get("TANTEO_TEST_PROFILE", "quick"))
