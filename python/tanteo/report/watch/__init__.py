"""The page of a running search, served to a browser and kept up to date.

``living.py`` reads a search again while somebody looks; ``overview.py`` sets several side by side; ``server.py``
answers those who may read the page.
"""

from tanteo.report.watch.server import Server, watch

__all__ = ["Server", "watch"]
