"""The recommended number of concurrent trials."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from ..._internal.coercion import as_finite, members, shown
from ...exceptions import ArgumentError
from .tune import ray

_LOG = logging.getLogger(__name__)
#: Part of the message for an argument that is not a mapping, or whose keys are not text.
_UNUSABLE = "must name amounts, such as {'cpu': 1}, got"
#: Tolerance so that three trials of 0.1 fit into 0.3, although 0.3 / 0.1 is 2.9999999999999996. Ray counts in 1e-4.
_ROUNDING = 1e-9
_NO_ROOM = (
    "no node that is up has room for a trial that needs %r, so two concurrent trials are recommended, which wait for "
    "such a node; if the cluster starts nodes on demand, pass those that it may start as resources=, such as "
    "[{'CPU': 8, 'GPU': 1}] * 4"
)


def recommended_concurrency(
    per_trial: Mapping[str, float], resources: Mapping[str, float] | Sequence[Mapping[str, float]] | None = None
) -> int:
    """Return ``max_concurrent_trials`` for a cluster: one more than can run at once.

    The additional trial waits, so that a free slot is filled immediately. With as many trials as slots, a slot is idle
    until the next trial is suggested and started. Also set ``reuse_actors=True``, which saves the start of a process (1
    to 3 seconds) for each trial. A trial has all its resources on one node, so the slots of every node are counted.

    Parameters
    ----------
    per_trial
        The resources of a trial, such as ``{"cpu": 4, "gpu": 1}``; fractions and custom resources are allowed.
    resources
        The resources of one node, or a list with those of each node; by default those of the nodes of the connected
        cluster that are up (call ``ray.init()`` first). Pass them if the cluster starts nodes on demand.

    Returns
    -------
    int
        The number of slots and one. It is 2, with a logged warning, if no node of the connected cluster has room for a
        trial, as in a cluster that has only started its head.

    Raises
    ------
    ArgumentError
        If a trial needs no resource, or does not fit into any of the given nodes.

    Examples
    --------
    >>> recommended_concurrency({"cpu": 4, "gpu": 1}, {"CPU": 64.0, "GPU": 8.0})                  # doctest: +SKIP
    9
    >>> recommended_concurrency({"cpu": 4}, [{"CPU": 6.0}, {"CPU": 6.0}])                         # doctest: +SKIP
    3
    """
    needed = {name: amount for name, amount in _amounts("per_trial", per_trial).items() if amount}
    if not needed or any(amount < 0 for amount in needed.values()):
        raise ArgumentError(f"per_trial must name resources, such as {{'cpu': 1}}, got {dict(per_trial)!r}")
    nodes = _live_nodes() if resources is None else _nodes(resources)
    slots = sum(_slots(needed, node) for node in nodes)
    if slots < 1 and resources is not None:
        raise ArgumentError(f"a trial that needs {dict(per_trial)!r} does not fit into {resources!r}")
    if slots < 1:
        _LOG.warning(_NO_ROOM, dict(per_trial))
    return max(slots, 1) + 1


def _live_nodes() -> list[Mapping[str, float]]:
    return [node["Resources"] for node in ray.nodes() if node["Alive"]]


def _nodes(resources: Any) -> list[dict[str, float]]:
    if isinstance(resources, Mapping):
        return [_amounts("resources", resources)]
    return [_amounts("resources", node) for node in members(resources, "resources must be a mapping or a list of them")]


def _slots(needed: Mapping[str, float], node: Mapping[str, float]) -> int:
    """Return the number of trials that run on a node at once."""
    upper = {name.upper(): amount for name, amount in node.items()}
    return min(int((upper.get(name.upper(), 0.0) + _ROUNDING) / amount) for name, amount in needed.items())


def _amounts(argument: str, amounts: Any) -> dict[str, float]:
    if not isinstance(amounts, Mapping):
        raise ArgumentError(f"{argument} {_UNUSABLE} {shown(amounts)}")
    for name in amounts:
        if not isinstance(name, str):
            raise ArgumentError(f"{argument} {_UNUSABLE} {shown(name)} as a name")
    return {name: as_finite(amount, f"{argument}[{name!r}]") for name, amount in amounts.items()}
