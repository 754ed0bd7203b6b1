"""Tries the wheels in ``dist/``: ``python -m wheels.trial``; or the sdist: ``python -m wheels.trial --sdist``.

For each Python of the machine that a wheel fits, pip installs it into a new environment from folders alone: without an
index, without a compiler, and on Linux without a network where the system lets us cut it off. ``inside.py`` then runs.
The sdist is compiled for one Python, by Rust and with what pip takes from the index, as on the machine of a user.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from wheels.place import DIST, PLACE, ROOT, run

# Prints whether the package supports a Python, and its version: "3.14", or "3.14t" without the interpreter lock.
_VERSION = (
    "import sys, sysconfig; free = 't' if sysconfig.get_config_var('Py_GIL_DISABLED') else ''; "
    "print(sys.version_info >= (3, 11), '%d.%d' % sys.version_info[:2] + free)"
)


def pythons() -> dict[str, str]:
    """Return the Pythons of the machine that the package supports, their commands by version.

    Looks into the PATH, pyenv, and the folder where a workflow keeps its tools: on Windows every Python is called
    `python.exe`, so the PATH shows one alone.
    """
    found: dict[str, str] = {}
    for command in _commands():
        process = subprocess.run([command, "-c", _VERSION], capture_output=True, text=True)
        supported, _, version = process.stdout.strip().partition(" ")
        if process.returncode == 0 and supported == "True":
            found.setdefault(version, command)
    return found


def _commands() -> Iterator[str]:
    names = [f"python3.{minor}{free}" for minor in range(11, 20) for free in ("", "t")]
    yield from filter(None, map(shutil.which, ["python", "python3", *names]))
    root = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    yield from map(str, sorted(root.glob("versions/3.*/bin/python")))
    if "RUNNER_TOOL_CACHE" in os.environ:
        root = Path(os.environ["RUNNER_TOOL_CACHE"], "Python")
        yield from map(str, sorted([*root.glob("*/*/python.exe"), *root.glob("*/*/bin/python")]))


def cut_off() -> list[str]:
    """Return the command that runs another one without network; empty where there is none."""
    command = ["unshare", "--map-root-user", "--net"]
    if shutil.which("unshare") is None or subprocess.run([*command, "true"], capture_output=True).returncode:
        return []
    return command


def try_with(python: str, version: str) -> str:
    """Install the wheel that fits a Python, run what must work, and say what it took."""
    numpy = PLACE / f"numpy-{version}"
    run(python, "-m", "pip", "download", "--quiet", "--only-binary", ":all:", "--dest", numpy, "numpy>=1.26")
    offline: list[str | Path] = ["--no-index", "--only-binary", ":all:", "--find-links", DIST, "--find-links", numpy]
    return _try(python, [*offline, "tanteo"], cut_off())


def try_sdist(python: str) -> str:
    """Compile the sdist as pip does it, run what must work, and say what it took."""
    (sdist,) = DIST.glob("*.tar.gz")
    return _try(python, [sdist], [])


def _try(python: str, requested: Sequence[str | Path], prefix: Sequence[str]) -> str:
    """Let pip install what is requested into a new environment; both it and the checks run behind a prefix."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(python, "-m", "venv", "--without-pip", folder / "venv")
        binaries = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
        start = time.monotonic()
        pip: list[str | Path] = [python, "-m", "pip", "--python", binaries / "python", "install", "--quiet"]
        run(*prefix, *pip, *requested, cwd=folder)
        installed = time.monotonic()
        environment = {"PATH": str(binaries), "PYTHONPATH": ""}
        inside = Path(__file__).with_name("inside.py")
        text = run(*_resolved(prefix), binaries / "python", "-W", "error", inside, ROOT, cwd=folder, **environment)
        return f"installed in {installed - start:.0f} s; {text.strip()} in {time.monotonic() - installed:.0f} s"


def _resolved(command: Sequence[str]) -> list[str]:
    """Return a command that is found without the PATH."""
    return [str(shutil.which(command[0])), *command[1:]] if command else []


def main() -> None:
    """Try the wheels with every Python, which must include those that the variable TRIED_PYTHONS names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sdist", action="store_true", help="try the sdist with the Python that runs this program")
    if parser.parse_args().sdist:
        print(f"sdist, compiled: {try_sdist(sys.executable)}")
    else:
        _try_all()


def _try_all() -> None:
    found = pythons()
    if missing := set(os.environ.get("TRIED_PYTHONS", "").split()) - set(found):
        raise SystemExit(
            f"there is no Python {', '.join(sorted(missing))}; install it, or take it out of TRIED_PYTHONS"
        )
    for version, python in found.items():
        print(f"Python {version}: {try_with(python, version)}", flush=True)
    if not cut_off() and sys.platform == "linux":
        print("the network could not be cut off")


if __name__ == "__main__":
    main()
