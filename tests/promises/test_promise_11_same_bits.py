"""Promise 11: the same seed and results give bit-identical suggestions in any process, thread count and kernel."""

import itertools
import json
from pathlib import Path

import pytest

import tanteo as tt
from support.branches import BRANCHES
from support.golden import SEARCHES, search
from support.processes import python, python_json
from support.searches import ENDLESS, mixed_space, run

GOLDEN = Path(__file__).parents[1] / "golden"


def golden(name: str) -> list:
    return json.loads((GOLDEN / f"{name}.json").read_text())


@pytest.mark.parametrize("name", SEARCHES)
def test_promise_11_the_first_suggestions_match_the_golden_files(name):
    """The files hold the suggestions of this release. Other machines and Python versions must reproduce them."""
    assert search(name) == golden(name)


@pytest.mark.parametrize("name", BRANCHES)
def test_promise_11_golden_searches_take_every_branch(name):
    """Otherwise a mechanism could change without a change in the golden files."""
    branch = BRANCHES[name]
    assert branch.takes_branch(branch.run())


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "1", "OMP_NUM_THREADS": "3", "TANTEO_NUM_THREADS": "64"},
        {"PYTHONHASHSEED": "2", "TANTEO_KERNEL": "baseline", "TANTEO_NUM_THREADS": "1"},
        {"TANTEO_KERNEL": "avx2", "TANTEO_NUM_THREADS": "4"},
        {"TANTEO_KERNEL": "avx512"},
    ],
    ids=lambda environment: ",".join(f"{key}={value}" for key, value in environment.items()),
)
def test_promise_11_other_processes_make_the_same_suggestions(environment):
    kernel = environment.get("TANTEO_KERNEL")
    if kernel is not None and active_kernel(kernel) != kernel:
        pytest.skip(f"this processor has no {kernel}")
    code = "import json; from support.golden import every_search; print(json.dumps(every_search()))"
    assert python_json(code, **environment) == {name: golden(name) for name in SEARCHES}


def active_kernel(requested: str) -> str:
    """Return the instruction set that a process uses if one is requested; a missing one is replaced or refused."""
    code = "try:\n    import tanteo._core as c\n    print(c.kernel())\nexcept Exception: print('refused')"
    return python(code, TANTEO_KERNEL=requested).stdout.strip()


def test_promise_11_the_environment_variables_take_effect():
    """Otherwise the test above would compare equal processes."""
    assert active_kernel("baseline") == "baseline"
    for threads in ("1", "4", "64"):
        process = python("import tanteo._core as c; print(c.n_threads())", TANTEO_NUM_THREADS=threads)
        assert process.stdout.strip() == threads


@pytest.mark.parametrize("sampler", ENDLESS)
def test_promise_11_one_process_makes_the_same_suggestions_twice(sampler):
    first, second = (tt.Optimizer(mixed_space(), sampler=sampler, seed=9) for _ in range(2))
    interleaved = []
    for _ in range(25):
        run(first, 1)
        interleaved += run(second, 1)
    assert interleaved == [trial.params for trial in first.trials]


@pytest.mark.parametrize("sampler", ENDLESS)
def test_promise_11_restarts_change_nothing(sampler, tmp_path):
    uninterrupted = run(tt.Optimizer(mixed_space(), sampler=sampler, seed=9), 30)
    optimizer = tt.Optimizer(mixed_space(), sampler=sampler, seed=9)
    resumed = []
    for k in range(15):
        resumed += run(optimizer, 2)
        optimizer.save(tmp_path / f"{k}.tanteo")
        optimizer = tt.Optimizer.load(tmp_path / f"{k}.tanteo")
    assert resumed == uninterrupted


@pytest.mark.parametrize("sampler", ENDLESS)
def test_promise_11_the_order_of_mappings_does_not_matter(sampler):
    def search_with(reverse: bool) -> list[dict]:
        optimizer = tt.Optimizer(mixed_space(), sampler=sampler, seed=9)
        names = sorted(["a", "b", "c"], reverse=reverse)
        for k in range(20):
            optimizer.tell(optimizer.ask(), float(k % 7), constraints={name: float(k % 3 - 1) for name in names})
        point = {"depth": 3, "lr": 1e-3, "optimizer": "adam"}
        optimizer.enqueue(dict(reversed(point.items())) if reverse else point)
        return [trial.params for trial in optimizer.ask(5)]

    assert search_with(reverse=True) == search_with(reverse=False)


def test_promise_11_seeds_differ():
    # The first suggestion is the centre of the space, whatever the seed.
    seconds = {repr(tt.Optimizer(mixed_space(), seed=seed).ask(2)[1].params["lr"]) for seed in range(50)}
    assert len(seconds) == 50


@pytest.mark.parametrize("sampler", ENDLESS)
def test_promise_11_unseeded_searches_differ_and_keep_their_seed(sampler):
    searches = [tt.Optimizer(mixed_space(), sampler=sampler) for _ in range(10)]
    for first, second in itertools.combinations(searches, 2):
        assert first.seed != second.seed
    suggested = [run(optimizer, 3) for optimizer in searches]
    assert all(a != b for a, b in itertools.combinations(suggested, 2))
    again = tt.Optimizer(mixed_space(), sampler=sampler, seed=searches[0].seed)
    assert run(again, 3) == suggested[0]


def test_promise_11_other_processes_do_not_share_unseeded_draws():
    code = "import tanteo as tt; print(tt.Optimizer(tt.SearchSpace({'x': tt.Float(0, 1)})).seed)"
    assert len({python(code).stdout for _ in range(3)}) == 3
