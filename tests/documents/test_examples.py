"""Every example runs. Those with a large library of others are in test_foreign.py."""

import pytest

from support.documents import EXAMPLES, check_example, is_foreign

OURS = [example for example in EXAMPLES if not is_foreign(example.read_text())]


@pytest.mark.parametrize("example", OURS, ids=lambda example: example.stem)
def test_the_example_runs(example, tmp_path):
    check_example(example, tmp_path)


def test_there_are_examples():
    assert len(OURS) >= 5
