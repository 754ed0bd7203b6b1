"""The facts of a search: trials, the best of them, tables."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from .._internal.coercion import shown
from .._internal.states import all_called, counts_text
from ..exceptions import ArgumentError, TrialStateError
from .belonging import Belonging, check_belongs
from .objectives import labels
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
    from .frames import Column, Extra
    from .objectives import Direction, Names

    # The types accepted as a trial.
    AnyTrial: TypeAlias = Trial | FrozenTrial | int


# The number of trials shown in a notebook.
_ROWS = 5
# What to call in place of `best` with several objectives.
_PICK = (
    'pareto_front has the best trials, and recommend("knee"), recommend(weights=) or recommend(thresholds=) picks one'
)


class Tables:
    """Tables of all trials."""

    def _columns(self, extra: Extra) -> Iterable[Column]:
        """Return the columns of all tables."""
        raise NotImplementedError  # a search has them, and a result or a handle asks its search

    def to_dict(self, *, steps: bool = False, replicates: bool = False, folds: bool = False) -> dict[str, Any]:
        """Return all trials as NumPy arrays, one per column.

        Columns: ``id``, ``state``, ``origin``, ``value`` and ``sem`` (``value_0``, ``value_1``, ... with several
        directions, ``value/<name>`` if these have names), ``cost``, ``feasible``, ``excluded``, ``reason``,
        ``params/<flat name>``, ``constraints/<name>``; if there are any, ``attrs/<name>``, and ``started``,
        ``finished`` and ``duration`` (never negative) in seconds. A missing entry is NaN in columns of numbers and None
        in columns of objects. A parameter with a condition has another column ``active/<flat name>``, which
        distinguishes an inactive parameter from the choice None. A search with ``pausing`` has ``resume_from``: the
        last step of a trial that is paused or was resumed (for folds: how many were reported). A study has the fields
        that :class:`tanteo.study.StudyTrial` adds, such as ``host``, ``process`` and ``note``.

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

        return to_arrays(self._columns(Extra(steps, replicates, folds)))

    def to_pandas(self, *, steps: bool = False, replicates: bool = False, folds: bool = False) -> pd.DataFrame:
        """Return the columns of :meth:`to_dict` as a pandas data frame; integers that may be missing are nullable.

        Raises
        ------
        ImportError
            If pandas is not installed (``pip install 'tanteo[pandas]'``).
        """
        from .frames import Extra, to_pandas

        return to_pandas(self._columns(Extra(steps, replicates, folds)))

    def to_polars(self, *, steps: bool = False, replicates: bool = False, folds: bool = False) -> pl.DataFrame:
        """Return the columns of :meth:`to_dict` as a polars data frame; missing entries are null.

        Entries of different types are text, so that the frame can be written to a file; if ``1`` and ``"1"`` are among
        them, they are ``1`` and ``'1'``. Integers beyond 64 bits are objects, which polars does not write.

        Raises
        ------
        ImportError
            If polars is not installed (``pip install 'tanteo[polars]'``).
        """
        from .frames import Extra, to_polars

        return to_polars(self._columns(Extra(steps, replicates, folds)))

    def to_json(self, *, steps: bool = False, replicates: bool = False, folds: bool = False) -> str:
        """Return the columns of :meth:`to_dict` as JSON: one object from names to lists.

        Missing entries and NaN are null, infinities are the strings "inf" and "-inf", and other values that JSON
        cannot represent are written as their repr.
        """
        from .frames import Extra, to_json

        return to_json(self._columns(Extra(steps, replicates, folds)))


class Results(Tables):
    """The facts of an :class:`Optimizer`, read-only: trials, the best of them, tables."""

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
            trials = list(self.trials)
            cancelled = map(self._core.is_cancelled, range(len(trials)))
            names = all_called((trial.state for trial in trials), cancelled)
            counted = counts_text(names, (trial.excluded for trial in trials))
            raise TrialStateError(
                f"{caller} needs a trial that is complete and feasible with a finite value, and there is none (trials: "
                f"{counted}); best is None until there is one"
            )
        return self.trials[number]

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

        ``asked``: trials handed out; ``duplicates``: proposals rejected because they had been tried;
        ``fallbacks``: suggestions drawn at random in place of the sampler.
        """
        return self._core.stats()

    def _columns(self, extra: Extra) -> Iterable[Column]:
        from .frames import all_columns

        return all_columns(self._core, self._space, extra._replace(names=self._names))

    def objective_correlation(self) -> npt.NDArray[np.float64]:
        """Return Spearman's rank correlation between the objectives, shape (objectives, objectives).

        It is that of the feasible complete trials with finite values, without excluded ones, each in the sense of its
        direction: objectives that improve together correlate positively. Above 0.9, one of the two is enough. NaN where
        an objective has a single value, and everywhere with fewer than three trials.
        """
        from .front import rank_correlation

        view = self.view()
        return rank_correlation(view.values[view.eligible])

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
        view = self.view()
        candidates = view.eligible.nonzero()[0]
        order = view.values[candidates, 0].argsort(kind="stable")
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
