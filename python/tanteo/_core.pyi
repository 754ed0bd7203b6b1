"""The native core (crate ``tanteo-py``): one crossing per ask, one per tell.

Values cross as *raw* values: ``float`` for floats (with and without step), ``int`` for integers (the user's own
number), the zero-based level for ordinals and categoricals, ``None`` where a parameter is inactive. A row holds one raw
value per parameter in the order of declaration.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Literal, TypeAlias, final

import numpy as np
import numpy.typing as npt

_Raw: TypeAlias = float | int | None
_Row: TypeAlias = tuple[_Raw, ...]
# ("real", low, high, log) | ("stepped", low, high, step) | ("integer", low, high, step, log)
# | ("ordered", n_levels) | ("unordered", n_levels)
_Domain: TypeAlias = tuple[Any, ...]
# None | ("normal", mean, std) in the parameter's own (log if log) scale | ("histogram", edges, masses), edges in the user's
# scale from low to high | ("weights", masses) for unordered
_Prior: TypeAlias = tuple[Any, ...] | None
# ("values", [raw, ...]) | ("range", low | None, high | None), raw values of the parent
_Accept: TypeAlias = tuple[Any, ...]
# (name, domain, default, prior, [(parent index, accept), ...])
_Parameter: TypeAlias = tuple[str, _Domain, _Raw, _Prior, Sequence[tuple[int, _Accept]]]
# ("linear", [(index, weight), ...], lower | None, upper | None) | ("order", left, right, strict)
# | ("forbid", [(index, accept), ...])
_Constraint: TypeAlias = tuple[Any, ...]

__all__ = ["CoreOptimizer", "CoreSpace", "__version__", "kernel", "n_threads"]

__version__: str

@final
class CoreSpace:
    """A checked search space; immutable."""

    def __new__(cls, parameters: Sequence[_Parameter], constraints: Sequence[_Constraint]) -> CoreSpace: ...
    def size(self) -> float: ...
    def sample(self, n: int, seed: int) -> list[_Row]: ...
    def default(self) -> _Row | None: ...
    def check(self, row: Sequence[_Raw]) -> _Row:
        """Checks a whole configuration and returns it snapped to the domain's exact values."""
    def grid(self, resolution: int) -> Iterator[_Row]: ...
    def encode(self, rows: Sequence[_Row]) -> npt.NDArray[np.float64]:
        """Unit coordinates, shape (n, n_parameters), NaN where inactive."""
    def decode(self, unit: npt.NDArray[np.float64]) -> list[_Row]: ...
    def axes(self) -> list[tuple[Literal["continuous", "ordered", "unordered"], int | None]]:
        """Kind and number of levels (None if continuous) per parameter, as models see them."""
    def __eq__(self, other: object, /) -> bool: ...

@final
class CoreOptimizer:
    """The state machine behind a lock; every method that computes releases the interpreter lock."""

    def __new__(
        cls,
        space: CoreSpace,
        maximize: Sequence[bool],
        sampler: tuple[str, dict[str, Any]],
        seed: int,
        deduplicate: bool,
    ) -> CoreOptimizer:
        """``sampler`` is ``(name, settings)`` with name one of random, sobol, grid, one_at_a_time, tpe, auto, external."""
    @property
    def seed(self) -> int: ...
    def __len__(self) -> int: ...
    def ask(self) -> tuple[int, _Row]:
        """The fast path: one trial."""
    def ask_many(self, n: int) -> list[tuple[int, _Row]]: ...
    def ask_external(self, points: npt.NDArray[np.float64]) -> list[tuple[int, _Row]]:
        """One trial per point; queued points and the defaults come first, and the last points are then left over."""
    def next_is_given(self) -> bool:
        """Whether the next ask hands out a queued point or the defaults."""
    def tell_value(self, trial: int, value: float) -> None:
        """The fast path: complete, one objective, nothing else. Values keep the user's sign everywhere in this class."""
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
    ) -> None: ...
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
    ) -> int: ...
    def enqueue(self, row: Sequence[_Raw]) -> None:
        """A partial configuration: None where nothing is given."""
    def report(self, trial: int, step: int, value: float) -> None: ...
    def should_prune(self, trial: int) -> bool: ...
    def best(self) -> int | None: ...
    def recommend(self) -> int | None: ...
    def pareto_front(self) -> list[int]: ...
    def pending(self) -> list[int]: ...
    def state(self, trial: int) -> str: ...
    def trial(self, trial: int) -> dict[str, Any]:
        """Everything about one trial: row, state, origin, values, sems, replicates, constraints, cost, reason, curve, feasible."""
    def columns(self) -> dict[str, Any]:
        """Every trial, column by column: NumPy arrays, lists where None or text occurs. Keys: id, state, origin, rows (one
        list per parameter), values, sems, constraints (name -> array), cost, reason, feasible."""
    def view(self) -> dict[str, npt.NDArray[Any]]:
        """Read-only encoded history for samplers written in Python: unit (n, n_parameters), values (n, n_objectives) to be
        minimised, sems, violation (n,), state (n,) as 0 pending, 1 complete, 2 pruned, 3 failed."""
    def snapshot(self, labels: bytes) -> bytes: ...
    @staticmethod
    def restore(data: bytes) -> tuple[CoreOptimizer, bytes]: ...
    def space(self) -> CoreSpace: ...
    def settings(self) -> dict[str, Any]:
        """maximize, sampler as (name, settings), seed, deduplicate."""
    def stats(self) -> dict[str, int]: ...
    def provoke_panic(self) -> None:
        """Panics inside the core while the lock is held: the test of promise 20."""

def kernel() -> str:
    """The active instruction set: baseline, avx2 or avx512 (``TANTEO_KERNEL`` chooses)."""

def n_threads() -> int:
    """Threads of the pool of this process."""
