"""The demo: tunes a real pipeline on a real data set in about a minute.

``pipeline.py`` has the parts that a user would write: a space and an objective. ``show.py`` runs the search and reports
it with the tables and plots of the package.
"""

from tanteo.demo.pipeline import make_space
from tanteo.demo.show import run

__all__ = ["make_space", "run"]
