"""The fixture of the Ray tests: a loop that calls a searcher as Tune's event loop does."""

import pytest

pytest.importorskip("ray.tune")

from support.tune_loop import Loop


@pytest.fixture
def loop():
    """The class that makes a loop around a searcher."""
    return Loop
