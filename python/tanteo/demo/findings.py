"""What the demo found, as numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tanteo.demo.pipeline import ALGORITHMS, Digits, fit
from tanteo.importance import param_importances
from tanteo.run import Gain, Result
from tanteo.run.gain import gain
from tanteo.run.report import recommended_instead
from tanteo.trials.trial import FrozenTrial


@dataclass(frozen=True, slots=True)
class AlgorithmRow:
    """One algorithm: its defaults, the best found, and how many trials it had.

    ``default`` and ``best`` are None where no trial was complete.
    """

    name: str
    default: FrozenTrial | None
    best: FrozenTrial | None
    n_trials: int
    n_failed: int


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Errors in percent on the rows that no trial saw.

    ``gain`` has the standard error of the difference over the rows, in pairs.
    """

    default: float
    best: float
    gain: Gain
    n: int


@dataclass(frozen=True, slots=True)
class Findings:
    """What the demo reports.

    Attributes
    ----------
    algorithms : list of AlgorithmRow
    default : FrozenTrial
        The best of the algorithms' defaults.
    best : FrozenTrial
        The smallest mean over the folds. The folds are the same for all trials, so that most of the standard error of
        a mean is theirs in common and no reason to prefer another trial; the held-out digits tell what luck was in it.
    recommended : FrozenTrial or None
        What ``Optimizer.recommend`` answers where that is not ``best``.
    gain : Gain or None
        Of ``best`` over ``default``, over the same folds.
    held_out : HeldOut
    importances : dict
    """

    algorithms: list[AlgorithmRow]
    default: FrozenTrial
    best: FrozenTrial
    recommended: FrozenTrial | None
    gain: Gain | None
    held_out: HeldOut
    importances: dict[str, float]


def find(result: Result, defaults: Mapping[str, Mapping[str, Any]], digits: Digits, seed: int) -> Findings | None:
    """Reads a search; None if it was too short for anything to be complete.

    Parameters
    ----------
    result : Result
        The search.
    defaults : mapping
        The default configuration of each algorithm.
    digits : Digits
        The data; the part that was held out is used here, once.
    seed : int
        As for the trials.
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
        gain=gain(best, default, maximize=False),
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
    """Fits both on everything that was searched on, and counts their mistakes on the rest."""
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
