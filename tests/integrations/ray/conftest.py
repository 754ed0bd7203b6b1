"""What the tests of the Ray adapter share: a driver that behaves as Tune's event loop does."""

import pytest

pytest.importorskip("ray.tune")

from support.tune_loop import Loop


@pytest.fixture
def loop():
    """Make a loop around a searcher."""
    return Loop
