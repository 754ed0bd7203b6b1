"""Sizes of the test runs: `make test` takes minutes, `make test-long` an hour, `make test-night` hours."""

import os

NIGHT = os.environ.get("TANTEO_TEST_PROFILE") == "night"
LONG = NIGHT or os.environ.get("TANTEO_TEST_PROFILE") == "long"
#: The profile of `tanteo.testing`.
CHECKS = "night" if NIGHT else "default" if LONG else "fast"


def count(quick: int, long: int) -> int:
    """Return the count of this run: `quick` for `make test`, `long` for the other two."""
    return long if LONG else quick
