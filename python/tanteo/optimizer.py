"""The ask-and-tell optimizer."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ._core import CoreOptimizer
from ._internal.coercion import as_bool, as_float
from ._internal.keywords import explaining_arguments
from ._internal.text import safe_repr
from .exceptions import ArgumentError
from .pruners.settings import Settings as PrunerSettings
from .pruners.user_objects import EXTERNAL, UserObjects
from .samplers.settings import Settings as SamplerSettings
from .space.allowed import checked_allowed
from .space.search_space import SearchSpace, as_space, checked_seed
from .trials.asking import Asking
from .trials.belonging import SearchToken
from .trials.constraint_names import ConstraintNames
from .trials.objectives import as_given, as_thresholds, goals
from .trials.pruning_notes import PruningNotes

if TYPE_CHECKING:
    from .earlier.known import EarlierSource
    from .earlier.reading import AnySource
    from .options import AnyPruner, AnySampler, AnySpace, Directions, Thresholds
    from .pruners import Pruner
    from .samplers import Sampler
    from .space.allowed import Allowed
    from .trials.objectives import Direction, Names
    from .trials.results import AnyTrial


class Optimizer(Asking):
    """An ask-and-tell search in memory: hands out configurations, takes results, and keeps the history.

    It has no threads, clock or files of its own. Calls may come from several threads. After an error the state is that
    before the call.

    Parameters
    ----------
    space
        The search space; a plain mapping is converted to a :class:`SearchSpace`.
    direction
        ``"minimize"`` (the default) or ``"maximize"``.
    directions
        In place of ``direction``: one entry for each objective, or a mapping from their names, such as
        ``{"loss": "minimize", "accuracy": "maximize"}``. Names are shown wherever values are. The names of arguments of
        :meth:`tell` are not allowed (``value``, ``state``, ``sem``, ``constraints``, ``cost``, ``reason``).
    sampler
        The name of one in :mod:`tanteo.samplers` such as ``"tpe"``, settings such as ``tt.samplers.TPE(n_startup=20)``,
        or an object of your own (:class:`tanteo.samplers.Sampler`).
    seed
        From 0 to 2**64 - 1. By default it is drawn from the operating system; :attr:`seed` returns it.
    deduplicate
        Whether to suggest each configuration at most once (unless noise was told: standard errors or replicates).
    pruner
        The pruner behind :meth:`should_prune`: the name of one in :mod:`tanteo.pruners` such as ``"median"``, settings
        such as ``tt.pruners.Hyperband(max_resource=81)``, or an object of your own (:class:`tanteo.pruners.Pruner`).
    pausing
        Whether trials can be paused, which requires that you save checkpoints. :meth:`should_prune` then returns in
        :attr:`~tanteo.pruners.Decision.pause` whether a trial may go on later. A trial told with ``state="paused"`` is
        handed out again by :meth:`ask` once the pruner would no longer stop it.
    budget
        What the search may spend in total, in the unit of the costs that are told. TPE, GP and Auto then weigh the
        expected benefit of a configuration against its expected cost, the less so the more is spent. Without a budget,
        costs have no influence. An exhausted budget does not stop the search: see :attr:`spent`. It can be changed when
        the search is loaded.
    earlier
        Up to 8 earlier searches to learn from, for a search with one objective: an :class:`Optimizer`, a
        :class:`Study` or its path, a :class:`Result`, a data frame (or mapping of columns) with a column per parameter
        and one called ``value``, a tuple ``(frame, "column")``, or a list of ``(params, value)``. Their spaces may
        differ from this one: parameters are matched by name, choices by label. Values are compared within a source
        only. The sources are read here, and the search keeps what it needs of them.
    max_violation_probability
        The largest probability, between 0 and 1, that a suggestion violates a black-box constraint or that its trial
        fails, as the models predict it. If no configuration is that safe, the safest one is suggested. The first
        trials, which no model chooses, and points of your own are not limited. Only for the samplers ``"auto"`` and
        ``"gp"``; ``"auto"`` then uses the Gaussian process throughout.
    thresholds
        With several objectives, the worst acceptable value of each, such as ``{"loss": 0.5, "speed": 30}`` or
        ``[0.5, None]``; objectives may be left out. :meth:`recommend` and :meth:`front` take them into account,
        :attr:`Compromise.misses` says by how much they are missed, figures and reports show them, and the hypervolume
        is measured from them. The Gaussian process then looks for improvements within them.
    allowed
        A function that says which configurations may be tried, such as a non-linear constraint on the parameters:
        ``allowed(batch)`` gets a mapping from flat names to arrays of the shape (n,), and returns an array of n bools.
        Inactive numbers are NaN, other inactive values None. No suggestion, default or queued point breaks it: a queued
        point that is refused when its turn comes is dropped with a warning. :meth:`observe` refuses a point that breaks
        it. The function must always give the same answer for a configuration. It is not saved with a search: give it
        again.

    Notes
    -----
    A suggestion is a pure function of the space, the sampler's settings, the seed, the id of the trial, the history
    told so far, the pending trials, and the data read from earlier searches.

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

    @explaining_arguments
    def __init__(
        self,
        space: AnySpace,
        *,
        direction: Direction | None = None,
        directions: Directions | None = None,
        sampler: AnySampler = "auto",
        seed: int | None = None,
        deduplicate: bool = True,
        pruner: AnyPruner = "auto",
        pausing: bool = False,
        budget: float | None = None,
        earlier: Sequence[AnySource] | None = None,
        max_violation_probability: float | None = None,
        thresholds: Thresholds | None = None,
        allowed: Allowed | None = None,
    ) -> None:
        space = as_space(space)
        goal_directions, names = goals(direction, directions)
        maximize = [direction_of == "maximize" for direction_of in goal_directions]
        chosen, chosen_pruner = SamplerSettings._chosen(sampler), PrunerSettings._chosen(pruner)
        user_objects = UserObjects.among(chosen, chosen_pruner, allowed)
        core = CoreOptimizer(
            space._core,
            maximize,
            chosen._to_core(space) if user_objects.sampler is None else EXTERNAL,
            checked_seed(seed),
            as_bool(deduplicate, "deduplicate"),
            chosen_pruner._to_core() if user_objects.pruner is None else EXTERNAL,
            as_bool(pausing, "pausing"),
            None if budget is None else as_float(budget, "budget"),
            self._read_earlier(earlier, space, maximize),
            None
            if max_violation_probability is None
            else as_float(max_violation_probability, "max_violation_probability"),
            as_thresholds(thresholds, len(maximize), names),
        )
        self._assemble(core, space, user_objects, names, PruningNotes(), int.from_bytes(os.urandom(8)))

    @staticmethod
    def _read_earlier(earlier: Sequence[AnySource] | None, space: SearchSpace, maximize: Sequence[bool]) -> list[Any]:
        """Return the rows of earlier searches in the form of the core."""
        if earlier is None:
            return []
        from .earlier.known import rows_for_space

        if len(maximize) != 1:
            raise ArgumentError("earlier works with one objective only; leave it out, or use one objective")
        return rows_for_space(earlier, space, maximize=maximize[0])

    def _assemble(
        self,
        core: CoreOptimizer,
        space: SearchSpace,
        user_objects: UserObjects,
        names: Names,
        pruning_notes: PruningNotes,
        nonce: int | None = None,
    ) -> None:
        self._core, self._own_space, self._names, self._pruning_notes = core, space, names, pruning_notes
        settings = core.settings()
        self._maximize, self._pausing = tuple(settings["maximize"]), bool(settings["pausing"])
        self._is_single = len(self._maximize) == 1
        self._keep_nonce(nonce)
        self._user_objects = user_objects
        self._promotion, self._external = None, None
        self._constraint_names = ConstraintNames()
        if user_objects.allowed is not None:
            core.set_rule(self._rule())
        if user_objects.sampler is not None:
            from .samplers.external import External

            self._external = External(user_objects.sampler, space._core, self._codec.names)

    @property
    def sampler(self) -> SamplerSettings | Sampler:
        """The sampler: the settings of a built-in sampler, or the object that was given."""
        own = self._user_objects.sampler
        return SamplerSettings._from_core(self._core.settings()["sampler"], self._space) if own is None else own

    @property
    def pruner(self) -> PrunerSettings | Pruner:
        """The pruner behind :meth:`should_prune`: the settings of a built-in pruner, or the object that was given."""
        own = self._user_objects.pruner
        return PrunerSettings._from_core(self._core.settings()["pruner"]) if own is None else own

    @property
    def deduplicate(self) -> bool:
        """Whether each configuration is suggested at most once."""
        return bool(self._core.settings()["deduplicate"])

    @property
    def pausing(self) -> bool:
        """Whether trials can be paused and go on later."""
        return self._pausing

    @property
    def max_violation_probability(self) -> float | None:
        """The largest modelled probability that a suggestion violates a constraint; None if it is not limited."""
        limit: float | None = self._core.settings()["max_violation_probability"]
        return limit

    @property
    def budget(self) -> float | None:
        """What the search may spend in total, in the unit of the costs told; None if costs have no influence."""
        return self._core.budget

    def _change_budget(self, budget: Any) -> None:
        """Replace the budget, unless the new one is None; earlier costs count towards it.

        Log a warning if the new budget is already spent.
        """
        if budget is None:
            return
        old = self.budget
        self._core.change_budget(as_float(budget, "budget"))
        new, spent = self.budget, self._core.spent()
        if new is not None and new != old and new < spent:
            import logging  # slow to import, and needed here only

            logging.getLogger("tanteo").warning(
                "the budget of the search is now %g, and %g is already spent: no run starts another trial", new, spent
            )

    @property
    def earlier(self) -> tuple[EarlierSource, ...]:
        """For each source in ``earlier``: the number of rows kept, and how many of them may be tried."""
        from .earlier.known import described

        return described(self._core)

    def cancel(self, trial: AnyTrial, *, reason: str = "cancelled", cost: float | None = None) -> None:
        """End a pending trial that will not be run, or whose failure says nothing about its configuration.

        It stays in the history as a failed trial that is excluded: no model learns from it, and it does not count among
        the results. Its configuration is not suggested again; enqueue it to try it after all.

        Parameters
        ----------
        trial
            The trial or its id.
        reason
            Why it has no result.
        cost
            What it cost until then, in the unit of the other costs.

        Raises
        ------
        UnknownTrialError
            If there is no such trial, or it is that of another search.
        TrialStateError
            If it is not pending.
        ArgumentError
            If the cost is negative or not finite, or the reason is not text.

        Examples
        --------
        >>> import tanteo as tt
        >>> opt = tt.Optimizer({"x": tt.Float(0.0, 1.0)}, seed=0)
        >>> opt.cancel(opt.ask(), reason="no longer on sale")
        >>> opt.pending, opt.trials[0].reason
        ([], 'no longer on sale')
        """
        self._core.check_pending(self._number(trial))
        self.tell(trial, state="failed", reason=reason, cost=cost)
        self._exclude(trial)

    def _exclude(self, trial: AnyTrial) -> None:
        self._core.exclude(self._number(trial))

    def retract(self, trial: AnyTrial) -> None:
        """Withdraw the result of a trial: it is pending again and can be told again.

        Everything that was told is forgotten, except reports, folds and attributes; "How do I correct a wrong result?"
        in the documentation has the list.

        Parameters
        ----------
        trial
            The trial or its id.

        Raises
        ------
        UnknownTrialError
            If there is no such trial, or it is that of another search.
        ArgumentError
            If it is pending.

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

    def to_bytes(self) -> bytes:
        """Return a versioned snapshot with a checksum; a restored search continues exactly as this one would.

        Choices that JSON can represent are included, without loss of types. Other choices, samplers and pruners written
        in Python are not; give them to :meth:`from_bytes`.
        """
        from .snapshots import write_snapshot

        notes = self._pruning_notes.to_data()
        return write_snapshot(self._core, self._space, self._user_objects, self._names, notes)

    @classmethod
    def from_bytes(
        cls,
        data: bytes,
        *,
        space: AnySpace | None = None,
        sampler: Sampler | None = None,
        pruner: Pruner | None = None,
        budget: float | None = None,
        allowed: Allowed | None = None,
    ) -> Optimizer:
        """Restore a search from the result of :meth:`to_bytes`.

        Parameters
        ----------
        data
            The bytes.
        space
            Required if JSON cannot represent some choices. It must equal the stored space.
        sampler, pruner
            Required if the search used one written in Python.
        budget
            Replaces the stored budget; earlier costs count towards it.
        allowed
            As for :class:`Optimizer`, if the search should follow a rule.

        Raises
        ------
        SnapshotError
            If the bytes are damaged or of a later version, a required argument is missing, or the space differs; the
            message says where.
        """
        from .snapshots import read_snapshot

        restored = cls._restored(*read_snapshot(data, space, UserObjects(sampler, pruner, checked_allowed(allowed))))
        restored._change_budget(budget)
        return restored

    @classmethod
    def _restored(
        cls, core: CoreOptimizer, space: SearchSpace, user_objects: UserObjects, names: Names, notes: PruningNotes
    ) -> Optimizer:
        restored: Optimizer = cls.__new__(cls)
        restored._assemble(core, space, user_objects, names, notes)
        return restored

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write :meth:`to_bytes` to a file atomically: a crash leaves either the old file or the new one.

        Parameters
        ----------
        path
            A new path, or that of a regular file. If it is a link, the target is replaced.

        Raises
        ------
        ArgumentError
            If the path is a device, a pipe or a folder.
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
        allowed: Allowed | None = None,
    ) -> Optimizer:
        """Restore a search from a file written by :meth:`save`; see :meth:`from_bytes`."""
        from .snapshots import read_file

        restored = cls._restored(*read_file(path, space, UserObjects(sampler, pruner, checked_allowed(allowed))))
        restored._change_budget(budget)
        return restored

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the snapshot together with the choices and the objects written in Python."""
        return _unpickled, (type(self), self.to_bytes(), self._space, self._user_objects, self._search.nonce)

    def __deepcopy__(self, memo: dict[int, Any]) -> Optimizer:
        """Return an independent copy; the space is shared, since it is immutable and its choices must stay the same."""
        from copy import deepcopy

        own = self._user_objects
        sampler, pruner = deepcopy((own.sampler, own.pruner), memo)
        copied = UserObjects(sampler, pruner, own.allowed)
        return _unpickled(type(self), self.to_bytes(), self._space, copied, self._search.nonce)

    def _keep_nonce(self, nonce: int | None) -> None:
        """Adopt the nonce of the search that this one continues."""
        self._search = SearchToken(self.seed, self._codec.names, nonce)

    def __repr__(self) -> str:
        is_plain = self._is_single and self._names is None
        directions = as_given(self.directions, self._names)
        goal = f"direction={self.directions[0]!r}" if is_plain else f"directions={directions!r}"
        counts = f"{len(self)} trials, {len(self._core.pending())} pending"
        made = f"sampler={safe_repr(self.sampler)}{self._limits()}, seed={self.seed}"
        return f"<Optimizer {goal}, {made}: {counts}{self._summary()}>"

    def _limits(self) -> str:
        """Return the pruner, pausing and the limits as :meth:`__repr__` shows them, unless they are the defaults."""
        settings = self._core.settings()
        pruner = "" if settings["pruner"][0] == "auto" else f", pruner={safe_repr(self.pruner)}"
        budget = "" if self.budget is None else f", budget={self.budget!r}"
        limit = settings["max_violation_probability"]
        risk = "" if limit is None else f", max_violation_probability={limit!r}"
        limits = "" if self.thresholds is None else f", thresholds={self.thresholds!r}"
        return f"{pruner}{', pausing=True' if self._pausing else ''}{budget}{risk}{limits}"

    def _summary(self) -> str:
        if not self._is_single:
            return f", {len(self._core.pareto_front())} in the Pareto front"
        best = self.best
        return "" if best is None else f", best {best.value!r}"


def _unpickled(
    kind: type[Optimizer], data: bytes, space: SearchSpace, user_objects: UserObjects, nonce: int | None
) -> Optimizer:
    own = user_objects
    restored = kind.from_bytes(data, space=space, sampler=own.sampler, pruner=own.pruner, allowed=own.allowed)
    restored._keep_nonce(nonce)
    return restored
