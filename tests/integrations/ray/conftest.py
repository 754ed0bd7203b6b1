"""Fixtures of the Ray tests: a loop that calls a searcher as Tune's event loop does, and a clock."""

import pytest

pytest.importorskip("ray.tune")

from support.tune_loop import Loop


@pytest.fixture
def loop():
    """The class that makes a loop around a searcher."""
    return Loop


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    """A clock that stands still until a test sets its time."""
    return Clock()
