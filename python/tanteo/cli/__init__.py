"""The command ``tanteo``: the demo, and reading what ``Optimizer.save`` wrote.

``arguments.py`` is the grammar; ``commands.py`` has one function for each command; ``figures.py`` knows the plots.
"""

from tanteo.cli.main import main

__all__ = ["main"]
