"""The recommended number of concurrent trials."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..._internal.coercion import as_finite, shown
from ...exceptions import ArgumentError
from .tune import ray

#: Part of the message for an argument that is not a mapping, or whose keys are not text.
_UNUSABLE = "must name amounts, such as {'cpu': 1}, got"
#: Tolerance so that three trials of 0.1 fit into 0.3, although 0.3 / 0.1 is 2.9999999999999996. Ray counts in 1e-4.
_ROUNDING = 1e-9


def recommended_concurrency(per_trial: Mapping[str, float], resources: Mapping[str, float] | None = None) -> int:
    """Return ``max_concurrent_trials`` for a cluster: one more than can run at once.

    The additional trial waits, so that a free slot is filled immediately. With as many trials as slots, a slot is idle
    until the next trial is suggested and started. Also set ``reuse_actors=True``, which saves the start of a process (1
    to 3 seconds) for each trial.

    Parameters
    ----------
    per_trial
        The resources of a trial, such as ``{"cpu": 4, "gpu": 1}``; fractions and custom resources are allowed.
    resources
        The available resources; by default those of the connected cluster (call ``ray.init()`` first).

    Raises
    ------
    ArgumentError
        If a trial needs no resource, or more than is available.

    Examples
    --------
    >>> recommended_concurrency({"cpu": 4, "gpu": 1}, {"CPU": 64.0, "GPU": 8.0})                  # doctest: +SKIP
    9
    """
    available = _amounts("resources", ray.cluster_resources() if resources is None else resources)
    upper = {name.upper(): amount for name, amount in available.items()}
    needed = {name: amount for name, amount in _amounts("per_trial", per_trial).items() if amount}
    if not needed or any(amount < 0 for amount in needed.values()):
        raise ArgumentError(f"per_trial must name resources, such as {{'cpu': 1}}, got {dict(per_trial)!r}")
    slots = min(int((upper.get(name.upper(), 0.0) + _ROUNDING) / amount) for name, amount in needed.items())
    if slots < 1:
        raise ArgumentError(f"a trial that needs {dict(per_trial)!r} does not fit into {dict(available)!r}")
    return slots + 1


def _amounts(argument: str, amounts: Any) -> dict[str, float]:
    if not isinstance(amounts, Mapping):
        raise ArgumentError(f"{argument} {_UNUSABLE} {shown(amounts)}")
    for name in amounts:
        if not isinstance(name, str):
            raise ArgumentError(f"{argument} {_UNUSABLE} {shown(name)} as a name")
    return {name: as_finite(amount, f"{argument}[{name!r}]") for name, amount in amounts.items()}
