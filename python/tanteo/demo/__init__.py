"""The demo: tunes a real pipeline on a real data set, in about a minute.

``pipeline.py`` is what a user would write: a space and an objective. ``findings.py``, ``table.py`` and ``picture.py``
read the search.
"""

from tanteo.demo.pipeline import make_space
from tanteo.demo.show import run

__all__ = ["make_space", "run"]
