"""A lock that raises an error instead of deadlocking."""

from __future__ import annotations

import os
import threading
import time

from ..exceptions import TanteoError

# A thread that takes the lock records itself shortly afterwards. Only after this many seconds is an unknown holder
# assumed to be a thread of the parent process.
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
    """A lock as a context manager. It is held while user code runs, which may try to enter it again.

    Raises
    ------
    TanteoError
        On entry, if waiting would never end: the lock is held by the same thread, or by a thread of the parent process
        at the time of the fork.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # (process, thread) of the holder.
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
        """Take the lock when it is released, or raise."""
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
