"""Tells apart where the processor time of a program is spent."""

from __future__ import annotations

import functools
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any


class Clock:
    """Processor time by kind of work. A call inside another one counts for its own kind only.

    Attributes
    ----------
    seconds
        The time of each kind so far.
    """

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self._kinds = ["rest"]
        self._since = time.process_time()

    def _switch(self) -> None:
        now = time.process_time()
        self.seconds[self._kinds[-1]] += now - self._since
        self._since = now

    def stop(self) -> Counter[str]:
        """Return the time of each kind."""
        self._switch()
        return self.seconds

    def watch(self, instance: Any, names: Iterable[str], kind: str) -> None:
        """Count the time of methods of an object."""
        for name in names:
            setattr(instance, name, self._timed(getattr(instance, name), kind))

    def _timed(self, function: Callable[..., Any], kind: str) -> Callable[..., Any]:
        @functools.wraps(function)
        def timed(*args: Any, **options: Any) -> Any:
            self._switch()
            self._kinds.append(kind)
            try:
                return function(*args, **options)
            finally:
                self._switch()
                self._kinds.pop()

        return timed
