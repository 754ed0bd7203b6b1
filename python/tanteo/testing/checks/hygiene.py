"""Group ``hygiene``: a search leaves the process as it was."""

from __future__ import annotations

import contextlib
import copy
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

from ..registry import check
from ..subject import Subject, expect
from .common import mixed, mixed_loss


def _run_search(subject: Subject) -> None:
    """Run a search with something of everything in it."""
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
    """Collect what is written to a file descriptor, also by native code, and to the stream of Python."""
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
    _run_search(subject)  # what is imported on the way may speak up once
    written = []
    # pytest and notebooks put an object of their own in the place of the stream.
    for descriptor, name in ((1, "stdout"), (2, "stderr")):
        collected = _Collected()
        with _captured(descriptor, getattr(sys, name)) as native:
            original = getattr(sys, name)
            setattr(sys, name, collected)
            try:
                _run_search(subject)
            finally:
                setattr(sys, name, original)
        written.append((name, collected.text + native[0]))
    for name, text in written:
        expect(not text, f"writes to {name}: {text[:200]!r}")


class _Collected:
    """A stream that keeps what is written."""

    def __init__(self) -> None:
        self.text = ""

    def write(self, text: str) -> int:
        self.text += text
        return len(text)

    def flush(self) -> None:
        """Keep nothing back."""


@check("hygiene")
def check_no_warning(subject: Subject) -> None:
    """No warning is given in ordinary use, with failures and NaN."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        _run_search(subject)
    messages = [f"{warning.category.__name__}: {warning.message}" for warning in caught]
    expect(not messages, f"warns: {messages[:1]}")


@check("hygiene")
def check_global_generators_are_left_alone(subject: Subject) -> None:
    """The states of ``random`` and ``numpy.random`` are what they were."""
    import numpy as np

    before = random.getstate(), _numpy_state(np)
    _run_search(subject)
    expect(random.getstate() == before[0], "the generator of random has moved")
    expect(_numpy_state(np) == before[1], "the generator of numpy.random has moved")


def _numpy_state(np: Any) -> Any:
    name, keys, *rest = np.random.get_state()
    return name, keys.tolist(), rest


@check("hygiene")
def check_numpy_may_raise(subject: Subject) -> None:
    """A search works where NumPy raises at overflow, underflow, division by zero and invalid operations."""
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
        "handlers of signals": [signal.getsignal(number) for number in sorted(signal.valid_signals())],
        "numpy.geterr()": np.geterr(),
        "the recursion limit": sys.getrecursionlimit(),
        "the switch interval": sys.getswitchinterval(),
        "sys.excepthook": sys.excepthook,
        "the path of modules": list(sys.path),
        "arithmetic of denormals": 5e-324 * 1.0 > 0.0,
    }


@check("hygiene")
def check_the_process_is_left_alone(subject: Subject) -> None:
    """Environment, working directory, handlers of signals, floating-point modes and limits are what they were."""
    _run_search(subject)  # imports may set up what they need
    before = copy.copy(_process_state())
    _run_search(subject)
    after = _process_state()
    changed = [name for name, value in before.items() if after[name] != value]
    expect(not changed, f"changes {', '.join(changed)}")


@check("hygiene")
def check_no_thread_is_left(subject: Subject) -> None:
    """No thread is left that would keep a program from ending."""
    before = set(threading.enumerate())
    _run_search(subject)
    leftovers = [thread.name for thread in threading.enumerate() if thread not in before and not thread.daemon]
    expect(not leftovers, f"leaves threads: {leftovers}")
