"""Tanteo's sampler inside other libraries."""

from __future__ import annotations

from typing import Any

from benches.python.peers.optuna_peer import Optuna
from benches.python.peers.space import Space


def in_optuna(space: Space, seed: int) -> Any:
    """Return a study of Optuna with ``TanteoSampler`` and its defaults, which learns the space while it runs."""
    from tanteo.integrations.optuna import TanteoSampler

    return Optuna(space, TanteoSampler(seed=seed))
