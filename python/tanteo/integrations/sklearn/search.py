"""The hyperparameter search for an estimator."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..._internal.coercion import as_int, shown
from ..._internal.optional import require
from ...exceptions import ArgumentError, SpaceExhausted
from ...optimizer import Optimizer
from ...study import Study
from ...trials.objectives import allowed
from ...trials.replicates import Replicates
from .failures import Evaluated, Failed

if TYPE_CHECKING:
    from ...optimizer import AnySpace
    from ...samplers import Sampler
    from ...samplers.settings import Settings
    from ...trials.trial import Trial

_require = partial(require, extra="sklearn", needed_by="tanteo.integrations.sklearn")

#: The base class of scikit-learn's searches, which fits, scores, refits and delegates to the best estimator.
BaseSearchCV: Any = _require("sklearn.model_selection._search").BaseSearchCV
check_random_state: Any = _require("sklearn.utils").check_random_state


class TanteoSearchCV(BaseSearchCV):  # type: ignore[misc] # scikit-learn has no types, and a class of type Any cannot be checked
    """Search for the hyperparameters of an estimator by cross-validation, with candidates informed by earlier results.

    The interface and the attributes are those of ``RandomizedSearchCV`` and ``HalvingRandomSearchCV``. The search is
    told the score of every fold, so that it knows the standard error of each mean score.

    Parameters
    ----------
    estimator : estimator
        As for the searches of scikit-learn.
    space : SearchSpace or mapping
        The parameters of ``estimator.set_params``, such as ``{"svc__C": tt.Float(1e-2, 1e3, log=True)}``. A group
        stands for a step of a pipeline: ``{"svc": {"C": ...}}`` is equivalent.
    n_iter : int
        The number of candidates to evaluate.
    sampler : str, settings or Sampler
        As for :class:`tanteo.Optimizer`.
    batch_size : int
        The number of candidates that are evaluated at once. With more than one, an ``n_jobs`` larger than the number of
        folds can be used. The suggestions depend on ``batch_size``, but not on ``n_jobs``.
    study : Optimizer, Study or path, optional
        A search that maximizes, in which the trials are kept. The search learns from its earlier trials. Its pending
        trials are evaluated first, and count among the ``n_iter`` candidates. ``cv_results_`` and the best candidate
        are those of this ``fit``. The objective of a new study has the name of the score; a study with another name is
        refused.
    scoring, n_jobs, refit, cv, verbose, pre_dispatch, error_score, return_train_score
        As for ``RandomizedSearchCV``. With several scores, ``refit`` names the one to optimize. A candidate with a NaN
        score has failed, and the search learns from that. If all fits of a candidate fail, ``cv_results_`` has it with
        ``error_score`` (its times are NaN), and ``study_`` has it with the reason. If all candidates fail, ``fit``
        raises an error.
    random_state : int, RandomState or None
        The source of the seed of the search, unless ``study`` has one.

    Attributes
    ----------
    study_ : Optimizer or Study
        The search with all its trials.
    best_estimator_, best_params_, best_score_, best_index_, cv_results_, scorer_, n_splits_, refit_time_, multimetric_
        As for ``RandomizedSearchCV``.

    Raises
    ------
    ArgumentError
        By ``fit``, if an argument of Tanteo is invalid. Invalid arguments of scikit-learn raise its own errors.
    SpaceExhausted
        By ``fit``, if a given study has nothing left to try. A search that reaches the end of its space ends without an
        error.

    Examples
    --------
    >>> import tanteo as tt
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.svm import SVC
    >>> from tanteo.integrations.sklearn import TanteoSearchCV
    >>> x, y = load_iris(return_X_y=True)
    >>> space = {"C": tt.Float(1e-2, 1e3, log=True), "gamma": tt.Float(1e-4, 1e1, log=True)}
    >>> search = TanteoSearchCV(SVC(), space, n_iter=10, random_state=0).fit(x, y)
    >>> len(search.cv_results_["params"])
    10
    """

    _required_parameters = ("estimator", "space")

    def __init__(
        self,
        estimator: Any,
        space: AnySpace | None = None,
        *,
        n_iter: int = 10,
        sampler: str | Settings | Sampler = "auto",
        batch_size: int = 1,
        study: Optimizer | str | os.PathLike[str] | None = None,
        scoring: Any = None,
        n_jobs: int | None = None,
        refit: bool | str | Callable[..., int] = True,
        cv: Any = None,
        verbose: int = 0,
        pre_dispatch: int | str = "2*n_jobs",
        random_state: Any = None,
        error_score: Any = math.nan,
        return_train_score: bool = False,
    ) -> None:
        super().__init__(
            estimator=estimator,
            scoring=scoring,
            n_jobs=n_jobs,
            refit=refit,
            cv=cv,
            verbose=verbose,
            pre_dispatch=pre_dispatch,
            error_score=error_score,
            return_train_score=return_train_score,
        )
        self.space = space
        self.n_iter = n_iter
        self.sampler = sampler
        self.batch_size = batch_size
        self.study = study
        self.random_state = random_state

    def _run_search(self, evaluate_candidates: Callable[[Sequence[Mapping[str, Any]]], dict[str, Any]]) -> None:
        """Ask for candidates, let scikit-learn evaluate them, and tell their scores."""
        n, size = _positive(self.n_iter, "n_iter"), _positive(self.batch_size, "batch_size")
        search = self._open()
        self.study_ = search
        n_done, failed = 0, Failed(self.error_score)
        results: dict[str, Any] = {}
        while n_done < n:
            trials = _ask(search, min(size, n - n_done), is_required=not n_done)
            if not trials:
                break
            params = [_estimator_params(search, trial) for trial in trials]
            try:
                results = evaluate_candidates(params)
            except ValueError as error:
                failed.take(search, trials, n_done, params, error)
            else:
                for row, trial in enumerate(trials, start=len(results["params"]) - len(trials)):
                    _tell(search, trial, self._scores(results, row))
            n_done += len(trials)
        self._add_failed(failed, results)

    def _add_failed(self, failed: Failed, results: dict[str, Any]) -> None:
        """Insert the failed candidates into the results in place, since ``fit`` reads them from the same dict."""
        evaluated = self.__dict__.pop("_evaluated", None)
        if failed.error is None:
            return
        if evaluated is None:
            raise failed.error
        complete = failed.put_among(evaluated, super()._format_results)
        results.clear()
        results.update(complete)

    def _format_results(self, candidate_params: Any, n_splits: int, out: Any, more_results: Any = None) -> Any:
        """Format the results of all fits so far, as scikit-learn does, and keep the arguments."""
        self._evaluated = Evaluated(candidate_params, n_splits, out, more_results)
        return super()._format_results(candidate_params, n_splits, out, more_results)

    def _open(self) -> Optimizer:
        """Return the given search, or a new one."""
        seed, score = _seed(self.random_state), allowed(_score_name(self.scoring, self.refit))
        if isinstance(self.study, str | os.PathLike):
            sampler = None if isinstance(self.sampler, str) and self.sampler == "auto" else self.sampler
            if not Path(self.study).exists():
                return Study(self.study, self.space, directions={score: "maximize"}, sampler=sampler, seed=seed)
            opened = Study(self.study, self.space, direction="maximize", sampler=sampler)
            try:
                return _require_score(opened, score)
            except ArgumentError:
                opened.close()
                raise
        if self.study is None:
            if self.space is None:
                raise ArgumentError("TanteoSearchCV needs a space, or a study= to continue")
            return Optimizer(self.space, directions={score: "maximize"}, sampler=self.sampler, seed=seed)
        if not isinstance(self.study, Optimizer):
            raise ArgumentError(f"study must be an Optimizer, a Study or the path of one, got {shown(self.study)}")
        if self.study.directions != ("maximize",):
            raise ArgumentError(
                f"the given study has the directions {list(self.study.directions)}; scores are maximized "
                "(direction='maximize')"
            )
        return _require_score(self.study, score)

    def _scores(self, results: Mapping[str, Any], row: int) -> list[float]:
        """Return the score of every fold of one candidate."""
        name = self.refit if isinstance(self.refit, str) else "score"
        columns = [f"split{k}_test_{name}" for k in range(len(results)) if f"split{k}_test_{name}" in results]
        if not columns:
            raise ArgumentError(f"with several scores, refit must name the one to optimize, got {shown(self.refit)}")
        return [float(results[column][row]) for column in columns]


def _positive(value: Any, name: str) -> int:
    number = as_int(value, name)
    if number < 1:
        raise ArgumentError(f"{name} must be at least 1, got {shown(number)}")
    return number


def _seed(random_state: Any) -> int | None:
    """Return the seed for a ``random_state`` of scikit-learn."""
    if random_state is None or isinstance(random_state, int):
        return random_state
    return int(check_random_state(random_state).randint(2**31))


def _score_name(scoring: Any, refit: Any) -> str:
    """Return the name of the score to optimize, without memory addresses, which differ between runs."""
    if isinstance(refit, str):
        return refit
    if isinstance(scoring, str):
        return scoring
    if not callable(scoring):
        return "score"
    described = getattr(scoring, "__name__", None) or repr(scoring)
    return " ".join(re.sub(r" at 0x[0-9a-fA-F]+", "", described).split())


def _require_score(search: Optimizer, score: str) -> Optimizer:
    """Return a given search; raise an error if its objective has the name of another score."""
    if search.objective_names not in (None, (score,)):
        (theirs,) = search.objective_names or ()
        raise ArgumentError(
            f"the given study holds the score {theirs!r}, and scoring gives {score!r}; give another study, or the same "
            "scoring"
        )
    return search


def _ask(search: Optimizer, n: int, *, is_required: bool) -> list[Trial]:
    """Return up to ``n`` trials, pending ones first. An exhausted space gives none, or an error if ``is_required``."""
    pending = search.pending[:n]
    try:
        return [*pending, *search.ask(n - len(pending))]
    except SpaceExhausted:
        if is_required and not pending:
            raise
        return pending


def _estimator_params(search: Optimizer, trial: Trial) -> dict[str, Any]:
    """Return a configuration in the form of ``set_params``, with a group as a step of a pipeline."""
    flat = search.space._codec.flat(trial.params)
    return {name.replace("/", "__"): value for name, value in flat.items()}


def _tell(search: Optimizer, trial: Trial, scores: Sequence[float]) -> None:
    if any(math.isnan(score) for score in scores):
        missing = sum(map(math.isnan, scores))
        search.tell(trial, state="failed", reason=f"the score of {missing} of {len(scores)} folds is NaN")
    elif len(scores) == 1:
        search.tell(trial, scores[0])
    else:
        search.tell(trial, Replicates(scores))
