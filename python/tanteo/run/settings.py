"""The checked options of a run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tanteo._internal.coercion import as_bool, as_float, as_int, members, shown
from tanteo.exceptions import ArgumentError
from tanteo.run.loop import Callback, StopRule


@dataclass(frozen=True, slots=True)
class Settings:
    """The options of ``minimize`` for the run, documented there. Numbers are converted to builtins.

    Raises
    ------
    ArgumentError
        For a count that is not a positive integer, seconds that are not positive, a ``progress`` that is not a boolean,
        and a callback or ``stop_when`` that is not callable.
    """

    n_trials: int | None
    until: int | None
    timeout: float | None
    n_workers: int
    progress: bool | None
    callbacks: Sequence[Callback]
    trial_timeout: float | None
    threads_per_worker: int | None
    stop_when: StopRule | None = None

    def __post_init__(self) -> None:
        if self.n_workers is None:
            raise ArgumentError("n_workers must be an integer from 1 upwards, got None")
        builtin = {
            "n_trials": _count("n_trials", self.n_trials, least=0),
            "until": _count("until", self.until, least=0),
            "n_workers": _count("n_workers", self.n_workers),
            "threads_per_worker": _count("threads_per_worker", self.threads_per_worker),
            "timeout": _seconds("timeout", self.timeout),
            "trial_timeout": _seconds("trial_timeout", self.trial_timeout),
            "progress": None if self.progress is None else as_bool(self.progress, "progress"),
        }
        for name, value in builtin.items():
            object.__setattr__(self, name, value)
        unchecked: Any = self.stop_when
        if isinstance(unchecked, type) or not callable(unchecked or bool):
            expected = "a rule such as tt.stopping.ExpectedGain() or a callable that takes the optimizer"
            hint = f"; write {unchecked.__name__}(...)" if isinstance(unchecked, type) else ""
            raise ArgumentError(f"stop_when must be {expected}, got {shown(unchecked)}{hint}")
        for callback in members(self.callbacks, "callbacks must be a list of callables"):
            if not callable(callback):
                raise ArgumentError(
                    f"callbacks must hold callables, got {shown(callback)}; expected callback(run, trial)"
                )

    @property
    def needs_processes(self) -> bool:
        """Whether trials are evaluated in worker processes."""
        return self.n_workers > 1 or self.trial_timeout is not None


def _count(name: str, value: object, *, least: int = 1) -> int | None:
    """Return the count as a builtin, or None for no limit."""
    if value is None:
        return None
    number = as_int(value, name)
    if number < least:
        raise ArgumentError(f"{name} must be an integer from {least} upwards, got {shown(number)}")
    return number


def _seconds(name: str, value: object) -> float | None:
    """Return the seconds as a builtin, or None for no limit."""
    if value is None:
        return None
    number = as_float(value, name)
    if not 0.0 < number < math.inf:
        raise ArgumentError(f"{name} must be a positive number of seconds or None, got {number!r}")
    return number
