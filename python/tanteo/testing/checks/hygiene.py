"""Group ``hygiene``: a search does not change the process it runs in."""

from __future__ import annotations

import contextlib
import copy
import io
import os
import random
import signal
import sys
import tempfile
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..failure import is_traceback_hidden
from ..registry import check
from ..subject import Subject, expect
from .common import mixed, mixed_loss

__tracebackhide__ = is_traceback_hidden


def _run_search(subject: Subject) -> None:
    """Run a short search that uses every capability: values, a failure, NaN, reading and saving."""
    session = subject.session(mixed())
    session.run(subject.profile.warm, mixed_loss)
    if subject.capabilities.failures:
        session.tell(session.ask(), None)
    session.tell(session.ask(), float("nan"))
    for name in ("best", "trials"):
        getattr(session.sampler, name, None)
    if subject.capabilities.save:
        session.data()
    session.ask()


@contextlib.contextmanager
def _captured(descriptor: int, stream: Any) -> Iterator[list[str]]:
    """Collect what Python or native code writes to a file descriptor."""
    text: list[str] = []
    stream.flush()
    saved = os.dup(descriptor)
    with tempfile.TemporaryFile() as file:
        os.dup2(file.fileno(), descriptor)
        try:
            yield text
        finally:
            stream.flush()
            os.dup2(saved, descriptor)
            os.close(saved)
            file.seek(0)
            text.append(file.read().decode(errors="replace"))


@check("hygiene")
def check_nothing_is_printed(subject: Subject) -> None:
    """Nothing is written to standard output or standard error, by Python or by native code."""
    _run_search(subject)  # imports may print once
    written = []
    # pytest and notebooks replace the stream by an object of their own.
    for descriptor, name in ((1, "stdout"), (2, "stderr")):
        collected = io.StringIO()
        with _captured(descriptor, getattr(sys, name)) as native:
            original = getattr(sys, name)
            setattr(sys, name, collected)
            try:
                _run_search(subject)
            finally:
                setattr(sys, name, original)
        written.append((name, collected.getvalue() + native[0]))
    for name, text in written:
        expect(not text, f"writes to {name}: {text[:200]!r}")


@check("hygiene")
def check_no_warning(subject: Subject) -> None:
    """Ordinary use, including failures and NaN, raises no warning."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        _run_search(subject)
    messages = [f"{warning.category.__name__}: {warning.message}" for warning in caught]
    expect(not messages, f"warns: {messages[:1]}")


@check("hygiene")
def check_global_generators_are_left_alone(subject: Subject) -> None:
    """A search leaves the states of ``random`` and ``numpy.random`` unchanged."""
    import numpy as np

    states = random.getstate(), _numpy_state(np)
    _run_search(subject)
    expect(random.getstate() == states[0], "changes the state of random")
    expect(_numpy_state(np) == states[1], "changes the state of numpy.random")


def _numpy_state(np: Any) -> Any:
    name, keys, *rest = np.random.get_state()
    return name, keys.tolist(), rest


@check("hygiene")
def check_numpy_may_raise(subject: Subject) -> None:
    """A search works if NumPy raises on overflow, underflow, division by zero and invalid operations."""
    import numpy as np

    with np.errstate(all="raise"):
        _run_search(subject)


@check("hygiene")
def check_no_file_is_left(subject: Subject) -> None:
    """No file is left in the working directory."""
    original_folder = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        try:
            _run_search(subject)
            leftovers = sorted(path.name for path in Path(folder).iterdir())
        finally:
            os.chdir(original_folder)
    expect(not leftovers, f"leaves files: {leftovers[:5]}")


def _process_state() -> dict[str, Any]:
    import numpy as np

    return {
        "the working directory": str(Path.cwd()),
        "os.environ": dict(os.environ),
        "signal handlers": [signal.getsignal(number) for number in sorted(signal.valid_signals())],
        "numpy.geterr()": np.geterr(),
        "the recursion limit": sys.getrecursionlimit(),
        "the switch interval": sys.getswitchinterval(),
        "sys.excepthook": sys.excepthook,
        "sys.path": list(sys.path),
        "denormal arithmetic": 5e-324 * 1.0 > 0.0,
    }


@check("hygiene")
def check_the_process_is_left_alone(subject: Subject) -> None:
    """A search leaves environment, working directory, signal handlers, floating-point modes and limits unchanged."""
    _run_search(subject)  # imports may change the process once
    original = copy.copy(_process_state())
    _run_search(subject)
    after = _process_state()
    changed = [name for name, value in original.items() if after[name] != value]
    expect(not changed, f"changes {', '.join(changed)}")


@check("hygiene")
def check_no_thread_is_left(subject: Subject) -> None:
    """No thread is left that would keep a program from exiting."""
    existing = set(threading.enumerate())
    _run_search(subject)
    leftovers = [thread.name for thread in threading.enumerate() if thread not in existing and not thread.daemon]
    expect(not leftovers, f"leaves threads: {leftovers}")
