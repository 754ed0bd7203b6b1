"""Executes commands one after another in a separate thread, so that no model is fitted in Tune's event loop.

Commands are executed in the order in which they were given, so the suggestions are the same in every run. Only a caller
that needs the suggestion waits for a slow ask; a save takes the state before the ask.
"""

from __future__ import annotations

import logging
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Any, TypeAlias

from .commands import Adopt, Ask, Command, Finish, Pause, Report
from .freeze import Blocks, freeze
from .ledger import Ledger

Answer: TypeAlias = Future[dict[str, Any]]
_LOG = logging.getLogger(__name__)
#: Number of waiting commands at which the thread is woken. They take about a millisecond, so that the cost of waking
#: the thread, tens of microseconds, is negligible.
_WAKE_THRESHOLD = 64


class Worker:
    """A queue of commands for a ledger.

    Parameters
    ----------
    ledger
        The ledger. While the thread works, only the thread may use it; see :meth:`frozen` and :meth:`idle`.
    is_fast
        Whether asks are so fast that a save can wait for one. Otherwise the state before each ask is kept for a save.
    """

    def __init__(self, ledger: Ledger, *, is_fast: bool) -> None:
        self._ledger = ledger
        self._is_fast = is_fast
        self._waiting: deque[tuple[Command, Answer | None]] = deque()
        self._lock = Lock()
        self._asking: Ask | None = None
        self._frozen_before_ask: Blocks | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="tanteo-ray")

    def put(self, command: Report | Finish | Adopt | Pause) -> None:
        """Queue a command; it is executed before the next ask at the latest.

        Commands are batched, since waking the thread costs more than executing them.
        """
        self._waiting.append((command, None))
        if len(self._waiting) >= _WAKE_THRESHOLD:
            self.wake()

    def ask(self) -> Answer:
        """Queue an ask and wake the thread."""
        answer: Answer = Future()
        self._waiting.append((Ask(), answer))
        self.wake()
        return answer

    def wake(self) -> Future[None]:
        """Execute all queued commands; the future is done when they are."""
        try:
            return self._thread.submit(self._drain)
        except RuntimeError:  # the interpreter is shutting down and starts no threads
            self._drain()
            done: Future[None] = Future()
            done.set_result(None)
            return done

    def idle(self) -> Ledger:
        """Execute all queued commands and return the ledger, which does not change until the next command."""
        self.wake().result()
        return self._ledger

    def frozen(self) -> tuple[Blocks, list[Command]]:
        """Return the state to save and the commands that are still to be executed on it.

        If asks are fast, all commands are executed first, so that the state does not depend on the progress of the
        thread.
        """
        if self._is_fast:
            return freeze(self.idle()), []
        with self._lock:
            waiting = [command for command, _ in self._waiting]
            if self._asking is None or self._frozen_before_ask is None:
                return freeze(self._ledger), waiting
            return self._frozen_before_ask, [self._asking, *waiting]

    def _drain(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    return
                command, answer = self._waiting.popleft()
                if answer is None or not isinstance(command, Ask):
                    self._execute(command)
                    continue
                self._begin_ask(command)
            self._complete_ask(answer)

    def _execute(self, command: Command) -> None:
        """Execute a fast command. An error in the data of one trial is logged, and the search continues."""
        try:
            getattr(self._ledger, command.tag)(command)
        except Exception:
            _LOG.exception("a result could not be recorded: %r", command)

    def _begin_ask(self, command: Ask) -> None:
        try:
            self._ledger.synchronize()
        except Exception:
            _LOG.exception("some results could not be told to the optimizer")
        self._frozen_before_ask = None if self._is_fast else freeze(self._ledger)
        self._asking = command

    def _complete_ask(self, answer: Answer) -> None:
        """Ask without holding the lock, because an ask may be slow and a save must not wait for it."""
        params: dict[str, Any] | None = None
        error: BaseException | None = None
        try:
            params = self._ledger.ask()
        except BaseException as caught:  # raised again in the caller that needs the suggestion
            error = caught
        with self._lock:
            self._ledger.record_ask(has_suggestion=params is not None)
            self._asking, self._frozen_before_ask = None, None
        if params is None:
            answer.set_exception(error)
        else:
            answer.set_result(params)
