"""How much is asked for: `make test` in minutes, `make test-long` in an hour."""

import os

LONG = os.environ.get("TANTEO_TEST_PROFILE") == "long"


def count(quick: int, long: int) -> int:
    """A count for each of the two profiles."""
    return long if LONG else quick
