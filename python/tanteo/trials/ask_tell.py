"""The ask-and-tell protocol: its signatures, their documentation, and the checks of their arguments."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeGuard, TypeVar, overload

from .._internal.coercion import as_int, shown
from .._internal.optuna_names import NamesOfOptuna
from .._internal.tabular import is_table
from ..exceptions import ArgumentError
from .objectives import by_place, in_order, labels
from .outcome import (
    DEFAULT_STATE,
    NO_VALUE,
    TOLD_BEFORE,
    parse_constraints,
    parse_objectives,
    parse_outcome,
    refuse_arguments_in,
)
from .progress import Progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .._internal.states import Told
    from ..space.candidates import AnyCandidates, Candidates
    from .constraint_names import ConstraintNames, ConstraintsTold
    from .outcome import (
        AnyConstraint,
        Constraints,
        Objectives,
        ObjectiveSems,
        Outcome,
        Sem,
        ToldObjective,
        Value,
    )
    from .results import AnyTrial
    from .trial import Trial

# The result of `tell`: None, or for a `RemoteOptimizer` whether the outcome counted.
TellResult = TypeVar("TellResult")


class SearchCalls(Progress, NamesOfOptuna, Generic[TellResult]):
    """The public calls that hand out trials and take results.

    Each call checks its arguments once and passes them on in one form. A subclass carries them out in the methods at
    the end of this class: an :class:`Optimizer` in its core, a :class:`Study` in a transaction, a ``RemoteOptimizer``
    in its actor.
    """

    _constraint_names: ConstraintNames

    @overload
    def ask(self, *, among: AnyCandidates | None = None) -> Trial: ...
    @overload
    def ask(self, n: int, *, among: AnyCandidates | None = None) -> list[Trial]: ...
    def ask(self, n: int | None = None, *, among: AnyCandidates | None = None) -> Trial | list[Trial]:
        """Hand out one trial, or up to ``n`` trials chosen jointly.

        Trials come in this order:

        1. trials whose workers have vanished (in a :class:`Study` with a ``lease``, and in a ``RemoteOptimizer``),
        2. queued points (see :meth:`enqueue`),
        3. the defaults, once; parameters without a default are sampled,
        4. winners of ``earlier`` searches,
        5. paused trials that should go on, under their earlier ids (see ``pausing`` of :class:`Optimizer`),
        6. suggestions of the sampler.

        The list is shorter than ``n`` if a finite space, or a design such as a grid, has fewer new configurations left.
        A space with a continuous parameter is never exhausted: if its constraints leave nothing new, a configuration is
        repeated.

        After an error nothing is handed out. With ``pausing``, however, the trials found before the error are returned,
        and the next ask raises it.

        Parameters
        ----------
        n
            How many, from 0 up. Without it one :class:`Trial` is returned, not a list.
        among
            A table to choose among: the answer is one of its rows, and :attr:`Trial.index` is the index of that row. A
            data frame, a mapping of columns, an array, a list of configurations, or :class:`Candidates`, which are read
            once for many asks. Rows of earlier and pending trials are left out; once noise was told, finished ones
            may be repeated. Queued points, defaults and winners of earlier searches are handed out if a row agrees with
            them. The samplers ``"auto"``, ``"gp"``, ``"tpe"`` and ``"random"`` can choose. Trials of vanished workers
            and paused trials come first and have no index.

        Raises
        ------
        SpaceExhausted
            If a finite space, or a design, has nothing new left.
        SpaceError
            If no configuration that satisfies the constraints was found.
        StudyError
            If the file of a study cannot be written; the call may be repeated.
        MemoryError
            If there is not enough memory for the trials.
        """
        candidates = None if among is None else self._candidates(among)
        if n is None:
            return self._ask_one(candidates)
        if is_table(n):
            raise ArgumentError(f"n must be an integer, got {shown(n)}; to choose from a table write ask(among=table)")
        count = as_int(n, "n")
        if not 0 <= count < 2**32:
            raise ArgumentError(f"n must be from 0 to 2**32 - 1, got {shown(count)}")
        return self._ask_many(count, candidates)

    def enqueue(self, params: Mapping[str, Any]) -> None:
        """Queue a point for the next ask.

        Parameters
        ----------
        params
            Nested or with flat names. Missing parameters are sampled.

        Raises
        ------
        ParameterError
            Naming the parameter: unknown, outside its domain, or never active beside the other values given.
        SpaceError
            Naming a constraint that the values break, or that no completion was found to satisfy.
        StudyError
            If the file of a study cannot be written; the call may be repeated.
        """
        self._enqueue(params)

    def tell(
        self,
        trial: AnyTrial,
        value: Value = NO_VALUE,
        *,
        state: Told = DEFAULT_STATE,
        sem: Sem = None,
        constraints: Mapping[str, AnyConstraint] | None = None,
        cost: float | None = None,
        reason: str | None = None,
    ) -> TellResult:
        """Report how a trial ended.

        Parameters
        ----------
        trial
            The trial or its id.
        value
            A number, or a list with one number per direction; :class:`Replicates` may stand in place of a number. A
            mapping from the names of the objectives is accepted too (from their positions if they have none), and may
            leave out those that :meth:`tell_objectives` told. NaN means that the trial failed. None means the same,
            unless the trial told all its objectives before, or reported folds, which are then its value as
            :class:`Replicates`. An infinitely bad value is the worst there is; an infinitely good one is refused.
        state
            ``"complete"``; ``"failed"`` after a crash or an out-of-memory error (without a value); ``"pruned"`` if the
            trial was stopped early, with the value it reached or without one (then its last reported values and
            constraints count). ``"complete"`` passed without a value is an error, unless the trial reported folds or
            told all its objectives. ``"paused"`` means pruned for now: with ``pausing`` the trial may be handed out
            again to go on from its checkpoint. Its reports then stay, and the rest of what was told is forgotten.
        sem
            The standard error of the value, one per direction. One that is unknown, or computed from
            :class:`Replicates`, is None in a list, and left out of a mapping from the names of the objectives. A
            positive one tells that the objective is noisy.
        constraints
            Name to value of each black-box constraint; feasible when ``<= 0``. True and False stand for one that is
            only known to hold or not, and :class:`Equal` for a value that should equal a target. What is unknown is
            left out.
        cost
            What the trial cost, in seconds, money or any other unit; not negative. It influences suggestions only if
            the search has a ``budget``.
        reason
            Why the trial failed or was stopped. For a pruned trial the default is the reason of :meth:`should_prune`,
            if that said to stop.

        Returns
        -------
        None or bool
            A ``RemoteOptimizer`` returns whether the result counted: a trial that was handed out again, because its
            worker was presumed dead, may have been told by another worker. Other searches return None.

        Raises
        ------
        TrialStateError
            If the trial is already told, or if it is unknown or belongs to another search
            (:class:`UnknownTrialError`).
        ArgumentError
            For any other mistake. Nothing is half applied, and the trial can be told again.
        StudyError
            If the file of a study cannot be written; the trial can be told again.

        Warns
        -----
        RuntimeWarning
            If the trial tells a constraint that no earlier trial told, and lacks one that earlier trials told: its name
            may have changed. Once for each constraint that is told both as True or False and as a number; what
            earlier processes told counts.
        """
        if value is NO_VALUE:
            value = None
            passed: object = state
            if passed is not DEFAULT_STATE and isinstance(passed, str) and passed == "complete":
                self._check_has_value(trial)
        if state is DEFAULT_STATE:
            state = "complete"
        if len(self._maximize) == 1 and _is_plain_number(value, state, sem, constraints, cost, reason):
            if self._constraint_names.early:
                self._compare_names(trial, [])
            return self._tell_number(trial, value)
        outcome = self._outcome(value, state, sem, constraints, cost, reason, missing=TOLD_BEFORE)
        self._compare_names(trial, outcome.constraints, constraints)
        return self._tell(trial, outcome)

    def tell_objectives(
        self,
        trial: AnyTrial,
        values: Objectives,
        *,
        sem: ObjectiveSems = None,
    ) -> None:
        """Tell some objectives of a pending trial before the others, in a search with several.

        The trial stays pending, and :meth:`tell` ends it with the objectives that are missing. It keeps these values
        however it ends, also if it fails or is stopped. Telling one again replaces its value. :meth:`retract` and a
        pause forget them. With the Gaussian process, the model of each objective learns from them at once; other
        samplers learn when the trial has ended. A ``RemoteOptimizer`` ignores those of a trial that another worker has
        told.

        Parameters
        ----------
        trial
            The trial or its id.
        values
            Finite numbers or :class:`Replicates` by the names of the objectives, or by their positions from 0 up.
        sem
            Standard errors of these values, by the same keys.

        Raises
        ------
        TrialStateError
            As :meth:`tell`.
        ArgumentError
            For an objective that does not exist, for a value that is not finite, and in a search with one objective,
            where a value ends the trial.

        Examples
        --------
        >>> import tanteo as tt
        >>> opt = tt.Optimizer({"x": tt.Float(0, 1)}, directions={"loss": "minimize", "seconds": "minimize"}, seed=0)
        >>> trial = opt.ask()
        >>> trial.tell_objectives({"loss": 0.25})
        >>> opt.trials[0].state, opt.trials[0].partial_values
        ('pending', (0.25, None))
        >>> opt.tell(trial, {"seconds": 3.5})
        >>> opt.trials[0].values
        (0.25, 3.5)
        """
        n = len(self._maximize)
        if n == 1:
            raise ArgumentError(
                "tell_objectives is for several objectives; with one, tell(trial, value) ends the trial"
            )
        placed = by_place(values, n, self._names, "values")
        sems = {} if sem is None else by_place(sem, n, self._names, "sem")
        self._tell_objectives(trial, parse_objectives(labels(n, self._names), placed, sems))

    def tell_constraints(self, trial: AnyTrial, constraints: Mapping[str, AnyConstraint]) -> None:
        """Tell constraints of a pending trial before its result: those that a cheap check finds.

        :meth:`infeasible` then says whether one is violated. The trial keeps these constraints however it ends, also if
        it is told without a value. Telling one again replaces its value. :meth:`retract` and a pause forget them. With
        the Gaussian process, the model of each constraint learns from them at once; other samplers learn when the trial
        has ended. A ``RemoteOptimizer`` ignores those of a trial that another worker has told.

        Parameters
        ----------
        trial
            The trial or its id.
        constraints
            As for :meth:`tell`.

        Raises
        ------
        TrialStateError
            As :meth:`tell`.
        ArgumentError
            Naming the constraint.

        Examples
        --------
        >>> import tanteo as tt
        >>> opt = tt.Optimizer({"width": tt.Int(1, 512, default=256)}, seed=0)
        >>> trial = opt.ask()
        >>> trial.tell_constraints({"memory": trial.params["width"] * 0.25 - 16.0})
        >>> if trial.infeasible:
        ...     opt.tell(trial, state="pruned", reason="needs too much memory")
        >>> dict(opt.trials[0].constraints), opt.trials[0].feasible
        ({'memory': 48.0}, False)
        """
        told = parse_constraints(constraints)
        if self._constraint_names.are_unheard(told):
            self._constraint_names.learn_kinds(self._constraints_told(trial)[1])
        self._constraint_names.note_kinds(constraints)
        self._tell_constraints(trial, told)
        self._constraint_names.tell_early(told)

    def infeasible(self, trial: AnyTrial) -> bool:
        """Return whether a constraint that a trial has told, by :meth:`tell_constraints` or in the end, is violated.

        Parameters
        ----------
        trial
            The trial or its id.

        Raises
        ------
        UnknownTrialError
            If the trial is unknown or belongs to another search.
        """
        return self._infeasible(trial)

    def observe(
        self,
        params: Mapping[str, Any],
        value: Value = None,
        *,
        state: Literal["complete", "failed", "pruned"] = "complete",
        sem: Sem = None,
        constraints: Mapping[str, AnyConstraint] | None = None,
        cost: float | None = None,
        reason: str | None = None,
    ) -> int:
        """Add a result from elsewhere (a warm start) and return the id it got.

        A configuration that breaks a known constraint is refused, since it could be the best one. ``earlier=`` of a new
        search learns from such results. A sum that may have only one value may be off by 5 %: measured values are
        rounded.

        Parameters
        ----------
        params
            A whole configuration, nested or with flat names; constants may be left out.
        value, state, sem, constraints, cost, reason
            As for :meth:`tell`. The cost is learned from, and does not count as :attr:`spent`.

        Raises
        ------
        ParameterError, SpaceError, ArgumentError
            As :meth:`SearchSpace.validate` and :meth:`tell`, and if ``allowed=`` refuses the configuration.
        StudyError
            If the file of a study cannot be written; the call may be repeated.

        Warns
        -----
        RuntimeWarning
            As :meth:`tell`.
        """
        outcome = self._outcome(value, state, sem, constraints, cost, reason)
        self._compare_names(None, outcome.constraints, constraints)
        return self._observe(params, outcome)

    def _outcome(
        self,
        value: Any,
        state: Any,
        sem: Any,
        constraints: Any,
        cost: Any,
        reason: Any,
        *,
        missing: Any = None,
    ) -> Outcome:
        """Return the checked arguments of :meth:`tell` or :meth:`observe`; see :func:`in_order` for ``missing``."""
        n, names = len(self._maximize), self._names
        refuse_arguments_in(value)
        keys: Sequence[Any] | None = tuple(range(n)) if names is None and n > 1 and missing is not None else names
        value = in_order(value, keys, "value", missing=missing)
        # A standard error that is left out is unknown.
        sem = in_order(sem, keys, "sem", missing=TOLD_BEFORE)
        return parse_outcome(labels(n, names), value, state, sem, constraints, cost, reason)

    def _compare_names(
        self, trial: AnyTrial | None, constraints: Constraints, given: Mapping[str, AnyConstraint] | None = None
    ) -> None:
        """Warn of a new constraint of a trial that lacks an earlier one, and of one that is now given in another kind.

        None is a trial of :meth:`observe`.
        """
        if self._constraint_names.are_new(constraints):
            subject = "The observed trial" if trial is None else f"Trial {getattr(trial, 'id', trial)}"
            early, recorded = self._constraints_told(trial)
            self._constraint_names.learn_kinds(recorded)
            self._constraint_names.compare(subject, constraints, early, recorded)
        self._constraint_names.note_kinds(given)

    # The methods that a subclass implements.

    def _constraints_told(self, trial: AnyTrial | None) -> ConstraintsTold:
        """Return the names of the constraints that a trial told before its result, and the values of ended trials.

        Raises
        ------
        TrialStateError
            As :meth:`tell`.
        """
        raise NotImplementedError  # every subclass has its own

    def _check_has_value(self, trial: AnyTrial) -> None:
        """Refuse to complete a pending trial without a value unless it reported folds or told all objectives."""
        raise NotImplementedError  # every subclass has its own

    def _candidates(self, among: AnyCandidates) -> Candidates:
        """Return the table of ``ask(among=...)``, or raise :class:`ArgumentError`."""
        raise NotImplementedError  # every subclass has its own

    def _ask_one(self, among: Candidates | None) -> Trial:
        return self._ask_many(1, among)[0]

    def _ask_many(self, n: int, among: Candidates | None) -> list[Trial]:
        raise NotImplementedError  # every subclass has its own

    def _enqueue(self, params: Mapping[str, Any]) -> None:
        raise NotImplementedError  # every subclass has its own

    def _tell(self, trial: AnyTrial, outcome: Outcome) -> TellResult:
        raise NotImplementedError  # every subclass has its own

    def _tell_number(self, trial: AnyTrial, value: float) -> TellResult:
        """Complete a trial with a finite value and nothing else."""
        return self._tell(trial, self._outcome(value, "complete", None, None, None, None))

    def _tell_objectives(self, trial: AnyTrial, told: list[ToldObjective]) -> None:
        raise NotImplementedError  # every subclass has its own

    def _tell_constraints(self, trial: AnyTrial, constraints: Constraints) -> None:
        raise NotImplementedError  # every subclass has its own

    def _infeasible(self, trial: AnyTrial) -> bool:
        raise NotImplementedError  # every subclass has its own

    def _observe(self, params: Mapping[str, Any], outcome: Outcome) -> int:
        raise NotImplementedError  # every subclass has its own


def _is_plain_number(value: Any, state: Any, sem: Any, constraints: Any, cost: Any, reason: Any) -> TypeGuard[float]:
    """Return whether a trial is completed with a finite number and nothing else.

    Such a ``tell`` is the common one. It needs no :class:`Outcome`, which would take longer than the core does.
    """
    return (
        isinstance(value, float)
        and sem is None
        and constraints is None
        and cost is None
        and reason is None
        and isinstance(state, str)
        and state == "complete"
        and -math.inf < value < math.inf
    )
