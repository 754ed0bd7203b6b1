"""What is read of a search through another object: the result of a run, or a handle to a search elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

from .results import Tables

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from .answers import Answers
    from .comparison import Comparison
    from .explanation import Explanation
    from .frames import Column, Extra
    from .front import Compromise, FrontTrial, ParetoFront
    from .objectives import Limits, Names
    from .results import AnyTrial
    from .trial import FrozenTrial, Trials


class Delegating(Tables):
    """The trials, answers and tables of a search, as an :class:`Optimizer` has them."""

    def _searched(self) -> Answers:
        """Return the search."""
        raise NotImplementedError  # a result has it, and a handle fetches a copy

    def _columns(self, extra: Extra) -> Iterable[Column]:
        return self._searched()._columns(extra)

    @property
    def objective_names(self) -> Names:
        """The names of the objectives, or None; see :attr:`tanteo.Optimizer.objective_names`."""
        return self._searched().objective_names

    @property
    def thresholds(self) -> Limits:
        """The worst acceptable values, or None; see :attr:`tanteo.Optimizer.thresholds`."""
        return self._searched().thresholds

    @property
    def trials(self) -> Trials:
        """All trials in the order of ids, including pending ones and those of earlier runs."""
        return self._searched().trials

    @property
    def best(self) -> FrozenTrial | Any:
        """The best feasible complete trial, or None; see :attr:`tanteo.Optimizer.best`."""
        return self._searched().best

    @property
    def best_params(self) -> dict[str, Any]:
        """The configuration of :attr:`best`; see :attr:`tanteo.Optimizer.best_params`."""
        return self._searched().best_params

    @property
    def best_value(self) -> float:
        """The value of :attr:`best`; see :attr:`tanteo.Optimizer.best_value`."""
        return self._searched().best_value

    @property
    def pareto_front(self) -> list[FrozenTrial]:
        """The feasible complete trials that no other trial dominates."""
        return self._searched().pareto_front

    @property
    def spent(self) -> float:
        """The sum of the costs of trials in this and earlier runs; see :attr:`tanteo.Optimizer.spent`."""
        return self._searched().spent

    def front(self) -> ParetoFront:
        """Return the Pareto front to choose from; see :meth:`tanteo.Optimizer.front`."""
        return self._searched().front()

    @overload
    def recommend(self) -> FrozenTrial | Any: ...
    @overload
    def recommend(self, rule: Literal["knee"]) -> Compromise | Any: ...
    @overload
    def recommend(self, *, weights: Sequence[float] | Mapping[str, float]) -> Compromise | Any: ...
    @overload
    def recommend(self, *, thresholds: Sequence[float | None] | Mapping[str, float]) -> Compromise | Any: ...
    @overload
    def recommend(self, rule: Literal["knee"] | None, *, weights: Any, thresholds: Any) -> Any: ...
    def recommend(
        self, rule: Literal["knee"] | None = None, *, weights: Any = None, thresholds: Any = None
    ) -> FrozenTrial | Compromise | Any:
        """Return the trial to use; see :meth:`tanteo.Optimizer.recommend`, which has the same arguments."""
        return self._searched().recommend(rule, weights=weights, thresholds=thresholds)

    def comparison(self) -> Comparison | None:
        """Return the two best configurations and the probability of their order.

        See :meth:`tanteo.Optimizer.comparison`.
        """
        return self._searched().comparison()

    def objective_correlation(self) -> npt.NDArray[np.float64]:
        """Return the rank correlation between the objectives; see :meth:`tanteo.Optimizer.objective_correlation`."""
        return self._searched().objective_correlation()

    def predict(
        self, params: Sequence[Mapping[str, Any]], *, objective: int | str | None = None
    ) -> list[tuple[float, float, float]] | None:
        """Return predictions; see :meth:`tanteo.Optimizer.predict`, which has the same arguments."""
        return self._searched().predict(params, objective=objective)

    def explain(self, trial: AnyTrial | FrontTrial | Compromise) -> Explanation:
        """Return how a trial was chosen; see :meth:`tanteo.Optimizer.explain`, which has the same arguments."""
        return self._searched().explain(trial)

    def expected_gain(self, n: int = 10) -> float | None:
        """Return the expected improvement of the next trials.

        See :meth:`tanteo.Optimizer.expected_gain`, which has the same arguments.
        """
        return self._searched().expected_gain(n)
