"""The fits of all candidates of one search, some of which may have failed."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any, TypeAlias

from .callbacks import SearchTask
from .library import FitFailedWarning, summarize_failures

#: The result of one fit of a candidate, as scikit-learn keeps it.
Fit: TypeAlias = dict[str, Any]


class Evaluation:
    """Evaluates candidates in batches, and formats and judges the fits of all batches once, at the end.

    scikit-learn does both after every batch: it warns again for every batch, formats all earlier results again, and
    raises an error if all fits of a batch failed, although those of other batches may succeed.

    Parameters
    ----------
    evaluate
        What scikit-learn gives to a search for the evaluation of a list of candidates.
    n_splits
        The number of folds.
    error_score
        The score of a failed fit.
    task
        The task of the search, if there are callbacks.

    Attributes
    ----------
    results
        The results of all candidates, empty until the end. scikit-learn reads the dict that it was given last.
    """

    def __init__(self, evaluate: Callable[..., Any], n_splits: int, error_score: Any, task: SearchTask | None) -> None:
        self._evaluate = evaluate if task is None else partial(evaluate, callback_ctx=task)
        self._n_splits, self._error_score = n_splits, error_score
        self._params: list[Mapping[str, Any]] = []
        self._fits: list[Fit] = []
        # The fits that scikit-learn knows: those of batches in which some fit succeeded.
        self._known: list[Fit] = []
        self._more_results: Any = None
        self.results: dict[str, Any] = {}

    def of(self, params: list[dict[str, Any]]) -> list[list[Fit]]:
        """Evaluate candidates; return the fits of each of them, fold by fold."""
        n, n_known = self._n_splits, len(self._known)
        try:
            self._evaluate(params)
        except ValueError as error:
            fits = _failed_fits(error, n * len(params))
        else:
            fits = self._known[n_known:]
        self._params += params
        self._fits += fits
        return [fits[k : k + n] for k in range(0, len(fits), n)]

    def take(self, fits: list[Fit], more_results: Any) -> dict[str, Any]:
        """Take all fits that scikit-learn knows, instead of formatting them."""
        self._known, self._more_results = list(fits), more_results
        return self.results

    def finish(self, format_results: Callable[..., dict[str, Any]]) -> None:
        """Warn once if fits failed, and fill in the results of all candidates.

        Raises
        ------
        ValueError
            If all fits failed.
        """
        summarize_failures(self._fits, self._error_score)
        template = next(fit for fit in self._fits if "test_scores" in fit)
        fits = [fit if "test_scores" in fit else self._filled(fit, template) for fit in self._fits]
        self.results.update(format_results(self._params, self._n_splits, fits, self._more_results))

    def _filled(self, failed: Fit, template: Fit) -> Fit:
        """Return a failed fit that scikit-learn did not keep, with the error score. Its duration is unknown."""
        scores = {name: self._scores(value) for name, value in template.items() if name.endswith("_scores")}
        return {**template, **scores, **failed, "fit_time": math.nan, "score_time": 0.0}

    def _scores(self, template: Any) -> Any:
        return dict.fromkeys(template, self._error_score) if isinstance(template, Mapping) else self._error_score


@contextmanager
def without_warnings_of_batches() -> Iterator[None]:
    """Hide the warnings of failed fits, which :meth:`Evaluation.finish` gives once for all batches."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FitFailedWarning)
        yield


def _failed_fits(error: ValueError, n: int) -> list[Fit]:
    """Return ``n`` failed fits if the error reports that all fits of a batch failed; raise any other error.

    The message has to be read, because neither the error nor the fits are available otherwise. It quotes each error
    with its number of fits.
    """
    message = str(error)
    if not re.match(r"\s*All the \d+ fits failed\.", message):
        raise error
    parts = re.split(r"^-{80}\n(\d+) fits failed with the following error:\n", message, flags=re.MULTILINE)[1:]
    counted = zip(parts[::2], parts[1::2], strict=True)
    texts = [text.rstrip("\n") + "\n" for count, text in counted for _ in range(int(count))]
    return [{"fit_error": text} for text in (texts or [message] * n)]
