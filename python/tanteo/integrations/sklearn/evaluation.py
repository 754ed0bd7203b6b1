"""The fits of all candidates of one search, some of which may have failed, and their task of scikit-learn."""

from __future__ import annotations

import math
import re
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from .library import FitFailedWarning, summarize_failures
from .racing import Fit, add_races
from .telling import without_infinite


class SearchTask:
    """The task of a search. Each fit of a candidate is a task below it, as in ``RandomizedSearchCV``.

    scikit-learn numbers the fits of every batch from 0, and refuses a number that was used before. They are therefore
    numbered here.

    Parameters
    ----------
    search
        The search.
    context
        The context of its ``fit``.
    n_fits
        The maximum number of fits.
    """

    def __init__(self, search: Any, context: Any, n_fits: int) -> None:
        self._search, self._n_begun = search, 0
        self._context = context.subcontext(task_name="search", max_subtasks=n_fits, sequential_subtasks=False)
        self._context.call_on_fit_task_begin(estimator=search)

    def subcontext(self, *, task_name: str, task_id: int) -> Any:
        """Return the context of the next fit."""
        self._n_begun += 1
        return self._context.subcontext(task_name=task_name, task_id=self._n_begun - 1)

    def end(self) -> None:
        """Tell the callbacks that the search has ended."""
        self._context.call_on_fit_task_end(estimator=self._search)


@dataclass
class Candidate:
    """A candidate and its fits.

    Attributes
    ----------
    params
        Its parameters.
    fits
        The fits by fold, in the order of their evaluation.
    """

    params: dict[str, Any]
    fits: dict[int, Fit] = field(default_factory=dict)


@dataclass(frozen=True)
class Earlier:
    """The earlier fits of a search that is continued: their folds and candidates."""

    folds: Sequence[Any]
    candidates: Sequence[Candidate]


NOTHING = Earlier((), ())


class Evaluation:
    """Evaluates candidates in batches, and formats and judges the fits of all batches once, at the end.

    scikit-learn does both after every batch: it warns again for every batch, formats all earlier results again, and
    raises an error if all fits of a batch failed, although those of other batches may succeed.

    Parameters
    ----------
    evaluate
        What scikit-learn gives to a search for the evaluation of a list of candidates.
    search
        The search, whose splitter is a :class:`FrozenSplits`.
    task
        The task of the search, if there are callbacks.
    earlier
        The candidates of earlier fits of the search, which are part of the results.

    Attributes
    ----------
    candidates
        All candidates.
    results
        The results of all candidates, empty until the end. scikit-learn reads the dict that it was given last.
    """

    def __init__(
        self, evaluate: Callable[..., Any], search: Any, task: SearchTask | None, earlier: Iterable[Candidate]
    ) -> None:
        self._evaluate = evaluate if task is None else partial(evaluate, callback_ctx=task)
        self._search, self._n_folds = search, search.cv.n_splits
        self.candidates = list(earlier)
        # The fits that scikit-learn knows: those of batches in which some fit succeeded.
        self._known: list[Fit] = []
        self._more_results: Any = None
        self.results: dict[str, Any] = {}

    def begin(self, params: dict[str, Any]) -> Candidate:
        """Add a candidate, which has no fits yet."""
        self.candidates.append(candidate := Candidate(params))
        return candidate

    def fit(self, candidates: Sequence[Candidate], folds: Sequence[int]) -> None:
        """Fit and score candidates on some of the folds."""
        n, n_known = len(folds), len(self._known)
        params = [candidate.params for candidate in candidates]
        try:
            self._on_folds(params, folds)
        except ValueError as error:
            fits = _failed_fits(error, n * len(params))
        else:
            fits = self._known[n_known:]
        for k, candidate in enumerate(candidates):
            candidate.fits.update(zip(folds, fits[k * n : (k + 1) * n], strict=True))

    def _on_folds(self, params: list[dict[str, Any]], folds: Sequence[int]) -> None:
        """Evaluate on some of the folds, for which scikit-learn must expect this number of folds."""
        if list(folds) == list(range(self._n_folds)):
            self._evaluate(params)
            return
        self._search.n_splits_ = len(folds)
        try:
            self._evaluate(params, cv=self._search.cv.some(folds))
        finally:
            self._search.n_splits_ = self._n_folds

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
        every_fit = [fit for candidate in self.candidates for fit in candidate.fits.values()]
        summarize_failures(every_fit, self._search.error_score)
        template = next(fit for fit in every_fit if "test_scores" in fit)
        filled = [fit for candidate in self.candidates for fit in self._row(candidate, template)]
        params = [candidate.params for candidate in self.candidates]
        self.results.update(format_results(params, self._n_folds, filled, self._more_results))
        if self._search.race or any(len(candidate.fits) < self._n_folds for candidate in self.candidates):
            add_races(self.results, [candidate.fits for candidate in self.candidates], self._n_folds)

    def _row(self, candidate: Candidate, template: Fit) -> list[Fit]:
        """Return a fit for every fold. One of the others stands for a fold that was left out."""
        fits = {
            fold: without_infinite(fit, self._search.refit) if "test_scores" in fit else self._filled(fit, template)
            for fold, fit in candidate.fits.items()
        }
        any_fit = next(iter(fits.values()))
        return [fits.get(fold, any_fit) for fold in range(self._n_folds)]

    def _filled(self, failed: Fit, template: Fit) -> Fit:
        """Return a failed fit that scikit-learn did not keep, with the error score. Its duration is unknown."""
        scores = {name: self._scores(value) for name, value in template.items() if name.endswith("_scores")}
        return {**template, **scores, **failed, "fit_time": math.nan, "score_time": 0.0}

    def _scores(self, template: Any) -> Any:
        error_score = self._search.error_score
        return dict.fromkeys(template, error_score) if isinstance(template, Mapping) else error_score


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
