"""Imports studies from Optuna and exports searches to it.

>>> from tanteo.integrations.optuna import from_optuna, to_optuna                             # doctest: +SKIP
>>> search = from_optuna("sqlite:///old.db", "my-study")                                      # doctest: +SKIP
>>> search.best.params                                                                        # doctest: +SKIP
>>> to_optuna(search, "sqlite:///new.db")                                                     # doctest: +SKIP

``inference`` infers the space from the trials. ``importing.py`` and ``reading.py`` read trials, ``exporting.py``
writes them. ``storage.py`` is a read-only view of a search as an Optuna storage, which ``dashboard.py`` serves.
"""

from .dashboard import dashboard
from .exporting import to_optuna
from .importing import from_optuna
from .storage import read_only_storage

__all__ = ["dashboard", "from_optuna", "read_only_storage", "to_optuna"]
