"""Spoils the k-th change of the files in a folder: a library that is loaded before that of C (`shim.c`)."""

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
    """What happens at the k-th change; the numbers are those of `shim.c`."""

    FAIL = 1
    STAY = 2
    DIE = 3
    TEAR = 4
    LOSE_ALL = 5
    LOSE_SOME = 6

    @property
    def kills(self) -> bool:
        """Whether the process dies of it."""
        return self >= Fault.DIE


def compile_shim(folder: Path) -> Path:
    """Compile the library; the test is skipped where that cannot be."""
    compiler = shutil.which(os.environ.get("CC", "cc"))
    if sys.platform != "linux" or compiler is None:
        pytest.skip("faults are injected with LD_PRELOAD, which needs Linux and a C compiler")
    library = folder / "shim.so"
    command = [compiler, "-O1", "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", str(_SOURCE), "-o", str(library)]
    subprocess.run([*command, "-ldl"], check=True)
    return library


def arm(folder: Path, at: int, fault: Fault, error: int = errno.EIO) -> None:
    """Count changes in a folder from now on, and spoil one; with 0 only count."""
    ctypes.CDLL(None).fault_arm(os.fsencode(folder), ctypes.c_long(at), int(fault), error)


def disarm() -> None:
    """Leave everything as it is."""
    ctypes.CDLL(None).fault_arm(b"", ctypes.c_long(0), 0, 0)


def seen() -> int:
    """How many changes were counted."""
    function = ctypes.CDLL(None).fault_seen
    function.restype = ctypes.c_long
    return int(function())
