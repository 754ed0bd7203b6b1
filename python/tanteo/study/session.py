"""The session of one process with a study: transactions that start from the changes of all other processes.

```text
begin           take the write lock, so that no other process writes
catch up        read and replay the rows that other processes have added
change          change the optimizer, and write a row that records the change
commit          make the change durable
```

The holder of the lock has all acknowledged changes, so an ask depends only on the order of the rows. If a transaction
fails, the changed state in memory is discarded and loaded again.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time
import weakref
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from .._core import CoreSpace
from ..exceptions import StudyError, TanteoError
from . import cache
from .connection import Connection
from .environment import environment
from .faults import fork_problem, path_problem
from .log import Log
from .state import StudyState

_T = TypeVar("_T")


class StudySession:
    """A study file and its state in this process.

    Parameters
    ----------
    path
        An absolute path.
    connect
        Opens the file, or creates an empty one.
    read_only
        See :class:`Study`.
    header
        Returns the header to create a study if there is none; None makes a missing study an error.
    space_of
        Returns the core's space for a header.
    about
        What the record of this process has beside its environment, or in place of an entry of it.

    Attributes
    ----------
    state
        The state after the operations read so far.
    heard
        For each run, when it was last known to be alive, by the clock of this process.
    closed
        Set when the study is closed.
    """

    def __init__(
        self,
        path: Path,
        connect: Callable[[], Connection],
        header: Callable[[], Mapping[str, Any]] | None,
        space_of: Callable[[Mapping[str, Any]], CoreSpace],
        *,
        read_only: bool,
        about: Mapping[str, Any],
    ) -> None:
        self.path, self.read_only = path, read_only
        self._about = about
        self._space_of = space_of
        problem = path_problem(path)
        if problem is not None:
            raise StudyError(f"{str(path)!r}: the file cannot be opened: {problem}")
        # Checked before a file is created, since the arguments may be invalid.
        body = None if path.exists() else self._header_of_new(header)
        self._run: int | None = None
        # The environment of this process, read before its first write.
        self._environment: Mapping[str, Any] = {}
        self._is_writing = self._is_changed = False
        # Whether the state may disagree with the number of rows read.
        self._is_stale = False
        # The state that is being cached.
        self._caching: cache.Writing | None = None
        self.closed = threading.Event()
        self.heard: dict[int, float] = {}
        self._clock = time.monotonic
        self._lock = threading.RLock()
        self._database = connect()
        self._closer = weakref.finalize(self, _close, self._database, self._lock)
        if self._database.is_new:
            self._create(self._header_of_new(header) if body is None else body)
        self._load()

    def _header_of_new(self, header: Callable[[], Mapping[str, Any]] | None) -> Mapping[str, Any]:
        if header is None or self.read_only:
            problem = (
                f"{str(self.path)!r} is empty" if self.path.exists() else f"there is no study at {str(self.path)!r}"
            )
            if self.read_only:
                raise StudyError(f"{problem}; read_only=True opens studies that exist: check the path")
            raise StudyError(f"{problem}; give a space to start a study there, or check the path")
        return header()

    def _create(self, body: Mapping[str, Any]) -> None:
        with self._database.translated():
            # Unless another process has created it meanwhile.
            if self._database.create():
                try:
                    Log(self._database).append("create", body)
                    self._database.commit()
                except BaseException:
                    self._database.rollback()
                    raise
                # The file itself holds the nonce from here on, by which a log of another study is recognized.
                self._database.checkpoint()

    def _load(self) -> None:
        """Load the state from the cache and the log, or from the log alone."""
        self._is_stale = True
        with self._database.translated():
            self._log = Log(self._database)
            kept = cache.read(self._database)
            self._cached_seq, self._unreadable_seq = 0, 0
            if kept is not None:
                self._cached_seq, self._log.tail, self.state = kept.seq, kept.tail, kept.state
            elif (unreadable := cache.finished(self._database)) is not None:
                # A state of another version, which counts as none.
                self._unreadable_seq = unreadable
            else:
                # An operation that wrote to a damaged page would fail.
                self._cached_seq = sys.maxsize
            self._catch_up()

    def _catch_up(self) -> None:
        for seq, kind, body in self._log.read():
            # Until the row is replayed and counted: after an interrupt in between it would be replayed again.
            self._is_stale = True
            try:
                self._repeat(kind, body)
            except StudyError:
                raise
            except (TanteoError, LookupError, AttributeError, TypeError, ValueError, RecursionError) as error:
                raise StudyError(
                    f"{str(self.path)!r}: row {seq} of the log ({kind}) cannot be repeated: {error}; "
                    "it may be of a later version of Tanteo"
                ) from error
        if not self._log.seq:
            raise StudyError(f"{str(self.path)!r} is damaged: its log is empty; restore it from a copy")
        self._is_stale = False

    def _repeat(self, kind: str, body: Mapping[str, Any]) -> None:
        if kind == "create":
            self.state = StudyState.at_start(body, self._space_of(body))
            return
        self.state.replay(kind, body)
        if "run" in body:
            self.hear(body["run"])

    @contextlib.contextmanager
    def change(self) -> Iterator[None]:
        """Change the study; the changes inside are written completely or, after an error, not at all.

        Nested calls belong to the outermost one.
        """
        with self._entered():
            if self._is_writing:
                yield
                return
            self._read_environment()
            registered = self._run
            try:
                self._is_writing = True
                with self._database.transaction():
                    with self._database.translated():
                        self._catch_up()
                    yield
                    self._write_part()
            except BaseException:
                # The part of a cached state may be what does not fit on a full disk.
                self._caching = None
                self._undo(registered)
                raise
            finally:
                self._is_writing = self._is_changed = False
            self._go_on_caching()

    def _read_environment(self) -> None:
        # Before the write lock is taken, because git may take seconds and would block other processes.
        if self._run is None and not self._environment and not self.read_only:
            self._environment = {**environment(), **self._about}

    def _undo(self, registered: int | None) -> None:
        self._run = registered
        if self._is_changed:
            self._load()

    @contextlib.contextmanager
    def _entered(self) -> Iterator[None]:
        self._check_open()
        if self._database.pid != os.getpid():
            raise StudyError(fork_problem(self.path))
        with self._lock:
            # Another thread may have closed it while this one waited.
            self._check_open()
            if self._is_stale and not self._is_writing:
                self._load()
            yield

    def read(self, call: Callable[..., _T], *arguments: Any, **options: Any) -> _T:
        """Call a method of the core that changes nothing.

        Raises
        ------
        StudyError
            In a forked process, if another thread was in a call when it was forked: its copy of the core is incomplete.
        """
        try:
            return call(*arguments, **options)
        except TanteoError as error:
            if type(error) is TanteoError and self._database.pid != os.getpid():
                raise StudyError(fork_problem(self.path)) from error
            raise

    def _check_open(self) -> None:
        if self.closed.is_set():
            raise StudyError(f"the study {str(self.path)!r} is closed; open it again")

    def carried_out(self, call: Callable[..., _T], *arguments: Any) -> _T:
        """Call the optimizer inside :meth:`change`; a call that raises has changed nothing."""
        was_changed, self._is_changed = self._is_changed, True
        try:
            return call(*arguments)
        except TanteoError:
            self._is_changed = was_changed
            raise

    def asked(self, ask: Callable[..., _T], *arguments: Any) -> _T:
        """As :meth:`carried_out`, for an ask, in which a rule of the user may raise any error.

        An ask that has changed anything has added trials.
        """
        n_trials, was_changed = len(self.state.core), self._is_changed
        try:
            return self.carried_out(ask, *arguments)
        except Exception:
            self._is_changed = was_changed or len(self.state.core) != n_trials
            raise

    def do(self, kind: str, body: Mapping[str, Any]) -> None:
        """Carry out an operation and write it to the log; called inside :meth:`change`."""
        self.carried_out(self.state.replay, kind, body)
        self._append(kind, body)

    def write(self, kind: str, body: Mapping[str, Any]) -> None:
        """Write an operation that the optimizer has carried out to the log; called inside :meth:`change`."""
        self._append(kind, body)
        self.state.note(kind, body)

    def _append(self, kind: str, body: Mapping[str, Any]) -> None:
        self._is_changed = True
        with self._database.translated():
            self._log.append(kind, body)

    @property
    def run(self) -> int:
        """The run number of this process, for use inside :meth:`change`; the first access writes its environment."""
        if self._run is None:
            self._run = self.register(self._environment)
        return self._run

    def register(self, environment: Mapping[str, Any]) -> int:
        """Write the environment of a process and return its run number; called inside :meth:`change`."""
        number = len(self.state.record.runs)
        self.write("run", {**environment, "number": number})
        return number

    @contextlib.contextmanager
    def acting_as(self, run: int) -> Iterator[None]:
        """Write operations as those of a worker that this process serves; called inside :meth:`change`."""
        own, self._run = self._run, run
        try:
            yield
        finally:
            self._run = own

    @property
    def may_write(self) -> bool:
        """Whether the study is open for writing, and was opened by this process and not before it was forked."""
        return not (self.read_only or self.closed.is_set()) and self._database.pid == os.getpid()

    def hear(self, run: int) -> None:
        """Record that a run is alive."""
        self.heard[run] = self._clock()

    @property
    def seq(self) -> int:
        """The number of the last operation that was read or written."""
        return self._log.seq

    @property
    def known_run(self) -> int | None:
        """The run number of this process; None if it has not written yet."""
        return self._run

    def refresh(self) -> None:
        """Read the changes of other processes."""
        with self._entered():
            if not self._is_writing:
                with self._database.translated():
                    self._database.check_place()
                    self._database.look_again()
                    self._catch_up()

    def rows(self, statement: str, arguments: tuple[Any, ...] = ()) -> list[Any]:
        """Return the rows of a query."""
        with self._entered(), self._database.translated():
            return self._database.retried(lambda: self._database.rows(statement, arguments))

    def execute(self, statement: str, arguments: tuple[Any, ...] = ()) -> None:
        """Execute a statement outside the log; called inside :meth:`change`."""
        with self._database.translated():
            self._database.execute(statement, arguments)

    def _write_part(self) -> None:
        if self._caching is not None:
            with self._database.translated():
                self._caching.write_part(self._database)

    def _go_on_caching(self) -> None:
        """Prepare the next part of the cached state, or a new state if one is due."""
        if self._caching is not None and self._caching.confirm():
            self._caching = None
        if self._caching is not None or not cache.is_due(self._log.seq, self._cached_seq):
            return
        with contextlib.suppress(StudyError), self._database.translated():
            # Another process may be writing one.
            latest = cache.latest(self._database)
            if latest != self._unreadable_seq:
                self._cached_seq = latest
        if cache.is_due(self._log.seq, self._cached_seq):
            self._begin_caching()

    def _begin_caching(self) -> None:
        self._cached_seq = self._log.seq
        self._caching = cache.Writing(cache.CachedState(self._log.tail, self.state))

    def _write_cache(self) -> None:
        """Cache the state in the file at once; errors are ignored, because the log is complete without it."""
        if self._caching is None:
            self._begin_caching()
        with contextlib.suppress(StudyError), self._database.transaction():
            while self._caching is not None:
                self._write_part()
                if self._caching.confirm():
                    self._caching = None
        self._caching = None

    def close(self) -> None:
        """Close the file; the loaded state can still be read."""
        if self.closed.is_set() or self._database.pid != os.getpid():
            return
        with self._lock:
            n_new = self._log.seq - max(self._cached_seq, self._unreadable_seq)
            if not self.read_only and (self._caching is not None or n_new >= _WORTH_KEEPING):
                self._write_cache()
            self.closed.set()
            self._closer()


# The number of new operations from which the state is cached when a study is closed.
_WORTH_KEEPING = 32


def _close(database: Connection, lock: threading.RLock) -> None:
    """Close a connection that a study left open, unless a thread is still using it at the exit of Python."""
    if database.pid != os.getpid():
        database.close()
    elif lock.acquire(timeout=1.0):
        try:
            database.close()
        finally:
            lock.release()
