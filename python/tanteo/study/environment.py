"""The environment of a process: what is needed to reproduce a run, and to check whether the process still exists."""

from __future__ import annotations

import functools
import os
import platform
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .repository import repository

if TYPE_CHECKING:
    from importlib.metadata import Distribution

_DRIVER = Path("/proc/driver/nvidia")


def environment() -> dict[str, Any]:
    """Return the record of this process as JSON values."""
    return {
        **_unchanging(),
        **repository(_code_folder()),
        "argv": [*sys.argv],
        "cwd": _current_folder(),
        **identity(),
        "started": time.time(),
    }


def identity() -> dict[str, Any]:
    """Return what tells this process from others, and from a later one with the same id, as JSON values."""
    return {"host": platform.node(), "process": os.getpid(), "machine": machine(), "born": born(os.getpid())}


@functools.cache
def _unchanging() -> dict[str, Any]:
    # Cached because reading the metadata of all packages takes time that grows with their number.
    return {
        "python": platform.python_version(),
        "os": platform.platform(),
        "packages": _packages(),
        "cpu": _cpu(),
        "gpus": _gpus(),
    }


def _packages() -> dict[str, str | None]:
    from importlib.metadata import distributions

    versions: dict[str, str | None] = {}
    for distribution in distributions():
        with suppress(Exception):  # a partially removed installation
            headers = _headers(distribution)
            versions[headers["name"]] = headers.get("version")
    return {name: versions[name] for name in sorted(versions, key=str.casefold) if name}


def _headers(distribution: Distribution) -> dict[str, str]:
    """Return the headers of a package's metadata by lower-case name; of a value that spans several lines, the first.

    ``distribution.metadata`` parses the whole file, description included, which takes over ten times as long.
    """
    texts = (distribution.read_text(name) for name in ("METADATA", "PKG-INFO", ""))
    text = next(filter(None, texts), "")
    headers: dict[str, str] = {}
    for line in text.partition("\n\n")[0].split("\n"):
        name, _, value = line.partition(":")
        headers.setdefault(name.lower(), value.strip())
    return headers


def _cpu() -> str:
    for line in _lines(Path("/proc/cpuinfo")):
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _gpus() -> list[str]:
    """Return the NVIDIA cards and their driver from ``/proc``, without starting a process."""
    driver = next((line for line in _lines(_DRIVER / "version") if line.startswith("NVRM")), "")
    version = next((word for word in driver.split() if word[:1].isdigit() and "." in word), "unknown")
    cards = sorted(_DRIVER.glob("gpus/*/information"))
    names = [line.partition(":")[2].strip() for card in cards for line in _lines(card) if line.startswith("Model")]
    return [f"{name} (driver {version})" for name in names]


def _lines(path: Path) -> Iterator[str]:
    with suppress(OSError):
        yield from path.read_text(errors="replace").splitlines()


def _code_folder() -> str:
    """Return the folder of the running script, or else the current folder: ``tanteo`` is no code of the user."""
    script = getattr(sys.modules.get("__main__"), "__file__", None)
    return str(Path(script).resolve().parent) if script and not is_command(sys.argv) else _current_folder()


def is_command(arguments: Sequence[Any]) -> bool:
    """Return whether the arguments of a process are those of the command ``tanteo``."""
    program = Path(str(arguments[0])) if arguments else Path()
    return program.name in ("tanteo", "tanteo.exe") or program.parts[-2:] == ("tanteo", "__main__.py")


def _current_folder() -> str:
    try:
        return str(Path.cwd())
    except OSError:  # it was removed
        return ""


def machine() -> str | None:
    """Return an identifier of the boot of this machine and of the container, within which process ids are valid.

    None if it is unknown; process ids are then not compared.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return None


def born(pid: int) -> str | None:
    """Return the start of a process in clock ticks since boot; None if it does not exist or has ended."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    # The name of the program, in brackets, may contain any character; the fields after it are numbers.
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else fields[19]


def gone(runs: Mapping[int, Mapping[str, Any]]) -> set[int]:
    """Return the runs whose processes were on this machine and have ended; those on other machines are left out."""
    here = machine()
    return {
        number
        for number, run in runs.items()
        if here is not None and run["machine"] == here and run["born"] not in (None, born(run["process"]))
    }


def changes(previous: Mapping[str, Any], current: Mapping[str, Any]) -> list[str]:
    """Return the differences between two environments that may affect results, one text each."""
    packages = _package_changes(previous, current)
    return [*_other_changes(previous, current), *(f"package {name}: {change}" for name, change in packages.items())]


def changes_in_short(previous: Mapping[str, Any], current: Mapping[str, Any]) -> list[str]:
    """Return :func:`changes` with a single text about packages: those that differ, and how many are the same."""
    found, packages = _other_changes(previous, current), _package_changes(previous, current)
    if packages:
        n_same = len({*previous.get("packages", {}), *current.get("packages", {})}) - len(packages)
        shown = [f"{name} {change}" for name, change in packages.items()][:_PACKAGES]
        shown += [f"and {len(packages) - _PACKAGES} more"] if len(packages) > _PACKAGES else []
        found.append(f"packages: {', '.join(shown)} ({n_same} the same)")
    return found


def _other_changes(previous: Mapping[str, Any], current: Mapping[str, Any]) -> list[str]:
    # A command of the shell differs from the one before in any case.
    has_command = any(is_command(run.get("argv", ())) for run in (previous, current))
    compared = _COMPARED if has_command else (*_COMPARED, "argv")
    return [
        f"{name}: {previous[name]} -> {current[name]}" for name in compared if previous.get(name) != current.get(name)
    ]


def _package_changes(previous: Mapping[str, Any], current: Mapping[str, Any]) -> dict[str, str]:
    """Return how the versions of packages differ, by name; those that both environments have come first."""
    old, new = previous.get("packages", {}), current.get("packages", {})
    names = sorted({*old, *new}, key=lambda name: (name not in old or name not in new, name))
    return {
        name: f"{old.get(name, 'none')} -> {new.get(name, 'none')}" for name in names if old.get(name) != new.get(name)
    }


_COMPARED = ("python", "os", "cpu", "gpus", "host", "commit", "dirty")
# The most packages that the short form names.
_PACKAGES = 10
