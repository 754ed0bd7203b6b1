"""The native core (crate ``tanteo-py``): one crossing per ask, one per tell.

Values cross as *raw* values: ``float`` for floats (with and without step), ``int`` for integers (the user's own
number), the zero-based level for ordinals and categoricals, ``None`` where a parameter is inactive. A row holds one raw
value per parameter in the order of declaration.

Errors are those of ``tanteo.exceptions``; a call that raises has changed nothing. A truth value, text or None where a
number is expected is an ``ArgumentError`` (a ``ParameterError`` where it belongs to a parameter).
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal, TypeAlias, final

import numpy as np
import numpy.typing as npt

_Raw: TypeAlias = float | int | None
_Row: TypeAlias = tuple[_Raw, ...]
_Known: TypeAlias = tuple[Sequence[_Raw], float, bool]
_Standing: TypeAlias = Literal["pending", "complete", "pruned", "failed"]
_Method: TypeAlias = Literal["paired", "welch", "pooled", "model"]
# ("real", low, high, log) | ("stepped", low, high, step) | ("integer", low, high, step, log)
# | ("ordered", n_levels) | ("unordered", n_levels)
_Domain: TypeAlias = tuple[Any, ...]
# None | ("normal", mean, std) in the parameter's own (log if log) scale | ("histogram", edges, masses), edges in the
# user's scale from low to high | ("weights", masses) for choices
_Prior: TypeAlias = tuple[Any, ...] | None
# ("values", [raw, ...]) | ("range", low | None, high | None), raw values of the parent
_Accept: TypeAlias = tuple[Any, ...]
# (name, domain, default, prior, [(parent index, accept), ...])
_Parameter: TypeAlias = tuple[str, _Domain, _Raw, _Prior, Sequence[tuple[int, _Accept]]]
# ("linear", [(index, weight), ...], lower | None, upper | None) | ("order", left, right, strict)
# | ("forbid", [(index, accept), ...])
_Constraint: TypeAlias = tuple[Any, ...]

__all__ = ["CoreGaussianProcess", "CoreOptimizer", "CoreSpace", "__version__", "kernel", "n_threads"]

__version__: str

@final
class CoreSpace:
    """A checked search space; immutable."""

    def __new__(cls, parameters: Sequence[_Parameter], constraints: Sequence[_Constraint]) -> CoreSpace: ...
    def size(self) -> float:
        """Number of configurations, infinity if continuous."""
    def sample(self, n: int, seed: int) -> list[_Row]:
        """Independent draws from the priors; row ``i`` depends on ``seed`` and ``i`` alone."""
    def default(self) -> _Row | None:
        """The defaults, if every parameter active under them has one."""
    def check(self, row: Sequence[_Raw]) -> _Row:
        """Check a whole configuration and return it snapped to the exact values of the domains."""
    def grid(self, resolution: int) -> Iterator[_Row]:
        """Every configuration on a grid of at most ``resolution`` levels per number, one by one."""
    def encode(self, rows: Sequence[Sequence[_Raw]]) -> npt.NDArray[np.float64]:
        """Unit coordinates, shape (n, n_parameters), NaN where inactive."""
    def decode(self, unit: npt.NDArray[np.float64]) -> list[_Row]:
        """Undo :meth:`encode`; coordinates of inactive parameters are ignored."""
    def axes(self) -> list[tuple[Literal["continuous", "ordered", "unordered"], int | None]]:
        """Kind and number of levels (None if continuous) per parameter, as models see them."""
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
    ) -> CoreOptimizer:
        """Make a search without trials.

        ``sampler`` is ``(name, settings)``, every setting given: random {}, sobol {}, grid {resolution},
        one_at_a_time {base (a row or None), resolution}, tpe {n_startup, n_candidates, gamma}, gp {n_startup,
        acquisition ("lcb" or "logei")}, auto {n_startup (an int or None)}, external {}.

        ``pruner`` is ``(name, settings)`` likewise: auto {}, percentile {percentile, n_startup, n_warmup_steps,
        interval_steps, n_min_trials}, successive_halving {min_resource (an int or None), reduction_factor,
        min_early_stopping_rate, bootstrap_count}, hyperband {min_resource, max_resource (an int or None),
        reduction_factor, bootstrap_count}, wilcoxon {p_threshold, n_startup_steps}, patient {pruner (a pair or None),
        patience, min_delta}, threshold {lower, upper (floats or None), n_warmup_steps, interval_steps}, nothing {},
        external {}.

        ``earlier`` has the rows of every source: (row, loss, whether it may be tried), None in a row for what is open.
        """
    def earlier(self) -> list[list[_Known]]:
        """What it learns from, as it was given."""
    @property
    def seed(self) -> int: ...
    def __len__(self) -> int:
        """Number of trials, pending ones included."""
    def ask(self) -> tuple[int, _Row]:
        """One trial: its id and its row. The fast path."""
    def ask_many(self, n: int) -> list[tuple[int, _Row]]:
        """``n`` trials, or none: an error and Ctrl-C leave everything as before."""
    def ask_external(self, points: npt.NDArray[np.float64]) -> list[tuple[int, _Row]]:
        """One trial per point; queued points and the defaults come first, and the last points are then left over."""
    def handed_out(self, first: int) -> tuple[list[tuple[_Row, str]], int, int]:
        """What a twin needs to catch up: rows and origins of the trials from ``first`` on, duplicates and fallbacks."""
    def adopt(self, trials: Sequence[Sequence[Any]], duplicates: int, fallbacks: int) -> int:
        """Take trials that a twin asked for, without the sampler; return the id of the first.

        A search that was made alike and got the same calls is a twin; each trial is a pair of a row and an origin. The
        counts are those of the twin after its ask.
        """
    def next_is_given(self) -> bool:
        """Whether the next ask hands out a queued point, the defaults or what was good in earlier searches."""
    def tell_value(self, trial: int, value: float) -> None:
        """Complete a trial with one objective and nothing else. The fast path; NaN is a failure."""
    def tell(
        self,
        trial: int,
        state: str,
        values: Sequence[float] | None,
        sems: Sequence[float | None] | None,
        replicates: Sequence[Sequence[float]] | None,
        constraints: Sequence[tuple[str, float]],
        cost: float | None,
        reason: str | None,
    ) -> None:
        """End a pending trial: ``state`` is complete (values needed), pruned, paused, or failed (no values).

        ``values``, ``sems`` and ``replicates`` have one entry per objective; a value is the mean of its replicates.
        """
    def retract(self, trial: int) -> None:
        """Take back what was told of a trial: it is pending again, with what it reported."""
    def exclude(self, trial: int) -> None:
        """Set a told trial aside: it is not the best one and teaches no model; what was told of it stays."""
    def include(self, trial: int) -> None:
        """Let a trial that was set aside count again."""
    def respaced(
        self,
        space: CoreSpace,
        rows: Sequence[Sequence[_Raw] | None],
        earlier: Sequence[Sequence[_Known]] | None = None,
    ) -> CoreOptimizer:
        """Return the same search in another space: one row per trial, None for one that does not fit.

        Such a trial is set aside. Queued points are dropped. ``earlier`` has the rows of every source there.
        """
    def observe(
        self,
        row: Sequence[_Raw],
        state: str,
        values: Sequence[float] | None,
        sems: Sequence[float | None] | None,
        replicates: Sequence[Sequence[float]] | None,
        constraints: Sequence[tuple[str, float]],
        cost: float | None,
        reason: str | None,
    ) -> int:
        """Add a finished trial from elsewhere, told as in :meth:`tell`; return its id."""
    def enqueue(self, row: Sequence[_Raw]) -> None:
        """Queue a partial configuration: None where nothing is given."""
    def report_fold(self, trial: int, fold: int, value: float) -> None:
        """Record the value of one fold of a pending trial; its curve is the running mean."""

    def folds(self, trial: int) -> list[tuple[int, float]]:
        """The folds that a trial reported, in that order."""

    def fold_order(self, n: int) -> list[int]:
        """The order of ``n`` folds, the same for every trial."""

    def report(self, trial: int, step: int, values: Sequence[float], constraints: Sequence[tuple[str, float]]) -> None:
        """Record intermediate values of a pending trial, one per objective, and constraints; steps increase."""
    def should_prune(self, trial: int) -> tuple[bool, bool, str]:
        """Whether to stop a pending trial, whether it may go on later, and why."""
    def paused(self) -> list[int]:
        """Ids of the paused trials, increasing."""
    def promotion_candidates(self) -> list[int]:
        """Ids of the paused trials that the pruner is asked about, in that order; 64 at most."""
    def promote(self) -> int | None:
        """Let the paused trial go on that the pruner would not stop now; return its id, if there is one."""
    def resume(self, trial: int) -> None:
        """Let a paused trial go on."""
    def curves(
        self,
    ) -> dict[
        int,
        tuple[_Standing, float | list[float] | None, list[tuple[int, float | list[float]]], list[tuple[int, float]]],
    ]:
        """What each trial that is not set aside reported: state, what was told, steps and folds with values.

        All of it is to be minimized.

        Values are lists where there are several objectives."""
    def set_attribute(self, trial: int, name: str, value: str) -> None:
        """Give a trial an attribute, or a new value to the one of this name; the value travels along unread."""
    def set_evaluation(self, trial: int, started: float | None, finished: float | None, traceback: str | None) -> None:
        """Note when a trial was evaluated, in seconds since 1970, and where it failed."""
    def best(self) -> int | None:
        """Id of the best feasible complete trial of a search with one objective."""
    def comparison(self) -> tuple[int, int, float, _Method, float, int | None] | None:
        """The two best, the probability of their order, by what, the deviation of a run, how many more settle it."""
    def recommend(self) -> int | None:
        """Id of the best trial by the model, when the objective is noisy."""
    def spent(self) -> float:
        """The sum of the costs told."""
    def committed(self) -> float:
        """The same with what the pending trials are expected to cost."""
    @property
    def budget(self) -> float | None:
        """What the search may spend."""
    def change_budget(self, budget: float) -> None:
        """Give the search another budget, from the next ask on."""
    def expected_gain(self, n: int, before: int) -> float | None:
        """What the next ``n`` trials after the first ``before`` are expected to gain.

        None without a model that may be believed.
        """
    def explain(self, trial: int) -> dict[str, Any]:
        """Why a trial has the configuration it has.

        ``origin``, ``incumbent`` (id or None), ``mean``, ``std`` (None without a model that predicts), ``acquisition``
        ((name, value) or None), ``drivers`` (one per parameter, None where there is none; empty without a model).
        """
    def predict(self, rows: Sequence[Sequence[_Raw]]) -> list[tuple[float, float, float]] | None:
        """Median, lower and upper end that the Gaussian process expects of each row.

        None while no trial is complete with a finite value or all of these are equal, and where there is nothing to
        vary.
        """
    def ped_anova(self, objective: int, quantile: float | None) -> list[float]:
        """Share of each parameter by PED-ANOVA; ``quantile`` is None or in (0, 1)."""
    def fanova(self, objective: int) -> list[float]:
        """Share of each parameter by fANOVA."""
    def ablation(
        self, objective: int, start: Sequence[_Raw], end: Sequence[_Raw]
    ) -> list[tuple[list[int], _Row, float]] | None:
        """Every step from one row to another, both included.

        Indices of the parameters changed, the row, the prediction. None while no trial is complete with a finite value.
        """
    def pareto_front(self) -> list[int]:
        """Ids of the feasible complete trials that no other one dominates."""
    def pending(self) -> list[int]:
        """Ids of the pending trials, increasing."""
    def state(self, trial: int) -> str:
        """One of pending, complete, pruned, failed."""
    def trial(self, trial: int) -> dict[str, Any]:
        """Everything about one trial.

        ``row``, ``state``, ``origin``, ``values`` and ``sems`` (lists, or None without a result), ``replicates`` (lists
        of lists, or None), ``constraints`` (name to value), ``cost``, ``reason``, ``curve`` (list of (step, value);
        values are lists where there are several objectives), ``reported`` (list of (step, [(name, constraint), ...])),
        ``feasible``, ``paused``, ``resume_from``, ``started``, ``finished``, ``traceback``, ``attributes`` (list of
        (name, value), by name).
        """
    def columns(self) -> dict[str, Any]:
        """Every trial, column by column, n rows.

        Arrays, NaN where there is nothing: ``id``, ``values`` and ``sems`` of shape (n, n_objectives), ``constraints``
        (name to array), ``cost``, ``feasible``. Lists: ``state``, ``origin``, ``reason`` (None where there is none),
        ``rows`` (one list of raw values per parameter). ``notes`` is a list of (id, (started, finished, attributes))
        with the trials that have any.
        """
    def view(self) -> dict[str, npt.NDArray[Any]]:
        """Encoded history for samplers written in Python, read-only.

        ``unit`` (n, n_parameters), ``values`` (n, n_objectives) to be minimized, ``sems`` like them,
        ``violation`` (n,), ``state`` (n,) as 0 pending, 1 complete, 2 pruned, 3 failed, 4 set aside.
        """
    def snapshot(self, labels: bytes) -> bytes:
        """Bytes from which :meth:`restore` goes on as this search would; ``labels`` travel along unread."""
    @staticmethod
    def restore(data: bytes) -> tuple[CoreOptimizer, bytes]:
        """Read a snapshot; return the search and the labels."""
    def space(self) -> CoreSpace: ...
    def settings(self) -> dict[str, Any]:
        """What the constructor takes besides the space: maximize, sampler as (name, settings), seed, deduplicate,
        pruner as (name, settings), pausing, budget."""
    def stats(self) -> dict[str, int]:
        """Counts of what happened: asked, duplicates turned down, fallbacks to a random draw."""
    def provoke_panic(self) -> None:
        """Panic inside the core in the middle of an ask: for the test of what happens then."""

@final
class CoreGaussianProcess:
    """A Gaussian process fitted to some values of about zero mean and unit variance; immutable."""

    def __new__(
        cls,
        points: npt.NDArray[np.float64],
        values: Sequence[float],
        noise: Sequence[float],
        levels: Sequence[int | None],
        conditional: Sequence[bool],
        theta: tuple[bool, Sequence[float]] | None = None,
    ) -> CoreGaussianProcess:
        """Fit, or take the hyperparameters that a fit found.

        ``theta`` is whether there are shears among them, and the hyperparameters themselves.
        ``points`` is (n, n_columns): unit coordinates, or codes where ``levels`` has the number of choices; NaN where
        inactive, in conditional columns alone. ``noise`` are known variances, on top of the fitted one.
        """
    def __reduce__(self) -> tuple[Callable[..., CoreGaussianProcess], tuple[Any, ...]]:
        """Pickle and copy through the observations and ``theta``."""
    def predict(self, points: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Means and variances of the noise-free function."""
    def sample(self, points: npt.NDArray[np.float64], n: int, seed: int) -> npt.NDArray[np.float64]:
        """``n`` joint draws of the noise-free function, shape (n, number of points)."""
    def leave_one_out(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Means and variances of every value given all others, noise included."""
    def log_evidence(self) -> float:
        """The logarithm of the marginal likelihood at the fitted hyperparameters."""
    def hyperparameters(
        self,
    ) -> tuple[list[float], list[float], list[tuple[int, int, float]], float, float]:
        """Lengthscales, heights (0 where a column is always active), shears (a column, the one that is added to it, how
        much of it), signal and noise variance.
        """

def kernel() -> str:
    """The active instruction set: baseline, avx2 or avx512 (``TANTEO_KERNEL`` chooses)."""

def n_threads() -> int:
    """Threads that work for this process; they start when there is work for them.

    The first that is set of ``TANTEO_NUM_THREADS``, ``RAYON_NUM_THREADS`` and ``OMP_NUM_THREADS`` chooses; otherwise
    there are as many as processors.
    """
