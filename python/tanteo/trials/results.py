"""The read-only part of a search: trials, best results, tables, predictions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, overload

from .._internal.coercion import as_int, members, shown
from ..exceptions import ArgumentError, TrialStateError
from .belonging import Belonging, check_belongs
from .comparison import Comparison
from .explanation import Explanation, explanation
from .objectives import as_limits, labels, selected, suffixes
from .trial import FrozenTrial, Trial, Trials

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd
    import polars as pl

    from .._core import CoreOptimizer
    from ..samplers import View
    from ..space.codec import Codec
    from ..space.search_space import SearchSpace
    from .belonging import SearchToken
    from .front import Compromise, ParetoFront
    from .objectives import Direction, Names

    # The types accepted as a trial.
    AnyTrial: TypeAlias = Trial | FrozenTrial | int


# The number of trials shown in a notebook.
_ROWS = 5
# What to call in place of `best` with several objectives.
_PICK = (
    'pareto_front has the best trials, and recommend("knee"), recommend(weights=) or recommend(thresholds=) picks one'
)


class Results:
    """The read-only part of an :class:`Optimizer`: trials, the best of them, tables."""

    _core: CoreOptimizer
    _own_space: SearchSpace
    _search: SearchToken
    _maximize: Sequence[bool]
    _is_single: bool
    _names: Names

    @property
    def _space(self) -> SearchSpace:
        """The current space; that of a study may change."""
        return self._own_space

    @property
    def _codec(self) -> Codec:
        return self._space._codec

    @property
    def space(self) -> SearchSpace:
        """The search space."""
        return self._space

    @property
    def seed(self) -> int:
        """The seed, given or drawn."""
        return self._core.seed

    @property
    def directions(self) -> tuple[Direction, ...]:
        """``"minimize"`` or ``"maximize"`` for each objective."""
        return tuple("maximize" if is_maximized else "minimize" for is_maximized in self._maximize)

    @property
    def objective_names(self) -> tuple[str, ...] | None:
        """The names of the objectives given in ``directions``; None if they have no names."""
        return self._names

    @property
    def thresholds(self) -> tuple[float | None, ...] | None:
        """The worst acceptable value of each objective, None for one without; None if the search has no thresholds."""
        limits = self._core.settings()["thresholds"]
        return None if limits is None else tuple(limits)

    @property
    def trials(self) -> Trials:
        """All trials by id, including pending ones: a sequence that reads the history on access."""
        return Trials(self._core, self._codec, self._search)

    # `| Any` stands for None: type checkers then accept `search.best.params` as well as `search.best is None`.
    @property
    def best(self) -> FrozenTrial | Any:
        """The best feasible complete trial with a finite value, the first of equal ones; None if there is none.

        Raises
        ------
        ArgumentError
            With several directions; use :attr:`pareto_front`.
        """
        self._need_one_objective("best", _PICK)
        return self._frozen(self._core.best())

    @property
    def best_params(self) -> dict[str, Any]:
        """The configuration of :attr:`best`.

        Raises
        ------
        TrialStateError
            If there is no best trial yet.
        ArgumentError
            As :attr:`best`.
        """
        return self._require_best("best_params").params

    @property
    def best_value(self) -> float:
        """The value of :attr:`best`; raises the errors of :attr:`best_params`."""
        return float(self._require_best("best_value").value)

    def _require_best(self, caller: str) -> FrozenTrial:
        self._need_one_objective(caller, _PICK)
        number = self._core.best()
        if number is None:
            states = Counter(trial.state for trial in self.trials)
            counts = ", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "none"
            raise TrialStateError(
                f"{caller} needs a trial that is complete and feasible with a finite value, and there is none (trials: "
                f"{counts}); best is None until there is one"
            )
        return self.trials[number]

    @overload
    def recommend(self, /) -> FrozenTrial | Any: ...
    @overload
    def recommend(self, rule: Literal["knee"], /) -> Compromise | Any: ...
    @overload
    def recommend(self, /, *, weights: Sequence[float] | Mapping[str, float]) -> Compromise | Any: ...
    @overload
    def recommend(self, /, *, thresholds: Sequence[float | None] | Mapping[str, float]) -> Compromise | Any: ...
    @overload
    def recommend(self, rule: Literal["knee"] | None, /, *, weights: Any, thresholds: Any) -> Any: ...
    def recommend(
        self, rule: Literal["knee"] | None = None, /, *, weights: Any = None, thresholds: Any = None
    ) -> FrozenTrial | Compromise | Any:
        """Return the trial to use: :attr:`best`, the best by the model if results are noisy, or an unfinished one.

        Without noise, a trial that runs, is paused or was stopped is returned if it has made at least half of the most
        steps that any trial has made, and is expected to end better: the estimate of its final value, plus its standard
        deviation, is better than :attr:`best`. After the most steps its last value takes the place of the estimate. In
        a search with constraints, all of them must have been told of it. While no trial is complete, such a trial with
        the best last value is returned. ``state`` says so, and ``steps`` has its reports. Return None if no trial
        qualifies.

        Results are noisy if a positive ``sem`` or replicates were told, or if the model attributes more than 5 % of
        their variance to noise. From 16 trials on, and with up to 500 parameters, the model is a Gaussian process,
        which is fitted at each call. Among the better half of the trials, the one with the lowest mean plus standard
        deviation is returned (for a maximum, the highest mean minus standard deviation), as predicted by the model (see
        :meth:`predict`). With fewer trials, values with a ``sem`` or replicates are averaged by configuration and
        shrunk to the overall mean.

        A noise-free objective may look noisy if it is discontinuous or has many local optima. If equal configurations
        give equal results, use :attr:`best`.

        With several directions, say what you want: the result is then a :class:`Compromise`, a trial of :meth:`front`.
        A search with thresholds needs no argument for the trial that meets them.

        Parameters
        ----------
        rule
            ``"knee"``: where the front bends most, or None if it does not bend; see :attr:`ParetoFront.knee`.
        weights
            How much each objective matters; see :meth:`ParetoFront.by_weights`.
        thresholds
            The worst acceptable value of each objective, in place of those of the search, and in the same forms; an
            empty mapping counts as not given. See :meth:`ParetoFront.by_thresholds`.

        Raises
        ------
        ArgumentError
            With several directions, unless exactly one of the arguments is given, or none in a search with thresholds;
            with one direction, if one is.

        Examples
        --------
        >>> import tanteo as tt
        >>> opt = tt.Optimizer({"x": tt.Int(0, 9)}, directions={"loss": "minimize", "speed": "maximize"}, seed=0)
        >>> for x, loss, speed in [(0, 0.0, 0.0), (1, 0.1, 6.0), (2, 0.25, 8.0), (3, 1.0, 10.0)]:
        ...     _ = opt.observe({"x": x}, {"loss": loss, "speed": speed})
        >>> chosen = opt.recommend("knee")
        >>> chosen.params, chosen.values, chosen.given_up
        ({'x': 2}, (0.25, 8.0), (0.25, 2.0))
        >>> opt.recommend(thresholds={"loss": 0.2}).params
        {'x': 1}
        """
        if self._is_single:
            if any(argument is not None for argument in (rule, weights, thresholds)):
                raise ArgumentError("recommend takes no arguments in a search with one objective")
            return self._frozen(self._core.recommend())
        limits = as_limits(thresholds, len(self._maximize), self._names)
        given = [argument is not None for argument in (rule, weights, limits)]
        if sum(given) > 1:
            raise ArgumentError('recommend takes one of "knee", weights= and thresholds=, got several of them')
        if not (any(given) or self.thresholds):
            raise ArgumentError(
                f"recommend works with {len(self._maximize)} objectives here, so say what you want: "
                'recommend("knee"), recommend(weights=...) or recommend(thresholds=...); front() returns all that are '
                "worth considering"
            )
        if weights is not None:
            return self.front().by_weights(weights)
        if rule is None:
            return self.front().by_thresholds(limits)
        if rule != "knee":
            raise ArgumentError(f'the rule of recommend is "knee", got {shown(rule)}')
        return self.front().knee

    def front(self) -> ParetoFront:
        """Return the Pareto front to choose from, ordered by the first objective from its best value on.

        Of trials with equal configurations, only the first is included. Without noise the front is that of the told
        values. If an objective is noisy, the trials with the best told values were lucky. From 16 trials on, the front
        is then that of the estimates by Gaussian processes, which are fitted at each call, and every trial has the
        probability that no other one dominates it, from 256 joint draws (standard error at most 0.031).
        :attr:`pareto_front` has the trials that are best by their told values.

        Beyond 1,000 trials the models use 512 of them: the best, others spread over the search, and those nearest to
        the best. The front is then chosen among these. With more than 500 parameters it is that of the told values.

        Examples
        --------
        >>> import tanteo as tt
        >>> opt = tt.Optimizer({"x": tt.Float(0, 1)}, directions=["minimize", "minimize"], seed=0)
        >>> for x in (0.5, 0.75, 0.25):
        ...     _ = opt.observe({"x": x}, [x, 1 - x])
        >>> [(member.trial.id, member.values, member.probability) for member in opt.front()]
        [(2, (0.25, 0.75), 1.0), (0, (0.5, 0.5), 1.0), (1, (0.75, 0.25), 1.0)]
        """
        from .front import front_of

        goals = (self.directions, self._names, self.thresholds)
        return front_of(self._core.front(), self.trials.__getitem__, *goals)

    def objective_correlation(self) -> npt.NDArray[np.float64]:
        """Return Spearman's rank correlation between the objectives, shape (objectives, objectives).

        It is that of the feasible complete trials with finite values, each in the sense of its direction: objectives
        that improve together correlate positively. Above 0.9, one of the two is enough. NaN where an objective has a
        single value, and everywhere with fewer than three trials.
        """
        import numpy as np

        from .front import rank_correlation

        table, suffix = self.to_dict(), suffixes(len(self._maximize), self._names)
        values = np.column_stack([np.asarray(table[f"value{end}"], dtype=np.float64) for end in suffix])
        counts = (table["state"] == "complete") & table["feasible"] & np.isfinite(values).all(axis=1)
        return rank_correlation(values[counts] * np.where(self._maximize, -1.0, 1.0))

    def comparison(self) -> Comparison | None:
        """Return the two best configurations and the probability that the first is better than the second.

        Return None if fewer than two configurations are complete, or if the noise of the results is unknown. The runs
        of a configuration are the replicates of all its trials, and the values of trials without replicates. Runs are
        paired if both trials reported the same folds; otherwise each configuration has its own variance (Welch's test).
        If both were run once, the probability is that of the Gaussian process fitted by :meth:`recommend`.

        Raises
        ------
        ArgumentError
            With several directions.

        Examples
        --------
        >>> import tanteo as tt
        >>> opt = tt.Optimizer({"x": tt.Int(0, 9)}, seed=0)
        >>> for x, measured in [(0, [1.0, 1.25, 1.5]), (1, [1.25, 2.0, 1.75]), (2, [2.0, 2.0, 3.0])]:
        ...     _ = opt.observe({"x": x}, tt.Replicates(measured))
        >>> result = opt.comparison()
        >>> result.first.params, result.second.params, result.method, round(result.probability, 3), result.runs
        ({'x': 0}, {'x': 1}, 'welch', 0.894, 1)
        """
        self._need_one_objective("comparison", "front() has the probability of each trial to be on the front")
        result = self._core.comparison()
        if result is None:
            return None
        first, second, probability, method, deviation, runs = result
        return Comparison(self.trials[first], self.trials[second], probability, method, deviation, runs)

    @property
    def pareto_front(self) -> list[FrozenTrial]:
        """The feasible complete trials that no other trial dominates, in the order of their ids."""
        return [self.trials[number] for number in self._core.pareto_front()]

    @property
    def spent(self) -> float:
        """The sum of the costs of trials in any state; results added by ``observe`` do not count."""
        return self._core.spent()

    def stats(self) -> dict[str, int]:
        """Return counts of events.

        ``asked``: suggestions handed out; ``duplicates``: proposals rejected because they had been tried;
        ``fallbacks``: suggestions drawn at random in place of the sampler.
        """
        return self._core.stats()

    def to_dict(self, *, steps: bool = False, replicates: bool = False, folds: bool = False) -> dict[str, Any]:
        """Return all trials as NumPy arrays, one per column.

        Columns: ``id``, ``state``, ``origin``, ``value`` and ``sem`` (``value_0``, ``value_1``, ... with several
        directions, ``value/<name>`` if these have names), ``cost``, ``feasible``, ``reason``,
        ``params/<flat name>``, ``constraints/<name>``; if there are any, ``attrs/<name>``, and ``started``,
        ``finished`` and ``duration`` (never negative) in seconds. A missing entry is NaN in columns of numbers and None
        in columns of objects. A parameter with a condition has another column ``active/<flat name>``, which
        distinguishes an inactive parameter from the choice None. A search with ``pausing`` has ``resume_from``: the
        last step of a trial that is paused or was resumed (for folds: how many were reported).

        Parameters
        ----------
        steps
            Whether to add ``steps/step`` and ``steps/value``: for each trial the list of reported steps and the list of
            reported values.
        replicates
            Whether to add ``replicates`` (with suffixes as for ``value``): for each trial the list of single
            measurements, empty if none were told.
        folds
            Whether to add ``folds/fold`` and ``folds/value``: for each trial the list of its folds, in the order of
            their reports, and the list of their values.
        """
        from .frames import Extra, to_arrays

        return to_arrays(self._core, self._space, Extra(steps, replicates, folds, self._names))

    def to_pandas(self, *, steps: bool = False, replicates: bool = False, folds: bool = False) -> pd.DataFrame:
        """Return the columns of :meth:`to_dict` as a pandas data frame; integers that may be missing are nullable.

        Raises
        ------
        ImportError
            If pandas is not installed (``pip install 'tanteo[pandas]'``).
        """
        from .frames import Extra, to_pandas

        return to_pandas(self._core, self._space, Extra(steps, replicates, folds, self._names))

    def to_polars(self, *, steps: bool = False, replicates: bool = False, folds: bool = False) -> pl.DataFrame:
        """Return the columns of :meth:`to_dict` as a polars data frame; missing entries are null.

        Raises
        ------
        ImportError
            If polars is not installed (``pip install 'tanteo[polars]'``).
        """
        from .frames import Extra, to_polars

        return to_polars(self._core, self._space, Extra(steps, replicates, folds, self._names))

    def to_json(self, *, steps: bool = False, replicates: bool = False, folds: bool = False) -> str:
        """Return the columns of :meth:`to_dict` as JSON: one object from names to lists.

        Missing entries and NaN are null, infinities are the strings "inf" and "-inf", and other values that JSON
        cannot represent are written as their repr.
        """
        from .frames import Extra, to_json

        return to_json(self._core, self._space, Extra(steps, replicates, folds, self._names))

    def view(self) -> View:
        """Return the history in unit coordinates, as samplers written in Python get it; the arrays are read-only."""
        from ..samplers.protocol import View, axes_of

        return View(axes=axes_of(self._space._core, self._codec.names), **self._core.view())

    def __len__(self) -> int:
        """Return the number of trials, including pending ones."""
        return len(self._core)

    def __bool__(self) -> bool:
        """Return True, even for a search without trials."""
        return True

    def _repr_html_(self) -> str:
        """Return a table of the best trials for notebooks."""
        from .html import summary_table

        return summary_table(repr(self), self._leading_trials())

    def _leading_trials(self) -> list[FrozenTrial]:
        """Return the best feasible complete trials, best first, or the start of the front with several directions."""
        if not self._is_single:
            return self.pareto_front[:_ROWS]
        columns = self.to_dict()
        candidates = ((columns["state"] == "complete") & columns["feasible"]).nonzero()[0]
        sign = -1.0 if self._maximize[0] else 1.0
        order = (sign * columns["value"][candidates]).argsort(kind="stable")
        return [self.trials[int(number)] for number in candidates[order[:_ROWS]]]

    def _frozen(self, number: int | None) -> FrozenTrial | None:
        return None if number is None else self.trials[number]

    def _need_one_objective(self, caller: str, instead: str) -> None:
        """Refuse a call that has no meaning with several objectives; ``instead`` says what does."""
        if not self._is_single:
            known = labels(len(self._maximize), self._names)
            raise ArgumentError(
                f"{caller} needs one objective, and this search has {len(known)} ({', '.join(known)}); {instead}"
            )

    def explain(self, trial: AnyTrial) -> Explanation:
        """Return how a trial was chosen, the prediction of the model, and the parameters that drove the choice.

        With several objectives, the choice is compared with the trial on the front that is nearest to it in the space.
        What drives it is the acquisition, a single number for all objectives; :meth:`predict` predicts each of them.

        Nothing is recorded when a trial is asked for, so this works for loaded searches too. The model is fitted again
        to the current results of the trials with lower ids. In a serial search these are the results it was fitted to
        at the time; with parallel trials they include results that were told later.

        Raises
        ------
        UnknownTrialError
        """
        number = self._number(trial)
        return explanation(self._core.explain(number), number, self._codec.names)

    def predict(
        self, params: Sequence[Mapping[str, Any]], *, objective: int | str | None = None
    ) -> list[tuple[float, float, float]] | None:
        """Return predictions of a Gaussian process, fitted to all results so far, independent of the sampler.

        Each call fits the model of the objective anew, so pass many configurations at once.

        Parameters
        ----------
        params : sequence of mappings
            Complete configurations.
        objective : int or str, optional
            The index (from 0) or name of the objective to predict; required with several objectives.

        Returns
        -------
        list of (float, float, float) or None
            The median, and the lower and upper end of the 95 % interval, without noise, in the unit of the objective.
            No prediction is worse than the worst finite value told. None if no trial has finite values of all
            objectives, if all such values are equal (their spread is then unknown), and in a space of constants.

        Raises
        ------
        ParameterError
            As :meth:`SearchSpace.validate`.
        ArgumentError
            If the objective does not exist or is not given although there are several, or ``params`` is not a
            sequence.
        """
        place = selected(objective, len(self._maximize), self._names)
        configurations = members(params, "params must be a list of configurations, such as [trial.params]")
        rows = [self._space._raw(configuration, partial=False) for configuration in configurations]
        return self._core.predict(rows, place)

    def expected_gain(self, n: int = 10) -> float | None:
        """Return the expected improvement of the next ``n`` trials on the best one.

        It is computed from joint samples of a Gaussian process, fitted at each call to all results so far, independent
        of the sampler. The ``n`` trials are chosen at once, among candidates like those of the sampler ``"gp"``; trials
        that learn from one another may improve a little more. Pending trials count among the ``n``.

        Parameters
        ----------
        n
            The number of trials, at least 1.

        Returns
        -------
        float or None
            In the unit of the objective, not negative. None if fewer than 10 feasible trials are complete or all of
            their values are equal, with several directions, with more than 500 parameters, and if the model is not
            calibrated: the mean square of its leave-one-out errors, in units of their standard deviations, is not
            between 0.5 and 2. Trials next to each other are left out of this mean.

        Examples
        --------
        >>> import tanteo as tt
        >>> opt = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, seed=0)
        >>> opt.expected_gain() is None
        True
        """
        return self._expected_gain(n, len(self))

    def _expected_gain(self, n: int, n_before: int) -> float | None:
        """Return the improvement on the first ``n_before`` trials that is expected from their current results."""
        number = as_int(n, "n")
        if number < 1:
            raise ArgumentError(f"n must be an integer from 1 upwards, got {shown(number)}")
        return self._core.expected_gain(number, n_before)

    def _number(self, trial: Any) -> Any:
        """Return the id of a trial of this search; a number is returned unchanged, and the core checks it.

        Raises
        ------
        UnknownTrialError
            For a trial of another search.
        ArgumentError
            For an object that is neither a trial nor an integer.
        """
        if not isinstance(trial, Belonging):
            if not hasattr(trial, "__index__"):
                raise ArgumentError(f"pass the trial that ask returned, or its id; got {shown(trial)}")
            return trial
        if trial._search is not self._search:
            check_belongs(trial.id, trial._membership(), self._search, self._core.trial(trial.id)["row"])
        return trial.id
