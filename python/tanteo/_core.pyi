"""The native core (crate ``tanteo-py``): one crossing per ask, one per tell.

Values are passed as *raw* values: ``float`` for floats (with and without step), ``int`` for integers, the zero-based
level for ordinals and categoricals, ``None`` for inactive parameters. A row has one raw value per parameter in the
order of declaration.

Errors are those of ``tanteo.exceptions``; a call that raises has changed nothing. A boolean, text or None in place of a
number is an ``ArgumentError``, or a ``ParameterError`` for the value of a parameter.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, TypeAlias, final

import numpy as np
import numpy.typing as npt

_Raw: TypeAlias = float | int | None
_Row: TypeAlias = tuple[_Raw, ...]
# An objective told before the result: its position, value, standard error and replicates.
_Told: TypeAlias = tuple[int, float, float | None, list[float]]
# How a trial ended: state, values, standard errors, replicates, constraints, cost, reason.
_Outcome: TypeAlias = tuple[
    str,
    Sequence[float] | None,
    Sequence[float | None] | None,
    Sequence[Sequence[float]] | None,
    Sequence[tuple[str, float]],
    float | None,
    str | None,
]
_Known: TypeAlias = tuple[Sequence[_Raw], float, bool]
_State: TypeAlias = Literal["pending", "complete", "pruned", "failed"]
_Method: TypeAlias = Literal["paired", "welch", "pooled", "told", "model"]
# ("real", low, high, log) | ("stepped", low, high, step) | ("integer", low, high, step, log)
# | ("ordered", n_levels) | ("unordered", n_levels) | ("described", rows of features)
_Domain: TypeAlias = tuple[Any, ...]
# None | ("normal", mean, std), of logarithms if the domain is logarithmic | ("histogram", edges, masses), edges as
# values from low to high | ("weights", masses) for choices
_Prior: TypeAlias = tuple[Any, ...] | None
# ("values", [raw, ...]) | ("range", low | None, high | None), raw values of the parent
_Accept: TypeAlias = tuple[Any, ...]
# (name, domain, default, prior, [(parent index, accept), ...])
_Parameter: TypeAlias = tuple[str, _Domain, _Raw, _Prior, Sequence[tuple[int, _Accept]]]
# ("linear", [(index, weight), ...], lower | None, upper | None) | ("order", left, right, strict)
# | ("forbid", [(index, accept), ...])
_Constraint: TypeAlias = tuple[Any, ...]

__all__ = [
    "LEVEL",
    "MAX_EARLIER",
    "MEASURED_TOLERANCE",
    "MIN_EARLIER_ROWS",
    "MIN_IMPORTANCE_TRIALS",
    "CoreCandidates",
    "CoreGaussianProcess",
    "CoreOptimizer",
    "CoreSpace",
    "__version__",
    "checked_settings",
    "kernel",
    "n_threads",
]

LEVEL: float  # the probability from which on a comparison is decided
MAX_EARLIER: int  # the maximum number of earlier searches
MEASURED_TOLERANCE: float  # the part of its bound by which a measured sum may be off
MIN_EARLIER_ROWS: int  # the minimum number of rows of one that is modelled
MIN_IMPORTANCE_TRIALS: int  # the minimum number of trials of importances
__version__: str

@final
class CoreCandidates:
    """A table of candidates for searches of one space; immutable.

    There is one column of raw values per parameter, with None where there is none. Values of inactive parameters are
    dropped. An error names the row.
    """

    def __new__(cls, space: CoreSpace, columns: Sequence[Sequence[_Raw]]) -> CoreCandidates: ...
    def __len__(self) -> int: ...
    def find(self, row: Sequence[_Raw]) -> int | None:
        """The first row with a configuration that satisfies the known constraints."""
    def columns(self) -> list[list[_Raw]]:
        """The columns, from which an equal table can be made."""

@final
class CoreSpace:
    """A checked search space; immutable."""

    def __new__(cls, parameters: Sequence[_Parameter], constraints: Sequence[_Constraint]) -> CoreSpace: ...
    def size(self) -> float:
        """The number of configurations, infinity if continuous."""
    def sample(self, n: int, seed: int) -> list[_Row]:
        """Independent draws from the priors; row ``i`` depends on ``seed`` and ``i`` alone."""
    def default(self) -> _Row | None:
        """The defaults, if every active parameter has one."""
    def check(self, row: Sequence[_Raw], measured: bool = False) -> _Row:
        """Check a complete configuration and return it snapped to the exact values of the domains.

        In a ``measured`` one, the sum of an equation over floats may be off by :data:`MEASURED_TOLERANCE`.
        """
    def missed_sums(self, numbers: Sequence[float | None]) -> list[tuple[int, float]]:
        """Return the constraints that are sums with one allowed value and are off by more, with that value."""
    def grid(self, resolution: int) -> Iterator[_Row]:
        """Every configuration on a grid of at most ``resolution`` levels per number, one by one."""
    def encode(self, rows: Sequence[Sequence[_Raw]]) -> npt.NDArray[np.float64]:
        """Unit coordinates, shape (n, n_parameters), NaN if inactive."""
    def decode(self, unit: npt.NDArray[np.float64]) -> list[_Row]:
        """Undo :meth:`encode`; coordinates of inactive parameters are ignored."""
    def axes(self) -> list[tuple[Literal["continuous", "ordered", "unordered"], int | None]]:
        """The kind and the number of levels (None if continuous) of each parameter."""
    def __eq__(self, other: object, /) -> bool: ...

@final
class CoreOptimizer:
    """The state machine behind a lock; every method that computes releases the interpreter lock.

    Values keep the user's sign, except in :meth:`view`.
    """

    def __new__(
        cls,
        space: CoreSpace,
        maximize: Sequence[bool],
        sampler: tuple[str, dict[str, Any]],
        seed: int,
        deduplicate: bool,
        pruner: tuple[str, dict[str, Any]],
        pausing: bool = False,
        budget: float | None = None,
        earlier: Sequence[Sequence[_Known]] | None = None,
        max_violation_probability: float | None = None,
        thresholds: Sequence[float | None] | None = None,
    ) -> CoreOptimizer:
        """Create a search without trials.

        ``sampler`` and ``pruner`` are ``(name, settings)``, with the settings of the classes of this name in Python, of
        which those left out have their defaults. A ``base`` is a row, an inner ``pruner`` a pair. ``("external", {})``
        stands for one written in Python.

        ``earlier`` has the rows of every source: (row, loss, whether it may be tried), with None for missing values.
        """
    def earlier(self) -> list[list[_Known]]:
        """The rows of earlier searches, as they were given."""
    @property
    def seed(self) -> int: ...
    def __len__(self) -> int:
        """The number of trials, including pending ones."""
    def ask(self) -> tuple[int, _Row]:
        """The id and the row of one trial (the fast path)."""
    def ask_many(self, n: int) -> list[tuple[int, _Row]]:
        """``n`` trials, or none: an error or Ctrl-C changes nothing."""
    def ask_among(self, n: int, candidates: CoreCandidates) -> list[tuple[int, _Row, int]]:
        """Trials that are rows of a table, each with its position; fewer than ``n`` if fewer rows are left."""
    def ask_external(self, points: npt.NDArray[np.float64]) -> list[tuple[int, _Row]]:
        """One trial per point; queued points and the defaults come first, in place of the last points."""
    def handed_out(self, first: int) -> tuple[list[tuple[_Row, str]], int, int]:
        """The arguments of :meth:`adopt` for a twin: rows and origins of the trials from ``first`` on, and counts."""
    def dropped(self) -> list[_Row]:
        """The queued points that asks have dropped since the last call, because the rule refused them."""
    def adopt(self, trials: Sequence[Sequence[Any]], duplicates: int, fallbacks: int, dropped: int = 0) -> int:
        """Add trials that a twin asked for, without calling the sampler; return the id of the first.

        A twin is a search that was created with the same arguments and got the same calls. Each trial is a pair of a
        row and an origin. The counts are those of the twin after its ask; ``dropped`` is the number of queued points
        that its rule refused in it.
        """
    def next_is_given(self) -> bool:
        """Whether the next ask hands out a queued point, the defaults or a good point of an earlier search."""
    def tell_value(self, trial: int, value: float) -> None:
        """Complete a trial with the value of one objective and nothing else (the fast path); NaN is a failure."""
    def tell(self, trial: int, outcome: _Outcome) -> None:
        """End a pending trial.

        ``outcome`` is ``(state, values, sems, replicates, constraints, cost, reason)``. The state is complete (with
        values), pruned, paused, or failed (without values). Values, standard errors and replicates have one entry per
        objective; a value is the mean of its replicates.
        """
    def set_rule(self, function: Callable[[list[tuple[_Raw, ...]]], list[bool]] | None) -> None:
        """Set the function that says which rows are allowed; None allows all. It is not part of a snapshot.

        What it raises is the error of the call that called it.
        """
    def tell_objectives(self, trial: int, told: Sequence[_Told]) -> None:
        """Record objectives of a pending trial before its result: position, value, standard error, replicates."""
    def told_objectives(self, trial: int) -> list[_Told]:
        """The objectives that a trial has told so far, with its result or before."""
    def tell_constraints(self, trial: int, constraints: Sequence[tuple[str, float]]) -> None:
        """Record constraints of a pending trial before its result."""
    def retract(self, trial: int) -> None:
        """Withdraw the result of a trial: it is pending again, with its reports."""
    def check_pending(self, trial: int) -> None:
        """Raise the error that a report or a result would raise if the trial is unknown or not pending."""
    def exclude(self, trial: int) -> None:
        """Exclude a told trial: it is never the best one, and no model uses it; its result is kept."""
    def include(self, trial: int) -> None:
        """Include an excluded trial again."""
    def respaced(
        self,
        space: CoreSpace,
        rows: Sequence[Sequence[_Raw] | None],
        earlier: Sequence[Sequence[_Known]] | None = None,
    ) -> CoreOptimizer:
        """Return the same search in another space: one row per trial, None for a trial that does not fit.

        Such a trial is excluded until a later space has a row for it. Queued points are dropped. ``earlier`` has the
        rows of every source in the new space.
        """
    def observe(self, row: Sequence[_Raw], outcome: _Outcome) -> int:
        """Add a finished trial from elsewhere, with an outcome as for :meth:`tell`; return its id."""
    def enqueue(self, row: Sequence[_Raw]) -> None:
        """Queue a partial configuration, with None for missing values."""
    def check_enqueue(self, row: Sequence[_Raw], n_before: int) -> bool:
        """Raise the error that :meth:`enqueue` raises once ``n_before`` more are queued; queue nothing.

        Return whether the rule allows the configuration in some completion.
        """
    def report_fold(self, trial: int, fold: int, value: float) -> None:
        """Record the value of one fold of a pending trial; its curve is the running mean."""

    def folds(self, trial: int) -> list[tuple[int, float]]:
        """The folds of a trial, in the order of the reports."""

    def fold_order(self, n: int) -> list[int]:
        """The order of ``n`` folds, the same for every trial."""

    def report(self, trial: int, step: int, values: Sequence[float], constraints: Sequence[tuple[str, float]]) -> None:
        """Record intermediate values of a pending trial, one per objective, and constraints; steps must increase."""
    def should_prune(self, trial: int) -> tuple[bool, bool, str]:
        """Whether to stop a pending trial, whether it may go on later, and why."""
    def paused(self) -> list[int]:
        """Ids of the paused trials, increasing."""
    def promotion_candidates(self) -> list[int]:
        """Ids of the paused trials to ask the pruner about, in this order; at most 64."""
    def promote(self) -> int | None:
        """Resume a paused trial that the pruner would not stop now; return its id, or None."""
    def resume(self, trial: int) -> None:
        """Resume a paused trial."""
    def curves(
        self,
    ) -> dict[
        int,
        tuple[_State, float | list[float] | None, list[tuple[int, float | list[float]]], list[tuple[int, float]]],
    ]:
        """The state, the result, and the reported steps and folds of each trial that is not excluded.

        Values are to be minimized, and lists with several objectives."""
    def set_attribute(self, trial: int, name: str, value: str) -> None:
        """Set an attribute of a trial; the core does not interpret the value."""
    def set_evaluation(self, trial: int, started: float | None, finished: float | None, traceback: str | None) -> None:
        """Record the start and the end of an evaluation, in seconds since 1970, and the traceback of a failure."""
    def best(self) -> int | None:
        """The id of the best feasible complete trial of a search with one objective."""
    def comparison(
        self,
    ) -> tuple[int, int, float, _Method, float, int | None, tuple[float, float, float] | None] | None:
        """The fields of :class:`tanteo.Comparison`, with ids in place of trials, and those of the gain as a tuple."""
    def recommend(self) -> tuple[int, tuple[float, float] | None] | None:
        """The id of the recommended trial, and the estimated final value of an unfinished one with its deviation."""
    def spent(self) -> float:
        """The sum of the costs told."""
    def committed(self) -> float:
        """The sum of the costs told and of the expected costs of pending trials."""
    @property
    def budget(self) -> float | None:
        """What the search may spend in total."""
    def change_budget(self, budget: float) -> None:
        """Replace the budget, from the next ask on."""
    def expected_gain(self, n: int, before: int) -> float | None:
        """The expected improvement of the next ``n`` trials after the first ``before``.

        None without a calibrated model.
        """
    def explain(self, trial: int) -> dict[str, Any]:
        """The fields of :class:`tanteo.Explanation`.

        ``origin``, ``incumbent`` (id or None), ``mean``, ``std`` (None without a model that predicts), ``acquisition``
        ((name, value) or None), ``drivers`` (one per parameter, None where there is none; empty without a model).
        """
    def predict(self, rows: Sequence[Sequence[_Raw]], objective: int) -> list[tuple[float, float, float]] | None:
        """The median of an objective and the ends of its 95 % interval by the Gaussian process, for each row.

        None if no trial has finite values of all objectives, if all such values are equal, and in a space of constants.
        """
    def ped_anova(self, objective: int, quantile: float | None) -> list[float]:
        """The importance of each parameter by PED-ANOVA; ``quantile`` is None or in (0, 1)."""
    def fanova(self, objective: int) -> list[float]:
        """The importance of each parameter by fANOVA."""
    def ablation(
        self, objective: int, start: Sequence[_Raw], end: Sequence[_Raw]
    ) -> list[tuple[list[int], _Row, float, float | None]] | None:
        """All steps from one row to another, both included.

        Each has the indices of the changed parameters, the row, the prediction, and the standard error of its change
        since the step before, if that is known. None if no trial is complete with a
        finite value.
        """
    def pareto_front(self) -> list[int]:
        """The ids of the feasible complete trials that no other trial dominates."""
    def front(
        self,
    ) -> tuple[
        list[tuple[int, list[float], list[float], float]], list[tuple[int, list[float], list[float], float]], bool
    ]:
        """The trials on the front, the others that were compared with them, and whether values are estimates.

        Each trial has the fields of :class:`tanteo.FrontTrial`, with its id in place of the trial. If values are told,
        there are no others.
        """
    def pending(self) -> list[int]:
        """The ids of the pending trials, increasing."""
    def state(self, trial: int) -> str:
        """One of pending, complete, pruned, failed."""
    def is_cancelled(self, trial: int) -> bool:
        """Whether a trial failed and was excluded, but not by a change of the space."""
    def trial(self, trial: int) -> dict[str, Any]:
        """All data of one trial.

        ``row``, ``state``, ``origin``, ``values`` and ``sems`` (lists, or None without a result), ``replicates`` (lists
        of lists, or None), ``constraints`` (name to value), ``cost``, ``reason``, ``curve`` (list of (step, value);
        values are lists with several objectives), ``reported`` (list of (step, [(name, constraint), ...])),
        ``feasible``, ``left_out`` (names of constraints that concern it and that it lacks), ``excluded``, ``paused``,
        ``resume_from``, ``started``, ``finished``, ``traceback``, ``attributes`` (list of (name, value), by name).
        """
    def columns(self) -> dict[str, Any]:
        """All trials as columns with n rows.

        Arrays, with NaN for missing values: ``id``, ``values`` and ``sems`` of shape (n, n_objectives), ``constraints``
        (name to array), ``cost``. Lists: ``state``, ``origin``, ``reason`` (None without a reason),
        ``rows`` (one list of raw values per parameter). ``notes`` is a list of (id, (started, finished, attributes))
        for the trials that have any of these.
        """
    def view(self) -> dict[str, npt.NDArray[Any]]:
        """Encoded history for samplers written in Python, read-only.

        ``unit`` (n, n_parameters), ``values`` (n, n_objectives) to be minimized, ``sems`` like them,
        ``violation``, ``feasible`` and ``eligible`` (n,), ``state`` (n,) as 0 pending, 1 complete, 2 pruned, 3 failed,
        4 excluded.
        """
    def snapshot(self, labels: bytes) -> bytes:
        """Bytes from which :meth:`restore` continues as this search would; the core does not interpret ``labels``."""
    @staticmethod
    def snapshot_length(head: bytes) -> int:
        """Return how many bytes a snapshot has, from its header."""
    @staticmethod
    def restore(data: bytes) -> tuple[CoreOptimizer, bytes]:
        """Read a snapshot; return the search and the labels."""
    def space(self) -> CoreSpace: ...
    def settings(self) -> dict[str, Any]:
        """The arguments of the constructor except the space: maximize, sampler as (name, settings), seed, deduplicate,
        pruner as (name, settings), pausing, budget, max_violation_probability, thresholds."""
    def stats(self) -> dict[str, int]:
        """Counts of events: asked, rejected duplicates, fallbacks to a random draw."""
    def provoke_panic(self) -> None:
        """Panic inside the core during an ask, to test the consequences."""

@final
class CoreGaussianProcess:
    """A Gaussian process fitted to values of about zero mean and unit variance; immutable."""

    def __new__(
        cls,
        points: npt.NDArray[np.float64],
        values: Sequence[float],
        noise: Sequence[float],
        levels: Sequence[int | None],
        conditional: Sequence[bool],
        theta: tuple[bool, Sequence[float]] | None = None,
    ) -> CoreGaussianProcess:
        """Fit hyperparameters, or use those of an earlier fit.

        ``theta`` has whether there are shears, and the hyperparameters.
        ``points`` is (n, n_columns): unit coordinates, or codes in columns for which ``levels`` has the number of
        choices; NaN if inactive, in conditional columns only. ``noise`` has known variances, in addition to the fitted
        one.
        """
    def __reduce__(self) -> tuple[Callable[..., CoreGaussianProcess], tuple[Any, ...]]:
        """Pickle the observations and ``theta``."""
    def predict(self, points: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Means and variances of the noise-free function."""
    def sample(self, points: npt.NDArray[np.float64], n: int, seed: int) -> npt.NDArray[np.float64]:
        """``n`` joint draws of the noise-free function, shape (n, number of points)."""
    def leave_one_out(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Means and variances, including noise, of each value given all others."""
    def log_evidence(self) -> float:
        """The logarithm of the marginal likelihood at the fitted hyperparameters."""
    def hyperparameters(
        self,
    ) -> tuple[list[float], list[float], list[tuple[int, int, float]], float, float]:
        """Lengthscales, heights (0 if a column is always active), shears (a column, the column added to it, and its
        multiple), signal and noise variance.
        """

def checked_settings(kind: str, name: str, settings: dict[str, Any]) -> dict[str, Any]:
    """Check the ranges of settings of a sampler or a pruner (``kind``).

    Return those that are numbers or text, as builtins, with the defaults of those left out. Those that depend on a
    search (``base``, ``pruner``) are ignored.
    """

def kernel() -> str:
    """The active instruction set: baseline, avx2 or avx512 (set by ``TANTEO_KERNEL``)."""

def n_threads() -> int:
    """The number of worker threads of this process, which start when they are needed.

    It is the first of ``TANTEO_NUM_THREADS``, ``RAYON_NUM_THREADS`` and ``OMP_NUM_THREADS`` that is set, or else the
    number of processors.
    """
