"""How much is asked for: `make test` in minutes, `make test-long` in an hour, `make test-night` in hours."""

import os

NIGHT = os.environ.get("TANTEO_TEST_PROFILE") == "night"
LONG = NIGHT or os.environ.get("TANTEO_TEST_PROFILE") == "long"
#: The profile of `tanteo.testing`.
CHECKS = "night" if NIGHT else "default" if LONG else "fast"


def count(quick: int, long: int) -> int:
    """A count for each of the two profiles of the test run."""
    return long if LONG else quick
