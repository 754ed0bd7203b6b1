"""What was acknowledged is what a fresh reader sees, whatever three processes and people do."""

from pathlib import Path

import pytest

from support.processes import python_json
from support.profile import count

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the model looks at processes in /proc")
_RUN = "import sys; sys.argv[1:] = {arguments!r}; from support.histories.__main__ import main; main()"


def run_histories(*arguments):
    return python_json(_RUN.format(arguments=[str(argument) for argument in arguments]))


@pytest.mark.parametrize("part", [0, 1])
def test_a_fresh_reader_sees_what_was_acknowledged(part):
    n = count(35, 2500)
    assert run_histories("--histories", n, "--seed", part * n) == {"histories": n, "fault": None}


def test_systems_without_locks_of_descriptions_lose_nothing():
    n = count(10, 1000)
    assert run_histories("--histories", n, "--without", "locks") == {"histories": n, "fault": None}


# The seeds are those at which quick runs find a fault; the search goes on from there if the steps are changed.
@pytest.mark.parametrize(("cures", "seed"), [(["locks", "places"], 60), (["forks"], 76), (["stale"], 400)])
def test_the_model_finds_what_each_cure_is_for(cures, seed):
    found = run_histories("--histories", 300, "--seed", seed, "--without", *cures)
    assert found["fault"] is not None
