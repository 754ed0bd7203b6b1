"""What a search displays while it runs."""

from __future__ import annotations

from tanteo._internal.display import Display, make_display
from tanteo._internal.text import show_value
from tanteo.run.loop import Run


class Progress:
    """The display of a run.

    Parameters
    ----------
    run : Run
        The run to show.
    show : bool or None
        Whether to show it; with None it is shown if standard error is a terminal, and in a notebook.
    """

    def __init__(self, run: Run, *, show: bool | None) -> None:
        self._run = run
        self._by_time = run.most is None and run.limits.timeout is not None
        total = run.limits.timeout if self._by_time else run.most
        self._display: Display = make_display("trial", total, show=show, texts=self._texts, by_time=self._by_time)
        self._n_described, self._described = -1, dict[str, str]()

    def update(self) -> None:
        """Show the current state; cheap enough to be called at any time."""
        run = self._run
        count = min(run.elapsed, run.limits.timeout or run.elapsed) if self._by_time else run.n_told
        self._display.update(count, fraction(run))

    def close(self) -> None:
        """Show the final state."""
        self.update()
        self._display.close()

    def _texts(self) -> dict[str, str]:
        """Return the texts beside the count, computed once for each trial."""
        if self._run.n_told != self._n_described:
            self._n_described = self._run.n_told
            trials = {"trials": str(self._run.n_told)} if self._by_time else {}
            self._described = trials | describe(self._run)
        return self._described


def describe(run: Run) -> dict[str, str]:
    """Return the texts beside the count: the best value or the size of the front, failures, the amount spent."""
    optimizer = run.optimizer
    postfix: dict[str, str] = {}
    if len(optimizer.directions) > 1:
        postfix["front"] = str(len(optimizer.pareto_front))
    elif optimizer.best is not None:
        postfix["best"] = show_value(optimizer.best_value)
    counts = {"failed": run.n_failed - run.n_cancelled, "cancelled": run.n_cancelled, "pruned": run.n_pruned}
    postfix |= {name: str(count) for name, count in counts.items() if count}
    if run.budget is not None:
        postfix["spent"] = f"{optimizer.spent:.6g}"
    return postfix


def fraction(run: Run) -> float | None:
    """Return how much of the run is done, from 0 to 1, by the nearest limit; None if there is no limit."""
    parts = []
    if run.most:
        parts.append(run.n_told / run.most)
    if run.limits.timeout:
        parts.append(min(1.0, run.elapsed / run.limits.timeout))
    if run.budget is not None:
        parts.append(min(1.0, run.optimizer.spent / run.budget))
    return max(parts, default=None)
