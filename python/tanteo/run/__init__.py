"""Running a search: ``minimize``, ``maximize`` and their parts.

``search.py`` checks the arguments; ``loop.py`` asks and tells; ``executor.py`` and ``pool.py`` evaluate, in this
process or in worker processes (``process.py`` is the side of the parent, ``worker.py`` that of the worker);
``objective.py`` and ``evaluation.py`` define the arguments and the return values of the user's function;
``progress.py`` and ``result.py`` display the search.
"""

from tanteo.run.loop import Run
from tanteo.run.objective import RunningTrial
from tanteo.run.result import Result
from tanteo.run.search import maximize, minimize
from tanteo.run.signals import Cancelled, Paused, Pruned, StopSearch, WorkerError
from tanteo.trials.comparison import Gain

__all__ = [
    "Cancelled",
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
