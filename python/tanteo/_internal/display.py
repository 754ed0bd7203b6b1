"""Display of progress on standard error, for everything that takes long: ``tqdm`` if it is installed, else one line."""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sized
from contextlib import closing, suppress
from typing import Any, TypeAlias, TypeVar

_T = TypeVar("_T")
#: Returns the texts beside a count; called when it is shown.
Texts: TypeAlias = Callable[[], Mapping[str, str]]

# Seconds between two updates of the line on a terminal, and between two lines elsewhere.
_REDRAW = 0.1
_NEXT_LINE = 10.0
# Seconds before the progress of a loop is shown: what is over sooner needs none.
_DELAY = 1.0


class Display:
    """A display of a count; this one shows nothing."""

    def update(self, count: float, done: float | None = None) -> None:
        """Show a count, and the share that is done; cheap enough to be called at any time."""

    def close(self) -> None:
        """Show the final state."""


def make_display(
    unit: str,
    total: float | None = None,
    *,
    show: bool | None = None,
    texts: Texts = dict,
    by_time: bool = False,
    delay: float = 0.0,
) -> Display:
    """Return a display.

    Parameters
    ----------
    unit : str
        What is counted.
    total : float, optional
        The count at the end.
    show : bool or None
        Whether to show it; with None it is shown if standard error is a terminal, and in a notebook.
    texts : callable
        The texts beside the count.
    by_time : bool
        Whether the bar counts seconds, up to ``total``. The unit is then that of the texts.
    delay : float
        Seconds without a display.
    """
    if not (_is_watched() if show is None else show):
        return Display()
    with suppress(OSError, ValueError, AttributeError):  # standard error is closed
        return _Careful(_visible(unit, total, texts, by_time=by_time, delay=delay))
    return Display()


def with_progress(items: Iterable[_T], unit: str, *, show: bool | None = None) -> Iterator[_T]:
    """Iterate over items, and show how many have been taken if that takes longer than a second."""
    total = len(items) if isinstance(items, Sized) else None
    with closing(make_display(unit, total, show=show, delay=_DELAY)) as display:
        taken = 0
        for item in items:
            display.update(taken)
            yield item
            taken += 1
        display.update(taken)


def _is_watched() -> bool:
    kernel = getattr(getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)(), "kernel", None)
    try:
        return kernel is not None or (sys.stderr is not None and sys.stderr.isatty())
    except ValueError:  # closed
        return False


def _visible(unit: str, total: float | None, texts: Texts, *, by_time: bool, delay: float) -> Display:
    try:
        with warnings.catch_warnings():
            # In a notebook without ipywidgets, tqdm warns and shows a line of text.
            warnings.simplefilter("ignore")
            from tqdm.auto import tqdm
    except Exception:  # not installed, or broken
        return _Line(unit, total, texts, by_time=by_time, delay=delay)
    # With `miniters=0` tqdm checks its clock at each update; it draws at most ten times a second.
    options: dict[str, Any] = {"total": total, "miniters": 0, "delay": delay}
    if by_time:
        return _Bar(tqdm(bar_format="{percentage:3.0f}%|{bar}| {n:.0f}/{total:.0f} s{postfix}", **options), texts)
    return _Bar(tqdm(unit=unit, **options), texts)


class _Careful(Display):
    """Stops showing anything when standard error cannot be written, since an objective may have closed it."""

    def __init__(self, display: Display) -> None:
        self._display = display

    def update(self, count: float, done: float | None = None) -> None:
        try:
            self._display.update(count, done)
        except Exception:
            self._display = Display()

    def close(self) -> None:
        with suppress(Exception):
            self._display.close()


class _Bar(Display):
    """A bar of ``tqdm``."""

    def __init__(self, bar: Any, texts: Texts) -> None:
        self._bar, self._texts = bar, texts
        self._shown: Mapping[str, str] = {}

    def update(self, count: float, done: float | None = None) -> None:
        texts = self._texts()
        if texts != self._shown:
            self._shown = texts
            self._bar.set_postfix(texts, refresh=False)
        self._bar.n = count
        self._bar.update(0)

    def close(self) -> None:
        if self._bar.last_print_t >= self._bar.start_t + self._bar.delay:  # it was shown
            self._bar.refresh()
        self._bar.close()


class _Line(Display):
    """One line that is overwritten on a terminal; elsewhere a new line at intervals."""

    def __init__(self, unit: str, total: float | None, texts: Texts, *, by_time: bool, delay: float) -> None:
        self._unit, self._total, self._texts, self._by_time = unit, total, texts, by_time
        self._overwrites = sys.stderr.isatty()
        self._interval = _REDRAW if self._overwrites else _NEXT_LINE
        self._start = time.monotonic()
        self._next, self._delay = self._start + delay, delay
        self._width, self._count = 0, 0.0
        self._done: float | None = None

    def update(self, count: float, done: float | None = None) -> None:
        now = time.monotonic()
        self._count, self._done = count, done if done is not None or not self._total else count / self._total
        if now >= self._next:
            self._next = now + self._interval
            self._write()

    def close(self) -> None:
        if self._delay and not self._width:
            return
        self._write()
        if self._overwrites:
            sys.stderr.write("\n")
        sys.stderr.flush()

    def _write(self) -> None:
        parts = [] if self._done is None else [f"{self._done:4.0%}"]
        parts += [] if self._by_time else [f"{self._count:g} {self._unit}s"]
        parts += [f"{name} {value}" for name, value in self._texts().items()]
        text = " | ".join([*parts, f"{time.monotonic() - self._start:.0f} s"])
        padding = " " * (self._width - len(text))
        self._width = len(text)
        sys.stderr.write(f"\r{text}{padding}" if self._overwrites else f"{text}\n")
        sys.stderr.flush()
