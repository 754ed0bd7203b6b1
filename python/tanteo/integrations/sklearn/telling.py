"""What the fits of a candidate tell the search."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from ...optimizer import Optimizer
from ...run.sharing import sharing
from ...trials.replicates import Replicates
from ...trials.trial import Trial
from .identity import ATTRIBUTE
from .racing import Fit


def report(search: Optimizer, trial: Trial, fits: Mapping[int, Fit], refit: Any) -> str | None:
    """Report the scores of folds; return why the candidate should be dropped, if it should."""
    scores = {fold: _score(fit, refit) for fold, fit in fits.items()}
    if _failure(list(fits.values()), list(scores.values())) is not None:
        return "a fold has failed"
    with sharing(search).together():
        _report(search, trial, scores)
        decision = search.should_prune(trial)
    return decision.reason if decision else None


def tell(
    search: Optimizer,
    trial: Trial,
    fits: Mapping[int, Fit],
    refit: Any,
    identity: Mapping[str, str],
    *,
    dropped: str | None,
) -> None:
    """Tell a trial the scores of its folds, or that it failed, or that it was dropped.

    All candidates share their folds, so the spread of the folds is no noise: the same candidate gets the same scores.
    The search is told the mean, and keeps the folds. A search that may repeat candidates (``deduplicate=False``) is
    told the folds as repeated measurements.
    """
    scores = {fold: _score(fit, refit) for fold, fit in sorted(fits.items())}
    failure = _failure(list(fits.values()), list(scores.values()))
    with sharing(search).together():
        search.set_attr(trial, ATTRIBUTE, dict(identity))
        if failure is not None:
            search.tell(trial, state="failed", reason=failure)
        elif not search.deduplicate and len(scores) > 1:
            search.tell(trial, Replicates(scores.values()))
        else:
            _report(search, trial, scores)
            if dropped is None:
                search.tell(trial, Replicates(scores.values()).mean)
            else:
                search.tell(trial, state="pruned", reason=dropped)


def _report(search: Optimizer, trial: Trial, scores: Mapping[int, float]) -> None:
    """Report the folds that were not reported before, also by a process that was interrupted."""
    reported = search.trials[trial.id].folds
    for fold, score in scores.items():
        if fold not in reported:
            search.report_fold(trial, fold, score)


def _score(fit: Fit, refit: Any) -> float:
    """Return the score to optimize: of several, the one that ``refit`` names, or else the first."""
    scores = fit.get("test_scores", math.nan)
    if isinstance(scores, Mapping):
        scores = scores[_name(scores, refit)]
    return float(scores)


def _name(scores: Mapping[str, Any], refit: Any) -> str:
    return refit if isinstance(refit, str) else next(iter(scores))


def without_infinite(fit: Fit, refit: Any) -> Fit:
    """Return a fit whose score to optimize is NaN if it is infinitely good, so that its candidate is not the best."""
    if _score(fit, refit) != math.inf:
        return fit
    scores = fit["test_scores"]
    return {**fit, "test_scores": scores | {_name(scores, refit): math.nan} if isinstance(scores, dict) else math.nan}


def _failure(fits: Sequence[Fit], scores: Sequence[float]) -> str | None:
    """Return the reason why a candidate has failed: all fits failed, or a score is NaN or inf. None if it has not."""
    errors = [fit["fit_error"] for fit in fits if fit["fit_error"] is not None]
    n_missing, n_infinite = sum(map(math.isnan, scores)), list(scores).count(math.inf)
    if len(errors) == len(fits) or (errors and n_missing):
        return str(errors[-1].strip().splitlines()[-1])
    if n_missing:
        return f"the score of {n_missing} of {len(scores)} folds is NaN"
    return f"the score of {n_infinite} of {len(scores)} folds is infinitely good" if n_infinite else None
