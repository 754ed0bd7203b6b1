"""Handles candidates all of whose fits failed; scikit-learn raises an error and has no results for them."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from ..._internal.caller import stacklevel
from ..._internal.optional import require
from ..._internal.text import printable, safe_repr
from ...optimizer import Optimizer
from ...trials.trial import Trial

_require = partial(require, extra="sklearn", needed_by="tanteo.integrations.sklearn")
FitFailedWarning: Any = _require("sklearn.exceptions").FitFailedWarning


class Evaluated(NamedTuple):
    """The arguments from which scikit-learn formats its results.

    Attributes
    ----------
    params
        The candidates.
    n_splits
        The number of folds.
    fits
        The result of each fit: those of the first candidate, fold by fold, then those of the second, ...
    more_results
        Further columns.
    """

    params: list[Mapping[str, Any]]
    n_splits: int
    fits: list[dict[str, Any]]
    more_results: Any


class Failed:
    """The failed candidates of one search, with their positions among all candidates.

    Parameters
    ----------
    score
        The score of a failed fit (``error_score``).
    """

    def __init__(self, score: Any) -> None:
        self._score = score
        self._candidates: list[tuple[int, Mapping[str, Any]]] = []
        self.error: ValueError | None = None

    def take(
        self, search: Optimizer, trials: Sequence[Trial], position: int, params: Sequence[Any], error: ValueError
    ) -> None:
        """Tell candidates as failed if the error reports that all fits failed; raise any other error.

        The message has to be checked, because the error has no class of its own. ``params`` are the candidates that
        scikit-learn was given, and ``position`` is the number of candidates before them.
        """
        lines = str(error).strip().splitlines()
        if not lines or not re.fullmatch(r"All the \d+ fits failed\.", lines[0]):
            raise error
        self.error = error
        self._candidates += enumerate(params, start=position)
        for trial in trials:
            search.tell(trial, state="failed", reason=lines[-1])
        shown = ", ".join(safe_repr(trial.params) for trial in trials)
        warnings.warn(f"no fit of {shown} succeeded: {printable(lines[-1])}", FitFailedWarning, stacklevel=stacklevel())

    def put_among(self, evaluated: Evaluated, format_results: Callable[..., dict[str, Any]]) -> dict[str, Any]:
        """Return the results of all candidates; failed ones have the error score."""
        params, n_splits, fits, more_results = evaluated
        params, fits = list(params), list(fits)
        for position, failed in self._candidates:
            params.insert(position, failed)
            fits[position * n_splits : position * n_splits] = [self._fit(fit) for fit in evaluated.fits[:n_splits]]
        return format_results(params, n_splits, fits, more_results)

    def _fit(self, template: Mapping[str, Any]) -> dict[str, Any]:
        """Return the result of a failed fit, modelled on one of the same fold that did not fail."""
        scores = {name: self._scores(value) for name, value in template.items() if name.endswith("_scores")}
        # The times of failed fits are unknown.
        return {**template, **scores, "fit_time": math.nan, "score_time": math.nan}

    def _scores(self, template: Any) -> Any:
        return dict.fromkeys(template, self._score) if isinstance(template, Mapping) else self._score
