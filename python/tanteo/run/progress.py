"""Display of progress on standard error: ``tqdm`` if it is installed, else one line."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from typing import Any

from tanteo.run.loop import Run

# Seconds between two updates of the line on a terminal, and between two lines elsewhere.
_REDRAW = 0.1
_NEXT_LINE = 10.0


class Progress:
    """A display of a run; this one shows nothing."""

    def update(self) -> None:
        """Show the current state; cheap enough to be called at any time."""

    def close(self) -> None:
        """Show the final state."""


def make_progress(run: Run, *, show: bool | None) -> Progress:
    """Return the display of a run.

    Parameters
    ----------
    run : Run
        The run to show.
    show : bool or None
        Whether to show it; with None it is shown if standard error is a terminal.
    """
    if not (_is_terminal() if show is None else show):
        return Progress()
    with suppress(OSError, ValueError, AttributeError):  # standard error is closed
        return _Careful(_visible(run))
    return Progress()


def _is_terminal() -> bool:
    try:
        return sys.stderr is not None and sys.stderr.isatty()
    except ValueError:  # closed
        return False


def _visible(run: Run) -> Progress:
    try:
        from tqdm.auto import tqdm
    except Exception:  # not installed, or broken
        return _Line(run)
    return _Bar(run, tqdm)


def describe(run: Run) -> dict[str, str]:
    """Return the texts beside the count: the best value or the size of the front, failures, the amount spent."""
    optimizer = run.optimizer
    postfix: dict[str, str] = {}
    if len(optimizer.directions) > 1:
        postfix["front"] = str(len(optimizer.pareto_front))
    elif optimizer.best is not None:
        postfix["best"] = f"{optimizer.best_value:.6g}"
    if run.n_failed:
        postfix["failed"] = str(run.n_failed)
    if run.n_pruned:
        postfix["pruned"] = str(run.n_pruned)
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


class _Careful(Progress):
    """Stops showing anything when standard error cannot be written, since an objective may have closed it."""

    def __init__(self, display: Progress) -> None:
        self._display = display

    def update(self) -> None:
        try:
            self._display.update()
        except Exception:
            self._display = Progress()

    def close(self) -> None:
        with suppress(Exception):
            self._display.close()


class _Bar(Progress):
    """A bar of ``tqdm`` that counts trials, or seconds if only the time is limited."""

    def __init__(self, run: Run, tqdm: Any) -> None:
        self._run = run
        self._n_told = -1
        limits = run.limits
        self._by_time = run.most is None and limits.timeout is not None
        # With `miniters=0` tqdm checks its clock at each update; it draws at most ten times a second.
        if self._by_time:
            layout = "{percentage:3.0f}%|{bar}| {n:.0f}/{total:.0f} s{postfix}"
            self._bar = tqdm(total=limits.timeout, bar_format=layout, miniters=0)
        else:
            self._bar = tqdm(total=run.most, unit="trial", miniters=0)

    def update(self) -> None:
        run = self._run
        if run.n_told != self._n_told:
            self._n_told = run.n_told
            trials = {"trials": str(run.n_told)} if self._by_time else {}
            self._bar.set_postfix(trials | describe(run), refresh=False)
        self._bar.n = min(run.elapsed, self._bar.total) if self._by_time else run.n_told
        self._bar.update(0)

    def close(self) -> None:
        self.update()
        self._bar.refresh()
        self._bar.close()


class _Line(Progress):
    """One line that is overwritten on a terminal; elsewhere a new line at intervals."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._overwrites = sys.stderr.isatty()
        self._interval = _REDRAW if self._overwrites else _NEXT_LINE
        self._next = 0.0
        self._width = 0

    def update(self) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + self._interval
            self._write()

    def close(self) -> None:
        self._write()
        if self._overwrites:
            sys.stderr.write("\n")
        sys.stderr.flush()

    def _write(self) -> None:
        run = self._run
        done = fraction(run)
        parts = [f"{run.n_told} trials" if done is None else f"{done:4.0%} | {run.n_told} trials"]
        parts += [f"{name} {value}" for name, value in describe(run).items()]
        text = " | ".join([*parts, f"{run.elapsed:.0f} s"])
        padding = " " * (self._width - len(text))
        self._width = len(text)
        sys.stderr.write(f"\r{text}{padding}" if self._overwrites else f"{text}\n")
        sys.stderr.flush()
