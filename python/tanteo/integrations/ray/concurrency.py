"""How many trials to run at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..._internal.coercion import as_finite, shown
from ...exceptions import ArgumentError
from .tune import ray

#: Said of what is no mapping, and of one whose names are no text.
_UNUSABLE = "must name amounts, such as {'cpu': 1}, got"
#: Lets three trials of 0.1 fit into 0.3, whose quotient is 2.9999999999999996; Ray counts in units of 1e-4.
_ROUNDING = 1e-9


def recommended_concurrency(per_trial: Mapping[str, float], resources: Mapping[str, float] | None = None) -> int:
    """Return ``max_concurrent_trials`` for a cluster: one more than can run at once.

    The one more is a trial that waits, so that a slot that becomes free is filled at once: with as many trials as slots
    a processor idles until the next one is suggested and started. Beside it set ``reuse_actors=True``, which saves the
    start of a process (1 to 3 seconds) for each trial.

    Parameters
    ----------
    per_trial
        What a trial takes: ``{"cpu": 4, "gpu": 1}``, also with fractions and resources of your own.
    resources
        What there is; by default the connected cluster (``ray.init()`` first).

    Raises
    ------
    ArgumentError
        If a trial takes nothing, or something the cluster does not have.

    Examples
    --------
    >>> recommended_concurrency({"cpu": 4, "gpu": 1}, {"CPU": 64.0, "GPU": 8.0})                  # doctest: +SKIP
    9
    """
    available = _amounts("resources", ray.cluster_resources() if resources is None else resources)
    upper = {name.upper(): amount for name, amount in available.items()}
    needed = {name: amount for name, amount in _amounts("per_trial", per_trial).items() if amount}
    if not needed or any(amount < 0 for amount in needed.values()):
        raise ArgumentError(f"per_trial must name what a trial takes, such as {{'cpu': 1}}, got {dict(per_trial)!r}")
    slots = min(int((upper.get(name.upper(), 0.0) + _ROUNDING) / amount) for name, amount in needed.items())
    if slots < 1:
        raise ArgumentError(f"no trial that takes {dict(per_trial)!r} fits into {dict(available)!r}")
    return slots + 1


def _amounts(argument: str, amounts: Any) -> dict[str, float]:
    if not isinstance(amounts, Mapping):
        raise ArgumentError(f"{argument} {_UNUSABLE} {shown(amounts)}")
    for name in amounts:
        if not isinstance(name, str):
            raise ArgumentError(f"{argument} {_UNUSABLE} {shown(name)} as a name")
    return {name: as_finite(amount, f"{argument}[{name!r}]") for name, amount in amounts.items()}
