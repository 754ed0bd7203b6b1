"""Moving in from Hyperopt.

>>> from tanteo.integrations.hyperopt import from_hyperopt                                    # doctest: +SKIP
>>> search = from_hyperopt(trials, space)                                                     # doctest: +SKIP

``graph.py`` reads Hyperopt's expression of a space, ``leaves.py`` its distributions, ``inward.py`` the trials.
"""

from .inward import from_hyperopt

__all__ = ["from_hyperopt"]
