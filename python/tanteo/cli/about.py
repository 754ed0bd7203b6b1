"""``tanteo doctor --about``: what a report of a problem must say of an installation.

It names no host, folder, user or search, so it can be pasted into a public issue as it is.
"""

from __future__ import annotations

import re
import sys
from importlib.metadata import requires

from tanteo import __version__, _core
from tanteo.cli.output import say
from tanteo.study.environment import environment


def about() -> None:
    """Write one line for each fact of the installation."""
    for name, value in facts().items():
        say(f"{name:<10}{value}")


def facts() -> dict[str, str]:
    """Return the versions, the system and the settings that decide what the core runs, by name."""
    here = environment()
    return {
        "tanteo": __version__,
        "python": f"{sys.implementation.name} {here['python']}, interpreter lock {'on' if _has_lock() else 'off'}",
        "system": here["os"],
        "processor": ", ".join([here["cpu"], *here["gpus"]]),
        "core": f"kernel {_core.kernel()}, {_core.n_threads()} threads",
        "packages": ", ".join(_installed(here["packages"])),
    }


def _has_lock() -> bool:
    """Whether the interpreter lock is on; before Python 3.13 it always was."""
    return getattr(sys, "_is_gil_enabled", lambda: True)()


def _installed(packages: dict[str, str | None]) -> list[str]:
    """Return those packages that Tanteo or one of its extras names, with their versions."""
    wanted = {_normalized(re.split(r"[^\w.-]", line, maxsplit=1)[0]) for line in requires("tanteo") or []}
    return [f"{name} {version}" for name, version in packages.items() if _normalized(name) in wanted]


def _normalized(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
