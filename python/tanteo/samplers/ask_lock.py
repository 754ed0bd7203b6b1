"""A lock that raises an error instead of waiting forever."""

from __future__ import annotations

import os
import threading
import time

from ..exceptions import TanteoError

# A thread that takes the lock records itself a moment later. For this long (seconds) an unknown holder is not yet taken
# for a thread of the parent process.
_PATIENCE = 0.05
_PAUSE = 0.001

_REENTERED = (
    "this optimizer is in the middle of an ask of the same thread (its sampler, or a signal handler during it, asks "
    "again); ask after that has returned"
)
_FORKED = (
    "another thread was asking this optimizer when the process was forked, and that thread does not exist here; create "
    "the optimizer in the child, or send it there as to_bytes()"
)


class AskLock:
    """A lock as a context manager. It is held while a user's code runs, which may try to enter it again.

    Raises
    ------
    TanteoError
        On entry, where waiting would never end: the lock is held further up in the same thread, or by a thread that the
        parent process had when it was forked.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # (process, thread) of the one that holds the lock.
        self._holder: tuple[int, int] | None = None

    def __enter__(self) -> None:
        me = (os.getpid(), threading.get_ident())
        if not self._lock.acquire(blocking=False):
            self._wait(me)
        self._holder = me

    def __exit__(self, *_: object) -> None:
        self._holder = None
        self._lock.release()

    def _wait(self, me: tuple[int, int]) -> None:
        """Take the lock once it comes free, or raise."""
        deadline = time.monotonic() + _PATIENCE
        while time.monotonic() < deadline:
            holder = self._holder
            if holder == me:
                raise TanteoError(_REENTERED)
            if holder is not None and holder[0] == me[0]:
                self._lock.acquire()
                return
            if self._lock.acquire(timeout=_PAUSE):
                return
        raise TanteoError(_FORKED)
