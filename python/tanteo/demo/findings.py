"""The results of the demo as numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tanteo.demo.pipeline import ALGORITHMS, Digits, fit
from tanteo.importance import param_importances
from tanteo.run import Gain, Result
from tanteo.run.gain import improvement
from tanteo.run.report import recommended_instead
from tanteo.trials.trial import FrozenTrial


@dataclass(frozen=True, slots=True)
class AlgorithmRow:
    """The trial of the defaults, the best trial and the numbers of trials of one algorithm.

    ``default`` and ``best`` are None if there is no such complete trial.
    """

    name: str
    default: FrozenTrial | None
    best: FrozenTrial | None
    n_trials: int
    n_failed: int


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Errors in percent on the held-out rows.

    ``gain`` has the standard error of the paired differences over the rows.
    """

    default: float
    best: float
    gain: Gain
    n: int


@dataclass(frozen=True, slots=True)
class Findings:
    """The results that the demo reports.

    Attributes
    ----------
    algorithms : list of AlgorithmRow
        One row per algorithm.
    default : FrozenTrial
        The best of the algorithms' defaults.
    best : FrozenTrial
        The trial with the smallest mean over the folds. All trials share the folds, so most of the standard error of a
        mean is common to all of them and no reason to prefer another trial. The held-out digits show how much of the
        improvement was luck.
    recommended : FrozenTrial or None
        The trial that ``Optimizer.recommend`` returns; None if that is ``best``.
    gain : Gain or None
        The improvement of ``best`` over ``default`` on the same folds.
    held_out : HeldOut
        The errors on the held-out digits.
    importances : dict
        The importance of each parameter.
    """

    algorithms: list[AlgorithmRow]
    default: FrozenTrial
    best: FrozenTrial
    recommended: FrozenTrial | None
    gain: Gain | None
    held_out: HeldOut
    importances: dict[str, float]


def find(result: Result, defaults: Mapping[str, Mapping[str, Any]], digits: Digits, seed: int) -> Findings | None:
    """Analyse a search; return None if no trial with defaults is complete.

    Parameters
    ----------
    result : Result
        The search.
    defaults : mapping
        The default configuration of each algorithm.
    digits : Digits
        The data. The held-out part is used here only, and once.
    seed : int
        The seed of the models, as in the trials.
    """
    rows = [_row(result, name, defaults[name]) for name in ALGORITHMS]
    default_trials = [row.default for row in rows if row.default is not None]
    best = result.best
    if best is None or not default_trials:
        return None
    default = min(default_trials, key=_value)
    return Findings(
        algorithms=rows,
        default=default,
        best=best,
        recommended=recommended_instead(result.optimizer),
        gain=improvement(best, default, maximize=False),
        held_out=_held_out(default, best, digits, seed),
        importances=param_importances(result),
    )


def _row(result: Result, name: str, params: Mapping[str, Any]) -> AlgorithmRow:
    trials = [trial for trial in result.trials if trial.params["algorithm"] == name]
    complete = [trial for trial in trials if trial.state == "complete"]
    return AlgorithmRow(
        name=name,
        default=next((trial for trial in complete if trial.params == params), None),
        best=min(complete, key=_value, default=None),
        n_trials=len(trials),
        n_failed=sum(trial.state == "failed" for trial in trials),
    )


def _value(trial: FrozenTrial) -> float:
    return math.inf if trial.value is None else trial.value


def _held_out(default: FrozenTrial, best: FrozenTrial, digits: Digits, seed: int) -> HeldOut:
    """Fit both configurations on all search data and count their errors on the held-out data."""
    mistakes = [
        fit(trial.params, digits.x, digits.y, seed).predict(digits.held_out_x) != digits.held_out_y
        for trial in (default, best)
    ]
    default_errors, best_errors = (100.0 * errors for errors in mistakes)
    difference = default_errors - best_errors
    sem = float(difference.std(ddof=1)) / math.sqrt(len(difference))
    return HeldOut(
        float(default_errors.mean()),
        float(best_errors.mean()),
        Gain(float(difference.mean()), sem),
        len(digits.held_out_y),
    )
