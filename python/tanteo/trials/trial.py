"""Trials to be run, and trials of the history."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeAlias, overload

from .._internal.coercion import as_int
from .._internal.equality import same
from .._internal.optuna_names import NamesOfOptuna
from .._internal.text import safe_repr
from ..exceptions import TrialStateError
from .belonging import Belonging
from .schema import fields_of, frozen

if TYPE_CHECKING:
    from .._core import CoreOptimizer
    from .._internal.states import State
    from ..pruners.decision import Decision
    from ..space.codec import Codec, Row
    from .belonging import SearchToken, Token
    from .objectives import Direction
    from .outcome import AnyConstraint, Objectives, ObjectiveSems, Reported
    from .schema import Origin

    # The last step and the folds that a trial reported before it was handed out again.
    PastReports: TypeAlias = tuple[int | None, frozenset[int]]

    class TrialHome(Protocol):
        """The optimizer to which a trial reports."""

        _search: SearchToken

        @property
        def trials(self) -> Trials:
            """All trials so far."""

        @property
        def directions(self) -> tuple[Direction, ...]:
            """The direction of each objective."""

        def report(
            self, trial: Trial, step: int, value: Reported, *, constraints: Mapping[str, AnyConstraint] | None = None
        ) -> None:
            """Record an intermediate value."""

        def report_fold(self, trial: Trial, fold: int, value: float) -> None:
            """Record the value of a fold."""

        def fold_order(self, n: int) -> list[int]:
            """Return the order of the folds."""

        def should_prune(self, trial: Trial) -> Decision:
            """Return whether the trial should stop early."""

        def tell_objectives(
            self,
            trial: Trial,
            values: Objectives,
            *,
            sem: ObjectiveSems = None,
        ) -> None:
            """Tell some objectives before the result."""

        def tell_constraints(self, trial: Trial, constraints: Mapping[str, AnyConstraint]) -> None:
            """Tell constraints before the result."""

        def infeasible(self, trial: Trial) -> bool:
            """Return whether a told constraint is violated."""

        def set_attr(self, trial: Trial, name: str, value: Any) -> None:
            """Attach a value to the trial."""


NO_PAST_REPORTS: PastReports = (None, frozenset())


class Trial(Belonging, NamesOfOptuna):
    """A configuration to be tried, handed out by :meth:`Optimizer.ask`.

    Attributes
    ----------
    id : int
        The number of the trial in the history, which :meth:`Optimizer.tell` accepts in place of the trial.
    params : dict
        The configuration: nested as declared, in builtin types, without inactive parameters.
    resume_from : int or None
        The last reported step of a trial that goes on after a pause; for folds: how many were reported. None for a new
        trial.
    index
        The index of its row in the table that ``ask(among=...)`` chose from; else None.

    Notes
    -----
    A pickled or copied trial keeps ``id``, ``params``, ``resume_from`` and ``index`` but has no optimizer, so it is
    cheap to send to a worker. Its results are reported with :meth:`Optimizer.tell`, which refuses trials of other
    searches.
    """

    __slots__ = ("_codec", "_home", "_params", "_past_reports", "id", "index", "resume_from")

    def __init__(
        self,
        number: int,
        row: Row,
        codec: Codec,
        home: TrialHome,
        resume_from: int | None = None,
        past_reports: PastReports = NO_PAST_REPORTS,
        index: Any = None,
    ) -> None:
        self.id = number
        self.index = index
        self._past_reports = past_reports
        self.resume_from = resume_from
        self._row = row
        self._codec = codec
        self._home: TrialHome | None = home
        self._search = home._search
        self._params: dict[str, Any] | None = None

    @property
    def params(self) -> dict[str, Any]:
        """The configuration, decoded on first access. Changing the dict does not affect the optimizer."""
        if self._params is None:
            self._params = self._codec.params(self._row)
        return self._params

    def report(self, step: int, value: Reported, *, constraints: Mapping[str, AnyConstraint] | None = None) -> None:
        """Record an intermediate value; see :meth:`Optimizer.report`."""
        self._reporting().report(self, step, value, constraints=constraints)

    def report_fold(self, fold: int, value: float) -> None:
        """Record the value of a fold; see :meth:`Optimizer.report_fold`."""
        self._reporting().report_fold(self, fold, value)

    def fold_order(self, n: int) -> list[int]:
        """Return the order in which to measure ``n`` folds; see :meth:`Optimizer.fold_order`."""
        return self._reporting().fold_order(n)

    def should_prune(self) -> Decision:
        """Return whether to stop early, and why; see :meth:`Optimizer.should_prune`."""
        return self._reporting().should_prune(self)

    def tell_objectives(
        self,
        values: Objectives,
        *,
        sem: ObjectiveSems = None,
    ) -> None:
        """Tell some objectives before the others; see :meth:`Optimizer.tell_objectives`."""
        self._reporting().tell_objectives(self, values, sem=sem)

    def tell_constraints(self, constraints: Mapping[str, AnyConstraint]) -> None:
        """Tell constraints before the expensive part of the trial; see :meth:`Optimizer.tell_constraints`."""
        self._reporting().tell_constraints(self, constraints)

    @property
    def infeasible(self) -> bool:
        """Whether a constraint that was told so far is violated."""
        return self._reporting().infeasible(self)

    def set_attr(self, name: str, value: Any) -> None:
        """Attach a value to the trial; see :meth:`Optimizer.set_attr`."""
        self._reporting().set_attr(self, name, value)

    @property
    def directions(self) -> tuple[Direction, ...]:
        """``"minimize"`` or ``"maximize"`` for each objective."""
        return self._reporting().directions

    @property
    def attrs(self) -> Mapping[str, Any]:
        """The attributes of the trial so far, read-only."""
        return self._recorded.attrs

    @property
    def steps(self) -> Mapping[int, float | Any]:  # as for :class:`FrozenTrial`
        """The intermediate values reported so far, by step; see :attr:`FrozenTrial.steps`."""
        return self._recorded.steps

    @property
    def folds(self) -> Mapping[int, float]:
        """The values reported so far, by fold; see :attr:`FrozenTrial.folds`."""
        return self._recorded.folds

    @property
    def _recorded(self) -> FrozenTrial:
        return self._reporting().trials[self.id]

    def _reporting(self) -> TrialHome:
        if self._home is None:
            raise TrialStateError(
                f"trial {self.id} is a copy and has no optimizer; use the methods of the optimizer, such as "
                f"optimizer.report({self.id}, ...)"
            )
        return self._home

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Trial):
            return NotImplemented
        return self.id == other.id and same(self.params, other.params)

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"Trial(id={self.id}, params={safe_repr(self.params)})"

    def __reduce__(self) -> tuple[Any, ...]:
        past = (self.resume_from, self._past_reports)
        return copied_trial, (self.id, self.params, self._membership(), *past, self.index)


def copied_trial(
    number: int,
    params: dict[str, Any],
    token: Token | None,
    resume_from: int | None = None,
    past_reports: PastReports = NO_PAST_REPORTS,
    index: Any = None,
) -> Trial:
    """Create a pickled or copied trial, which has no optimizer."""
    trial = Trial.__new__(Trial)
    trial.index = index
    trial._past_reports = past_reports
    trial.id, trial._params, trial._token, trial.resume_from = number, params, token, resume_from
    trial._home = trial._search = None
    return trial


def seconds_between(started: float | None, finished: float | None) -> float | None:
    """Return the duration between two times of the clock; None if one is unknown.

    The clock may have been set back in between, and the clocks of two machines differ: such a duration is 0.
    """
    return None if started is None or finished is None else max(0.0, finished - started)


class FrozenTrial(Belonging, NamesOfOptuna):
    """A trial of the history, read-only. A pending trial has only the constraints and objectives that were told early.

    Attributes
    ----------
    id : int
    params : dict
    state : {"pending", "complete", "pruned", "paused", "failed"}
        A paused trial was stopped and may go on; models learn from it as from a pruned one.
    values : tuple of float or None
        The values that were told, one per direction (the means of replicates); None without a result.
    partial_values : tuple of (float or None) or None
        The values that were told early (see :meth:`Optimizer.tell_objectives`), of a trial without a result: one that
        is pending, failed or was stopped. None if it told none.
    sems : tuple of (float or None) or None
        The standard errors of the values; None if unknown.
    replicates : tuple of tuple of float or None
        The single measurements of each value, if told.
    constraints : mapping of str to float
        The constraints that were told, also before the result; feasible when ``<= 0``.
    feasible : bool
        Whether the trial told no positive constraint. False as well for a complete trial that left out a constraint
        which another one with the same active parameters satisfied, if any trial is known to satisfy all.
    excluded : bool
        Whether no model learns from it: it was cancelled, :meth:`Study.exclude` excluded it, or it does not fit the
        changed space of a study.
    resume_from : int or None
        The last step before the pause, of a trial that is paused or was resumed and is pending.
    cost : float or None
        What the trial cost, in the user's unit.
    reason : str or None
        Why it failed or was stopped, if known.
    steps : mapping of int to float
        Intermediate values by step, as tuples with one value per direction if there are several. For a trial that
        reported folds: the mean of the first fold, of the first two, and so on.
    folds : mapping of int to float
        Values by fold, in the order of the reports (see :meth:`Optimizer.report_fold`).
    step_constraints : mapping of int to dict
        Constraints by step, for the steps that were reported with constraints.
    origin : str
        How the configuration was chosen: "default", "enqueued", "observed", "design" (the centre, Sobol, grid,
        one at a time, far from other trials), "random", "tpe", "gp", "cma_es", "nsga", "external", "earlier" (good in
        an earlier search).
    attrs : mapping of str to value
        The attributes set with :meth:`Optimizer.set_attr`; tuples and arrays have become lists.
    started, finished : float or None
        The start and the end of the evaluation in seconds since 1970 (as ``time.time()``), if ``minimize`` ran it.
    traceback : str or None
        The traceback of a failure in ``minimize``; the middle of a long one is cut out.

    Notes
    -----
    Comparison with ``==`` ignores ``started``, ``finished`` and ``traceback``, so that a repeated search has equal
    trials.
    """

    # The schema of a trial: the fields in the order of JSON. A subclass adds its own.
    _names: ClassVar[tuple[str, ...]]
    id: int
    state: State
    origin: Origin
    values: tuple[float, ...] | None
    partial_values: tuple[float | None, ...] | None
    sems: tuple[float | None, ...] | None
    replicates: tuple[tuple[float, ...], ...] | None
    feasible: bool
    excluded: bool
    constraints: Mapping[str, float]
    cost: float | None
    reason: str | None
    traceback: str | None
    resume_from: int | None
    params: dict[str, Any]
    steps: Mapping[int, float | Any]  # `| Any` stands for a tuple: type checkers then accept `steps[3] < 0.5`
    folds: Mapping[int, float]
    step_constraints: Mapping[int, Mapping[str, float]]
    attrs: Mapping[str, Any]
    started: float | None
    finished: float | None
    _end: tuple[float, float] | None

    def __init_subclass__(cls) -> None:
        cls._names += tuple(cls.__annotations__)

    def __init__(self, search: SearchToken | None, row: Row, token: Token | None, **fields: Any) -> None:
        for name, value in (("_search", search), ("_row", row), ("_token", token), ("_end", None)):
            object.__setattr__(self, name, value)
        for name in self._names:
            object.__setattr__(self, name, fields[name])

    @property
    def value(self) -> float | Any:  # `| Any` stands for None: type checkers then accept `best.value < 0.5`
        """The value in a search with one direction; None without a result, or with several directions."""
        return self.values[0] if self.values is not None and len(self.values) == 1 else None

    @property
    def sem(self) -> float | None:
        """The standard error of :attr:`value`, if known."""
        return self.sems[0] if self.sems is not None and len(self.sems) == 1 else None

    @property
    def estimate(self) -> float | Any:  # as for `value`
        """The estimated final value, if :meth:`Optimizer.recommend` returned the trial as an unfinished one.

        It is the last value if the trial has made as many steps as the longest one. None as long as no trial is
        complete, and for trials from elsewhere, such as :attr:`Optimizer.trials`.
        """
        return None if self._end is None else self._end[0]

    @property
    def deviation(self) -> float | None:
        """The standard deviation of :attr:`estimate`; zero if that is the last value."""
        return None if self._end is None else self._end[1]

    @property
    def duration(self) -> float | None:
        """Seconds from :attr:`started` to :attr:`finished`; 0 if the clock was set back in between, never negative."""
        return seconds_between(self.started, self.finished)

    def _named_fields(self) -> dict[str, Any]:
        """Return the fields with mappings as plain dicts, which can be pickled, and compared if they contain NaN."""
        fields = {name: getattr(self, name) for name in self._names}
        return {name: dict(value) if isinstance(value, Mapping) else value for name, value in fields.items()}

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a trial of the history is read-only: {name!r} cannot be set")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, FrozenTrial):
            return NotImplemented
        ours, theirs = self._named_fields(), other._named_fields()
        return all(same(ours[name], theirs[name]) for name in FrozenTrial._names if name not in _OF_THE_RUN)

    def __hash__(self) -> int:
        return hash((self.id, self.values))

    def __repr__(self) -> str:
        result = f"value={self.value!r}" if self.value is not None else f"values={self.values!r}"
        has_several_sems = self.value is None and any(error is not None for error in self.sems or ())
        details = {
            "sem": self.sem,
            "sems": self.sems if has_several_sems else None,
            "estimate": self.estimate,
            "deviation": self.deviation,
            "feasible": None if self.feasible else False,
            "cost": self.cost,
            "reason": self.reason,
        }
        text = "".join(f", {name}={value!r}" for name, value in details.items() if value is not None)
        return f"FrozenTrial(id={self.id}, state={self.state!r}, {result}{text}, params={safe_repr(self.params)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild_frozen, (type(self), self._named_fields(), self._membership(), self._end)


FrozenTrial._names = tuple(name for name in FrozenTrial.__annotations__ if not name.startswith("_"))
# Fields that depend on when and where a trial was run.
_OF_THE_RUN = ("finished", "started", "traceback")


def reference_to(trial: Trial | FrozenTrial | int) -> Trial | int:
    """Return the part of a trial that identifies it elsewhere: its id and its token."""
    return copied_trial(trial.id, {}, trial._membership()) if isinstance(trial, Belonging) else as_int(trial, "trial")


def with_estimate(trial: FrozenTrial, end: tuple[float, float] | None) -> FrozenTrial:
    """Give a trial its estimated final value, and the standard deviation of this estimate."""
    object.__setattr__(trial, "_end", end)
    return trial


def _rebuild_frozen(
    kind: type[FrozenTrial], fields: dict[str, Any], token: Token | None, end: tuple[float, float] | None = None
) -> FrozenTrial:
    """Undo :meth:`FrozenTrial.__reduce__`."""
    values = {name: value if name == "params" else frozen(value) for name, value in fields.items()}
    return with_estimate(kind(None, (), token, **values), end)


class Trials(Sequence[FrozenTrial]):
    """All trials so far by id, including pending ones; each is read from the history on access."""

    __slots__ = ("_codec", "_core", "_search")

    def __init__(self, core: CoreOptimizer, codec: Codec, search: SearchToken) -> None:
        self._core = core
        self._codec = codec
        self._search = search

    def __len__(self) -> int:
        return len(self._core)

    @overload
    def __getitem__(self, index: int) -> FrozenTrial: ...
    @overload
    def __getitem__(self, index: slice) -> list[FrozenTrial]: ...
    def __getitem__(self, index: int | slice) -> FrozenTrial | list[FrozenTrial]:
        try:
            selected = range(len(self._core))[index]
        except IndexError:
            n = len(self._core)
            known = f"it has {n}, with the ids from 0 to {n - 1}" if n else "it has none yet"
            raise IndexError(f"the search has no trial {index}; {known}") from None
        if isinstance(selected, range):
            return [self._read(number) for number in selected]
        return self._read(selected)

    def __iter__(self) -> Iterator[FrozenTrial]:
        return map(self._read, range(len(self._core)))

    def _read(self, number: int) -> FrozenTrial:
        record = self._core.trial(number)
        fields = fields_of(FrozenTrial._names, record, self._codec, number)
        return FrozenTrial(self._search, record["row"], None, **fields)

    def __repr__(self) -> str:
        return f"<{len(self)} trials>"
