"""Imports trials from Hyperopt, and suggests trials to it.

>>> from tanteo.integrations.hyperopt import from_hyperopt, suggest                           # doctest: +SKIP
>>> fmin(train, space, algo=suggest, max_evals=50, trials=trials)                             # doctest: +SKIP
>>> search = from_hyperopt(trials, space)                                                     # doctest: +SKIP

``graph.py`` reads the expression graph of a space, ``importing.py`` the trials; ``suggesting.py`` is the algorithm.
"""

from .importing import from_hyperopt
from .suggesting import suggest

__all__ = ["from_hyperopt", "suggest"]
