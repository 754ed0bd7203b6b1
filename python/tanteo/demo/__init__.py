"""The demo: tunes a real pipeline on a real data set in about a minute.

``pipeline.py`` has the parts that a user would write: a space and an objective. ``findings.py``, ``table.py`` and
``picture.py`` analyse and show the result.
"""

from tanteo.demo.pipeline import make_space
from tanteo.demo.show import run

__all__ = ["make_space", "run"]
