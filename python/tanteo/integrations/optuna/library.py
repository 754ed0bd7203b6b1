"""The names of Optuna that the sampler and the pruner use."""

from __future__ import annotations

from functools import partial
from typing import Any

from ..._internal.optional import require

_require = partial(require, extra="optuna", needed_by="tanteo.integrations.optuna")

BaseSampler: Any = _require("optuna.samplers").BaseSampler
BasePruner: Any = _require("optuna.pruners").BasePruner
