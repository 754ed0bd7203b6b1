"""Answers that models give about a search: recommendations, the front under noise, comparisons, predictions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, overload

from .._internal.coercion import as_int_at_least, members, shown
from ..exceptions import ArgumentError
from ..space.sums import warn_of_sums
from .comparison import Comparison, Gain
from .explanation import Explanation, explanation
from .forecast import Forecasts, losses_of, n_before_forecasts
from .objectives import as_limits, selected
from .results import Results
from .trial import FrozenTrial, with_estimate

if TYPE_CHECKING:
    from .front import Compromise, FrontTrial, ParetoFront
    from .results import AnyTrial


class Answers(Results):
    """The part of an :class:`Optimizer` that fits models to its results and reads them. Nothing is recorded."""

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
        self,
        rule: Literal["knee"] | None = None,
        *,
        weights: Any = None,
        thresholds: Any = None,
    ) -> FrozenTrial | Compromise | Any:
        """Return the trial to use: :attr:`best`, the best by the model if results are noisy, or an unfinished one.

        Without noise, a trial that runs, is paused or was stopped is returned if it has made at least half as many
        steps as the longest trial, and is expected to end better: the estimate of its final value, plus its standard
        deviation, is better than :attr:`best`. If it has made as many steps as the longest trial, its last value takes
        the place of the estimate. In a search with constraints, it must have told all of them. While no trial is
        complete, the trial of this kind with the best last value is returned. The ``state`` of the returned trial says
        that it is unfinished, and ``steps`` has its reports. ``estimate`` and ``deviation`` are the expected final
        value and its standard deviation. Return None if no trial qualifies.

        Results are noisy if a positive ``sem`` or replicates were told, or if the model attributes more than 5 % of
        their variance to noise. From 16 trials on, stopped ones with an estimate included, and with up to 500
        parameters, the model is a Gaussian process, which is fitted at each call. Among the better half of the
        complete trials, the one with the lowest mean plus standard deviation is returned (for a maximum, the highest
        mean minus standard deviation), as predicted by the model (see :meth:`predict`). With fewer trials, values with
        a ``sem`` or replicates are averaged by configuration and shrunk to the overall mean.

        A noise-free objective may look noisy if it is discontinuous or has many local optima. If equal configurations
        give equal results, tell each with a ``sem`` of 0, or use :attr:`best`.

        With several directions, say what you want: the result is then a :class:`Compromise`, a trial of :meth:`front`.
        A search with thresholds needs no argument for the trial that meets them.

        Parameters
        ----------
        rule
            ``"knee"``: where the front bends most. None if it does not bend, that is, if it is straight or bulges
            outwards, and with fewer than four trials of different values on it; see :attr:`ParetoFront.knee`.
        weights
            How much each objective matters; see :meth:`ParetoFront.by_weights`.
        thresholds
            The worst acceptable value of each objective, in place of those of the search, and in the same forms; an
            empty mapping counts as not given. Of several trials that meet them, equal ``weights`` choose one; see
            :meth:`ParetoFront.by_thresholds`.

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
            found = self._core.recommend()
            return None if found is None else with_estimate(self.trials[found[0]], found[1])
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
        is then that of the estimates by Gaussian processes, which are fitted at each call; an objective of which each
        result has a ``sem`` of 0 keeps its told values. With fewer trials, values with a ``sem`` or replicates are
        averaged by configuration. If no error of an objective is known, the standard deviation between repeated trials
        takes its place; without repetitions, the told values count. The probability of a trial is that no other trial
        dominates it, estimated from 256 joint draws (standard error up to 0.1). :attr:`pareto_front` has the trials
        that no other dominates by their told values.

        If no ``sem`` or replicates were told, an objective is noisy if its models attribute more than 5 % of the
        variance on the front to noise.

        The models use at most ``1000 / (objectives + constraints)`` trials, or 200 if that is more: the front, others
        spread over the search, and those nearest to the front. The front of estimates is chosen among these. With more
        than 500 parameters no model is fitted, and the rules for fewer than 16 trials apply.

        Examples
        --------
        >>> import tanteo as tt
        >>> opt = tt.Optimizer({"x": tt.Float(0, 1)}, directions=["minimize", "minimize"], seed=0)
        >>> for x in (0.5, 0.75, 0.25):
        ...     _ = opt.observe({"x": x}, [x, 1 - x])
        >>> [(member.id, member.values, member.probability) for member in opt.front()]
        [(2, (0.25, 0.75), 1.0), (0, (0.5, 0.5), 1.0), (1, (0.75, 0.25), 1.0)]
        """
        from .front import FrontTrial, ParetoFront

        trials = self.trials
        found, others, are_estimates = self._core.front()
        members = [FrontTrial(trials[row], tuple(values), tuple(stds), share) for row, values, stds, share in found]
        compared = {row: tuple(values) for row, values, *_ in (*found, *others)} if are_estimates else None
        return ParetoFront(members, self.directions, self._names, self.thresholds, compared)

    def comparison(self) -> Comparison | None:
        """Return the two best configurations and the probability that the first is better than the second.

        Return None if fewer than two configurations are complete, or if the noise of the results is unknown. The
        probability is that of the Gaussian process fitted by :meth:`recommend`, if there are at least 16 trials and it
        finds noise. Otherwise all runs of the two are compared: paired if both reported the same folds, with a variance
        for each configuration if both have several runs without a ``sem`` (Welch's test). Else each result has its
        ``sem``. One without ``sem`` has the variance within all configurations of such results or, if none of them
        differ, the median of the told variances. The runs of a configuration are the replicates of all its trials, and
        the values of trials without replicates.

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
        first, second, probability, method, deviation, runs, gain = result
        # Exact values have no error.
        known = gain if gain is None or gain[1] > 0.0 else gain[:1]
        improvement = None if known is None else Gain(*known)
        return Comparison(self.trials[first], self.trials[second], probability, method, deviation, runs, improvement)

    def explain(self, trial: AnyTrial | FrontTrial | Compromise) -> Explanation:
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
        from .front import Compromise, FrontTrial

        number = self._number(trial.trial if isinstance(trial, Compromise | FrontTrial) else trial)
        return explanation(self._core.explain(number), number, self._codec.names)

    def predict(
        self, params: Sequence[Mapping[str, Any]], *, objective: int | str | None = None
    ) -> list[tuple[float, float, float]] | None:
        """Return predictions of a Gaussian process, fitted to the results so far, independent of the sampler.

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
            Up to 128 results, they are those of a mixture over 16 draws of noise, signal and common lengthscale from
            their posterior distribution (slice sampling, Neal 2003). With more results, they are those of the single
            model at its maximum. No prediction is worse than the worst finite value that is told or estimated. None if
            no trial has finite values of all objectives, if all such values are equal (their spread is then unknown),
            and in a space of constants.

        Raises
        ------
        ParameterError
            As :meth:`SearchSpace.validate`.
        ArgumentError
            If the objective does not exist or is not given although there are several, or ``params`` is not a
            sequence.

        Warns
        -----
        RuntimeWarning
            If the shares of a mixture add up to another total.
        """
        place = selected(objective, len(self._maximize), self._names)
        configurations = members(params, "params must be a list of configurations, such as [trial.params]")
        rows = [self._space._raw(configuration, partial=False) for configuration in configurations]
        warn_of_sums(self._space, map(self._space._codec.flat, configurations))
        return self._core.predict(rows, place)

    def expected_gain(self, n: int = 10) -> float | None:
        """Return the expected improvement of the next ``n`` trials on the best one.

        It is computed from joint samples of a Gaussian process, fitted at each call to the results so far, independent
        of the sampler. The ``n`` trials are chosen at once, among candidates like those of the sampler ``"gp"``; trials
        that learn from one another may improve a little more. Pending trials count among the ``n``.

        Near an optimum, the model expects too much. Its forecast is therefore multiplied by the ratio of the actual to
        the expected improvement after earlier forecasts, at most 1. With ``d`` parameters that are no constants, these
        are the forecasts after ``10 + 2 d`` trials and after every ``n`` trials from then on. The last ten of them
        whose trials have ended count. The present one counts too, as if it had come true. So a call fits up
        to eleven models (benches/results/stopping.md shows how well they forecast).

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
        n = as_int_at_least(1, n, "n")
        if len(self._maximize) > 1:
            return None
        first = n_before_forecasts(self._space)
        forecasts = Forecasts(losses_of(self), n, first, lambda n_trials: self._expected_gain(n, n_trials))
        return forecasts.corrected(len(self))

    def _expected_gain(self, n: int, n_before: int) -> float | None:
        """Return the improvement on the first ``n_before`` trials that the model expects from their current results."""
        return self._core.expected_gain(n, n_before)
