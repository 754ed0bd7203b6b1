"""Calling a sampler written in Python, by one thread at a time, and checking its results."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..exceptions import ArgumentError, TanteoError
from .protocol import Sampler, View, axes_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from .._core import CoreOptimizer, CoreSpace


# A thread that takes the lock records itself shortly afterwards. Only after this many seconds is an unknown holder
# assumed to be a thread of the parent process.
_PATIENCE = 0.05
_PAUSE = 0.001

_REENTERED = (
    "this optimizer is in the middle of an ask of the same thread (its sampler, or a signal handler during it, asks "
    "again); ask after that has returned"
)
_FORKED = (
    "another thread was asking this optimizer when the process was forked, and that thread does not exist here; create "
    "the optimizer in the child, or send it there as to_bytes()"
)


class AskLock:
    """A lock as a context manager. It is held while user code runs, which may try to enter it again.

    Raises
    ------
    TanteoError
        On entry, if waiting would never end: the lock is held by the same thread, or by a thread of the parent process
        at the time of the fork.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # (process, thread) of the holder.
        self._holder: tuple[int, int] | None = None

    def __enter__(self) -> None:
        me = (os.getpid(), threading.get_ident())
        if not self._lock.acquire(blocking=False):
            self._wait(me)
        self._holder = me

    def __exit__(self, *_: object) -> None:
        self._holder = None
        self._lock.release()

    def _wait(self, me: tuple[int, int]) -> None:
        """Take the lock when it is released, or raise."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            holder = self._holder
            if holder == me:
                raise TanteoError(_REENTERED)
            if holder is not None and holder[0] == me[0]:
                self._lock.acquire()
                return
            if self._lock.acquire(timeout=_PAUSE):
                return
        raise TanteoError(_FORKED)


class External:
    """A sampler written in Python, for one search.

    Parameters
    ----------
    sampler
        The sampler.
    space
        The space of the search.
    names
        Flat names of its parameters.
    """

    def __init__(self, sampler: Sampler, space: CoreSpace, names: Sequence[str]) -> None:
        self.sampler = sampler
        self._name = f"{type(sampler).__qualname__}.suggest"
        self._space = space
        self._axes = axes_of(space, names)
        # One ask at a time, because the sampler's generator depends on the id of the first suggested trial.
        self._asking = AskLock()

    def ask(self, core: CoreOptimizer, n: int) -> list[tuple[int, Any]]:
        """Hand out ``n`` trials; queued points and defaults come first.

        The sampler is not called for a single trial that is queued or a default.

        Raises
        ------
        ArgumentError
            If the sampler does not return an array of shape (n, d), or the coordinate of an active parameter is not in
            [0, 1]. Exceptions of the sampler propagate. The search is unchanged.
        TanteoError
            If the sampler, or a signal handler during its call, asks the same optimizer, and in a forked process whose
            parent had a thread inside an ask.
        """
        with self._asking:
            if n == 1 and core.next_is_given():
                return core.ask_many(1)
            return core.ask_external(self._points(core, n))

    def _points(self, core: CoreOptimizer, n: int) -> npt.NDArray[np.float64]:
        import numpy as np

        view = View(axes=self._axes, **core.view())
        # An explicit generator, because `default_rng` may change its algorithm between versions of NumPy.
        rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence((core.seed, len(view.state)))))
        returned = self.sampler.suggest(view, n, rng)
        shape = (n, len(self._axes))
        try:
            points = np.array(returned, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise ArgumentError(f"{self._name} must return numbers of shape {shape}: {error}") from None
        if points.shape != shape:
            raise ArgumentError(f"{self._name} must return shape {shape}, points by parameters, got {points.shape}")
        self._check_coordinates(points)
        return points

    def _check_coordinates(self, points: npt.NDArray[np.float64]) -> None:
        """Refuse coordinates outside [0, 1]; NaN is allowed only for parameters that are inactive at the point."""
        import numpy as np

        for row, column in np.argwhere(~((points >= 0.0) & (points <= 1.0))):
            value = float(points[row, column])
            if not np.isnan(value) or self._space.decode(points[row : row + 1])[0][column] is not None:
                coordinate = f"{value!r} for parameter {self._axes[column].name!r}"
                raise ArgumentError(f"{self._name} must return coordinates from 0 to 1, got {coordinate}")
