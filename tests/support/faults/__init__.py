"""Injects a fault at the k-th change of the files in a folder, with a library that intercepts C calls (`shim.c`)."""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import subprocess
import sys
from enum import IntEnum
from pathlib import Path

import pytest

_SOURCE = Path(__file__).with_name("shim.c")


class Fault(IntEnum):
    """What happens at the k-th change. The numbers are those of `shim.c`."""

    FAIL = 1
    STAY = 2
    DIE = 3
    TEAR = 4
    LOSE_ALL = 5
    LOSE_SOME = 6

    @property
    def kills(self) -> bool:
        """Whether the fault kills the process."""
        return self >= Fault.DIE


def compile_shim(folder: Path) -> Path:
    """Compile the library, or skip the test if that is impossible."""
    compiler = shutil.which(os.environ.get("CC", "cc"))
    if sys.platform != "linux" or compiler is None:
        pytest.skip("faults are injected with LD_PRELOAD, which needs Linux and a C compiler")
    library = folder / "shim.so"
    command = [compiler, "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", str(_SOURCE), "-o", str(library)]
    subprocess.run([*command, "-ldl"], check=True)
    return library


def arm(folder: Path, position: int, fault: Fault, error: int = errno.EIO) -> None:
    """Count the changes in a folder from now on, and inject a fault at change number ``position`` (0: at none)."""
    ctypes.CDLL(None).fault_arm(os.fsencode(folder), ctypes.c_long(position), int(fault), error)


def disarm() -> None:
    """Stop counting and injecting faults."""
    ctypes.CDLL(None).fault_arm(b"", ctypes.c_long(0), 0, 0)


def changes_counted() -> int:
    """Return the number of changes since :func:`arm`."""
    function = ctypes.CDLL(None).fault_changes
    function.restype = ctypes.c_long
    return int(function())
