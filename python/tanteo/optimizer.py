"""Ask and tell."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence

from ._core import CoreOptimizer
from ._internal.coercion import as_bool, as_float, as_int, shown
from ._internal.text import safe_repr
from ._internal.typing import TYPE_CHECKING, overload
from .exceptions import ArgumentError, SpaceError
from .pruners.own import Own
from .pruners.settings import Settings as PrunerSettings
from .pruners.settings import checked as checked_pruner
from .pruners.settings import from_core as pruner_from_core
from .samplers.settings import Settings, by_name
from .samplers.settings import checked as checked_sampler
from .space.infeasible import nothing_feasible
from .space.search_space import SearchSpace, as_space, checked_seed
from .trials.belonging import SearchToken
from .trials.folds import mean_of_folds
from .trials.objectives import given_as, goals, in_order
from .trials.outcome import outcome
from .trials.reporting import Reporting
from .trials.trial import Trial

if TYPE_CHECKING:
    from typing import Any, Literal, TypeAlias

    from .earlier.known import EarlierSource
    from .earlier.reading import AnySource
    from .pruners import Pruner
    from .pruners.external import Promotion
    from .samplers import Sampler
    from .samplers.external import External
    from .trials.objectives import Direction, Names
    from .trials.outcome import Outcome
    from .trials.replicates import Replicates
    from .trials.results import AnyTrial

    Told: TypeAlias = float | Replicates | Sequence[float | Replicates] | Mapping[str, float | Replicates] | None
    Sem: TypeAlias = float | Sequence[float | None] | Mapping[str, float | None] | None
    Directions: TypeAlias = Sequence[Direction] | Mapping[str, Direction]
    # How a space can be given.
    AnySpace: TypeAlias = SearchSpace | Mapping[str, Any]


class Optimizer(Reporting):
    """The ask-and-tell state machine: hands out configurations, takes results, remembers everything.

    In memory, without threads of its own, clock or files. Calls may come from several threads. After an error the state
    is as it was before the call.

    Parameters
    ----------
    space
        Where to search; a plain mapping is made into a :class:`SearchSpace`.
    direction
        ``"minimize"`` (the default) or ``"maximize"``.
    directions
        In place of ``direction``: one entry for each objective, or a mapping from their names, such as
        ``{"loss": "minimize", "accuracy": "maximize"}``. Names are kept, and shown wherever values are; none
        may be what :meth:`tell` takes (``value``, ``state``, ``sem``, ``constraints``, ``cost``, ``reason``).
    sampler
        ``"auto"``, ``"tpe"``, ``"gp"``, ``"random"``, ``"sobol"``, ``"grid"``, ``"one_at_a_time"``, settings such as
        ``tt.samplers.TPE(n_startup=20)``, or an object of your own (:class:`tanteo.samplers.Sampler`).
    seed
        From 0 to 2**64 - 1. Without one it is drawn from the operating system; read it at :attr:`seed`.
    deduplicate
        Whether a configuration already handed out is never suggested again (unless results are told to be noisy).
    pruner
        What :meth:`should_prune` asks: ``"auto"``, ``"median"``, ``"percentile"``, ``"successive_halving"``,
        ``"hyperband"``, ``"wilcoxon"``, ``"patient"``, ``"nothing"``, settings such as
        ``tt.pruners.Hyperband(max_resource=81)``, or an object of your own (:class:`tanteo.pruners.Pruner`).
    pausing
        Whether trials can be stopped for now and go on later, where you have checkpoints: :meth:`should_prune` says so
        in :attr:`~tanteo.pruners.Decision.pause`, and :meth:`ask` hands a trial out again that was told with
        ``state="paused"`` once the pruner would not stop it any more.
    budget
        What the search may spend in all, in the unit of the costs that are told. TPE, GP and Auto then weigh what a
        configuration promises by what it will cost, the less so the more is spent; without a budget costs have no
        influence. Nothing is refused when it is spent: see :attr:`spent`. It can be changed when the search is loaded.
    earlier
        Earlier searches that may help, at most 8: an :class:`Optimizer`, a :class:`Study` or its path, a
        :class:`Result`, a data frame (or mapping of columns) with a column per parameter and one called ``value``, a
        tuple ``(frame, "column")``, or a list of ``(params, value)``. Parameters are found by name, choices by label;
        their spaces may be others. The values of one source are compared with each other alone. All of it is read here
        and kept in the search. For one objective.

    Notes
    -----
    A suggestion is a pure function of the space, the sampler's settings, the seed, the id of the trial, the history
    told so far, what is pending, and what was read of earlier searches.

    Examples
    --------
    >>> import tanteo as tt
    >>> opt = tt.Optimizer(tt.SearchSpace({"x": tt.Float(-1.0, 1.0, default=0.5)}), seed=0)
    >>> trial = opt.ask()
    >>> trial
    Trial(id=0, params={'x': 0.5})
    >>> opt.tell(trial, trial.params["x"] ** 2)
    >>> opt.best.params, opt.best.value
    ({'x': 0.5}, 0.25)
    """

    def __init__(
        self,
        space: AnySpace,
        *,
        direction: Direction | None = None,
        directions: Directions | None = None,
        sampler: str | Settings | Sampler = "auto",
        seed: int | None = None,
        deduplicate: bool = True,
        pruner: str | PrunerSettings | Pruner = "auto",
        pausing: bool = False,
        budget: float | None = None,
        earlier: Sequence[AnySource] | None = None,
    ) -> None:
        space = as_space(space)
        after, names = goals(direction, directions)
        maximize = [each == "maximize" for each in after]
        settings, external = checked_sampler(sampler)
        chosen = ("external", {}) if settings is None else (settings.name, settings._to_core(space))
        rule, own_rule = checked_pruner(pruner)
        unique, amount = as_bool(deduplicate, "deduplicate"), None if budget is None else as_float(budget, "budget")
        more = as_bool(pausing, "pausing"), amount, self._known(earlier, space, maximize)
        core = CoreOptimizer(space._core, maximize, chosen, checked_seed(seed), unique, rule, *more)
        self._assemble(core, space, Own(external, own_rule), names, int.from_bytes(os.urandom(8)))

    @staticmethod
    def _known(earlier: Sequence[AnySource] | None, space: SearchSpace, maximize: Sequence[bool]) -> list[Any]:
        """Return what earlier searches know, as the core takes it."""
        if earlier is None:
            return []
        from .earlier.known import known

        if len(maximize) != 1:
            raise ArgumentError("earlier helps with one objective; leave it out, or search for one")
        return known(earlier, space, maximize=maximize[0])

    def _assemble(
        self, core: CoreOptimizer, space: SearchSpace, own: Own, names: Names, nonce: int | None = None
    ) -> None:
        self._core, self._own_space, self._names = core, space, names
        settings = core.settings()
        self._maximize, self._pausing = tuple(settings["maximize"]), bool(settings["pausing"])
        self._is_single = len(self._maximize) == 1
        self._keep_nonce(nonce)
        self._own = own
        # Why trials should stop, by id, until they are told.
        self._stops = {}
        self._promotion: Promotion | None = None
        self._external: External | None = None
        if own.sampler is not None:
            from .samplers.external import External

            self._external = External(own.sampler, space._core, self._codec.names)

    @property
    def sampler(self) -> Settings | Sampler:
        """The sampler: settings of a built-in one, or the object that was given."""
        if self._external is not None:
            return self._external.sampler
        name, settings = self._core.settings()["sampler"]
        return by_name(name)._from_core(settings, self._space)

    @property
    def pruner(self) -> PrunerSettings | Pruner:
        """What :meth:`should_prune` asks: settings of a built-in pruner, or the object that was given."""
        own = self._own.pruner
        return pruner_from_core(self._core.settings()["pruner"]) if own is None else own

    @property
    def deduplicate(self) -> bool:
        """Whether a configuration already handed out is never suggested again."""
        return bool(self._core.settings()["deduplicate"])

    @property
    def pausing(self) -> bool:
        """Whether trials can be stopped for now and go on later."""
        return self._pausing

    @property
    def budget(self) -> float | None:
        """What the search may spend in all, in the unit of the costs told; None where costs have no influence."""
        return self._core.budget

    def _change_budget(self, budget: Any) -> None:
        """Give the search another budget, unless it is None; what was spent counts towards it."""
        if budget is not None:
            self._core.change_budget(as_float(budget, "budget"))

    @property
    def earlier(self) -> tuple[EarlierSource, ...]:
        """What is kept of each earlier search that was given: how many rows, and how many of these may be tried."""
        from .earlier.known import described

        return described(self._core)

    @overload
    def ask(self) -> Trial: ...
    @overload
    def ask(self, n: int) -> list[Trial]: ...
    def ask(self, n: int | None = None) -> Trial | list[Trial]:
        """Hand out one trial, or up to ``n`` chosen jointly.

        Queued points come first, then the defaults, then paused trials that should go on (see ``pausing`` of
        :class:`Optimizer`; such a trial has its id of before), then what the sampler suggests. The defaults are handed
        out once; parameters without one are sampled beside them. The list is shorter than ``n`` where a finite space,
        or a design such as a grid, has fewer new configurations left. A space with a continuous parameter always has:
        where its constraints leave nothing new, a configuration is repeated. After an error nothing was handed out:
        with ``pausing``, the trials found before it are returned, and the next ask raises it.

        Parameters
        ----------
        n
            How many, from 0 up; without it one :class:`Trial` is returned, not a list.

        Raises
        ------
        SpaceExhausted
            When a finite space, or a design, has nothing new left.
        SpaceError
            When no configuration that satisfies the constraints was found.
        MemoryError
            When there is not enough memory for them.
        """
        try:
            if n is None:
                promoted = self._promoted() if self._pausing else None
                if promoted is not None:
                    return promoted
                if self._external is None:
                    number, row = self._core.ask()
                    return Trial(number, row, self._codec, self)
                return self._ask(1)[0]
            count = as_int(n, "n")
            if not 0 <= count < 2**32:
                raise ArgumentError(f"n must not be negative (nor reach 2**32), got {shown(count)}")
            if self._pausing:
                return self._several(count)
            return self._ask(count) if count else []
        except SpaceError as error:
            raise nothing_feasible(error, self._space.constraints) from None

    def _several(self, n: int) -> list[Trial]:
        """Hand out up to ``n`` trials, as single asks would: given points, then paused trials, and then new ones.

        Those that were found are returned where the sampler fails; the next ask meets the same error.
        """
        found: list[Trial] = []
        try:
            while len(found) < n and self._core.next_is_given():
                found += self._ask(1)
            while len(found) < n and (promoted := self._promoted()) is not None:
                found.append(promoted)
            return [*found, *(self._ask(n - len(found)) if len(found) < n else ())]
        except Exception:  # what a sampler or a pruner of the user's own raises too
            if found:
                return found
            raise

    def _promoted(self) -> Trial | None:
        """Hand out the paused trial that should go on, if there is one and nothing given comes first."""
        if not self._pausing or self._core.next_is_given():
            return None
        number = self._core.promote() if self._own.pruner is None else self._promoted_by(self._own.pruner)
        return None if number is None else self._pending(number)

    def _promoted_by(self, pruner: Pruner) -> int | None:
        if self._promotion is None:
            from .pruners.external import Promotion

            self._promotion = Promotion()
        number = self._promotion.first(pruner, self._core)
        if number is not None:
            self._core.resume(number)
        return number

    def _pending(self, number: int) -> Trial:
        found = self._core.trial(number)
        known = frozenset(fold for fold, _ in found["folds"])
        last = found["curve"][-1][0] if found["curve"] and not known else None
        return Trial(number, found["row"], self._codec, self, found["resume_from"], (last, known))

    def _ask(self, n: int) -> list[Trial]:
        handed_out = self._core.ask_many(n) if self._external is None else self._external.ask(self._core, n)
        return [Trial(number, row, self._codec, self) for number, row in handed_out]

    @property
    def pending(self) -> list[Trial]:
        """The trials asked but not yet told, in the order of their ids; after loading, those to go on with."""
        return [self._pending(number) for number in self._core.pending()]

    def enqueue(self, params: Mapping[str, Any]) -> None:
        """Queue a point for the next ask.

        Parameters
        ----------
        params
            Nested or with flat names; what is missing is sampled.

        Raises
        ------
        ParameterError
            Naming the parameter: unknown, outside its domain, or never active beside the other values given.
        SpaceError
            Naming a constraint that the values break, or that no completion was found to satisfy.
        """
        try:
            self._core.enqueue(self._space._raw(params, partial=True))
        except SpaceError as error:
            raise self._space._infeasible(error, params) from None

    def tell(
        self,
        trial: AnyTrial,
        value: Told = None,
        *,
        state: Literal["complete", "failed", "pruned", "paused"] = "complete",
        sem: Sem = None,
        constraints: Mapping[str, float] | None = None,
        cost: float | None = None,
        reason: str | None = None,
    ) -> None:
        """Report how a trial ended.

        Parameters
        ----------
        trial
            The trial or its id.
        value
            A number, one per direction, or :class:`Replicates` in place of a number. Where objectives have names, also
            a mapping from these. NaN means that the trial failed, and so does None, unless the trial reported folds:
            these stand for the value then, as :class:`Replicates`. An infinitely bad value is the worst there is; an
            infinitely good one is refused.
        state
            ``"complete"``, ``"failed"`` (a crash, an out-of-memory: no value) or ``"pruned"`` (stopped early: with the
            value reached, or none, then the values and the constraints that it reported last speak for it).
            ``"paused"`` is pruned for now: with ``pausing`` the trial may be handed out again, to go on from its
            checkpoint. What was told of it is then forgotten, and what it reported stays.
        sem
            Standard error of the value, one per direction; makes the search one of a noisy objective.
        constraints
            Name to value of each black-box constraint; feasible when ``<= 0``.
        cost
            What the trial cost: seconds, money or whatever is spent; not negative. It matters to the search where that
            has a ``budget``.
        reason
            Why it failed or was stopped. Of a pruned trial it is that of :meth:`should_prune`, if that said to stop.

        Raises
        ------
        TrialStateError
            If the trial is unknown or of another search (:class:`UnknownTrialError`), or already told.
        ArgumentError
            For everything else that is wrong. Nothing is half applied, and the trial can be told again.
        """
        number = self._number(trial)
        given: Any = state
        if not self._pausing and isinstance(given, str) and given == "paused":
            raise ArgumentError(
                "state='paused' needs a search with pausing=True; tell state='pruned' to stop the trial"
            )
        if value is None and isinstance(given, str) and given == "complete":
            value = mean_of_folds(self._core, number)
        plain = sem is None and constraints is None and cost is None and reason is None
        plain = plain and isinstance(given, str) and given == "complete"
        if plain and self._is_single and isinstance(value, float) and -math.inf < value < math.inf:
            self._core.tell_value(number, value)
        else:
            if reason is None and isinstance(given, str) and given in ("pruned", "paused"):
                reason = self._stops.get(number)
            self._core.tell(number, *self._outcome(value, state, sem, constraints, cost, reason))
        if self._stops:
            self._stops.pop(number, None)

    def _outcome(self, value: Told, state: Any, sem: Any, constraints: Any, cost: Any, reason: Any) -> Outcome:
        """Return what is told of a trial as the core takes it."""
        value, sem = in_order(value, self._names, "value"), in_order(sem, self._names, "sem")
        return outcome(value, state, sem, constraints, cost, reason, self._maximize)

    def retract(self, trial: AnyTrial) -> None:
        """Take back what was told of a trial: it is pending again and can be told anew, as if it had not been told.

        Parameters
        ----------
        trial
            The trial or its id.

        Raises
        ------
        UnknownTrialError
            If there is no such trial, or it is that of another search.
        ArgumentError
            If it is pending: there is nothing to take back.

        Examples
        --------
        >>> import tanteo as tt
        >>> opt = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, seed=0)
        >>> trial = opt.ask()
        >>> opt.tell(trial, 2.5)
        >>> opt.retract(trial)
        >>> opt.tell(trial, 0.25)
        >>> opt.best.value
        0.25
        """
        self._core.retract(self._number(trial))

    def observe(
        self,
        params: Mapping[str, Any],
        value: Told = None,
        *,
        state: Literal["complete", "failed", "pruned"] = "complete",
        sem: Sem = None,
        constraints: Mapping[str, float] | None = None,
        cost: float | None = None,
        reason: str | None = None,
    ) -> int:
        """Add a result from elsewhere (a warm start) and return the id it got.

        Parameters
        ----------
        params
            A whole configuration, nested or with flat names; constants may be left out.
        value, state, sem, constraints, cost, reason
            As for :meth:`tell`.

        Raises
        ------
        ParameterError, ArgumentError
            As :meth:`SearchSpace.validate` and :meth:`tell`.
        """
        told = self._outcome(value, state, sem, constraints, cost, reason)
        return self._core.observe(self._space._raw(params, partial=False), *told)

    def to_bytes(self) -> bytes:
        """Return a versioned, checksummed snapshot; a search restored from it goes on exactly as this one would.

        Choices that JSON can hold are inside, types kept. Others are not, nor is a sampler written in Python:
        :meth:`from_bytes` asks for them.
        """
        from .snapshots import write_snapshot

        return write_snapshot(self._core, self._space, self._own, self._names)

    @classmethod
    def from_bytes(
        cls,
        data: bytes,
        *,
        space: AnySpace | None = None,
        sampler: Sampler | None = None,
        pruner: Pruner | None = None,
        budget: float | None = None,
    ) -> Optimizer:
        """Restore what :meth:`to_bytes` returned.

        Parameters
        ----------
        data
            The bytes.
        space
            Needed if choices are of a kind that JSON cannot hold. One that differs from the stored space is an error.
        sampler, pruner
            Needed if the search used one written in Python.
        budget
            In place of the stored one, higher or lower; what was spent counts towards it.

        Raises
        ------
        SnapshotError
            If the bytes are damaged or of a later version, something needed is missing, or the space differs; the
            message says where.
        """
        from .snapshots import read_snapshot

        restored = cls._restored(*read_snapshot(data, space, Own(sampler, pruner)))
        restored._change_budget(budget)
        return restored

    @classmethod
    def _restored(cls, core: CoreOptimizer, space: SearchSpace, own: Own, names: Names) -> Optimizer:
        restored: Optimizer = cls.__new__(cls)
        restored._assemble(core, space, own, names)
        return restored

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write :meth:`to_bytes` to a file, replacing it in one step: a crash leaves the old file or the new one.

        Parameters
        ----------
        path
            A new path, or that of a regular file; of a link, the file behind it is replaced.

        Raises
        ------
        ArgumentError
            For a device, a pipe or a folder.
        OSError
            If the file cannot be written.
        """
        from ._internal.files import write_atomically

        write_atomically(path, self.to_bytes())

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        *,
        space: AnySpace | None = None,
        sampler: Sampler | None = None,
        pruner: Pruner | None = None,
        budget: float | None = None,
    ) -> Optimizer:
        """Restore what :meth:`save` wrote; see :meth:`from_bytes`."""
        from .snapshots import read_file

        restored = cls._restored(*read_file(path, space, Own(sampler, pruner)))
        restored._change_budget(budget)
        return restored

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle through the same bytes; choices and what is written in Python travel beside them."""
        return _unpickled, (type(self), self.to_bytes(), self._space, self._own, self._search.nonce)

    def __deepcopy__(self, memo: dict[int, Any]) -> Optimizer:
        """Return an independent search; the space is shared, for it is immutable and its choices are the same."""
        from copy import deepcopy

        sampler, pruner = deepcopy((self._own.sampler, self._own.pruner), memo)
        copied = self.from_bytes(self.to_bytes(), space=self._space, sampler=sampler, pruner=pruner)
        copied._keep_nonce(self._search.nonce)
        return copied

    def _keep_nonce(self, nonce: int | None) -> None:
        """Take over the nonce of the search that this one continues."""
        self._search = SearchToken(self.seed, self._codec.names, nonce)

    def __repr__(self) -> str:
        is_plain = self._is_single and self._names is None
        after = given_as(self.directions, self._names)
        goal = f"direction={self.directions[0]!r}" if is_plain else f"directions={after!r}"
        told = f"{len(self)} trials, {len(self._core.pending())} pending"
        made = f"sampler={safe_repr(self.sampler)}{self._rules()}, seed={self.seed}"
        return f"<Optimizer {goal}, {made}: {told}{self._summary()}>"

    def _rules(self) -> str:
        """Return the pruner, pausing and the budget as :meth:`__repr__` shows them, unless they are the defaults."""
        settings = self._core.settings()
        pruner = "" if settings["pruner"][0] == "auto" else f", pruner={safe_repr(self.pruner)}"
        budget = "" if self.budget is None else f", budget={self.budget!r}"
        return f"{pruner}{', pausing=True' if self._pausing else ''}{budget}"

    def _summary(self) -> str:
        if not self._is_single:
            return f", {len(self._core.pareto_front())} in the Pareto front"
        best = self.best
        return "" if best is None else f", best {best.value!r}"


def _unpickled(kind: type[Optimizer], data: bytes, space: SearchSpace, own: Own, nonce: int | None) -> Optimizer:
    restored = kind.from_bytes(data, space=space, sampler=own.sampler, pruner=own.pruner)
    restored._keep_nonce(nonce)
    return restored
