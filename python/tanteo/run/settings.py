"""The checked options of a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from tanteo._internal.coercion import as_bool, as_int_at_least, as_positive, members, shown
from tanteo.exceptions import ArgumentError
from tanteo.run.devices import Device, visible
from tanteo.run.loop import Callback, StopRule

# The checks of the options that are None or a number; each returns a builtin.
_CHECKS: dict[str, Callable[[Any, str], object]] = {
    "n_trials": partial(as_int_at_least, 0),
    "until": partial(as_int_at_least, 0),
    "n_workers": partial(as_int_at_least, 1),
    "threads_per_worker": partial(as_int_at_least, 1),
    "timeout": as_positive,
    "trial_timeout": as_positive,
    "progress": as_bool,
}


@dataclass(frozen=True, slots=True)
class RunSettings:
    """The options of ``minimize`` for the run, documented there. Numbers are converted to builtins.

    Raises
    ------
    ArgumentError
        For a count that is not a positive integer, seconds that are not positive, a ``progress`` that is not a boolean,
        a callback or ``stop_when`` that is not callable, and devices that do not fit the workers.
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
    devices: Sequence[Device] | None = None

    def __post_init__(self) -> None:
        if self.n_workers is None:
            raise ArgumentError("n_workers must be an integer from 1 up, got None")
        for name, check in _CHECKS.items():
            value = getattr(self, name)
            object.__setattr__(self, name, None if value is None else check(value, name))
        self._check_devices()
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

    def _check_devices(self) -> None:
        """Convert the devices to what workers see, and let there be one worker for each."""
        if self.devices is None:
            return
        seen = visible(self.devices)
        if self.n_workers not in (1, len(seen)):
            raise ArgumentError(
                f"devices names {len(seen)} for {self.n_workers} workers; each worker has one, so leave n_workers out, "
                "or name a device several times to share it"
            )
        object.__setattr__(self, "devices", seen)
        object.__setattr__(self, "n_workers", len(seen))

    @property
    def needs_processes(self) -> bool:
        """Whether trials are evaluated in worker processes."""
        return self.n_workers > 1 or self.trial_timeout is not None or self.devices is not None
