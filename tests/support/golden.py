"""Searches whose suggestions are stored in tests/golden. `make golden` writes all files, NAMES=... only some of them.

A change in these files changes every user's search. Floats are stored in hexadecimal, because every bit counts.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import tanteo as tt

from .branches import BRANCHES
from .searches import DESIGNS, ENDLESS, mixed_loss, mixed_space, squares

#: Number of suggestions of each search.
N = 40
#: Number for the space of many parameters: the few that matter have to be identified first.
N_MANY = 50


def _constrained() -> tt.SearchSpace:
    parameters = {"a": tt.Float(0, 1), "b": tt.Float(0, 1), "n": tt.Int(1, 2**40, log=True), "m": tt.Int(1, 2**40)}
    constraints = [tt.Linear({"a": 1, "b": 2}, upper=1), tt.Order("n", "<", "m")]
    return tt.SearchSpace(parameters, constraints=constraints)


def _with_priors() -> tt.SearchSpace:
    return tt.SearchSpace(
        {
            "normal": tt.Float(-3, 3, prior=tt.Normal(1, 0.5), default=0.0),
            "histogram": tt.Float(0, 1, prior=tt.Histogram([0, 0.1, 1], [3, 1]), default=0.5),
            "weighted": tt.Categorical(list("abc"), weights=[1, 2, 4], default="b"),
        }
    )


def _many() -> tt.SearchSpace:
    return tt.SearchSpace({f"x{j}": tt.Float(0, 1) for j in range(24)})


_SPACES = {"mixed": mixed_space, "constrained": _constrained, "believed": _with_priors, "many": _many}
_LOSSES = {
    "mixed": mixed_loss,
    "constrained": lambda p: p["a"] - p["b"] + p["n"] / p["m"],
    "believed": lambda p: squares([p["normal"]], 0.5) + p["histogram"] + (p["weighted"] == "a"),
    # Two of the many parameters matter. The Gaussian process has identified them after 42 trials.
    "many": lambda p: squares([p["x3"]], 0.3) + squares([p["x17"]], 0.6) + (p["x3"] - 0.3) * (p["x17"] - 0.6),
}
_SMALL_SPACES = ("mixed", "constrained", "believed")
SEARCHES = [f"{sampler}-{space}" for sampler in ENDLESS for space in _SMALL_SPACES]
SEARCHES += [*(f"{design}-mixed" for design in DESIGNS), "gp-many", *BRANCHES]


def search(name: str) -> list[Any]:
    """Return the suggestions of a search."""
    if name in BRANCHES:
        trials = BRANCHES[name].run().trials
        return [_exact(trial.params) for trial in trials if trial.origin != "observed"]
    return _with_failures(name)


def _with_failures(name: str) -> list[Any]:
    """Return the suggestions of a search in which every eighth trial fails and some asks are batches."""
    sampler, space = name.split("-")
    optimizer = tt.Optimizer(_SPACES[space](), sampler=sampler, seed=20)
    while len(optimizer.trials) < (N_MANY if space == "many" else N):
        try:
            trials = optimizer.ask(3) if len(optimizer.trials) % 10 == 5 else [optimizer.ask()]
        except tt.SpaceExhausted:
            break
        for trial in trials:
            failed = trial.id % 8 == 3
            optimizer.tell(trial, None if failed else _LOSSES[space](trial.params))
    return [_exact(trial.params) for trial in optimizer.trials]


def _exact(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _exact(item) for key, item in value.items()}
    return value.hex() if isinstance(value, float) else value


def every_search() -> dict[str, list[Any]]:
    """Return the suggestions of all searches, by name."""
    return {name: search(name) for name in SEARCHES}


def write(folder: Path, names: Iterable[str]) -> None:
    """Write the suggestions of searches to a folder, one file each."""
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / f"{name}.json").write_text(json.dumps(search(name), indent=0, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    names = sys.argv[1:] or SEARCHES
    if unknown := set(names) - set(SEARCHES):
        sys.exit(f"no golden search is called {', '.join(sorted(unknown))}; there are {', '.join(SEARCHES)}")
    write(Path(__file__).parents[1] / "golden", names)
