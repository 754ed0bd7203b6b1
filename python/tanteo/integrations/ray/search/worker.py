"""Commands carried out one after another in a thread of their own, so that no model is ever fitted in Tune's loop.

The order is the order in which they were given, whatever the threads do: every suggestion is therefore the same in
every run. Nothing waits for a slow ask but somebody who needs this suggestion; a save takes the state before it.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import Any, Generic, TypeAlias, TypeVar

from .commands import Adopt, Ask, Command, Finish, Report
from .ledger import Ledger

Answer: TypeAlias = Future[dict[str, Any]]
Frozen = TypeVar("Frozen")
_LOG = logging.getLogger(__name__)
#: Commands that wake the thread when so many wait: few enough to be carried out in about a millisecond, many enough
#: that waking the thread, which costs tens of microseconds, is next to nothing for each.
_WAKE_THRESHOLD = 64


class Worker(Generic[Frozen]):
    """A queue of commands for a ledger.

    Parameters
    ----------
    ledger
        Touched by the thread alone while it works; see :meth:`frozen` and :meth:`idle`.
    freeze
        Makes of the ledger what is to be saved.
    quick
        Whether asks take so little time that a save can wait for one. Otherwise each is made beside a copy of the state
        before it.
    """

    def __init__(self, ledger: Ledger, freeze: Callable[[Ledger], Frozen], *, is_fast: bool) -> None:
        self._ledger = ledger
        self._freeze = freeze
        self._is_fast = is_fast
        self._waiting: deque[tuple[Command, Answer | None]] = deque()
        self._lock = Lock()
        self._asking: Ask | None = None
        self._frozen_before_ask: Frozen | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="tanteo-ray")

    def put(self, command: Report | Finish | Adopt) -> None:
        """Queue a command; it is carried out before the next ask at the latest.

        Commands wait for company: waking a thread costs more than all the rest.
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
        """Have everything queued carried out; the future is done when it is."""
        try:
            return self._thread.submit(self._drain)
        except RuntimeError:  # the interpreter is shutting down: there are no threads any more
            self._drain()
            done: Future[None] = Future()
            done.set_result(None)
            return done

    def idle(self) -> Ledger:
        """Carry out everything queued and return the ledger, which nobody touches until the next command."""
        self.wake().result()
        return self._ledger

    def frozen(self) -> tuple[Frozen, list[Command]]:
        """Return the state to be saved and the commands still to be carried out on it.

        Where asks are quick everything is carried out first, so that the state does not depend on how far the thread
        has come.
        """
        if self._is_fast:
            return self._freeze(self.idle()), []
        with self._lock:
            waiting = [command for command, _ in self._waiting]
            if self._asking is None or self._frozen_before_ask is None:
                return self._freeze(self._ledger), waiting
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
        """Carry out what is quick. Whatever goes wrong with one trial's data, the search goes on."""
        try:
            if isinstance(command, Report):
                self._ledger.report(command)
            elif isinstance(command, Finish):
                self._ledger.finish(command)
            elif isinstance(command, Adopt):
                self._ledger.adopt(command)
        except Exception:
            _LOG.exception("a result could not be recorded: %r", command)

    def _begin_ask(self, command: Ask) -> None:
        try:
            self._ledger.synchronize()
        except Exception:
            _LOG.exception("some results could not be told to the optimizer")
        self._frozen_before_ask = None if self._is_fast else self._freeze(self._ledger)
        self._asking = command

    def _complete_ask(self, answer: Answer) -> None:
        """Ask without the guard: this may take long, and a save must not wait for it."""
        params: dict[str, Any] | None = None
        error: BaseException | None = None
        try:
            params = self._ledger.ask()
        except BaseException as caught:  # carried over to whoever wants the suggestion
            error = caught
        with self._lock:
            self._ledger.record_ask(has_suggestion=params is not None)
            self._asking, self._frozen_before_ask = None, None
        if params is None:
            answer.set_exception(error)
        else:
            answer.set_result(params)
