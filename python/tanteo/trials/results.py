"""What can be read of a search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from .._internal.coercion import as_int, members, shown
from .._internal.typing import TYPE_CHECKING
from ..exceptions import ArgumentError, TrialStateError
from .belonging import Belonging, check_belongs
from .comparison import Comparison
from .explanation import Explanation, explanation
from .trial import FrozenTrial, Trial, Trials

if TYPE_CHECKING:
    from typing import Any, TypeAlias

    import pandas as pd
    import polars as pl

    from .._core import CoreOptimizer
    from ..samplers import View
    from ..space.codec import Codec
    from ..space.search_space import SearchSpace
    from .belonging import SearchToken
    from .objectives import Direction, Names

    # How a trial can be given.
    AnyTrial: TypeAlias = Trial | FrozenTrial | int


# Trials that a notebook shows.
_ROWS = 5


class Results:
    """The reading half of an :class:`Optimizer`: trials, the best of them, tables. Nothing here changes the search."""

    _core: CoreOptimizer
    _own_space: SearchSpace
    _search: SearchToken
    _maximize: Sequence[bool]
    _is_single: bool
    _names: Names

    @property
    def _space(self) -> SearchSpace:
        """The space as it is now; that of a study may change."""
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
        """``"minimize"`` or ``"maximize"`` for every objective."""
        return tuple("maximize" if each else "minimize" for each in self._maximize)

    @property
    def objective_names(self) -> tuple[str, ...] | None:
        """The name of every objective, as ``directions`` gave them; None if it gave none."""
        return self._names

    @property
    def trials(self) -> Trials:
        """Every trial by id, pending ones included: a sequence that reads the history when it is indexed."""
        return Trials(self._core, self._codec, self._search)

    # `| Any` stands for None: a type checker takes `search.best.params` as well as `search.best is None`.
    @property
    def best(self) -> FrozenTrial | Any:
        """The best feasible complete trial with a finite value, of equals the first; None if there is none.

        Raises
        ------
        ArgumentError
            With several directions, where :attr:`pareto_front` answers.
        """
        self._need_one_direction("best")
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
        return self._found_best("best_params").params

    @property
    def best_value(self) -> float:
        """The value of :attr:`best`; raises as :attr:`best_params`."""
        return float(self._found_best("best_value").value)

    def _found_best(self, what: str) -> FrozenTrial:
        self._need_one_direction(what)
        found = self._core.best()
        if found is None:
            states = Counter(trial.state for trial in self.trials)
            told = ", ".join(f"{count} {state}" for state, count in sorted(states.items())) or "none"
            raise TrialStateError(
                f"{what} needs a trial that is complete and feasible with a finite value, and there is none (trials: "
                f"{told}); best is None until there is one"
            )
        return self.trials[found]

    def recommend(self) -> FrozenTrial | Any:
        """Return the trial to use: :attr:`best`, or the best by the model when results are noisy.

        None where :attr:`best` is.

        Results are noisy once a positive ``sem`` or replicates were told, and where the model finds noise in more than
        5 % of their variance. From 16 trials on, and up to 500 parameters, the model is a Gaussian process, fitted at
        each call; of the better half of the trials the one with the lowest mean plus deviation is returned (for a
        maximum, the highest mean less deviation), both of the values as the model sees them (see :meth:`predict`).
        Before, values with a ``sem`` or replicates are averaged by configuration and shrunk to the overall mean. An
        objective without noise may look noisy if it jumps or has many valleys: where equal configurations give equal
        results, take :attr:`best`.

        Raises
        ------
        ArgumentError
            With several directions, where :attr:`pareto_front` answers.
        """
        self._need_one_direction("recommend")
        return self._frozen(self._core.recommend())

    def comparison(self) -> Comparison | None:
        """Return the two best configurations, and how sure it is that the first is better than the second.

        None while fewer than two configurations are complete, and where nothing tells how noisy results are. Runs are
        the replicates of all trials of a configuration, and the value of a trial without any. They are paired where
        both trials reported the same folds; else both have a variance of their own (Welch's test). Where both were run
        once, the Gaussian process that :meth:`recommend` fits answers.

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
        >>> found = opt.comparison()
        >>> found.first.params, found.second.params, found.method, round(found.probability, 3), found.runs
        ({'x': 0}, {'x': 1}, 'welch', 0.894, 1)
        """
        self._need_one_direction("comparison")
        found = self._core.comparison()
        if found is None:
            return None
        first, second, probability, method, deviation, runs = found
        return Comparison(self.trials[first], self.trials[second], probability, method, deviation, runs)

    @property
    def pareto_front(self) -> list[FrozenTrial]:
        """The feasible complete trials that no other one dominates, in the order of their ids."""
        return [self.trials[number] for number in self._core.pareto_front()]

    @property
    def spent(self) -> float:
        """The sum of the costs told, of trials in any state; results added by ``observe`` cost nothing here."""
        return self._core.spent()

    def stats(self) -> dict[str, int]:
        """Return counts of what happened.

        ``asked``: suggestions handed out; ``duplicates``: proposals turned down because they had been tried;
        ``fallbacks``: suggestions for which a random draw stood in for the sampler.
        """
        return self._core.stats()

    def to_dict(self, *, steps: bool = False, replicates: bool = False, folds: bool = False) -> dict[str, Any]:
        """Return every trial, column by column, as NumPy arrays.

        Columns: ``id``, ``state``, ``origin``, ``value`` and ``sem`` (``value_0``, ``value_1``, ... with several
        directions, ``value/<name>`` where these have names), ``cost``, ``feasible``, ``reason``,
        ``params/<flat name>``, ``constraints/<name>``. Once there are any, ``attrs/<name>``, and ``started``,
        ``finished`` and ``duration`` in seconds. Where a number is missing it is NaN, in columns of objects None. A
        parameter with a condition has a further column ``active/<flat name>``, which tells a parameter that is absent
        from a choice that is None. A search with ``pausing`` has ``paused``, and ``resume_from``: the last step of a
        trial that is paused, or that was handed out again to go on from there.

        Parameters
        ----------
        steps
            Whether to add ``steps/step`` and ``steps/value``: of each trial the list of steps it reported at, and the
            list of what it reported.
        replicates
            Whether to add ``replicates`` (named as ``value`` is with several directions): of each trial the list of
            the single measurements, empty where none were told.
        folds
            Whether to add ``folds/fold`` and ``folds/value``: of each trial the list of its folds, in the order of
            their reports, and the list of their values.
        """
        from .frames import Extra, to_arrays

        return to_arrays(self._core, self._space, Extra(steps, replicates, folds, self._names))

    def to_pandas(self, *, steps: bool = False, replicates: bool = False, folds: bool = False) -> pd.DataFrame:
        """Return the columns of :meth:`to_dict` as a pandas data frame; integers that may be missing are nullable.

        Raises
        ------
        ImportError
            Without pandas (``pip install 'tanteo[pandas]'``).
        """
        from .frames import Extra, to_pandas

        return to_pandas(self._core, self._space, Extra(steps, replicates, folds, self._names))

    def to_polars(self, *, steps: bool = False, replicates: bool = False, folds: bool = False) -> pl.DataFrame:
        """Return the columns of :meth:`to_dict` as a polars data frame; what is missing is null.

        Raises
        ------
        ImportError
            Without polars (``pip install 'tanteo[polars]'``).
        """
        from .frames import Extra, to_polars

        return to_polars(self._core, self._space, Extra(steps, replicates, folds, self._names))

    def to_json(self, *, steps: bool = False, replicates: bool = False, folds: bool = False) -> str:
        """Return the columns of :meth:`to_dict` as JSON: one object, name to list.

        What is missing is null, infinities are the strings "inf" and "-inf", and what JSON cannot hold is its repr.
        """
        from .frames import Extra, to_json

        return to_json(self._core, self._space, Extra(steps, replicates, folds, self._names))

    def view(self) -> View:
        """Return the history in unit coordinates, as a sampler written in Python sees it; the arrays are read-only."""
        from ..samplers.protocol import View, axes_of

        return View(axes=axes_of(self._space._core, self._codec.names), **self._core.view())

    def __len__(self) -> int:
        """Return the number of trials, pending ones included."""
        return len(self._core)

    def __bool__(self) -> bool:
        """Return True: a search without trials is still one."""
        return True

    def _repr_html_(self) -> str:
        """Return the best trials as a table, for notebooks."""
        from .html import summary_table

        return summary_table(repr(self), self._leading_trials())

    def _leading_trials(self) -> list[FrozenTrial]:
        """Return the best feasible complete trials, best first; with several directions, the start of the front."""
        if not self._is_single:
            return self.pareto_front[:_ROWS]
        columns = self.to_dict()
        found = ((columns["state"] == "complete") & columns["feasible"]).nonzero()[0]
        sign = -1.0 if self._maximize[0] else 1.0
        order = (sign * columns["value"][found]).argsort(kind="stable")
        return [self.trials[int(number)] for number in found[order[:_ROWS]]]

    def _frozen(self, number: int | None) -> FrozenTrial | None:
        return None if number is None else self.trials[number]

    def _need_one_direction(self, what: str) -> None:
        if not self._is_single:
            n = len(self._maximize)
            raise ArgumentError(f"{what} needs a single direction, and this search has {n}; use pareto_front")

    def explain(self, trial: AnyTrial) -> Explanation:
        """Return who proposed a trial, what the model expected of it, and which parameters drove the choice.

        Nothing is recorded when a trial is asked for, so this works for loaded searches too. The model is fitted anew
        to the trials with lower ids, as they stand now: in a serial search that is what it saw then; of parallel
        trials, results told since are taken in as well.

        Raises
        ------
        UnknownTrialError
        """
        number = self._number(trial)
        return explanation(self._core.explain(number), number, self._codec.names)

    def predict(self, params: Sequence[Mapping[str, Any]]) -> list[tuple[float, float, float]] | None:
        """Return what a Gaussian process on all results so far expects of configurations, whatever the sampler is.

        Parameters
        ----------
        params : sequence of mappings
            Whole configurations.

        Returns
        -------
        list of (float, float, float) or None
            The median, and the lower and upper end of the interval that holds 95 %, without noise, in the unit of the
            objective; nothing is expected to be worse than the worst finite value told. None while no trial is complete
            with a finite value or all of these are equal, which tells nothing of how far others may lie, and in a space
            of constants.

        Raises
        ------
        ParameterError
            As :meth:`SearchSpace.validate`.
        ArgumentError
            With several directions, or if ``params`` is no sequence.
        """
        self._need_one_direction("predict")
        configurations = members(params, "params must be a list of configurations, such as [opt.best.params]")
        return self._core.predict([self._space._raw(one, partial=False) for one in configurations])

    def expected_gain(self, n: int = 10) -> float | None:
        """Return by how much the next ``n`` trials are expected to improve on the best one.

        From joint draws of a Gaussian process on all results so far, whatever the sampler is; it is fitted at each
        call. The trials are chosen at once, from candidates as those of the sampler ``"gp"``; trials that learn from
        one another may gain a little more. Pending trials count among the next.

        Parameters
        ----------
        n
            How many trials, at least 1.

        Returns
        -------
        float or None
            In the unit of the objective, not negative. None while fewer than 10 feasible trials are complete or all of
            their values are equal, with several directions, beyond 500 parameters, and where the model is wrong about
            itself: where the mean square of its leave-one-out errors, in units of their deviations, is not between 0.5
            and 2.

        Examples
        --------
        >>> import tanteo as tt
        >>> opt = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, seed=0)
        >>> opt.expected_gain() is None
        True
        """
        return self._expected_gain(n, len(self))

    def _expected_gain(self, n: int, before: int) -> float | None:
        """Return it as it was expected before a trial was asked for, by results as they stand now."""
        number = as_int(n, "n")
        if number < 1:
            raise ArgumentError(f"n must be an integer from 1 upwards, got {shown(number)}")
        return self._core.expected_gain(number, before)

    def _number(self, trial: Any) -> Any:
        """Return the id of a trial of this search; the core checks a number given in its place.

        Raises
        ------
        UnknownTrialError
            For a trial of another search.
        """
        if not isinstance(trial, Belonging):
            return trial
        if trial._search is not self._search:
            check_belongs(trial.id, trial._shown(), self._search, self._core.trial(trial.id)["row"])
        return trial.id
