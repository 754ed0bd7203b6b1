"""Importances of Tanteo and of Optuna's evaluators on the same trials: agreement and cost.

    python -m benches.python.importance          # both tables; minutes, mostly for Optuna's fANOVA
    python -m benches.python.importance speed    # one of them

Times are CPU seconds of this process, including threads. ``noise`` is the difference between two runs of Optuna: for
fANOVA with other seeds of the forest on the same trials, for PED-ANOVA (which has no seed) on other trials of the same
problem. ``off`` is the distance from the exact shares, which follow by integration for some functions.
"""

from __future__ import annotations

import itertools
import math
import random
import statistics
import sys
import time
import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import optuna
from optuna.importance import FanovaImportanceEvaluator, PedAnovaImportanceEvaluator, get_param_importances

import tanteo as tt

Shares = Mapping[str, float]

_SEEDS = 10
# Largest number of trials for Optuna's fANOVA, which is too slow for more.
_MANY = 1000


def _additive(p: Mapping[str, Any]) -> float:
    return sum((5 - k) * p[f"x{k}"] ** 2 for k in range(5))


def _mixed(p: Mapping[str, Any]) -> float:
    return {"a": 0.0, "b": 1.0, "c": 1.5}[p["kind"]] + 3 * (p["x"] - 0.3) ** 2 + p["x"] * p["y"] + 0.05 * p["n"]


def _noisy(p: Mapping[str, Any]) -> float:
    return 4 * (p["x0"] - 0.5) ** 2 + p["x1"] + random.Random(str(p)).gauss(0.0, 0.5)


def _branches(p: Mapping[str, Any]) -> float:
    if p["branch"] == "good":
        return 2 * p["tuned"]
    return 1.0 + p["other"]


def _wide(p: Mapping[str, Any]) -> float:
    return 5 * (p["x0"] - 0.3) ** 2 + 2 * p["x1"] + 0.5 * (p["kind"] == "b") + p["x2"] * p["x3"]


_PROBLEMS: dict[str, tuple[Callable[[Mapping[str, Any]], float], dict[str, Any]]] = {
    "additive": (_additive, {f"x{k}": tt.Float(0, 1) for k in range(6)}),
    "mixed": (
        _mixed,
        {
            "kind": tt.Categorical(list("abc")),
            "x": tt.Float(0, 1),
            "y": tt.Float(0, 1),
            "n": tt.Int(1, 10),
            "idle": tt.Categorical(list("abcde")),
        },
    ),
    "noisy": (_noisy, {f"x{k}": tt.Float(0, 1) for k in range(4)}),
    "branches": (
        _branches,
        {
            "branch": tt.Categorical(["good", "bad"]),
            "tuned": tt.Float(0, 1, when={"branch": "good"}),
            "other": tt.Float(0, 1, when={"branch": "bad"}),
        },
    ),
    "wide": (
        _wide,
        {f"x{k}": tt.Float(0, 1) for k in range(8)} | {"kind": tt.Categorical(list("abcd")), "n": tt.Int(1, 100)},
    ),
}


# Exact shares: for fANOVA the variances of main effects, for PED-ANOVA the probabilities of the best tenth.
_EXACT: dict[tuple[str, str], dict[str, float]] = {
    ("fanova", "additive"): {f"x{k}": (5 - k) ** 2 for k in range(6)},
    ("fanova", "mixed"): {"kind": 7 / 18, "x": 0.8 + 1.69 / 12 - 0.65, "y": 1 / 48, "n": 8.25 / 400, "idle": 0.0},
    ("fanova", "noisy"): {"x0": 4 / 45, "x1": 1 / 12, "x2": 0.0, "x3": 0.0},
    ("ped-anova", "branches"): {"branch": 1.0, "tuned": 8.0, "other": 0.0},
}


def searched(problem: str, n: int, seed: int) -> tt.Optimizer:
    """Return a search with ``n`` random trials of a problem."""
    function, space = _PROBLEMS[problem]
    search = tt.Optimizer(space, sampler="random", seed=seed)
    for trial in search.ask(n):
        search.tell(trial, function(trial.params))
    return search


def as_study(search: tt.Optimizer) -> optuna.Study:
    """Return the same trials as an Optuna study."""
    study = optuna.create_study()
    for trial in search.trials:
        distributions = {name: _distribution(search.space.parameters[name]) for name in trial.params}
        study.add_trial(optuna.trial.create_trial(params=trial.params, distributions=distributions, value=trial.value))
    return study


def _distribution(parameter: Any) -> optuna.distributions.BaseDistribution:
    if isinstance(parameter, tt.Categorical):
        return optuna.distributions.CategoricalDistribution(parameter.choices)
    if isinstance(parameter, tt.Int):
        return optuna.distributions.IntDistribution(parameter.low, parameter.high)
    return optuna.distributions.FloatDistribution(parameter.low, parameter.high)


def ped_anova(study: optuna.Study, _seed: int) -> Shares:
    """Return Optuna's PED-ANOVA for the best tenth."""
    return get_param_importances(study, evaluator=PedAnovaImportanceEvaluator())


def fanova(study: optuna.Study, seed: int) -> Shares:
    """Return Optuna's fANOVA."""
    return get_param_importances(study, evaluator=FanovaImportanceEvaluator(seed=seed))


def _ours(search: tt.Optimizer, method: str) -> Shares:
    if method == "fanova":
        return tt.importance.param_importances(search, method="fanova")
    return tt.importance.param_importances(search, quantile=0.1)


_PEERS = {"ped-anova": ped_anova, "fanova": fanova}


def distance(first: Shares, second: Shares) -> float:
    """Return the largest difference between two shares."""
    return max(abs(first[name] - second[name]) for name in first)


def agreement() -> None:
    """Print the table of agreement."""
    print("| method | problem | trials | Tanteo from Optuna | noise | Tanteo off | Optuna off |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for method, problem, n in itertools.product(_PEERS, _PROBLEMS, (100, 1000)):
        # Optuna's fANOVA leaves conditional parameters out.
        if problem != "wide" and not (method == "fanova" and problem == "branches"):
            print(_row(method, problem, n), flush=True)


def _row(method: str, problem: str, n: int) -> str:
    seeds = range(3 if method == "fanova" and n == 1000 else _SEEDS)
    searches = [searched(problem, n, seed) for seed in seeds]
    studies = [as_study(search) for search in searches]
    ours = [_ours(search, method) for search in searches]
    theirs = [_PEERS[method](study, 0) for study in studies]
    repeated = [_PEERS[method](study, 1) for study in studies] if method == "fanova" else [*theirs[1:], theirs[0]]
    cells = [_mean_distance(ours, theirs), _mean_distance(theirs, repeated)]
    if (method, problem) in _EXACT:
        scores = _EXACT[method, problem]
        exact = [{name: score / sum(scores.values()) for name, score in scores.items()}] * len(seeds)
        cells += [_mean_distance(ours, exact), _mean_distance(theirs, exact)]
    texts = [f"{cell:.3f}" for cell in cells] + [""] * (4 - len(cells))
    return f"| {method} | {problem} | {n:,} | {' | '.join(texts)} |"


def _mean_distance(first_set: Sequence[Shares], second_set: Sequence[Shares]) -> float:
    return statistics.mean(map(distance, first_set, second_set))


def cpu_seconds(call: Callable[[], object]) -> float:
    """Return the fastest of three calls, or of one if a call takes more than a second."""
    fastest = math.inf
    for _ in range(3):
        start = time.process_time()
        call()
        fastest = min(fastest, time.process_time() - start)
        if fastest > 1.0:
            break
    return fastest


def speed() -> None:
    """Print the table of CPU seconds for ten parameters."""
    print("| method | trials | Tanteo, CPU ms | Optuna, CPU ms | ratio |")
    print("| --- | --- | --- | --- | --- |")
    for method, n in itertools.product(_PEERS, (100, 1000, 10_000)):
        search = searched("wide", n, 0)
        study = as_study(search)
        ours = cpu_seconds(lambda search=search, method=method: _ours(search, method))
        if method == "fanova" and n > _MANY:
            print(f"| {method} | {n:,} | {1e3 * ours:.1f} | not run | |", flush=True)
            continue
        theirs = cpu_seconds(lambda study=study, method=method: _PEERS[method](study, 0))
        print(f"| {method} | {n:,} | {1e3 * ours:.1f} | {1e3 * theirs:,.0f} | {theirs / ours:,.0f} |", flush=True)


def main() -> None:
    """Print the tables that the command line selects, by default both."""
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    warnings.simplefilter("ignore")
    tables = {"agreement": agreement, "speed": speed}
    for name in sys.argv[1:] or tables:
        tables[name]()
        print()


if __name__ == "__main__":
    main()
