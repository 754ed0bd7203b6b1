"""One choice of 30 to 1,000 levels, with one number or with five other parameters.

The effects of the levels have mean 0 and deviation 1. They are drawn independently, or depend on hidden features that
levels share. Variants were compared on ``levels-tune``; ``levels-report`` has other effects and other seeds and is for
reports only::

    python -m benches.quality run runs.jsonl --half levels-report --peers random tanteo-tpe --seeds 20
    python -m benches.quality.levels runs.jsonl --half levels-report
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path

import numpy as np

from benches.python.peers.space import Parameter, Space
from benches.quality.problem import Params, Problem, exact
from benches.quality.problems.bbob import standard_normals

N_LEVELS = (30, 100, 300, 1000)
TRIALS = 150
Effects = Callable[[np.random.Generator, int], np.ndarray]


def independent(rng: np.random.Generator, n: int) -> np.ndarray:
    """Return normal effects."""
    return rng.standard_normal(n)


def smooth(rng: np.random.Generator, n: int) -> np.ndarray:
    """Return a wave over two hidden features of every level."""
    features, directions = rng.standard_normal((n, 2)), rng.standard_normal((2, 8))
    return np.cos(features @ directions + rng.uniform(0, 2 * np.pi, 8)) @ rng.standard_normal(8)


def skewed(rng: np.random.Generator, n: int) -> np.ndarray:
    """Return exponential effects: few levels are much better than the others."""
    return -rng.exponential(1.0, n)


def classes(rng: np.random.Generator, n: int) -> np.ndarray:
    """Return effects of twelve classes: many levels are equal."""
    return rng.standard_normal(12)[rng.integers(0, 12, n)]


Function = tuple[Space, Callable[[Params], float], float]


def alone(n: int, effects: Effects, seed: int) -> Function:
    """Return the space, the function and its optimum with one number."""
    rng = standard_normals(seed, n)
    effect, target = standardized(effects(rng, n)), rng.uniform(0.2, 0.8)
    space = Space([choice("level", n), Parameter("x", "float", 0.0, 1.0)])
    return space, lambda p: float(effect[p["level"]] + 4 * (p["x"] - target) ** 2), effect.min()


def among_five(n: int, effects: Effects, seed: int) -> Function:
    """Return the same with three numbers, one on a log scale, an integer and a choice of four."""
    rng = standard_normals(seed, n)
    effect, targets, floors = standardized(effects(rng, n)), rng.uniform(0.2, 0.8, 4), rng.exponential(0.5, 4)
    space = Space([
        choice("level", n), Parameter("x", "float", 0.0, 1.0), Parameter("y", "float", -5.0, 5.0),
        Parameter("rate", "float", 1e-5, 1e-1, log=True), Parameter("k", "int", 0, 12), choice("kind", 4),
    ])  # fmt: skip

    def value(p: Params) -> float:
        unit = np.array([p["x"], (p["y"] + 5) / 10, np.log10(p["rate"]) / 4 + 1.25, p["k"] / 12])
        return float(effect[p["level"]] + floors[p["kind"]] + 3 * np.sum((unit - targets) ** 2))

    nearest = np.min((np.arange(13) / 12 - targets[3]) ** 2)
    return space, value, effect.min() + floors.min() + 3 * nearest


def standardized(effect: np.ndarray) -> np.ndarray:
    """Return effects with mean 0 and deviation 1."""
    return (effect - effect.mean()) / effect.std()


def choice(name: str, n: int) -> Parameter:
    """Return a choice of ``n`` levels."""
    return Parameter(name, "categorical", choices=tuple(range(n)))


SETTINGS = {"alone": alone, "among-five": among_five}
TUNE: dict[str, Effects] = {"independent": independent, "smooth": smooth}
REPORT: dict[str, Effects] = {"skewed": skewed, "classes": classes}


def problems(half: dict[str, Effects], first_seed: int) -> dict[str, Problem]:
    """Return problems of 150 trials for all numbers of levels, other parameters and kinds of effects."""
    result = {}
    for seed, (kind, effects) in enumerate(half.items(), first_seed):
        for setting, make in SETTINGS.items():
            for n in N_LEVELS:
                name = f"levels-{n}-{setting}-{kind}"
                space, function, optimum = make(n, effects, seed)
                result[name] = Problem(name, f"levels-{n}-{setting}", space, TRIALS, exact(function), float(optimum))
    return result


def tuning() -> dict[str, Problem]:
    """Return sixteen problems."""
    return problems(TUNE, 501)


def reported() -> dict[str, Problem]:
    """Return sixteen problems."""
    return problems(REPORT, 601)


def table(files: list[Path], problems_: dict[str, Problem]) -> str:
    """Return Markdown with mean score, standard error and worst tenth after all trials, by peer and family."""
    from benches.quality.report import order, row
    from benches.quality.runs import distinct
    from benches.quality.score import scores

    scored_peers = scores([run for run in distinct(files) if run.problem in problems_], problems_, TRIALS)
    families = dict.fromkeys(problem.family for problem in problems_.values())
    lines = [row(["", *families]), "| --- " * (len(families) + 1) + "|"]
    for peer in order({scored_peer for _, scored_peer in scored_peers}):
        by_family: dict[str, list[np.ndarray]] = defaultdict(list)
        for (name, scored_peer), values in scored_peers.items():
            if scored_peer == peer:
                by_family[problems_[name].family].append(values)
        lines.append(row([peer, *(cell(by_family[family]) for family in families)]))
    return "\n".join(lines)


def cell(scores_by_problem: list[np.ndarray]) -> str:
    """Return the mean over problems, the standard error over seeds, and the mean of the worst tenth of all searches."""
    if not scores_by_problem:
        return "-"
    mean = np.mean([scores.mean() for scores in scores_by_problem])
    error = np.sqrt(sum(scores.var(ddof=1) / len(scores) for scores in scores_by_problem)) / len(scores_by_problem)
    all_scores = np.sort(np.concatenate(scores_by_problem))
    return f"{mean:.0f} ± {error:.0f}, {all_scores[: max(1, len(all_scores) // 10)].mean():.0f}"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="python -m benches.quality.levels", description=table.__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--half", choices=("levels-tune", "levels-report"), default="levels-report")
    options = parser.parse_args()
    print(table(options.files, tuning() if options.half == "levels-tune" else reported()))


if __name__ == "__main__":
    main()
