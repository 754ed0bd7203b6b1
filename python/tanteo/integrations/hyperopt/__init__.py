"""Imports trials from Hyperopt.

>>> from tanteo.integrations.hyperopt import from_hyperopt                                    # doctest: +SKIP
>>> search = from_hyperopt(trials, space)                                                     # doctest: +SKIP

``graph.py`` reads the expression graph of a space, ``importing.py`` the trials.
"""

from .importing import from_hyperopt

__all__ = ["from_hyperopt"]
