"""What a run is asked to do, checked at the door."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tanteo.exceptions import ArgumentError
from tanteo.run.loop import Callback


@dataclass(frozen=True, slots=True)
class Settings:
    """The options of ``minimize`` that concern running; their meaning is described there.

    Raises
    ------
    ArgumentError
        For a count that is no positive integer, seconds that are not positive, and a callback that cannot be called.
    """

    n_trials: int | None
    timeout: float | None
    n_workers: int
    progress: bool | None
    callbacks: Sequence[Callback]
    trial_timeout: float | None
    threads_per_worker: int | None

    def __post_init__(self) -> None:
        _check_count("n_trials", self.n_trials, least=0)
        _check_count("n_workers", self.n_workers)
        _check_count("threads_per_worker", self.threads_per_worker)
        _check_seconds("timeout", self.timeout)
        _check_seconds("trial_timeout", self.trial_timeout)
        if self.n_workers is None:
            raise ArgumentError("n_workers must be an integer from 1 upwards, got None")
        for callback in self.callbacks:
            if not callable(callback):
                raise ArgumentError(f"callbacks must hold callables, got {callback!r}; expected callback(run, trial)")

    @property
    def needs_processes(self) -> bool:
        """Whether evaluations happen outside this process."""
        return self.n_workers > 1 or self.trial_timeout is not None


def _check_count(name: str, value: object, *, least: int = 1) -> None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= least):
        return
    raise ArgumentError(f"{name} must be an integer from {least} upwards, got {value!r}")


def _check_seconds(name: str, value: object) -> None:
    if value is None:
        return
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < math.inf:
        return
    raise ArgumentError(f"{name} must be a positive number of seconds or None, got {value!r}")
