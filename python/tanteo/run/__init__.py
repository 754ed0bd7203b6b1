"""Running a search: ``minimize``, ``maximize`` and what belongs to them.

``search.py`` checks the arguments; ``loop.py`` asks and tells; ``executor.py`` and ``pool.py`` evaluate, here or in
worker processes (``process.py`` on the parent's side, ``worker.py`` on the other); ``objective.py`` and
``evaluation.py`` define what a function takes and may return; ``progress.py`` and ``result.py`` show it.
"""

from tanteo.run.gain import Gain
from tanteo.run.loop import Run
from tanteo.run.objective import RunningTrial
from tanteo.run.result import Result
from tanteo.run.search import maximize, minimize
from tanteo.run.signals import Paused, Pruned, StopSearch, WorkerError

__all__ = [
    "Gain",
    "Paused",
    "Pruned",
    "Result",
    "Run",
    "RunningTrial",
    "StopSearch",
    "WorkerError",
    "maximize",
    "minimize",
]
