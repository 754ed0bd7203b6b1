"""The comparison of two builds notices a changed suggestion and a changed trial."""

from unittest import mock

import pytest

from support import behaviour
from support.searches import SAMPLERS

#: Few asks, in which all kinds of searches have told results already.
N = 12


@pytest.mark.parametrize("problem", behaviour.PROBLEMS)
def test_a_search_has_the_same_hash_twice_and_another_one_with_another_seed(problem):
    first, again = (behaviour.suggestions("tpe", problem, 1, N) for _ in range(2))
    assert behaviour.hashed(first) == behaviour.hashed(again)
    assert behaviour.hashed(first) != behaviour.hashed(behaviour.suggestions("tpe", problem, 1, N, seed=21))


def test_a_search_of_four_workers_suggests_something_else_than_one_of_one():
    assert behaviour.suggestions("tpe", "numbers", 4, 40) != behaviour.suggestions("tpe", "numbers", 1, 40)


def test_the_studies_have_trials_of_every_state():
    tables = [behaviour.exported(number) for number in range(behaviour.N_STUDIES)]
    columns = {name: {str(v) for table in tables for v in table.get(name, [])} for name in ("state", "feasible")}
    assert columns["state"] == {"pending", "complete", "pruned", "paused", "failed"}
    assert {"True", "False"} <= columns["feasible"]
    assert behaviour.hashed(tables[0]) == behaviour.hashed(behaviour.exported(0))
    assert len({behaviour.hashed(table) for table in tables}) == len(tables)


def test_every_sampler_problem_and_study_has_a_line():
    with mock.patch.object(behaviour, "n_asks", return_value=3), mock.patch.object(behaviour, "N_STUDIES", 2):
        lines = list(behaviour.lines())
    names = [line.rsplit(maxsplit=2)[0] for line in lines]
    assert len(set(names)) == len(names) == len(SAMPLERS) * len(behaviour.PROBLEMS) * 2 + 2
