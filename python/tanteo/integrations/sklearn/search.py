"""The hyperparameter search for an estimator."""

from __future__ import annotations

import inspect
import math
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from numbers import Integral
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from ... import inside
from ..._internal.coercion import as_bool, as_int_at_least
from ..._internal.equality import same
from ..._internal.text import safe_repr
from ...exceptions import ArgumentError, SpaceExhausted
from ...optimizer import Optimizer
from ...options import given
from ...run.search import no_study
from ...space.difference import space_difference
from ...study import Study
from ...trials.objectives import as_objective_name
from ...trials.trial import Trial
from .distributions import Declared, declare
from .evaluation import NOTHING, Candidate, Earlier, Evaluation, SearchTask, without_warnings_of_batches
from .identity import GIVEN_STUDY, OF_EARLIER_FIT, FrozenSplits, Source, check_identity
from .library import BaseSearchCV, check_cv, check_random_state, is_classifier
from .racing import Fit, stages
from .telling import report, tell

if TYPE_CHECKING:
    from ...options import AnySampler, AnySpace
    from ...space.search_space import SearchSpace


class TanteoSearchCV(BaseSearchCV):  # type: ignore[misc] # scikit-learn has no types, and a class of type Any cannot be checked
    """Search for the hyperparameters of an estimator by cross-validation, with candidates informed by earlier results.

    The interface and the attributes are those of ``RandomizedSearchCV``. All candidates of a ``fit`` are evaluated on
    the same folds, also if ``cv`` shuffles without a seed. The search is told the mean score of each candidate, and its
    trials keep the score of every fold.

    Parameters
    ----------
    estimator : estimator
        As for the searches of scikit-learn.
    param_distributions : SearchSpace, mapping or list of mappings
        The parameters of ``estimator.set_params``: parameters of Tanteo, such as ``{"svc__C": tt.Float(1e-2, 1e3,
        log=True)}``, or what ``RandomizedSearchCV`` takes. A group stands for a step of a pipeline: ``{"svc": {"C":
        ...}}`` is equivalent.

        A list holds choices; a repeated choice has a larger weight. Three or more increasing or decreasing numbers are
        an ordinal. ``uniform``, ``loguniform`` and ``randint`` of SciPy become the same parameter. ``norm``,
        ``truncnorm``, ``lognorm`` and discrete distributions become a parameter with the same prior; a side without a
        bound loses a millionth of the mass. For any other distribution, the quantile is searched: in ``study_``, ``C``
        is then ``C/quantile``. For an object with nothing but ``rvs``,
        1,000 draws are used.

        Of several mappings in a list one applies at a time; ``study_`` has its position as ``alternative``.
    n_iter : int
        The number of candidates to evaluate.
    sampler : str, settings or Sampler
        As for :class:`tanteo.Optimizer`.
    batch_size : int
        The number of candidates that are evaluated at once. With more than one, an ``n_jobs`` larger than the number of
        folds can be used. The suggestions depend on ``batch_size``, but not on ``n_jobs``.
    deduplicate : bool
        Whether to evaluate each candidate at most once. With False, the scores of the folds count as repeated
        measurements, and a candidate may be evaluated again, which helps if fits are random. An existing ``study``
        has its own setting, and False must agree with it.
    race : bool
        Whether to drop a candidate that is unlikely to be the best, after two folds or more. The pruner of the search
        decides (``"auto"`` in a new search). The folds are evaluated in ``study_.fold_order(n)``, first two and then
        one at a time, so ``n_jobs`` is used across the candidates of a batch. In ``cv_results_``, a dropped candidate
        has NaN for the folds that it did not get, and the mean of the others; it ranks behind all that were not
        dropped. ``cv_results_["n_folds"]`` is the number of evaluated folds. In ``study_`` it is pruned.
    warm_start : bool
        Whether another ``fit`` continues the search: with ``n_iter`` further candidates on the same folds, and with
        ``cv_results_`` of all candidates. The data must be the same; a ``cv`` with another number of folds is refused.
    study : Optimizer, Study or path, optional
        A search that maximizes, in which the trials are kept. The search learns from its earlier trials. Its pending
        trials are evaluated first, and count among the ``n_iter`` candidates. ``cv_results_`` and the best candidate
        are those of this ``fit``. The objective of a new study has the name of the score. Each trial remembers in its
        attribute ``evaluated_on`` the shapes and digests of ``X``, ``y`` and the folds, and the score. A study whose
        trials were evaluated on anything else is refused, and so is one of another space, sampler, ``deduplicate`` or
        seed than those given. The estimator and sample weights are not compared.
    scoring, n_jobs, refit, cv, verbose, pre_dispatch, error_score, return_train_score
        As for ``RandomizedSearchCV``. Of several scores, the search optimizes the one that ``refit`` names. If
        ``refit`` is False or a function, it optimizes the first: of a list or dict ``scoring``, or of the dict that a
        function ``scoring`` returns.

        A candidate with a score that is NaN or infinitely good has failed, and the search learns from that. Both
        scores are NaN in ``cv_results_``. If all fits of a candidate fail, ``cv_results_`` has it with ``error_score``,
        and ``study_`` has it with the reason. The time of these fits is NaN if its whole batch failed. ``fit`` warns
        once of all failed fits, and raises an error if all candidates fail.
    random_state : int, RandomState or None
        The source of the seed of a new search. A ``study`` that exists has its own; an integer must agree with it.

    Attributes
    ----------
    study_ : Optimizer or Study
        The search with all its trials.
    best_estimator_, best_params_, best_score_, best_index_, cv_results_, scorer_, n_splits_, refit_time_, multimetric_
        As for ``RandomizedSearchCV``.

    Raises
    ------
    ArgumentError
        By ``fit``, if an argument of Tanteo is invalid, or if the study is of another score or other data.
    ValueError
        By ``fit``, if all fits fail, and for invalid arguments of scikit-learn.
    SpaceExhausted
        By ``fit``, if a given study has nothing left to try. A search that reaches the end of its space ends without an
        error.

    Warns
    -----
    FitFailedWarning
        By ``fit``, once, if some fits fail.

    Notes
    -----
    Callbacks of scikit-learn (``set_callbacks``, since 1.9) see the tasks of ``RandomizedSearchCV``: the search, each
    fit of a candidate on a fold, and the refit.

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

    _required_parameters = ("estimator", "param_distributions")

    def __init__(
        self,
        estimator: Any,
        param_distributions: AnySpace | Sequence[Mapping[str, Any]] | None = None,
        *,
        n_iter: int = 10,
        sampler: AnySampler = "auto",
        batch_size: int = 1,
        deduplicate: bool = True,
        race: bool = False,
        warm_start: bool = False,
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
        self.param_distributions = param_distributions
        self.n_iter = n_iter
        self.sampler = sampler
        self.batch_size = batch_size
        self.deduplicate = deduplicate
        self.race = race
        self.warm_start = warm_start
        self.study = study
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None, **params: Any) -> Self:  # noqa: N803 - the names of scikit-learn
        """Search, and refit the best candidate; all arguments are those of ``RandomizedSearchCV.fit``."""
        given: Any = self.cv
        self._earlier: Earlier
        if not self.warm_start or not hasattr(self, "_earlier"):
            self._earlier = NOTHING
        splitter = check_cv(given, y, classifier=is_classifier(self.estimator))
        self.cv: Any = FrozenSplits(splitter, self._earlier.folds)
        try:
            super().fit(X, y, **params)
        finally:
            self.cv = given
        return self

    def _run_search(self, evaluate_candidates: Callable[..., Any], *, callback_ctx: Any = None) -> None:
        """Ask for candidates, let scikit-learn evaluate them, and tell their scores."""
        n, size = as_int_at_least(1, self.n_iter, "n_iter"), as_int_at_least(1, self.batch_size, "batch_size")
        if as_bool(self.race, "race") and not self.deduplicate:
            raise ArgumentError("race=True needs deduplicate=True: repeated measurements have no folds to compare")
        evaluated_on = {**self.cv.identity, "score": _score_name(self.scoring, self.refit)}
        declared = declare(self.param_distributions)
        self.study_ = self._open(declared, evaluated_on)
        task = None if callback_ctx is None else SearchTask(self, callback_ctx, n * self.cv.n_splits)
        self._evaluation = Evaluation(evaluate_candidates, self, task, self._earlier.candidates)
        try:
            with without_warnings_of_batches():
                self._search(n, size, declared, evaluated_on)
            self._evaluation.finish(super()._format_results)
            if self.warm_start:
                self._earlier = Earlier(self.cv.folds, self._evaluation.candidates)
        finally:
            del self._evaluation
        if task is not None:
            task.end()

    def _search(self, n: int, size: int, declared: Declared, evaluated_on: Mapping[str, str]) -> None:
        """Evaluate up to ``n`` candidates in batches."""
        n_done = 0
        while n_done < n:
            trials = _ask(self.study_, min(size, n - n_done), is_required=not n_done)
            if not trials:
                return
            begun = [self._evaluation.begin(declared.params(self.study_, trial.params)) for trial in trials]
            self._evaluate(list(zip(trials, begun, strict=True)), evaluated_on)
            n_done += len(trials)

    def _evaluate(self, pairs: Sequence[tuple[Trial, Candidate]], evaluated_on: Mapping[str, str]) -> None:
        """Evaluate a batch, and tell the results."""
        n_folds, going = self.cv.n_splits, list(pairs)
        dropped: dict[int, str] = {}
        order = self.study_.fold_order(n_folds) if self.race else range(n_folds)
        for folds in stages(order, is_race=self.race):
            self._evaluation.fit([candidate for _, candidate in going], folds)
            for trial, candidate in going:
                fits = {fold: candidate.fits[fold] for fold in folds}
                self._check_refit(fits.values())
                reason = report(self.study_, trial, fits, self.refit) if len(candidate.fits) < n_folds else None
                if reason is not None:
                    dropped[trial.id] = reason
            going = [(trial, candidate) for trial, candidate in going if trial.id not in dropped]
            if not going:
                break
        for trial, candidate in pairs:
            tell(self.study_, trial, candidate.fits, self.refit, evaluated_on, dropped=dropped.get(trial.id))

    def _check_refit(self, fits: Iterable[Fit]) -> None:
        """Refuse a ``refit`` that names none of several scores as soon as these are known."""
        for fit in fits:
            if isinstance(fit.get("test_scores"), Mapping):
                self._check_refit_for_multimetric(fit["test_scores"])

    def _format_results(self, candidate_params: Any, n_splits: int, out: Any, more_results: Any = None) -> Any:
        """Take the fits so far, which are formatted at the end of the search."""
        return self._evaluation.take(out, more_results)

    def __getstate__(self) -> dict[str, Any]:
        """Return the state to pickle. A running search goes to workers with every fit, so it has no study."""
        state = dict(super().__getstate__())
        if state.pop("_evaluation", None) is not None:
            del state["study_"], state["_earlier"]
            state["study"] = None
        return state

    def _open(self, declared: Declared, evaluated_on: Mapping[str, str]) -> Optimizer:
        """Return the given search, that of an earlier fit, or a new one."""
        space = declared.space
        if self._earlier.candidates:
            if space not in (None, self.study_.space):
                raise ArgumentError(
                    "param_distributions differ from those of the earlier fit, which warm_start=True continues; give "
                    "the same, or set warm_start=False"
                )
            return self._continued(self.study_, evaluated_on, OF_EARLIER_FIT)
        directions = {as_objective_name(evaluated_on["score"]): "maximize"}
        new: dict[str, Any] = {"directions": directions, "seed": _seed(self.random_state)}
        unique = as_bool(self.deduplicate, "deduplicate")
        if self.study is None:
            if space is None:
                raise ArgumentError("TanteoSearchCV needs param_distributions, or a study= to continue")
            return Optimizer(space, sampler=self.sampler, deduplicate=unique, **new)
        # The settings of a search that exists take precedence over defaults.
        defaults = inspect.signature(Optimizer).parameters
        chosen = given({"sampler": self.sampler, "deduplicate": unique})
        options = {name: value for name, value in chosen.items() if not same(value, defaults[name].default)}
        if isinstance(self.study, Optimizer):
            return _with_settings(self._continued(self.study, evaluated_on), space, options)
        if not isinstance(self.study, str | os.PathLike):
            raise no_study(self.study)
        if not Path(self.study).exists():
            return Study(self.study, space, **options, **new)
        opened = Study(self.study, space, **options, direction="maximize")
        try:
            return self._continued(opened, evaluated_on)
        except ArgumentError:
            opened.close()
            raise

    def _continued(self, search: Optimizer, evaluated_on: Mapping[str, str], called: Source = GIVEN_STUDY) -> Optimizer:
        """Return a search that exists; raise an error if it has another seed, or trials of something else."""
        if isinstance(self.random_state, Integral) and self.random_state != search.seed:
            raise ArgumentError(
                f"{called.name} has the seed {search.seed}, and random_state is {self.random_state}; leave it out, or "
                f"{called.instead}"
            )
        _check_scores(search, evaluated_on, called)
        return search


def _with_settings(search: Optimizer, space: SearchSpace | None, options: Mapping[str, Any]) -> Optimizer:
    """Return a given search; raise an error if it has another space or other settings, as a study in a file does."""
    if space not in (None, search.space):
        difference = space_difference(space, search.space, ("in param_distributions", "in the given study"))
        raise ArgumentError(f"{difference}; leave param_distributions out, or give another study")
    requested = Optimizer(search.space, directions=search.directions, **options)
    for name in options:
        if inside.settings(requested)[name] != inside.settings(search)[name]:
            raise ArgumentError(
                f"the given study has {name}={safe_repr(getattr(search, name))}, and "
                f"{safe_repr(options[name])} is given; leave it out, or give another study"
            )
    return search


def _seed(random_state: Any) -> int | None:
    """Return the seed for a ``random_state`` of scikit-learn."""
    if random_state is None:
        return None
    if isinstance(random_state, Integral):
        return int(random_state)
    return int(check_random_state(random_state).randint(2**31))


def _score_name(scoring: Any, refit: Any) -> str:
    """Return the name of the score to optimize, without memory addresses, which differ between runs."""
    if isinstance(scoring, str):
        return scoring
    if scoring is None:
        return "score"
    names = () if callable(scoring) else tuple(scoring)
    if isinstance(refit, str) and (refit in names or not names):
        return refit
    if names:
        return str(names[0])
    described = getattr(scoring, "__name__", None) or repr(scoring)
    return " ".join(re.sub(r" at 0x[0-9a-fA-F]+", "", described).split())


def _check_scores(search: Optimizer, evaluated_on: Mapping[str, str], called: Source) -> None:
    """Raise an error if a search minimizes, or if its trials are of another score or other data."""
    if search.directions != ("maximize",):
        raise ArgumentError(
            f"{called.name} has the directions {list(search.directions)}; scores are maximized (direction='maximize')"
        )
    score, names = evaluated_on["score"], search.objective_names
    if names not in (None, (as_objective_name(score),)):
        raise ArgumentError(
            f"{called.name} holds the score {names[0]!r}, and scoring gives {score!r}; {called.instead}, or give the "
            "same scoring"
        )
    check_identity(search, evaluated_on, called)


def _ask(search: Optimizer, n: int, *, is_required: bool) -> list[Trial]:
    """Return up to ``n`` trials, pending ones first. An exhausted space gives none, or an error if ``is_required``."""
    pending = search.pending[:n]
    try:
        return [*pending, *search.ask(n - len(pending))]
    except SpaceExhausted:
        if is_required and not pending:
            raise
        return pending
