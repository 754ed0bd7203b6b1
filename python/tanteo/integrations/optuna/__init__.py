"""Imports studies from Optuna and exports searches to it; a sampler and a pruner for studies of Optuna.

>>> from tanteo.integrations.optuna import TanteoSampler, from_optuna, to_optuna              # doctest: +SKIP
>>> study = optuna.create_study(sampler=TanteoSampler(seed=0))                                # doctest: +SKIP
>>> search = from_optuna("sqlite:///old.db", "my-study")                                      # doctest: +SKIP
>>> search.best.params                                                                        # doctest: +SKIP
>>> to_optuna(search, "sqlite:///new.db")                                                     # doctest: +SKIP

``inference`` infers the space from the trials. ``importing.py`` and ``reading.py`` read trials, ``exporting.py``
writes them. ``storage.py`` is a read-only view of a search as an Optuna storage, which ``dashboard.py`` serves.
``sampler.py`` and ``pruner.py`` are the classes that Optuna calls: ``mirror.py`` holds the trials of a study as rows of
a search, and ``proposing.py`` asks that search.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._internal.optional import on_first_access
from .dashboard import dashboard
from .exporting import to_optuna
from .importing import from_optuna
from .storage import read_only_storage

if TYPE_CHECKING:
    from .pruner import TanteoPruner
    from .sampler import TanteoSampler

__all__ = ["TanteoPruner", "TanteoSampler", "dashboard", "from_optuna", "read_only_storage", "to_optuna"]
# These two need Optuna.
_HOMES = {"TanteoPruner": "pruner", "TanteoSampler": "sampler"}
__getattr__, __dir__ = on_first_access(__name__, __all__, _HOMES)
